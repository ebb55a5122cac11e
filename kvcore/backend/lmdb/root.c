#include "kvcore/backend/lmdb/root.h"

#include <string.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/mark.h"
#include "kvcore/backend/lmdb/record.h"
#include "kvcore/backend/lmdb/txn.h"
#include "kvcore/base/cleanup.h"

int kvi_lmdb_root_find_record(struct kvi_lmdb_txn *txn, kv_slice key)
{
    MDB_cursor *records = NULL;
    int status = kvi_lmdb_txn_records(txn, &records);
    if (status != KV_OK) {
        return status;
    }
    MDB_val name = kvi_lmdb_val(key), value;
    int code = mdb_cursor_get(records, &name, &value, MDB_SET_KEY);
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    return kvi_lmdb_is_record(&name, &value) ? KV_OK : KV_NOT_FOUND;
}

/* Copies a record's key into `name`. False for what cannot be a bucket's name. */
static bool copy_name(const MDB_val *key, char *name)
{
    if (key->mv_size == 0 || key->mv_size >= KV_BUCKET_NAME_SIZE || memchr(key->mv_data, '\0', key->mv_size) != NULL) {
        return false;
    }
    memcpy(name, key->mv_data, key->mv_size);
    name[key->mv_size] = '\0';
    return true;
}

int kvi_lmdb_root_make_room(struct kvi_lmdb_txn *txn, kv_slice key)
{
    char name[KV_BUCKET_NAME_SIZE];
    const MDB_val val = kvi_lmdb_val(key);
    int status = kvi_lmdb_root_find_record(txn, key);
    if (status != KV_OK) {
        return status == KV_NOT_FOUND ? KV_OK : status;
    }
    struct kvi_lmdb_mark *mark = copy_name(&val, name) ? kvi_lmdb_mark_find(txn, name) : NULL;
    return mark != NULL && mark->is_dropped ? kvi_lmdb_mark_carry_out(txn, mark) : KV_ERR_NAME_TAKEN;
}

/* A read-only snapshot that has no buckets is remembered: programs that keep pairs only have many of them. */
static bool is_known_empty(const struct kvi_lmdb_txn *txn)
{
    return !txn->base.is_write && atomic_load(&txn->env->empty_txnid) == (uint64_t)mdb_txn_id(txn->mdb) + 1;
}

static void remember_empty(const struct kvi_lmdb_txn *txn)
{
    if (!txn->base.is_write) {
        atomic_store(&txn->env->empty_txnid, (uint64_t)mdb_txn_id(txn->mdb) + 1);
    }
}

int kvi_lmdb_root_count_records(struct kvi_lmdb_bucket *bucket, uint64_t *ret_count)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(bucket->base.txn);
    MDB_cursor *records = NULL;
    uint64_t count = 0;
    if (is_known_empty(txn)) {
        *ret_count = 0;
        return KV_OK;
    }
    int status = kvi_lmdb_txn_records(txn, &records);
    if (status != KV_OK) {
        return status;
    }
    MDB_val key, value;
    int code = mdb_cursor_get(records, &key, &value, MDB_FIRST);
    while (code == 0) {
        count += kvi_lmdb_is_record(&key, &value);
        code = mdb_cursor_get(records, &key, &value, MDB_NEXT);
    }
    if (code != MDB_NOTFOUND) {
        return kvi_lmdb_status(code);
    }
    if (count == 0) {
        remember_empty(txn);
    }
    *ret_count = count;
    return KV_OK;
}

static int delete_pairs(struct kvi_lmdb_bucket *bucket)
{
    MDB_cursor *cursor = NULL;
    int code = mdb_cursor_open(bucket->mdb, bucket->dbi, &cursor);
    if (code != 0) {
        return code;
    }
    MDB_val key, value;
    code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    while (code == 0) {
        if (!kvi_lmdb_is_record(&key, &value)) {
            code = mdb_cursor_del(cursor, 0); /* the next move then gives the successor */
        }
        if (code == 0) {
            code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        }
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : code;
}

int kvi_lmdb_root_clear(struct kvi_lmdb_bucket *bucket)
{
    uint64_t records = 0;
    int status = kvi_lmdb_root_count_records(bucket, &records);
    if (status != KV_OK) {
        return status;
    }
    return kvi_lmdb_status(records == 0 ? mdb_drop(bucket->mdb, bucket->dbi, 0) : delete_pairs(bucket));
}

/* Keys in bytewise order: the first record behind `after` is the next one. */
static int next_in_order(struct kvi_lmdb_txn *txn, MDB_cursor *records, const char *after, char *name)
{
    MDB_val key = {.mv_size = after != NULL ? strlen(after) : 0, .mv_data = (void *)(uintptr_t)after};
    MDB_val value;
    char found[KV_BUCKET_NAME_SIZE];
    bool has_record = false;
    int code = mdb_cursor_get(records, &key, &value, key.mv_size > 0 ? MDB_SET_RANGE : MDB_FIRST);
    for (; code == 0; code = mdb_cursor_get(records, &key, &value, MDB_NEXT)) {
        bool is_record = kvi_lmdb_is_record(&key, &value);
        has_record = has_record || is_record;
        if (is_record && copy_name(&key, found) && (after == NULL || strcmp(found, after) > 0) &&
            !kvi_lmdb_is_dropped(txn, found)) {
            strcpy(name, found);
            return KV_OK;
        }
    }
    if (code == MDB_NOTFOUND && after == NULL && !has_record) {
        remember_empty(txn);
    }
    return kvi_lmdb_status(code);
}

/* Keys in another order: the least of all those that are greater than `after`. */
static int next_of_all(struct kvi_lmdb_txn *txn, MDB_cursor *records, const char *after, char *name)
{
    MDB_val key, value;
    char found[KV_BUCKET_NAME_SIZE], best[KV_BUCKET_NAME_SIZE] = "";
    int code = mdb_cursor_get(records, &key, &value, MDB_FIRST);
    for (; code == 0; code = mdb_cursor_get(records, &key, &value, MDB_NEXT)) {
        if (kvi_lmdb_is_record(&key, &value) && copy_name(&key, found) && (after == NULL || strcmp(found, after) > 0) &&
            (best[0] == '\0' || strcmp(found, best) < 0) && !kvi_lmdb_is_dropped(txn, found)) {
            strcpy(best, found);
        }
    }
    if (code == MDB_NOTFOUND && best[0] != '\0') {
        strcpy(name, best);
        return KV_OK;
    }
    return kvi_lmdb_status(code);
}

int kvi_lmdb_bucket_next(struct kvi_txn *base, const char *after, char *name)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    MDB_cursor *records = NULL;
    if (!kvi_lmdb_can_hold_buckets(txn->main_flags) || is_known_empty(txn)) {
        return KV_NOT_FOUND;
    }
    int status = kvi_lmdb_txn_records(txn, &records);
    if (status != KV_OK) {
        return status;
    }
    return (txn->main_flags & MDB_REVERSEKEY) == 0 ? next_in_order(txn, records, after, name)
                                                   : next_of_all(txn, records, after, name);
}
