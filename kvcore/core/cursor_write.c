/* Writes through a cursor: those of the bucket, and then the cursor stands on what was written. */
#include "kvcore/core/core.h"

static kv_bucket *bucket_of(kv_cursor *cursor, int *ret_status)
{
    *ret_status = cursor->txn ? KV_OK : KV_ERR_TXN_ENDED;
    return cursor->bucket;
}

typedef int put_verb(kv_bucket *bucket, kv_slice key, kv_slice value);

static int put_by(kv_cursor *cursor, put_verb *put, kv_slice key, kv_slice value)
{
    int status;
    kv_bucket *bucket = bucket_of(cursor, &status);
    if (status == KV_OK)
        status = kvi_bucket_enter(bucket); /* its kind tells what a place is made of */
    if (status >= 0)
        status = kvi_cursor_intend(cursor, key, value);
    if (status == KV_OK)
        status = put(bucket, key, value);
    if (status == KV_OK || status == KV_UNCHANGED)
        kvi_cursor_rest(cursor, key.size);
    return status;
}

int kv_cursor_put(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    return put_by(cursor, kv_bucket_put, key, value);
}

int kv_cursor_put_new(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    return put_by(cursor, kv_bucket_put_new, key, value);
}

int kv_cursor_append(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    return put_by(cursor, kv_bucket_append, key, value);
}

int kv_cursor_append_dup(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    return put_by(cursor, kv_bucket_append_dup, key, value);
}

int kv_cursor_put_no_dup(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    int status;
    kv_bucket *bucket = bucket_of(cursor, &status);
    if (status == KV_OK)
        status = kvi_bucket_enter(bucket);
    if (status < 0)
        return status;
    return kvi_is_dup(bucket) ? put_by(cursor, kv_bucket_put_new, key, value) : KV_ERR_INCOMPATIBLE;
}

/* Enters a write to the pair that the cursor is on, and lends that pair as the cursor keeps it: `saved`. */
static int enter_current(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = kvi_cursor_enter(cursor);
    if (status == KV_NOT_FOUND)
        return cursor->txn->is_write ? KV_ERR_NOT_POSITIONED : KV_ERR_READ_ONLY;
    if (status != KV_OK)
        return status;
    if (!cursor->txn->is_write)
        return KV_ERR_READ_ONLY;
    if (cursor->place != KVI_AT)
        return KV_ERR_NOT_POSITIONED;
    status = kvi_bucket_enter_write(cursor->bucket); /* parks this cursor too */
    *ret_key = kv_slice_of(cursor->saved.data, cursor->saved_key);
    *ret_value = kv_slice_of(cursor->saved.data + cursor->saved_key, cursor->saved.size - cursor->saved_key);
    return status;
}

/* A value that sorts elsewhere: the new pair first, so that a refusal leaves the old one. */
static int replace_dup(kv_cursor *cursor, kv_slice key, kv_slice old_value, kv_slice value)
{
    const struct kvi_backend *ops = cursor->txn->ops;
    struct kvi_bucket *bucket = cursor->bucket->spi;
    if (kv_slice_equal(old_value, value))
        return KV_UNCHANGED;
    /* An only value may be empty, or follow an empty one, in a store that holds no empty value beside others: there
     * the old one has to go first. */
    bool is_empty_involved = old_value.size == 0 || value.size == 0;
    int status = is_empty_involved ? ops->del(bucket, key, &old_value) : KV_OK;
    if (status == KV_OK)
        status = ops->put(bucket, key, value, KVI_PUT_NEW);
    if (is_empty_involved && status != KV_OK) {
        int restored = ops->put(bucket, key, old_value, KVI_PUT);
        return restored < 0 ? restored : status;
    }
    if (status == KV_OK && !is_empty_involved)
        status = ops->del(bucket, key, &old_value);
    return status;
}

int kv_cursor_put_current(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    kv_slice own_key, own_value;
    int status = enter_current(cursor, &own_key, &own_value);
    if (status == KV_OK && !kv_slice_equal(key, own_key))
        status = KV_ERR_KEY_MISMATCH;
    if (status == KV_OK)
        status = kvi_check_pair(cursor->bucket, key, value);
    if (status == KV_OK)
        status = kvi_txn_keep(cursor->txn, &key, &value);
    if (status != KV_OK)
        return status;
    if (!kvi_is_dup(cursor->bucket))
        return cursor->txn->ops->put(cursor->bucket->spi, own_key, value, KVI_PUT);
    status = kvi_cursor_intend(cursor, own_key, value);
    if (status == KV_OK)
        status = replace_dup(cursor, own_key, own_value, value);
    if (status == KV_OK)
        kvi_cursor_rest(cursor, own_key.size);
    return status;
}

static int delete_current(kv_cursor *cursor, bool is_all)
{
    kv_slice key, value;
    int status = enter_current(cursor, &key, &value);
    if (status == KV_OK && is_all && !kvi_is_dup(cursor->bucket))
        status = KV_ERR_INCOMPATIBLE;
    if (status != KV_OK)
        return status;
    bool is_pair = kvi_is_dup(cursor->bucket) && !is_all;
    status = cursor->txn->ops->del(cursor->bucket->spi, key, is_pair ? &value : NULL);
    if (status < 0)
        return status;
    cursor->place = KVI_GAP;
    return KV_OK;
}

int kv_cursor_delete_current(kv_cursor *cursor)
{
    return delete_current(cursor, false);
}

int kv_cursor_delete_current_dups(kv_cursor *cursor)
{
    return delete_current(cursor, true);
}

int kv_cursor_delete(kv_cursor *cursor, kv_slice key)
{
    int status;
    kv_bucket *bucket = bucket_of(cursor, &status);
    return status == KV_OK ? kv_bucket_delete(bucket, key) : status;
}
