/*
 * A commit: everything that was closed before it was asked for becomes one transaction of the store (S14 to S16).
 *
 * Thread rule: any thread that holds no lock. What people get wrong: committing under `tree`, which stops the mount for
 * as long as the disk takes.
 */
#ifndef KVFS_COMMIT_H
#define KVFS_COMMIT_H

#include "fs/daemon.h"

/**
 * Commits the session: waits for the releases before the request that this thread serves, publishes what could not be
 * published earlier, and commits. Hands the reading over first. On failure the session stays as it is and the reason
 * is noted for the log.
 * Returns KV_OK (also when nothing was pending or the view is read-only) or what failed.
 */
int kvfs_commit(struct kvfs_daemon *daemon);

/** The same for the clock, a signal or the end of the mount, which serve no request: first reads all that the kernel
 * has queued, unless the loop has ended. `is_over` when no descriptor can be open any more: then every file counts as
 * closed. */
int kvfs_commit_unasked(struct kvfs_daemon *daemon, bool is_over);

#endif
