#include "fs/content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUND = 4096, PIECE = 1 << 16 };

static void count_memory(struct kvfs_view *view, struct kvfs_content *content, size_t now)
{
    atomic_fetch_add(&view->memory, now - content->counted);
    content->counted = now;
}

void kvfs_content_clear(struct kvfs_view *view, struct kvfs_content *content)
{
    if (content->shape == KVFS_IN_MEMORY) {
        free(content->data);
    } else if (content->shape == KVFS_PINNED) {
        kvfs_view_done(view, content->pin);
        atomic_fetch_sub(&view->pins, 1);
    } else {
        close(content->fd);
    }
    count_memory(view, content, 0);
    *content = (struct kvfs_content){.fd = -1};
}

static int write_all(int fd, const char *data, size_t size, uint64_t offset)
{
    while (size > 0) {
        ssize_t written = pwrite(fd, data, size, (off_t)offset);
        if (written < 0 && errno != EINTR) {
            return kv_status_from_errno(errno);
        }
        if (written > 0) {
            data += written;
            size -= (size_t)written;
            offset += (uint64_t)written;
        }
    }
    return KV_OK;
}

static int read_all(int fd, char *data, size_t size, uint64_t offset)
{
    while (size > 0) {
        ssize_t count = pread(fd, data, size, (off_t)offset);
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return count == 0 ? KV_ERR_IO : kv_status_from_errno(errno);
        }
        if (count > 0) {
            data += count;
            size -= (size_t)count;
            offset += (uint64_t)count;
        }
    }
    return KV_OK;
}

static int open_spool(const char *directory)
{
    const char *where = directory ? directory : "/var/tmp";
    int fd = open(where, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        char path[4096];
        snprintf(path, sizeof path, "%s/kvfs-XXXXXX", where);
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0) {
            unlink(path);
        }
    }
    return fd;
}

/* From memory or a pin into a file of `size` bytes. */
static int move_to_spool(struct kvfs_view *view, struct kvfs_content *content, uint64_t size)
{
    int fd = open_spool(view->options->spool);
    int status = fd < 0 ? kv_status_from_errno(errno) : KV_OK;
    if (status == KV_OK) {
        status = write_all(fd, content->data, content->size < size ? content->size : size, 0);
    }
    if (status == KV_OK && ftruncate(fd, (off_t)size) < 0) {
        status = kv_status_from_errno(errno);
    }
    if (status < 0) {
        if (fd >= 0) {
            close(fd);
        }
        return status;
    }
    kvfs_content_clear(view, content);
    *content = (struct kvfs_content){.shape = KVFS_SPOOLED, .size = size, .fd = fd};
    return KV_OK;
}

/* Makes memory for `size` bytes, with what was there. */
static int reserve(struct kvfs_view *view, struct kvfs_content *content, size_t size)
{
    size_t capacity = content->shape == KVFS_IN_MEMORY ? content->capacity : 0;
    if (size > capacity) {
        size_t grown = capacity + capacity / 2;
        capacity = ((size > grown ? size : grown) + ROUND - 1) / ROUND * ROUND;
    }
    if (content->shape == KVFS_PINNED) {
        char *data = malloc(capacity ? capacity : 1);
        if (!data) {
            return KV_ERR_NO_MEMORY;
        }
        size_t kept = content->size < size ? content->size : size;
        memcpy(data, content->data, kept);
        kvfs_content_clear(view, content);
        *content = (struct kvfs_content){.size = kept, .data = data, .capacity = capacity, .fd = -1};
    } else if (capacity > content->capacity) {
        char *data = realloc(content->data, capacity);
        if (!data) {
            return KV_ERR_NO_MEMORY;
        }
        content->data = data;
        content->capacity = capacity;
    }
    count_memory(view, content, content->capacity);
    return KV_OK;
}

/* Makes the content writable with room for `size` bytes. */
static int prepare(struct kvfs_view *view, struct kvfs_content *content, uint64_t size)
{
    if (size > view->limits.value_max) {
        return KV_ERR_VALUE_TOO_BIG;
    }
    if (content->shape == KVFS_SPOOLED) {
        return KV_OK;
    }
    size_t used = atomic_load(&view->memory) - content->counted;
    if (size > KVFS_COPY_MAX && used + size > view->options->session_memory) {
        return move_to_spool(view, content, content->size);
    }
    return reserve(view, content, (size_t)size);
}

