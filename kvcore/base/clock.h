/*
 * The monotonic clock: what deadlines and ages are measured on.
 *
 * Floor 0. Not the time of day: it never jumps, and means nothing after a reboot or on another machine.
 */
#ifndef KVCORE_BASE_CLOCK_H
#define KVCORE_BASE_CLOCK_H

#include <stdint.h>

/** Gives the nanoseconds since some fixed moment; above 0, never less than what an earlier call gave. */
int64_t kvi_clock_ns(void);

#endif
