#include "kvcore/backend/lmdb/pair.h"

#include <string.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/meta.h"
#include "kvcore/backend/lmdb/record.h"
#include "kvcore/backend/lmdb/root.h"
#include "kvcore/base/order.h"

int kvi_lmdb_get(struct kvi_bucket *base, kv_slice key, kv_slice *ret_value)
{
    const struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    MDB_val name = kvi_lmdb_val(key), value;
    int code = mdb_get(bucket->mdb, bucket->dbi, &name, &value);
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    if (bucket->hides_records && value.mv_size == sizeof(struct kvi_lmdb_record)) {
        int status = kvi_lmdb_root_find_record(kvi_lmdb_txn_of(base->txn), key);
        if (status != KV_NOT_FOUND) {
            return status == KV_OK ? KV_NOT_FOUND : status;
        }
    }
    *ret_value = kvi_lmdb_slice(value);
    return KV_OK;
}

int kvi_lmdb_bucket_writer(struct kvi_lmdb_bucket *bucket, MDB_cursor **ret_cursor)
{
    if (bucket->writer == NULL) {
        int code = mdb_cursor_open(bucket->mdb, bucket->dbi, &bucket->writer);
        if (code != 0) {
            return kvi_lmdb_status(code);
        }
    }
    *ret_cursor = bucket->writer;
    return KV_OK;
}

/* The key is there, the writer is on it, and `there` is its value: what a plain put does about it. */
static int meet(struct kvi_lmdb_bucket *bucket, kv_slice key, kv_slice value, kv_slice there, enum kvi_put_mode mode)
{
    MDB_val name = kvi_lmdb_val(key), data = kvi_lmdb_val(value);
    if (bucket->hides_records && there.size == sizeof(struct kvi_lmdb_record)) {
        MDB_val own_name, own_value;
        int code = mdb_cursor_get(bucket->writer, &own_name, &own_value, MDB_GET_CURRENT);
        if (code != 0) {
            return kvi_lmdb_status(code);
        }
        if (kvi_lmdb_is_record(&own_name, &own_value)) {
            int status = kvi_lmdb_root_make_room(kvi_lmdb_txn_of(bucket->base.txn), key);
            return status == KV_OK ? kvi_lmdb_status(mdb_cursor_put(bucket->writer, &name, &data, 0)) : status;
        }
    }
    if (mode == KVI_PUT_NEW) {
        return KV_EXISTS;
    }
    if (kv_slice_equal(value, there)) {
        return KV_UNCHANGED;
    }
    return kvi_lmdb_status(mdb_cursor_put(bucket->writer, &name, &data, MDB_CURRENT));
}

/* Whether `key` sorts after the last pair. Only in the root map can LMDB have refused it for a record's sake. */
static int sorts_last(struct kvi_lmdb_bucket *bucket, kv_slice key)
{
    MDB_val last, value;
    int code = mdb_cursor_get(bucket->writer, &last, &value, MDB_LAST);
    while (code == 0 && kvi_lmdb_is_record(&last, &value)) {
        code = mdb_cursor_get(bucket->writer, &last, &value, MDB_PREV);
    }
    if (code != 0) {
        return code == MDB_NOTFOUND ? KV_OK : kvi_lmdb_status(code);
    }
    return kvi_key_compare(bucket->base.kind, key, kvi_lmdb_slice(last)) > 0 ? KV_OK : KV_EXISTS;
}

static int put_plain(struct kvi_lmdb_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode)
{
    MDB_val name = kvi_lmdb_val(key), data = kvi_lmdb_val(value);
    MDB_cursor *writer = NULL;
    int status = kvi_lmdb_bucket_writer(bucket, &writer);
    if (status != KV_OK) {
        return status;
    }
    int code = mdb_cursor_put(writer, &name, &data, mode == KVI_APPEND ? MDB_APPEND : MDB_NOOVERWRITE);
    if (code != MDB_KEYEXIST) {
        return kvi_lmdb_status(code);
    }
    if (mode != KVI_APPEND) {
        return meet(bucket, key, value, kvi_lmdb_slice(data), mode);
    }
    status = bucket->hides_records ? sorts_last(bucket, key) : KV_EXISTS;
    return status == KV_OK ? put_plain(bucket, key, value, KVI_PUT_NEW) : status;
}

int kvi_lmdb_put(struct kvi_bucket *base, kv_slice key, kv_slice value, enum kvi_put_mode mode)
{
    struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    int status = (base->kind & KV_DUP_SORT) != 0 ? kvi_lmdb_put_dup(bucket, key, value, mode)
                                                 : put_plain(bucket, key, value, mode);
    /* A large transaction writes pages before its commit. */
    return status != KV_ERR_IO ? status : kvi_lmdb_env_explain(kvi_lmdb_txn_of(base->txn)->env, status);
}

/* Whether the pair (plain: the key's value) is what is to be removed. */
static int find_pair(struct kvi_lmdb_bucket *bucket, kv_slice key, const kv_slice *value)
{
    kv_slice there = {0};
    bool is_dup = (bucket->base.kind & KV_DUP_SORT) != 0;
    bool needs_look = bucket->hides_records || (value != NULL && (!is_dup || value->size == 0));
    if (!needs_look) {
        return KV_OK; /* LMDB finds it, or answers that it is not there */
    }
    int status = kvi_lmdb_get(&bucket->base, key, &there);
    if (status == KV_OK && value != NULL && !kv_slice_equal(*value, there)) {
        status = KV_NOT_FOUND;
    }
    return status;
}

int kvi_lmdb_del(struct kvi_bucket *base, kv_slice key, const kv_slice *value)
{
    struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    MDB_val name = kvi_lmdb_val(key), data;
    int status = find_pair(bucket, key, value);
    if (status == KV_OK) {
        /* An empty value is a key's only one, and LMDB does not search for it. */
        bool is_whole_key = value == NULL || value->size == 0;
        if (!is_whole_key) {
            data = kvi_lmdb_val(*value);
        }
        status = kvi_lmdb_status(mdb_del(bucket->mdb, bucket->dbi, &name, is_whole_key ? NULL : &data));
    }
    return status == KV_NOT_FOUND ? KV_UNCHANGED : status;
}

int kvi_lmdb_reserve(struct kvi_bucket *base, kv_slice key, size_t size, void **ret_data)
{
    struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    MDB_val name = kvi_lmdb_val(key), data = {.mv_size = size, .mv_data = NULL};
    int status = bucket->hides_records ? kvi_lmdb_root_make_room(kvi_lmdb_txn_of(base->txn), key) : KV_OK;
    if (status == KV_OK) {
        status = kvi_lmdb_status(mdb_put(bucket->mdb, bucket->dbi, &name, &data, MDB_RESERVE));
    }
    if (status == KV_OK) {
        *ret_data = data.mv_data;
    }
    return status;
}
