/*
 * File times (S28): when a value may last have changed.
 *
 * The mount's own changes, and times that a user set, are held by the file's hash while the mount lives. A commit by
 * another process may have changed anything: it moves the times of all, by a whole second at least, and what was held
 * before it no longer counts. How foreign commits are told from our own: a commit of ours is one transaction of the
 * store, so when the number moved further than that, somebody else committed too.
 *
 * Thread rule: any thread. What people get wrong: giving "now" for what was not changed.
 */
#ifndef KVFS_TIMES_H
#define KVFS_TIMES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "fs/clock.h"

/** Where a time is from. */
enum kvfs_time_source {
    KVFS_TIME_OF_STORE,  /* nothing is known of this file: the last commit by others */
    KVFS_TIME_OF_CHANGE, /* our own change */
    KVFS_TIME_OF_USER    /* utimens said so */
};

struct kvfs_held_time {
    uint64_t hash; /* 0: free */
    int64_t seconds;
    unsigned nanoseconds;
    enum kvfs_time_source source;
};

struct kvfs_times {
    pthread_mutex_t lock;
    struct timespec changed;     /* the last commit by others, or what the store's file showed at mount */
    uint64_t epoch;              /* counts commits by others */
    atomic_uint_fast64_t txid;   /* newest transaction known */
    atomic_uint commits;         /* commits of ours that run now */
    struct kvfs_held_time *held; /* open addressing; capacity is a power of two */
    size_t capacity, count;
};

/** Begins with `changed` as the time of everything. */
void kvfs_times_init(struct kvfs_times *times, struct timespec changed);

/** Frees what is held. */
void kvfs_times_done(struct kvfs_times *times);

/** Takes `txid` as the state at mount. */
void kvfs_times_begin(struct kvfs_times *times, uint64_t txid);

/** Notes that a read transaction saw the committed state `txid`. */
void kvfs_times_see(struct kvfs_times *times, uint64_t txid);

/** Brackets a commit of ours: while one runs a new number is not yet judged. `committed` is how many transactions of
 * the store it was (0 or 1), `txid` the store's newest afterwards. */
void kvfs_times_commit_begin(struct kvfs_times *times);
void kvfs_times_commit_end(struct kvfs_times *times, unsigned committed, uint64_t txid);

/** Gives the time of the file or directory with `hash`, and (unless NULL) where it is from. */
struct timespec kvfs_times_get(struct kvfs_times *times, uint64_t hash, enum kvfs_time_source *ret_source);

/** Holds `time` for `hash`. Out of memory holds nothing: times are then the store's. */
void kvfs_times_set(struct kvfs_times *times, uint64_t hash, struct timespec time, enum kvfs_time_source source);

#endif
