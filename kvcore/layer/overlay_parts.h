/*
 * The overlay's own objects, shared by its files: store and transactions (overlay.c), the records of touched buckets
 * (overlay_record.c), buckets (overlay_bucket.c), pairs (overlay_pair.c), cursors (overlay_cursor.c), visiting
 * (overlay_visit.c).
 */
#ifndef KVCORE_LAYER_OVERLAY_PARTS_H
#define KVCORE_LAYER_OVERLAY_PARTS_H

#include <pthread.h>

#include "kvcore/base/buffer.h"
#include "kvcore/iter/merge.h"
#include "kvcore/layer/overlay.h"

#define OVERLAY_RECORDS "."

/* The first byte of the name of an upper bucket says what it holds. */
enum overlay_part { OVERLAY_PUTS, OVERLAY_REMOVALS, OVERLAY_HIDDEN_KEYS, OVERLAY_PARTS };
#define OVERLAY_PREFIXES "=-~"

/* Bits of a record. */
enum { OVERLAY_CREATED = 1, OVERLAY_DROPPED = 2, OVERLAY_HIDING = 4 };

struct overlay_record {
    unsigned char flags;
    kv_kind kind;
};

/* The records in one transaction of the upper store. */
struct overlay_records {
    struct kvi_txn *upper;
    struct kvi_bucket *bucket; /* NULL: none yet */
    bool is_known;
};

struct overlay {
    struct kvi_store store;
    struct kvi_store *upper;
    struct kvi_store *base;
    kvi_overlay_ended *ended;
    void *argument;
    pthread_mutex_t lock; /* guards what follows */
    unsigned open_txns;
};

struct overlay_txn {
    struct kvi_txn txn;
    struct kvi_txn *upper;
    struct overlay_records records;
    struct kvi_txn *base; /* of a child: its parent's */
    struct overlay_txn *parent;
    struct overlay_bucket *buckets;
};

struct overlay_bucket {
    struct kvi_bucket bucket;
    struct overlay_bucket *next;
    struct kvi_bucket *base;                 /* NULL: missing in the base, or hidden */
    struct kvi_bucket *parts[OVERLAY_PARTS]; /* NULL: nothing there */
    unsigned version;                        /* grows when the above change */
    bool is_current;                         /* false: look again (a child has ended) */
    struct overlay_record record;
    bool has_record;
    char name[];
};

static inline struct overlay *overlay_of(const struct kvi_txn *txn)
{
    return (struct overlay *)txn->store;
}

static inline struct overlay_txn *overlay_txn_of(const struct kvi_bucket *bucket)
{
    return (struct overlay_txn *)bucket->txn;
}

static inline const struct kvi_backend *overlay_upper(const struct overlay_txn *txn)
{
    return txn->upper->store->backend;
}

static inline const struct kvi_backend *overlay_base(const struct overlay_txn *txn)
{
    return txn->base->store->backend;
}

static inline bool overlay_is_dup(const struct overlay_bucket *bucket)
{
    return (bucket->bucket.kind & KV_DUP_SORT) != 0;
}

/* Tells whether the base shows through alone. */
static inline bool overlay_is_plain_view(const struct overlay_bucket *bucket)
{
    return bucket->base && !bucket->parts[OVERLAY_PUTS] && !bucket->parts[OVERLAY_REMOVALS] &&
           !bucket->parts[OVERLAY_HIDDEN_KEYS];
}

/* ---- overlay_record.c ---- */

#define OVERLAY_NAME_SIZE (KV_BUCKET_NAME_SIZE + 1)

/* Writes the name of an upper bucket (or, with '=', the key of the record) into `text` of OVERLAY_NAME_SIZE. */
void kvi_overlay_part_name(enum overlay_part part, const char *name, char *text);

/* Lends the bucket of records; KV_NOT_FOUND when nothing was ever written. */
int kvi_overlay_records_open(struct overlay_records *records, struct kvi_bucket **ret_records);

int kvi_overlay_record_get(struct overlay_records *records, const char *name, struct overlay_record *ret_record);
int kvi_overlay_record_put(struct overlay_records *records, const char *name, struct overlay_record record);
int kvi_overlay_record_delete(struct overlay_records *records, const char *name);
int kvi_overlay_record_decode(kv_slice value, struct overlay_record *ret_record);

/* The kind of an upper bucket that holds a part of a bucket of `kind`. */
kv_kind kvi_overlay_part_kind(enum overlay_part part, kv_kind kind);

/* ---- overlay_bucket.c ---- */

int kvi_overlay_bucket_open(struct kvi_txn *txn, const char *name, struct kvi_bucket **ret_bucket);
int kvi_overlay_bucket_create(struct kvi_txn *txn, const char *name, kv_kind kind, struct kvi_bucket **ret_bucket);
int kvi_overlay_bucket_drop(struct kvi_bucket *bucket);
int kvi_overlay_bucket_clear(struct kvi_bucket *bucket);
int kvi_overlay_bucket_next(struct kvi_txn *txn, const char *after, char *name);
int kvi_overlay_bucket_size(struct kvi_bucket *bucket, uint64_t *ret_size);
int kvi_overlay_bucket_count(struct kvi_bucket *bucket, uint64_t *ret_count);
void kvi_overlay_buckets_free(struct overlay_txn *txn);

/* Makes the upper bucket of a part, and the record, when they are missing: before a write. */
int kvi_overlay_bucket_part(struct overlay_bucket *bucket, enum overlay_part part, struct kvi_bucket **ret_part);

/* ---- overlay_pair.c ---- */

int kvi_overlay_get(struct kvi_bucket *bucket, kv_slice key, kv_slice *ret_value);
int kvi_overlay_put(struct kvi_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode);
int kvi_overlay_del(struct kvi_bucket *bucket, kv_slice key, const kv_slice *value);
int kvi_overlay_reserve(struct kvi_bucket *bucket, kv_slice key, size_t size, void **ret_data);

/* ---- overlay_cursor.c ---- */

int kvi_overlay_cursor_open(struct kvi_bucket *bucket, struct kvi_cursor **ret_cursor);
void kvi_overlay_cursor_close(struct kvi_cursor *cursor);
int kvi_overlay_cursor_move(struct kvi_cursor *cursor, enum kvi_move move, kv_slice key, kv_slice value,
                            kv_slice *ret_key, kv_slice *ret_value);

/* Answers KV_OK when the bucket exists, else KV_NOT_FOUND, without opening it. */
int kvi_overlay_bucket_exists(struct overlay_txn *txn, const char *name);

/* Finds the first pair of the bucket at or after (key, value), the last of all: for checks before a write. */
int kvi_overlay_find(struct overlay_bucket *bucket, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                     kv_slice *ret_value);

/* Tells (KV_OK or KV_NOT_FOUND) whether a bucket of a backend holds exactly this pair; in a bucket with one value a
 * key, whether it holds the key. */
int kvi_overlay_holds(struct kvi_bucket *bucket, kv_slice key, kv_slice value);

#endif
