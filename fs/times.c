#include "fs/times.h"

#include <stdlib.h>

void kvfs_times_init(struct kvfs_times *times, struct timespec changed)
{
    pthread_mutex_init(&times->lock, NULL);
    times->changed = changed;
}

void kvfs_times_done(struct kvfs_times *times)
{
    free(times->held);
    pthread_mutex_destroy(&times->lock);
}

void kvfs_times_begin(struct kvfs_times *times, uint64_t txid)
{
    atomic_store(&times->txid, txid);
}

static void note_foreign(struct kvfs_times *times)
{
    times->changed = kvfs_clock_after(times->changed);
    free(times->held);
    times->held = NULL;
    times->capacity = times->count = 0;
}

void kvfs_times_see(struct kvfs_times *times, uint64_t txid)
{
    if (txid <= atomic_load_explicit(&times->txid, memory_order_acquire)) {
        return;
    }
    pthread_mutex_lock(&times->lock);
    if (txid > atomic_load(&times->txid) && atomic_load(&times->commits) == 0) {
        note_foreign(times);
        atomic_store(&times->txid, txid);
    }
    pthread_mutex_unlock(&times->lock);
}

void kvfs_times_commit_begin(struct kvfs_times *times)
{
    pthread_mutex_lock(&times->lock);
    atomic_fetch_add(&times->commits, 1);
    pthread_mutex_unlock(&times->lock);
}

void kvfs_times_commit_end(struct kvfs_times *times, unsigned committed, uint64_t txid)
{
    pthread_mutex_lock(&times->lock);
    uint64_t known = atomic_load(&times->txid);
    if (txid > known + committed) {
        note_foreign(times);
    }
    if (txid > known) {
        atomic_store(&times->txid, txid);
    }
    atomic_fetch_sub(&times->commits, 1);
    pthread_mutex_unlock(&times->lock);
}

/* The slot of `hash`, or the free one where it belongs. */
static struct kvfs_held_time *find_slot(struct kvfs_held_time *held, size_t capacity, uint64_t hash)
{
    size_t at = hash & (capacity - 1);
    while (held[at].hash != 0 && held[at].hash != hash) {
        at = (at + 1) & (capacity - 1);
    }
    return &held[at];
}

struct timespec kvfs_times_get(struct kvfs_times *times, uint64_t hash, enum kvfs_time_source *ret_source)
{
    pthread_mutex_lock(&times->lock);
    struct timespec time = times->changed;
    enum kvfs_time_source source = KVFS_TIME_OF_STORE;
    if (times->count > 0) {
        const struct kvfs_held_time *slot = find_slot(times->held, times->capacity, hash);
        if (slot->hash == hash) {
            time = (struct timespec){slot->seconds, slot->nanoseconds};
            source = slot->source;
        }
    }
    pthread_mutex_unlock(&times->lock);
    if (ret_source) {
        *ret_source = source;
    }
    return time;
}

static int grow(struct kvfs_times *times)
{
    size_t capacity = times->capacity ? times->capacity * 2 : 1024;
    struct kvfs_held_time *held = calloc(capacity, sizeof *held);
    if (!held) {
        return 0;
    }
    for (size_t i = 0; i < times->capacity; i++) {
        if (times->held[i].hash != 0) {
            *find_slot(held, capacity, times->held[i].hash) = times->held[i];
        }
    }
    free(times->held);
    times->held = held;
    times->capacity = capacity;
    return 1;
}

void kvfs_times_set(struct kvfs_times *times, uint64_t hash, struct timespec time, enum kvfs_time_source source)
{
    pthread_mutex_lock(&times->lock);
    if (times->count * 4 < times->capacity * 3 || grow(times)) {
        struct kvfs_held_time *slot = find_slot(times->held, times->capacity, hash);
        times->count += slot->hash == 0;
        *slot = (struct kvfs_held_time){hash, time.tv_sec, (unsigned)time.tv_nsec, source};
    }
    pthread_mutex_unlock(&times->lock);
}
