/*
 * An open file: the one content that all descriptors of a node see (S13, S21), and when it joins the session (S15).
 *
 * A node has at most one. It is made by open, from the value as it then is. While nobody writes, it is one committed
 * state that a commit by others does not disturb (S31): the node then loses its name, and the name gets a new node.
 * What is written is unpublished until the last descriptor open for writing is released, or this file is fsynced; a
 * file that could not be published stays, and the next commit tries again and reports it (S16).
 *
 * Thread rule: any thread, with the view's `tree` lock held for reading at least. `lock` guards the content: shared
 * to read, exclusive to change. What people get wrong: publishing at flush (TRAPS: a redirection flushes before it
 * writes).
 */
#ifndef KVFS_FILE_H
#define KVFS_FILE_H

#include "fs/content.h"
#include "fs/node.h"

struct kvfs_file {
    struct kvfs_node *node; /* referred to */
    atomic_uint opens;      /* grows under `files` */
    unsigned writers;       /* under `files` */
    pthread_rwlock_t lock;
    struct kvfs_content content;
    bool was_pinned;  /* when it was made */
    bool is_expired;  /* its pinned state could not be kept: reads are ESTALE */
    bool is_forsaken; /* our own change took its pair away: nobody's state but this file's */
    atomic_bool is_unpublished;
    bool is_time_set; /* by utimens after the last write; under `lock` like the next */
    struct timespec time;
    mode_t mode;                       /* what create asked for, until the file is published; 0: none. Under `lock` */
    uint64_t seen_txid;                /* the store's state that the content was last compared with; under `files` */
    struct kvfs_file *previous, *next; /* of all in the view; under `files` */
};

/** What an open descriptor is to the kernel: the file, and two bits. */
enum { KVFS_HANDLE_WRITES = 1, KVFS_HANDLE_SYNCS = 2, KVFS_HANDLE_BITS = 3 };

static inline struct kvfs_file *kvfs_handle_file(uint64_t handle)
{
    return (struct kvfs_file *)(uintptr_t)(handle & ~(uint64_t)KVFS_HANDLE_BITS);
}

/** Opens `node` (S21: `flags` as open(2), O_TRUNC too) and gives the handle; end it with kvfs_file_release. Returns
 * KV_OK, KV_NOT_FOUND (the pair is gone), KV_ERR_READ_ONLY, KV_ERR_READERS_FULL, KV_ERR_NO_MEMORY. */
int kvfs_file_open(struct kvfs_node *node, int flags, uint64_t *ret_handle);

/** Makes the new, empty, unpublished file of a node that was just made, with one descriptor. It shows `mode` until it
 * is published. Returns as above. */
int kvfs_file_create(struct kvfs_node *node, mode_t mode, int flags, uint64_t *ret_handle);

/** Ends a handle; the last one that writes publishes. Returns what the publishing returned: nobody is told but the
 * log, and the next commit. */
int kvfs_file_release(uint64_t handle);

/** Writes through a handle; `is_append` puts it at the end. With KVFS_HANDLE_SYNCS the caller commits afterwards.
 * Returns as kvfs_content_write. */
int kvfs_file_write(uint64_t handle, const char *data, size_t size, uint64_t offset, bool is_append);

/** Changes the size, for a handle or (0) without one: then it is published at once unless somebody writes. */
int kvfs_file_truncate(struct kvfs_node *node, uint64_t handle, uint64_t size);

/** fallocate(2). Returns KVFS_ERRNO(EOPNOTSUPP) for modes that make no sense here. */
int kvfs_file_allocate(uint64_t handle, int mode, uint64_t offset, uint64_t size);

/** Loads the content of a node that is about to lose its pair while it is open: nothing to do, an open file has it. A
 * node that becomes a draft gets its value as unpublished content. Returns KV_OK, KV_ERR_NO_MEMORY. */
int kvfs_file_keep(struct kvfs_node *node, kv_slice value);

/** Tells that the node's pair is gone or replaced: nothing of it is published any more. */
void kvfs_file_forsake(struct kvfs_node *node);

/** Tells (true) whether the node's open content is the state `value` of the store, or our own newer one. */
bool kvfs_file_is_current(struct kvfs_node *node, kv_slice value, uint64_t txid);

/** What a node with open content shows of it. */
struct kvfs_look {
    size_t size;
    mode_t mode;      /* 0: none of its own */
    bool is_forsaken; /* it has no name any more */
    bool is_timed;    /* it has a time of its own: */
    struct timespec time;
};

/** Looks at a node's open content. Returns false when it has none. */
bool kvfs_file_look(struct kvfs_node *node, struct kvfs_look *ret_look);

/** Tells that a new file has been given the mode that it will show. */
void kvfs_file_clear_mode(struct kvfs_node *node);

/** Sets the time of open content. Returns false when there is none that is unpublished. */
bool kvfs_file_set_time(struct kvfs_node *node, struct timespec time);

/** Holds a file, so that it stays: one that is held already, or with `files` held. A request that replies while it has
 * the content's lock holds the file: the kernel may release the last descriptor before the lock is given back. */
static inline void kvfs_file_hold(struct kvfs_file *file)
{
    atomic_fetch_add(&file->opens, 1);
}

/** Lets a file go. Needs `tree`. */
void kvfs_file_let_go(struct kvfs_file *file);

/** Marks the content as changed just now. The content's lock is held for writing. */
void kvfs_file_touch(struct kvfs_file *file);

/** Frees a file with its content (taken; NULL is nothing), whatever was in it. */
void kvfs_file_free(struct kvfs_file *file);

#endif
