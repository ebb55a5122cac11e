/*
 * Mounting: the session with the kernel.
 *
 * Thread rule: one thread. What people get wrong: failing on a mount point whose daemon was killed; it is cleared away
 * first (S17).
 */
#ifndef KVFS_MOUNT_H
#define KVFS_MOUNT_H

#include <errno.h>

#include "fs/daemon.h"

/** Tells whether `error` is what a mount answers whose daemon has died: not connected, or cut off just now. */
static inline bool kvfs_mount_is_dead(int error)
{
    return error == ENOTCONN || error == ECONNABORTED;
}

/** Clears a dead mount of ours off `mountpoint`, and looks whether it can be mounted on. Returns KV_OK, or a failure
 * with a message that says what to do. */
int kvfs_mount_prepare(const char *mountpoint, kv_message *ret_message);

/** Mounts. The view is open. Returns KV_OK, or a failure with a message. */
int kvfs_mount(struct kvfs_daemon *daemon, kv_message *ret_message);

/** Takes the mount from its mount point, also while it is in use: no new use begins. Returns 0 or -1. */
int kvfs_mount_detach(const char *mountpoint);

/** Ends the session with the kernel. */
void kvfs_mount_end(struct kvfs_daemon *daemon);

/** Tells whether something of type fuse.kvfs is mounted there. */
bool kvfs_mount_is_present(const char *mountpoint);

#endif
