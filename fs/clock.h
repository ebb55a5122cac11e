/*
 * The two clocks: monotonic nanoseconds for waiting, the wall clock for file times.
 *
 * Thread rule: pure functions. What people get wrong: waiting by the wall clock, which an administrator sets.
 */
#ifndef KVFS_CLOCK_H
#define KVFS_CLOCK_H

#include <stdint.h>
#include <time.h>

#define KVFS_SECOND INT64_C(1000000000)

/** Gives monotonic nanoseconds. */
static inline int64_t kvfs_clock_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * KVFS_SECOND + now.tv_nsec;
}

/** Gives the time of day. */
static inline struct timespec kvfs_clock_wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now;
}

/** Gives now, or a whole second after `last` when that is later: a change must be seen by who compares seconds. */
static inline struct timespec kvfs_clock_after(struct timespec last)
{
    struct timespec now = kvfs_clock_wall();
    if (now.tv_sec <= last.tv_sec) {
        now.tv_sec = last.tv_sec + 1;
    }
    return now;
}

#endif
