/* Many values of one key at once: counting them, and the packed runs of dup-fixed buckets. */
#include "kvcore/core/core.h"

/* Counts the current key's values by a cursor of the backend of its own. */
static int count_by_scan(kv_cursor *cursor, kv_slice own, uint64_t *ret_count)
{
    const struct kvi_backend *ops = cursor->txn->ops;
    struct kvi_cursor *other;
    kv_slice key, value;
    int status = ops->cursor_open(cursor->bucket->spi, &other);
    if (status != KV_OK)
        return status;
    uint64_t count = 0;
    status = own.size ? ops->cursor_move(other, KVI_SEEK, own, KVI_NOTHING, &key, &value)
                      : ops->cursor_move(other, KVI_FIRST, KVI_NOTHING, KVI_NOTHING, &key, &value);
    while (status == KV_OK && kv_slice_equal(key, own)) {
        count++;
        status = ops->cursor_move(other, KVI_NEXT, KVI_NOTHING, KVI_NOTHING, &key, &value);
    }
    ops->cursor_close(other);
    if (status < 0)
        return status;
    *ret_count = count;
    return KV_OK;
}

/* Enters a verb of one kind of bucket. */
static int enter_kind(kv_cursor *cursor, kv_kind kind)
{
    int status = kvi_cursor_enter(cursor);
    if (status != KV_OK)
        return status;
    return cursor->bucket->spi->kind & kind ? KV_OK : KV_ERR_INCOMPATIBLE;
}

int kv_cursor_count_dups(kv_cursor *cursor, uint64_t *ret_count)
{
    kv_slice key, value;
    int status = enter_kind(cursor, KV_DUP_SORT);
    if (status != KV_OK)
        return status == KV_NOT_FOUND ? KV_ERR_NOT_POSITIONED : status;
    if (cursor->place != KVI_AT)
        return KV_ERR_NOT_POSITIONED;
    if (cursor->txn->ops->cursor_count_dups)
        return cursor->txn->ops->cursor_count_dups(cursor->spi, ret_count);
    status = kvi_cursor_raw(cursor, KVI_CURRENT, KVI_NOTHING, KVI_NOTHING, &key, &value);
    return status == KV_OK ? count_by_scan(cursor, key, ret_count) : status;
}

static int take_run(kv_cursor *cursor, kv_slice *ret_values)
{
    kv_slice key;
    cursor->txn->is_lending = true;
    if (cursor->txn->ops->cursor_multi)
        return cursor->txn->ops->cursor_multi(cursor->spi, ret_values);
    return kvi_cursor_raw(cursor, KVI_CURRENT, KVI_NOTHING, KVI_NOTHING, &key, ret_values);
}

int kv_cursor_get_multi(kv_cursor *cursor, kv_slice *ret_values)
{
    int status = enter_kind(cursor, KV_DUP_FIXED);
    if (status != KV_OK)
        return status == KV_NOT_FOUND ? KV_ERR_NOT_POSITIONED : status;
    return cursor->place == KVI_AT ? take_run(cursor, ret_values) : KV_ERR_NOT_POSITIONED;
}

int kv_cursor_next_multi(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_values)
{
    kv_slice key, value;
    int status = enter_kind(cursor, KV_DUP_FIXED);
    if (status == KV_OK)
        status = cursor->place == KVI_AT /* has been entered already */
                     ? kvi_cursor_raw(cursor, KVI_NEXT_DUP, KVI_NOTHING, KVI_NOTHING, &key, &value)
                     : kv_cursor_next_dup(cursor, &key, NULL);
    if (status == KV_OK)
        status = take_run(cursor, ret_values);
    if (status == KV_OK && ret_key)
        *ret_key = key;
    return status;
}

int kv_cursor_put_multi(kv_cursor *cursor, kv_slice key, kv_slice page, size_t stride)
{
    kv_bucket *bucket = cursor->bucket;
    int status = cursor->txn ? kvi_bucket_enter_write(bucket) : KV_ERR_TXN_ENDED;
    if (status == KV_NOT_FOUND || (status == KV_OK && !(bucket->spi->kind & KV_DUP_FIXED)))
        return KV_ERR_INCOMPATIBLE;
    if (status != KV_OK)
        return status;
    if (stride == 0 || page.size % stride != 0)
        return KV_ERR_WRONG_SIZE;
    size_t count = page.size / stride;
    const unsigned char *values = page.data;
    status = kvi_check_pair(bucket, key, kv_slice_of(values, stride));
    if (status != KV_OK || count == 0)
        return status;
    status = kvi_txn_keep(bucket->txn, &key, &page);
    values = page.data;
    if (status == KV_OK)
        status = kvi_cursor_intend(cursor, key, kv_slice_of(values + (count - 1) * stride, stride));
    if (status != KV_OK)
        return status;
    if (bucket->txn->ops->put_multi) {
        status = bucket->txn->ops->put_multi(bucket->spi, key, page, stride);
    } else {
        for (size_t i = 0; i < count && status >= 0; i++)
            status = bucket->txn->ops->put(bucket->spi, key, kv_slice_of(values + i * stride, stride), KVI_PUT);
    }
    if (status < 0)
        return status;
    kvi_cursor_rest(cursor, key.size);
    return KV_OK;
}
