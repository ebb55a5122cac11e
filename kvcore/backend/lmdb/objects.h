/*
 * The objects of the LMDB backend behind those of spi.h, and how to get from the one to the other.
 *
 * Thread rule: kvi_lmdb_env by any thread (each field says by what it is guarded); the others as spi.h says.
 */
#ifndef KVCORE_BACKEND_LMDB_OBJECTS_H
#define KVCORE_BACKEND_LMDB_OBJECTS_H

#include <lmdb.h>
#include <stdbool.h>
#include <stdint.h>

#include "kvcore/backend/lmdb/env.h"
#include "kvcore/core/spi.h"

/* LMDB's number for the main database in every transaction, whether opened there or not. */
#define KVI_LMDB_MAIN_DBI ((MDB_dbi)1)

struct kvi_lmdb_store {
    struct kvi_store base;
    struct kvi_lmdb_env *env; /* a reference */
    bool is_read_only;
    bool is_unsynced; /* opened with KV_OPEN_NO_SYNC */
};

/* A second read transaction of the same snapshot, which knows handles that the first one does not. */
struct kvi_lmdb_sibling {
    MDB_txn *mdb;
    uint64_t epoch;
    struct kvi_lmdb_sibling *next;
};

/* That a bucket was dropped in a read-write transaction, or made again after that. It is emptied at once, but its
 * record goes only at the commit: LMDB's own drop closes the handle for everybody, even when the transaction aborts,
 * and a parent of the transaction could no longer commit what it wrote to the bucket. */
struct kvi_lmdb_mark {
    struct kvi_lmdb_mark *next;
    struct kvi_lmdb_handle *handle; /* used by the transaction (or one of its parents) */
    bool is_dropped;
};

struct kvi_lmdb_txn {
    struct kvi_txn base;
    struct kvi_lmdb_env *env;
    MDB_txn *mdb;
    struct kvi_lmdb_txn *parent;
    uint64_t epoch;      /* handles up to this one are known to LMDB's transaction */
    unsigned main_flags; /* LMDB's, of the main database */
    MDB_dbi slots;       /* read-write: the slots that LMDB's transaction knows */
    MDB_cursor *records; /* on the main database, to look at records; NULL until needed */
    struct kvi_lmdb_bucket *buckets;
    struct kvi_lmdb_bucket *kept; /* no longer lent, but their handles are in use until the end */
    struct kvi_lmdb_sibling *siblings;
    struct kvi_lmdb_mark *marks;
    bool are_records_old; /* the cursor is of the snapshot before a reset */
    bool is_reset;
    struct kvi_lmdb_txn *next_idle;
};

struct kvi_lmdb_bucket {
    struct kvi_bucket base;
    MDB_txn *mdb; /* the transaction's, or a sibling's */
    MDB_dbi dbi;
    bool is_root;
    bool hides_records;             /* the root map, where some records may be buckets */
    struct kvi_lmdb_handle *handle; /* NULL: the root map */
    MDB_cursor *writer;             /* NULL until the first put */
    struct kvi_lmdb_bucket *next;
};

struct kvi_lmdb_cursor {
    struct kvi_cursor base;
    MDB_cursor *mdb;
    bool hides_records;
    bool is_dup;
    bool is_keys_only;
    bool is_special; /* hides records or gives no values: more is to be done about a step than to take it */
};

static inline struct kvi_lmdb_store *kvi_lmdb_store_of(const struct kvi_store *store)
{
    return (struct kvi_lmdb_store *)(uintptr_t)store;
}

static inline struct kvi_lmdb_txn *kvi_lmdb_txn_of(const struct kvi_txn *txn)
{
    return (struct kvi_lmdb_txn *)(uintptr_t)txn;
}

static inline struct kvi_lmdb_bucket *kvi_lmdb_bucket_of(const struct kvi_bucket *bucket)
{
    return (struct kvi_lmdb_bucket *)(uintptr_t)bucket;
}

static inline struct kvi_lmdb_cursor *kvi_lmdb_cursor_of(const struct kvi_cursor *cursor)
{
    return (struct kvi_lmdb_cursor *)(uintptr_t)cursor;
}

/* LMDB's interface is not const; it does not write through these. */
static inline MDB_val kvi_lmdb_val(kv_slice slice)
{
    return (MDB_val){.mv_size = slice.size, .mv_data = (void *)(uintptr_t)slice.data};
}

static inline kv_slice kvi_lmdb_slice(MDB_val val)
{
    return (kv_slice){.data = val.mv_data, .size = val.mv_size};
}

/* Named databases cannot be in a main database of these kinds: LMDB refuses them. */
static inline bool kvi_lmdb_can_hold_buckets(unsigned main_flags)
{
    return (main_flags & (MDB_DUPSORT | MDB_INTEGERKEY)) == 0;
}

#endif
