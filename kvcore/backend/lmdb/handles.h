/*
 * The bucket handles of one environment: which are open in LMDB, who uses them, and who may open one now.
 *
 * Where it sits: below bucket.c, which asks for the handle of a bucket that it knows to exist.
 *
 * Why there is a table at all. LMDB keeps handles in slots that all transactions of the process share:
 *   - A transaction knows the handles that were published when it began, no later ones; mdb_dbi_open answers success
 *     for those too, with a number that is not valid. So each handle has an epoch, and each transaction the epoch of
 *     its begin.
 *   - mdb_dbi_open takes the lowest slot without a name, else the one after the last that its transaction knows. Two
 *     transactions that both open in new slots overwrite each other. So handles are opened under the lock, in short
 *     read transactions of their own, and these take no new slot while a read-write transaction is open; only that one
 *     may.
 *   - Closing a handle (mdb_dbi_close, mdb_drop) is at once and for all. Who looked the bucket up before goes on with
 *     what he found; the name is read only at that first look, which is therefore made under the lock. But a slot that
 *     is taken again brings its comparators for those too. While they would be wrong for somebody, a read-write
 *     transaction passes over the slot by a bucket that it makes there and removes again, and a read-only one is
 *     refused.
 *
 * Thread rule: every function locks the environment's table itself, except those that say "locked".
 */
#ifndef KVCORE_BACKEND_LMDB_HANDLES_H
#define KVCORE_BACKEND_LMDB_HANDLES_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct kvi_lmdb_env;
struct kvi_lmdb_txn;

/* LMDB's slots 0 and 1 are the free and the main database. */
#define KVI_LMDB_FIRST_SLOT ((MDB_dbi)2)

/* `seen_entries` before the first search, and after a bucket's handle was lost. */
#define KVI_LMDB_NEVER_SEEN UINT64_MAX

/* One open handle. All fields belong to the table's lock. */
struct kvi_lmdb_handle {
    MDB_dbi dbi;
    unsigned flags;             /* LMDB's, as stored with the bucket */
    uint64_t epoch;             /* when it was published */
    struct kvi_lmdb_txn *owner; /* the read-write transaction that opened it and is not over; else NULL */
    unsigned users;             /* transactions that looked the bucket up by it */
    uint64_t used_at;           /* for choosing which to give up */
    struct kvi_lmdb_handle *next_closed;
    bool is_closed; /* LMDB has it no more; kept for the comparators of its users */
    char name[];
};

struct kvi_lmdb_handles {
    pthread_mutex_t lock;
    pthread_cond_t writer_ended;
    struct kvi_lmdb_handle **open; /* sorted by name */
    bool *is_taken;                /* by slot: whether LMDB has a name there */
    unsigned count;
    unsigned max;
    struct kvi_lmdb_handle *closed; /* closed ones that still have users */
    MDB_dbi slots;                  /* LMDB's published slots: new transactions know those below */
    uint64_t changes;            /* grows when a slot is published or closed by other than a read-write transaction */
    uint64_t clock;              /* for used_at */
    struct kvi_lmdb_txn *writer; /* the top-level read-write transaction that is open, in this process */
    pthread_t writer_thread;
    /* Not 0 while LMDB commits, without the table's lock: the commit's number. What it opened is then being published
     * or closed. Written under the lock. */
    _Atomic uint64_t ending_id;
    _Atomic uint64_t epoch;        /* of the newest published handle */
    _Atomic uint64_t seen_entries; /* of the main database when it was last searched for buckets */
};

/* Makes an empty table of at most `max` handles. Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvi_lmdb_handles_init(struct kvi_lmdb_handles *handles, unsigned max);

/* Frees the table; LMDB's side goes with the environment. */
void kvi_lmdb_handles_done(struct kvi_lmdb_handles *handles);

/* Forgets all handles, for an environment that was opened anew. No transaction is open. */
void kvi_lmdb_handles_clear(struct kvi_lmdb_handles *handles);

/* Before a top-level transaction begins: opens the buckets that came into being elsewhere, when it looks as if there
 * were any. Cheap when not. Failures are left to the transaction's own look at a bucket. */
void kvi_lmdb_handles_refresh(struct kvi_lmdb_env *env);

/*
 * Finds or opens the handle of bucket `name`, which exists with `flags` in `txn`, uses it, and looks the bucket up by
 * it. Gives the LMDB transaction to use it in: `txn`'s own, or of a read-only one a sibling with the same snapshot.
 * Returns KV_OK, KV_ERR_STALE (there is a newer snapshot than the transaction's, and the handle was closed since by a
 * drop or for want of room, or the bucket has another kind by now), KV_ERR_BUSY (a read-only transaction: a
 * read-write one of the same thread, or readers of an older bucket of another kind are in the way),
 * KV_ERR_TOO_MANY_BUCKETS, KV_ERR_NO_MEMORY, KV_ERR_IO.
 */
int kvi_lmdb_handle_acquire(struct kvi_lmdb_txn *txn, const char *name, unsigned flags,
                            struct kvi_lmdb_handle **ret_handle, MDB_txn **ret_mdb);

/* Makes the bucket `name`, which `txn` does not have, and uses its handle. Returns as acquire, or what failed. */
int kvi_lmdb_handle_create(struct kvi_lmdb_txn *txn, const char *name, unsigned flags,
                           struct kvi_lmdb_handle **ret_handle);

/* Removes the bucket of `handle` with its record; the caller's use stays to be released. */
int kvi_lmdb_handle_drop(struct kvi_lmdb_txn *txn, struct kvi_lmdb_handle *handle);

/* Ends one use. Locked. */
void kvi_lmdb_handle_release(struct kvi_lmdb_handles *handles, struct kvi_lmdb_handle *handle);

/* Tells whether the calling thread has a read-write transaction open. */
bool kvi_lmdb_handles_is_writing(struct kvi_lmdb_handles *handles);

/* Before LMDB commits `writer`, top-level, outside of the lock: until it is settled nothing is opened, since LMDB may
 * already have freed slots that the table still takes for used. */
void kvi_lmdb_handles_writer_ends(struct kvi_lmdb_handles *handles, const struct kvi_lmdb_txn *writer);

/* At the end of a read-write transaction: `heir` is its parent, which gets what it opened; NULL publishes it. Locked.
 * With `is_committed` false LMDB has closed what it opened. */
void kvi_lmdb_handles_settle(struct kvi_lmdb_handles *handles, struct kvi_lmdb_txn *txn, struct kvi_lmdb_txn *heir,
                             bool is_committed);

#endif
