/*
 * Serving: from the mount to its end. The housekeeper waits for signals, for the end of the mount and for the clock;
 * the loop's threads serve requests meanwhile.
 *
 *   signal     commit what was closed, end, take the mount from its place (S14)
 *   unmount    every descriptor is closed: publish all, commit, end
 *   what could not be committed is written to -o rescue=DIR, and logged (S18)
 */
#ifndef KVFS_SERVE_H
#define KVFS_SERVE_H

#include "fs/daemon.h"

/** Holds back the signals that end the daemon until it serves: one that came between would leave a dead mount. Call before
 * mounting, with no other thread running. */
void kvfs_serve_hold_signals(void);

/** Serves the mounted daemon until its end. Returns the program's exit code: 0, or 1 when changes were not
 * committed. */
int kvfs_serve(struct kvfs_daemon *daemon);

#endif
