/*
 * Unmounting: commit, and only when that succeeded unmount, and wait until the daemon has gone (S18).
 *
 * Where it sits: a program of its own in the same file: `kvfs -u MNT`, and umount.fuse.kvfs, which umount(8) calls.
 */
#ifndef KVFS_UNMOUNT_H
#define KVFS_UNMOUNT_H

/** `kvfs -u [--discard] [-l] MOUNTPOINT`. Gives the exit code: 0, 1 failed, 2 usage. */
int kvfs_unmount_main(int count, char **arguments);

#endif