int kvfs_content_write(struct kvfs_view *view, struct kvfs_content *content, const char *data, size_t size,
                       uint64_t offset)
{
    uint64_t end = 0;
    if (__builtin_add_overflow(offset, size, &end)) {
        return KV_ERR_VALUE_TOO_BIG;
    }
    int status = prepare(view, content, end > content->size ? end : content->size);
    if (status < 0) {
        return status;
    }
    if (content->shape == KVFS_SPOOLED) {
        status = write_all(content->fd, data, size, offset);
    } else if (size > 0) { /* there may be no memory for nothing */
        if (offset > content->size) {
            memset(content->data + content->size, 0, offset - content->size);
        }
        memcpy(content->data + offset, data, size);
    }
    if (status == KV_OK && size > 0 && end > content->size) {
        content->size = end;
    }
    return status;
}

int kvfs_content_resize(struct kvfs_view *view, struct kvfs_content *content, uint64_t size)
{
    int status = prepare(view, content, size);
    if (status < 0) {
        return status;
    }
    if (content->shape == KVFS_SPOOLED) {
        if (ftruncate(content->fd, (off_t)size) < 0) {
            return kv_status_from_errno(errno);
        }
    } else if (size > content->size) {
        memset(content->data + content->size, 0, size - content->size);
    }
    content->size = size;
    return KV_OK;
}

int kvfs_content_zero(struct kvfs_view *view, struct kvfs_content *content, uint64_t offset, uint64_t size)
{
    if (offset >= content->size) {
        return KV_OK;
    }
    size = size < content->size - offset ? size : content->size - offset;
    int status = prepare(view, content, content->size);
    if (status < 0) {
        return status;
    }
    if (content->shape == KVFS_IN_MEMORY) {
        memset(content->data + offset, 0, size);
        return KV_OK;
    }
    static const char zeros[PIECE];
    while (size > 0 && status == KV_OK) {
        size_t count = size < sizeof zeros ? size : sizeof zeros;
        status = write_all(content->fd, zeros, count, offset);
        offset += count;
        size -= count;
    }
    return status;
}

static int put_spooled(const struct kvfs_content *content, kv_bucket *bucket, kv_slice key)
{
    void *room = NULL;
    int status = kv_bucket_reserve(bucket, key, content->size, &room);
    if (status == KV_OK) {
        return read_all(content->fd, room, content->size, 0);
    }
    if (status != KV_ERR_NOT_SUPPORTED || content->size == 0) {
        return status == KV_ERR_NOT_SUPPORTED ? kv_bucket_put(bucket, key, kv_slice_of("", 0)) : status;
    }
    void *map = mmap(NULL, content->size, PROT_READ, MAP_SHARED, content->fd, 0);
    if (map == MAP_FAILED) {
        return kv_status_from_errno(errno);
    }
    status = kv_bucket_put(bucket, key, kv_slice_of(map, content->size));
    munmap(map, content->size);
    return status;
}

int kvfs_content_load(struct kvfs_view *view, struct kvfs_content *content, kv_slice value, kv_txn **txn)
{
    *content = (struct kvfs_content){.fd = -1};
    if (value.size > KVFS_COPY_MAX) {
        if (atomic_fetch_add(&view->pins, 1) >= view->pins_max) {
            atomic_fetch_sub(&view->pins, 1);
            int status = kvfs_content_write(view, content, value.data, value.size, 0);
            if (status < 0) {
                kvfs_content_clear(view, content);
            }
            return status;
        }
        content->shape = KVFS_PINNED;
        content->size = value.size;
        /* Never written through: the shape is looked at first. */
        memcpy(&content->data, &value.data, sizeof content->data);
        content->pin = *txn;
        content->pinned_at = kvfs_clock_monotonic();
        *txn = NULL;
    } else if (value.size > 0) {
        content->data = malloc(value.size);
        if (!content->data) {
            return KV_ERR_NO_MEMORY;
        }
        memcpy(content->data, value.data, value.size);
        content->size = content->capacity = value.size;
    }
    return KV_OK;
}

int kvfs_content_put(const struct kvfs_content *content, kv_bucket *bucket, kv_slice key)
{
    if (content->shape == KVFS_SPOOLED) {
        return put_spooled(content, bucket, key);
    }
    return kv_bucket_put(bucket, key, kv_slice_of(content->size ? content->data : "", content->size));
}

bool kvfs_content_equals(const struct kvfs_content *content, kv_slice value)
{
    if (content->size != value.size) {
        return false;
    }
    if (value.size == 0 || (content->shape == KVFS_PINNED && content->data == value.data)) {
        return true;
    }
    if (content->shape != KVFS_SPOOLED) {
        return memcmp(content->data, value.data, value.size) == 0;
    }
    char piece[PIECE];
    for (size_t at = 0; at < value.size; at += sizeof piece) {
        size_t count = value.size - at < sizeof piece ? value.size - at : sizeof piece;
        if (read_all(content->fd, piece, count, at) < 0 || memcmp(piece, (const char *)value.data + at, count) != 0) {
            return false;
        }
    }
    return true;
}
