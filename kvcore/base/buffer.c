#include "kvcore/base/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

int kvi_buffer_reserve(struct kvi_buffer *buffer, size_t extra)
{
    if (extra <= buffer->capacity - buffer->size) {
        return KV_OK;
    }
    size_t needed;
    if (__builtin_add_overflow(buffer->size, extra, &needed) || needed > PTRDIFF_MAX) {
        return KV_ERR_NO_MEMORY;
    }
    size_t capacity = buffer->capacity == 0 ? FIRST_CAPACITY : buffer->capacity + buffer->capacity / 2;
    if (capacity < needed) {
        capacity = needed;
    }
    unsigned char *data = realloc(buffer->data, capacity);
    if (data == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return KV_OK;
}

int kvi_buffer_append(struct kvi_buffer *buffer, kv_slice bytes)
{
    int status = kvi_buffer_reserve(buffer, bytes.size);
    if (status < 0) {
        return status;
    }
    if (bytes.size > 0) {
        memcpy(buffer->data + buffer->size, bytes.data, bytes.size);
        buffer->size += bytes.size;
    }
    return KV_OK;
}

int kvi_buffer_assign(struct kvi_buffer *buffer, kv_slice bytes)
{
    size_t size = buffer->size;
    buffer->size = 0;
    int status = kvi_buffer_append(buffer, bytes);
    if (status < 0) {
        buffer->size = size;
    }
    return status;
}

unsigned char *kvi_buffer_take(struct kvi_buffer *buffer, size_t *ret_size)
{
    unsigned char *data = buffer->data;
    *ret_size = buffer->size;
    *buffer = (struct kvi_buffer){0};
    return data;
}

void kvi_buffer_free(struct kvi_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct kvi_buffer){0};
}
