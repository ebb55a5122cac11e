#include "kvcore/backend/lmdb/bucket.h"

#include <stdlib.h>
#include <string.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/kind_flags.h"
#include "kvcore/backend/lmdb/mark.h"
#include "kvcore/backend/lmdb/record.h"
#include "kvcore/backend/lmdb/root.h"
#include "kvcore/backend/lmdb/txn.h"
#include "kvcore/base/cleanup.h"

/* The bucket as the transaction has it open already. Only a read-write transaction can lose a handle that it uses, and
 * only by its own doing. */
static struct kvi_lmdb_bucket *find_open(const struct kvi_lmdb_txn *txn, const char *name)
{
    struct kvi_lmdb_bucket *bucket = txn->buckets;
    for (; bucket != NULL; bucket = bucket->next) {
        if (bucket->handle == NULL ? name[0] == '\0' : strcmp(bucket->handle->name, name) == 0) {
            bool is_lost = txn->base.is_write && bucket->handle != NULL && bucket->handle->is_closed;
            if (!is_lost) {
                return bucket;
            }
        }
    }
    return NULL;
}

static int add(struct kvi_lmdb_txn *txn, unsigned flags, struct kvi_lmdb_bucket **ret_bucket)
{
    kv_kind kind;
    int status = kvi_lmdb_kind_of(flags, &kind);
    if (status != KV_OK) {
        return status;
    }
    struct kvi_lmdb_bucket *bucket = calloc(1, sizeof *bucket);
    if (bucket == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    bucket->base.txn = &txn->base;
    bucket->base.kind = kind;
    bucket->mdb = txn->mdb;
    *ret_bucket = bucket;
    return KV_OK;
}

static void link_up(struct kvi_lmdb_txn *txn, struct kvi_lmdb_bucket *bucket, struct kvi_bucket **ret_bucket)
{
    bucket->next = txn->buckets;
    txn->buckets = bucket;
    *ret_bucket = &bucket->base;
}

static int open_root(struct kvi_lmdb_txn *txn, struct kvi_bucket **ret_bucket)
{
    struct kvi_lmdb_bucket *bucket = NULL;
    int status = add(txn, txn->main_flags, &bucket);
    if (status != KV_OK) {
        return status;
    }
    bucket->dbi = KVI_LMDB_MAIN_DBI;
    bucket->hides_records = kvi_lmdb_can_hold_buckets(txn->main_flags);
    link_up(txn, bucket, ret_bucket);
    return KV_OK;
}

/* Whether the transaction's snapshot has a bucket of that name, and with which flags. */
static int look_up(struct kvi_lmdb_txn *txn, const char *name, unsigned *ret_flags)
{
    MDB_cursor *records = NULL;
    if (!kvi_lmdb_can_hold_buckets(txn->main_flags)) {
        return KV_NOT_FOUND;
    }
    int status = kvi_lmdb_txn_records(txn, &records);
    return status == KV_OK ? kvi_lmdb_record_find(records, name, ret_flags) : status;
}

int kvi_lmdb_bucket_open(struct kvi_txn *base, const char *name, struct kvi_bucket **ret_bucket)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    unsigned flags = 0;
    if (txn->base.is_write && kvi_lmdb_is_dropped(txn, name)) {
        return KV_NOT_FOUND;
    }
    struct kvi_lmdb_bucket *bucket = find_open(txn, name);
    if (bucket != NULL) {
        *ret_bucket = &bucket->base;
        return KV_OK;
    }
    if (name[0] == '\0') {
        return open_root(txn, ret_bucket);
    }
    int status = look_up(txn, name, &flags);
    if (status != KV_OK) {
        return status == KV_EXISTS ? KV_NOT_FOUND : status;
    }
    status = add(txn, flags, &bucket);
    if (status != KV_OK) {
        return status;
    }
    status = kvi_lmdb_handle_acquire(txn, name, flags, &bucket->handle, &bucket->mdb);
    if (status != KV_OK) {
        free(bucket);
        return status;
    }
    bucket->dbi = bucket->handle->dbi;
    link_up(txn, bucket, ret_bucket);
    return KV_OK;
}

