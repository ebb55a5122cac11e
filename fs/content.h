/*
 * Content: the bytes of an open file. One state of a value, or what is being written over it.
 *
 * Four shapes. A small value is copied. A large one is lent from the store by a read transaction that the content
 * keeps (pinned). What is written lives in memory, and past `-o session_memory` in an unlinked file in the spool
 * directory (S20). All readers of the file read the same content, so no read mixes two states (S31).
 *
 * Thread rule: the caller's lock (file.h): shared to read, exclusive to change.
 */
#ifndef KVFS_CONTENT_H
#define KVFS_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/view.h"

/** Values up to this size are copied at open. */
enum { KVFS_COPY_MAX = 128 * 1024 };

enum kvfs_content_shape { KVFS_IN_MEMORY, KVFS_PINNED, KVFS_SPOOLED };

struct kvfs_content {
    enum kvfs_content_shape shape;
    size_t size;
    char *data; /* in memory: `capacity` bytes; pinned: lent by `pin` */
    size_t capacity;
    size_t counted; /* of the view's memory for unpublished content */
    kv_txn *pin;
    int64_t pinned_at;
    int fd; /* spooled */
};

/** Takes the value of a pair: copies a small one; of a large one takes `*txn` too, and leaves NULL there. When so many
 * are pinned that the store's other readers would suffer, large ones are copied as well. Returns KV_OK, or as
 * kvfs_content_write. */
int kvfs_content_load(struct kvfs_view *view, struct kvfs_content *content, kv_slice value, kv_txn **txn);

/** Frees everything and makes the content empty. */
void kvfs_content_clear(struct kvfs_view *view, struct kvfs_content *content);

/** Writes `size` bytes at `offset`, with zeros before when that is past the end. Returns KV_OK, KV_ERR_VALUE_TOO_BIG,
 * KV_ERR_NO_MEMORY, KV_ERR_DISK_FULL, KV_ERR_IO. */
int kvfs_content_write(struct kvfs_view *view, struct kvfs_content *content, const char *data, size_t size,
                       uint64_t offset);

/** Cuts or extends by zeros. Returns as kvfs_content_write. */
int kvfs_content_resize(struct kvfs_view *view, struct kvfs_content *content, uint64_t size);

/** Makes `size` bytes at `offset` zeros, as far as the content goes. Returns as kvfs_content_write. */
int kvfs_content_zero(struct kvfs_view *view, struct kvfs_content *content, uint64_t offset, uint64_t size);

/** Stores the content as the value of `key`. Returns as kv_bucket_put. */
int kvfs_content_put(const struct kvfs_content *content, kv_bucket *bucket, kv_slice key);

/** Tells (1 or 0) whether the content is these bytes; a failure to read it is 0. */
bool kvfs_content_equals(const struct kvfs_content *content, kv_slice value);

#endif
