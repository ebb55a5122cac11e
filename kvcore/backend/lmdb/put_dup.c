/* Puts into dup-sort buckets. What LMDB would lose (an empty value beside others) is refused before it is asked. */
#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/pair.h"
#include "kvcore/base/order.h"

enum {
    /* Values that one call of LMDB gets: it makes room for them all at once, and for a guess only. */
    MULTI_MAX = 4096
};

/* Whether `value` may come to a key whose first value is `first`. */
static int fits_beside(kv_slice value, kv_slice first)
{
    if (value.size == 0) {
        return first.size == 0 ? KV_EXISTS : KV_ERR_VALUE_EMPTY;
    }
    return first.size == 0 ? KV_ERR_VALUE_EMPTY : KV_OK;
}

/* Puts the writer on `key`, and gives its first value. */
static int find_first(MDB_cursor *writer, kv_slice key, kv_slice *ret_first)
{
    MDB_val name = kvi_lmdb_val(key), first;
    int code = mdb_cursor_get(writer, &name, &first, MDB_SET);
    if (code == 0) {
        *ret_first = kvi_lmdb_slice(first);
    }
    return kvi_lmdb_status(code);
}

static int store(MDB_cursor *writer, kv_slice key, kv_slice value, unsigned flags)
{
    MDB_val name = kvi_lmdb_val(key), data = kvi_lmdb_val(value);
    return kvi_lmdb_status(mdb_cursor_put(writer, &name, &data, flags));
}

static int add(MDB_cursor *writer, kv_slice key, kv_slice value)
{
    kv_slice first = {NULL, 0};
    int status = find_first(writer, key, &first);
    if (status == KV_OK) {
        status = fits_beside(value, first);
    }
    return status == KV_OK || status == KV_NOT_FOUND ? store(writer, key, value, MDB_NODUPDATA) : status;
}

/* Adds a value after the last one of the key that the writer is on. */
static int add_last(struct kvi_lmdb_bucket *bucket, MDB_cursor *writer, kv_slice key, kv_slice value)
{
    MDB_val name, last;
    int code = mdb_cursor_get(writer, &name, &last, MDB_LAST_DUP);
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    if (kvi_value_compare(bucket->base.kind, value, kvi_lmdb_slice(last)) <= 0) {
        return KV_EXISTS;
    }
    /* A last value that is empty is the only one. */
    return last.mv_size == 0 ? KV_ERR_VALUE_EMPTY : store(writer, key, value, MDB_APPENDDUP);
}

static int append_dup(struct kvi_lmdb_bucket *bucket, MDB_cursor *writer, kv_slice key, kv_slice value)
{
    kv_slice first = {NULL, 0};
    int status = find_first(writer, key, &first);
    if (status == KV_NOT_FOUND) {
        return store(writer, key, value, MDB_NODUPDATA);
    }
    return status == KV_OK ? add_last(bucket, writer, key, value) : status;
}

static int append(struct kvi_lmdb_bucket *bucket, MDB_cursor *writer, kv_slice key, kv_slice value)
{
    MDB_val last, first;
    int code = mdb_cursor_get(writer, &last, &first, MDB_LAST);
    if (code != 0 && code != MDB_NOTFOUND) {
        return kvi_lmdb_status(code);
    }
    int order = code == 0 ? kvi_key_compare(bucket->base.kind, key, kvi_lmdb_slice(last)) : 1;
    if (order == 0) {
        return add_last(bucket, writer, key, value);
    }
    return order > 0 ? store(writer, key, value, MDB_APPEND) : KV_EXISTS;
}

int kvi_lmdb_put_dup(struct kvi_lmdb_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode)
{
    MDB_cursor *writer = NULL;
    int status = kvi_lmdb_bucket_writer(bucket, &writer);
    if (status != KV_OK) {
        return status;
    }
    switch (mode) {
    case KVI_APPEND:
        return append(bucket, writer, key, value);
    case KVI_APPEND_DUP:
        return append_dup(bucket, writer, key, value);
    case KVI_PUT_NEW:
        return add(writer, key, value);
    case KVI_PUT:
    default:
        status = add(writer, key, value);
        return status == KV_EXISTS ? KV_UNCHANGED : status;
    }
}

/* Puts one by one until the key has two values, and gives how many that took: in a put of several LMDB forgets all that
 * follows a value which equals the only one of the key. */
static int put_until_two(MDB_cursor *writer, kv_slice key, kv_slice values, size_t stride, size_t *ret_done)
{
    size_t done = 0;
    bool has_two = false;
    while (!has_two && done < values.size / stride) {
        kv_slice value = kv_slice_of((const char *)values.data + done * stride, stride);
        int status = add(writer, key, value);
        if (status < 0) {
            return status;
        }
        has_two = memcmp(value.data, values.data, stride) != 0;
        done++;
    }
    *ret_done = done;
    return KV_OK;
}

int kvi_lmdb_put_multi(struct kvi_bucket *base, kv_slice key, kv_slice values, size_t stride)
{
    struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    MDB_cursor *writer = NULL;
    int status = kvi_lmdb_bucket_writer(bucket, &writer);
    size_t done = 0;
    if (status == KV_OK) {
        status = put_until_two(writer, key, values, stride, &done);
    }
    const char *at = (const char *)values.data + done * stride;
    size_t left = values.size / stride - done;
    while (status == KV_OK && left > 0) {
        size_t count = left < MULTI_MAX ? left : MULTI_MAX;
        MDB_val name = kvi_lmdb_val(key);
        MDB_val data[2] = {{.mv_size = stride, .mv_data = (void *)(uintptr_t)at}, {.mv_size = count}};
        status = kvi_lmdb_status(mdb_cursor_put(writer, &name, data, MDB_MULTIPLE));
        at += count * stride;
        left -= count;
    }
    return status;
}
