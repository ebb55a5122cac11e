#include "kvcore/tools/buffer.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int tool_buffer_reserve(tool_buffer *buffer, size_t size)
{
    if (size <= buffer->room) {
        return KV_OK;
    }
    size_t room = buffer->room > SIZE_MAX / 2 || buffer->room * 2 < size ? size : buffer->room * 2;
    char *data = realloc(buffer->data, room);
    if (data == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    buffer->data = data;
    buffer->room = room;
    return KV_OK;
}

/* A file tells its size: then one allocation does, with a byte more for the read that finds the end. */
static size_t expected_size(int fd)
{
    struct stat stat;
    if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_size > 0) {
        return (size_t)stat.st_size + 1;
    }
    return 64 * (size_t)1024;
}

int tool_buffer_read(tool_buffer *buffer, int fd)
{
    size_t step = expected_size(fd);
    for (;;) {
        if (buffer->room == buffer->size) {
            int status = tool_buffer_reserve(buffer, buffer->size + step);
            if (status != KV_OK) {
                return status;
            }
        }
        ssize_t got = read(fd, buffer->data + buffer->size, buffer->room - buffer->size);
        if (got == 0) {
            return KV_OK;
        }
        if (got < 0 && errno != EINTR) {
            return kv_status_from_errno(errno);
        }
        buffer->size += got > 0 ? (size_t)got : 0;
    }
}

kv_slice tool_buffer_slice(const tool_buffer *buffer)
{
    return kv_slice_of(buffer->data, buffer->size);
}

void tool_buffer_done_scoped(tool_buffer *buffer)
{
    free(buffer->data);
    *buffer = (tool_buffer){0};
}