static int make(struct kvi_lmdb_txn *txn, const char *name, unsigned flags, struct kvi_bucket **ret_bucket)
{
    struct kvi_lmdb_bucket *bucket = NULL;
    int status = add(txn, flags, &bucket);
    if (status != KV_OK) {
        return status;
    }
    status = kvi_lmdb_handle_create(txn, name, flags, &bucket->handle);
    if (status != KV_OK) {
        free(bucket);
        return status;
    }
    bucket->dbi = bucket->handle->dbi;
    link_up(txn, bucket, ret_bucket);
    return KV_OK;
}

int kvi_lmdb_bucket_create(struct kvi_txn *base, const char *name, kv_kind kind, struct kvi_bucket **ret_bucket)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    unsigned flags = kvi_lmdb_flags_of(kind), old_flags = 0;
    if (!kvi_lmdb_can_hold_buckets(txn->main_flags)) {
        return KV_ERR_NOT_SUPPORTED;
    }
    struct kvi_lmdb_mark *mark = kvi_lmdb_mark_find(txn, name);
    if (mark != NULL && mark->is_dropped) {
        if (mark->handle->flags == flags) {
            /* It is there, and empty. */
            int status = kvi_lmdb_mark_set(txn, mark->handle, false);
            return status == KV_OK ? kvi_lmdb_bucket_open(base, name, ret_bucket) : status;
        }
        int status = kvi_lmdb_mark_carry_out(txn, mark);
        return status == KV_OK ? make(txn, name, flags, ret_bucket) : status;
    }
    int status = look_up(txn, name, &old_flags);
    if (status == KV_NOT_FOUND) {
        return make(txn, name, flags, ret_bucket);
    }
    return status >= 0 ? KV_ERR_NAME_TAKEN : status;
}

static void close_writer(struct kvi_lmdb_bucket *bucket)
{
    if (bucket->writer != NULL) {
        mdb_cursor_close(bucket->writer);
        bucket->writer = NULL;
    }
}

int kvi_lmdb_bucket_drop(struct kvi_bucket *base)
{
    struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base->txn);
    int status = kvi_lmdb_mark_set(txn, bucket->handle, true);
    if (status != KV_OK) {
        return status;
    }
    close_writer(bucket);
    status = kvi_lmdb_status(mdb_drop(bucket->mdb, bucket->dbi, 0));
    if (status != KV_OK) {
        kvi_lmdb_mark_set(txn, bucket->handle, false); /* finds the mark, so it does not fail */
        return status;
    }
    struct kvi_lmdb_bucket **at = &txn->buckets;
    while (*at != bucket) {
        at = &(*at)->next;
    }
    *at = bucket->next;
    bucket->next = txn->kept;
    txn->kept = bucket;
    return KV_OK;
}

int kvi_lmdb_bucket_clear(struct kvi_bucket *base)
{
    struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    close_writer(bucket);
    if (bucket->hides_records) {
        return kvi_lmdb_root_clear(bucket);
    }
    return kvi_lmdb_status(mdb_drop(bucket->mdb, bucket->dbi, 0));
}

int kvi_lmdb_bucket_count(struct kvi_bucket *base, uint64_t *ret_count)
{
    struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    MDB_stat stat;
    uint64_t records = 0;
    int status = kvi_lmdb_status(mdb_stat(bucket->mdb, bucket->dbi, &stat));
    if (status == KV_OK && bucket->hides_records && stat.ms_entries > 0) {
        status = kvi_lmdb_root_count_records(bucket, &records);
    }
    if (status == KV_OK) {
        *ret_count = stat.ms_entries - records;
    }
    return status;
}

int kvi_lmdb_bucket_size(struct kvi_bucket *base, uint64_t *ret_size)
{
    struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    MDB_stat stat;
    int code = mdb_stat(bucket->mdb, bucket->dbi, &stat);
    if (code == 0) {
        *ret_size = (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * (uint64_t)stat.ms_psize;
    }
    return kvi_lmdb_status(code);
}
