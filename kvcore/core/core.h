/*
 * The core's own objects: what the public handles point to.
 *
 * Where it sits: public verbs (store.c, txn.c, bucket.c, pair.c, cursor*.c) check the contract, keep the state machine
 * of cursor.h, and call the slots of spi.h. Slots are always taken from the object's own store
 * (`txn->ops`), so a layer that has nothing to say about transactions may hand out those of the store below.
 *
 * Thread rule: kv_store by any thread; everything below it by its transaction's thread.
 */
#ifndef KVCORE_CORE_CORE_H
#define KVCORE_CORE_CORE_H

#include <pthread.h>
#include <stdbool.h>

#include "kvcore/base/buffer.h"
#include "kvcore/core/spi.h"
#include "kvcore/cursor.h"

/* Buckets of a transaction are found by name in this many chains. */
#define KVI_BUCKET_CHAINS 32

struct kv_store {
    struct kvi_store *spi;
    char *location;
    unsigned flags;             /* KV_OPEN_ */
    pthread_mutex_t lock;       /* guards what follows */
    pthread_cond_t idle;        /* signalled when the last transaction ends */
    unsigned open_txns;         /* transactions that kv_store_close waits for */
    unsigned refs;              /* the owner's, and that of the thread that waits for the writer's lock */
    struct kvi_update *updates; /* work that waits for it; managed.c */
    bool is_served;             /* that thread runs */
    pthread_cond_t updated;     /* on the monotonic clock */
    bool is_closing;
};

struct kv_txn {
    int gate; /* KV_OK, or what every operation answers now */
    bool is_write;
    bool is_reset;
    const struct kvi_backend *ops;
    struct kvi_txn *spi; /* NULL once ended */
    kv_store *store;
    kv_txn *parent;
    kv_txn *child;
    kv_cursor *cursors;     /* all open ones */
    bool is_lending;        /* memory was lent since the last write: a write's inputs may lie in it */
    struct kvi_buffer kept; /* copies of such inputs */
    uint64_t id;
    kv_bucket *last_bucket; /* the one that was asked for last */
    kv_bucket *chains[KVI_BUCKET_CHAINS];
};

struct kv_bucket {
    kv_txn *txn;
    struct kvi_bucket *spi; /* NULL: missing, as far as is known */
    kv_bucket *next;
    size_t key_size;   /* integer keys: the size that binds the bucket; 0 unknown */
    size_t value_size; /* fixed values: likewise */
    uint32_t name_hash;
    char name[];
};

/* Where a cursor is. */
enum kvi_place {
    KVI_FRESH,  /* unpositioned */
    KVI_AT,     /* on the pair that the backend's cursor is on */
    KVI_PARKED, /* on the pair in `saved`, if it still exists: something was written since */
    KVI_GAP,    /* before the first pair after `saved`, which is gone */
    KVI_END     /* after the last pair within the bound */
};

enum kvi_bound { KVI_UNBOUND, KVI_PREFIX, KVI_KEY };

struct kv_cursor {
    kv_txn *txn; /* NULL once it has ended */
    kv_bucket *bucket;
    struct kvi_cursor *spi; /* NULL until needed, and while the bucket is missing */
    enum kvi_place place;
    enum kvi_bound bound;
    bool is_keys_only;
    unsigned prefetch;
    kv_cursor *next;
    kv_cursor *prev;
    struct kvi_buffer limit;      /* the prefix or the key of the bound */
    struct kvi_buffer saved;      /* key, then value, of the place */
    struct kvi_buffer next_saved; /* the same of the place after a write that is under way */
    size_t saved_key;             /* how much of `saved` is the key */
    struct kvi_buffer scratch;
};

/* ---- store.c ---- */

/* Makes a public store over `spi` (taken also on failure). `location` is copied. */
int kvi_store_wrap(struct kvi_store *spi, const char *location, unsigned flags, kv_store **ret_store);

/* Counts a transaction in: KV_OK or KV_ERR_CLOSED. */
int kvi_store_enter(kv_store *store);
void kvi_store_leave(kv_store *store);
void kvi_store_ref(kv_store *store);
int kvi_store_unref(kv_store *store);

/* ---- txn.c ---- */

/* kv_txn_begin of a top-level transaction without counting it in. */
int kvi_txn_begin_uncounted(kv_store *store, unsigned flags, kv_deadline deadline, kv_txn **ret_txn);

