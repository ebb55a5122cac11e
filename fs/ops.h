/*
 * Operations: one function a kind of request. Each unpacks it, calls one verb, and replies exactly once.
 *
 * Thread rule: any thread of the loop. What people get wrong: replying after the node was dropped; waiting under
 * `tree`.
 */
#ifndef KVFS_OPS_H
#define KVFS_OPS_H

#include "fs/daemon.h"
#include "fs/node.h"

/** Fills the table. Each part adds its own. */
void kvfs_ops_fill(struct fuse_lowlevel_ops *ops);
void kvfs_ops_fill_nodes(struct fuse_lowlevel_ops *ops);
void kvfs_ops_fill_files(struct fuse_lowlevel_ops *ops);
void kvfs_ops_fill_directories(struct fuse_lowlevel_ops *ops);
void kvfs_ops_fill_tree(struct fuse_lowlevel_ops *ops);

/** Gives the live node that the kernel calls `ino`. */
static inline struct kvfs_node *kvfs_node_of(fuse_req_t request, fuse_ino_t ino)
{
    return ino == FUSE_ROOT_ID ? kvfs_daemon_of(request)->view->root : (struct kvfs_node *)(uintptr_t)ino;
}

static inline void kvfs_unlock(pthread_rwlock_t **lock)
{
    pthread_rwlock_unlock(*lock);
}

/** Holds `tree` until the end of the scope. */
#define KVFS_LOOKING(view)                                                                                             \
    __attribute__((cleanup(kvfs_unlock), unused)) pthread_rwlock_t *looking = &(view)->tree;                           \
    pthread_rwlock_rdlock(looking)
#define KVFS_CHANGING(view)                                                                                            \
    __attribute__((cleanup(kvfs_unlock), unused)) pthread_rwlock_t *changing = &(view)->tree;                          \
    pthread_rwlock_wrlock(changing)

#endif
