/*
 * Control: what `kvfs -u` asks the daemon, as ioctls on the mount's root directory.
 */
#ifndef KVFS_CONTROL_H
#define KVFS_CONTROL_H

#include <stdint.h>
#include <sys/ioctl.h>

/** Gives the daemon's process number. */
#define KVFS_CONTROL_PROCESS _IOR('k', 1, uint32_t)

/** Gives up what the session holds. For the mount's owner only. */
#define KVFS_CONTROL_DISCARD _IO('k', 2)

#endif
