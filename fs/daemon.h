/*
 * The daemon: what one mount consists of.
 *
 *   kernel ── loop ── ops ── lookup, tree, rename, file, dir ── view ── library
 *                      └── reply, log
 *
 * Life: main reads the options, forks, and in the child opens the view, mounts, runs the loop and the housekeeper
 * until a signal or an unmount, commits, and ends.
 *
 * Thread rule: filled before the loop starts, constant until it has ended.
 */
#ifndef KVFS_DAEMON_H
#define KVFS_DAEMON_H

#include <fuse_lowlevel.h>

#include "fs/loop.h"
#include "fs/view.h"

/** What the parent is told when the mount serves requests; any other first byte begins what went wrong. */
enum { KVFS_READY = 0, KVFS_READY_READ_ONLY = 1 };

struct kvfs_daemon {
    struct kvfs_options options;
    struct kvfs_view *view;
    struct fuse_session *fuse;
    struct kvfs_loop *loop;
    int ready_fd; /* where the parent waits for one byte, or -1 */
};

static inline struct kvfs_daemon *kvfs_daemon_of(fuse_req_t request)
{
    return fuse_req_userdata(request);
}

#endif