/* Aborts and frees one that was not counted in. */
void kvi_txn_free_uncounted(kv_txn *txn);

/* Before a write: moves the inputs out of memory that the write may overwrite, where the transaction has lent any since
 * its last one. The copies hold until the next call. */
int kvi_txn_keep(kv_txn *txn, kv_slice *key, kv_slice *value);

/* ---- bucket.c ---- */

/* Gives the handle object for a name, whether the bucket exists or not. */
int kvi_bucket_find(kv_txn *txn, const char *name, kv_bucket **ret_bucket);

/* Answers KV_OK when `bucket->spi` is there, after looking for it; else KV_NOT_FOUND, or KV_ERR_UNKNOWN_BUCKET when
 * the store is strict. */
int kvi_bucket_resolve(kv_bucket *bucket);

/* The same before a read by handle: the transaction's gate as well. */
static inline int kvi_bucket_enter(kv_bucket *bucket)
{
    if (bucket->txn->gate)
        return bucket->txn->gate;
    return bucket->spi ? KV_OK : kvi_bucket_resolve(bucket);
}

/* Before a write: gate, read-only, and every cursor on the bucket parked. The bucket may be missing (KV_NOT_FOUND). */
int kvi_bucket_enter_write(kv_bucket *bucket);

/* Frees the handles of a transaction. */
void kvi_buckets_free(kv_txn *txn);

/* Forgets what the backend lent: it is asked again at the next use. */
void kvi_buckets_forget(kv_txn *txn);

/* ---- check.c ---- */

/* What the store and the bucket's kind say to a key that is looked for: KV_OK, KV_NOT_FOUND (no such key can be
 * there), KV_ERR_WRONG_SIZE. */
int kvi_check_lookup(kv_bucket *bucket, kv_slice key);

/* The same for a value that is looked for in a dup-sort bucket. */
int kvi_check_lookup_value(kv_bucket *bucket, kv_slice value);

/* What they say to a pair that is to be stored; of a bucket that is missing yet, the store alone. */
int kvi_check_pair(kv_bucket *bucket, kv_slice key, kv_slice value);

/* ---- cursor_move.c: raw moves of the backend's cursor, those that it lacks made of those that it has ---- */

int kvi_cursor_raw(kv_cursor *cursor, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                   kv_slice *ret_value);

/* ---- cursor.c ---- */

/* Saves the place of a cursor that is on a pair, before a write makes the backend's cursor useless. */
int kvi_cursor_park(kv_cursor *cursor);
int kvi_cursors_park(kv_txn *txn, const kv_bucket *bucket);

/* Parks all cursors of a transaction and closes the backend's, so that nothing of it is open beside a child. */
int kvi_cursors_suspend(kv_txn *txn);

/* Closes the backend's cursor: before a drop, a clear, the end. */
void kvi_cursor_detach(kv_cursor *cursor);
void kvi_cursors_end(kv_txn *txn);

/* Gate, backend's cursor open, parked place found again. KV_NOT_FOUND when the bucket is missing. */
int kvi_cursor_enter(kv_cursor *cursor);

/* Copies the pair that is about to be written through the cursor, while its bytes are sure to be there; and, when the
 * write is done, puts the cursor on it. */
int kvi_cursor_intend(kv_cursor *cursor, kv_slice key, kv_slice value);
void kvi_cursor_rest(kv_cursor *cursor, size_t key_size);

/* Goes before the first pair after `key` in the bound, so that prev gives the last pair at or before it. */
int kvi_cursor_seek_after(kv_cursor *cursor, kv_slice key);

/* Gives a found pair to the caller as the cursor's options want it. */
static inline int kvi_cursor_give(const kv_cursor *cursor, kv_slice key, kv_slice value, kv_slice *ret_key,
                                  kv_slice *ret_value)
{
    cursor->txn->is_lending = true;
    if (ret_key)
        *ret_key = key;
    if (ret_value)
        *ret_value = cursor->is_keys_only ? kv_slice_of(NULL, 0) : value;
    return KV_OK;
}

/* The kind of a bucket; a missing one is what a put would make it. */
static inline kv_kind kvi_kind_of(const kv_bucket *bucket)
{
    return bucket->spi ? bucket->spi->kind : KV_PLAIN;
}

static inline bool kvi_is_dup(const kv_bucket *bucket)
{
    return (kvi_kind_of(bucket) & KV_DUP_SORT) != 0;
}

#define KVI_NOTHING kv_slice_of(NULL, 0)

#endif
