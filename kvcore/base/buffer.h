/*
 * Bytes that grow.
 *
 * Floor 0. All zero is an empty buffer and needs no other beginning; kvi_buffer_free ends it. Not shared by threads.
 *
 * What people get wrong: keeping `data` over a call that can grow the buffer; appending a buffer to itself.
 */
#ifndef KVCORE_BASE_BUFFER_H
#define KVCORE_BASE_BUFFER_H

#include <stddef.h>

#include "kvcore/base/cleanup.h"
#include "kvcore/slice.h"
#include "kvcore/status.h"

struct kvi_buffer {
    unsigned char *data; /* NULL until something is reserved */
    size_t size;         /* bytes in use */
    size_t capacity;     /* bytes of room */
};

/** A buffer that is freed when its scope is left. */
#define KVI_SCOPED_BUFFER KVI_CLEANUP(kvi_buffer_free) struct kvi_buffer

/** Makes room for `extra` bytes behind the used ones, growing by half at least. KV_OK or KV_ERR_NO_MEMORY. */
int kvi_buffer_reserve(struct kvi_buffer *buffer, size_t extra);

/** Adds a copy of `bytes` (borrowed, not of this buffer). KV_OK, or KV_ERR_NO_MEMORY and nothing is changed. */
int kvi_buffer_append(struct kvi_buffer *buffer, kv_slice bytes);

/** Makes `bytes` (borrowed, not of this buffer) the whole content. KV_OK, or KV_ERR_NO_MEMORY and nothing is changed. */
int kvi_buffer_assign(struct kvi_buffer *buffer, kv_slice bytes);

/** Forgets the content and keeps the room. */
static inline void kvi_buffer_clear(struct kvi_buffer *buffer)
{
    buffer->size = 0;
}

/** Lends the content, until the buffer changes. */
static inline kv_slice kvi_buffer_slice(const struct kvi_buffer *buffer)
{
    return kv_slice_of(buffer->data, buffer->size);
}

/** Gives the content (free it; NULL when nothing was ever reserved) and leaves the buffer empty. */
unsigned char *kvi_buffer_take(struct kvi_buffer *buffer, size_t *ret_size);

/** Frees the content; the buffer is empty and can be used again. */
void kvi_buffer_free(struct kvi_buffer *buffer);

#endif
