/*
 * What is checked of keys and values before a backend sees them: its limits, and the sizes that integer and fixed
 * kinds demand. LMDB reads past the end of an integer of the wrong size and cuts a fixed value that is too long.
 */
#include "kvcore/core/core.h"

#define KVI_INTEGER_SIZES(size) ((size) == sizeof(unsigned) || (size) == sizeof(size_t))

/* Learns the sizes of the first pair, which bind the bucket. An empty bucket binds nothing. */
static int learn_sizes(kv_bucket *bucket)
{
    const struct kvi_backend *ops = bucket->txn->ops;
    struct kvi_cursor *cursor;
    kv_slice key, value;
    int status = ops->cursor_open(bucket->spi, &cursor);
    if (status != KV_OK)
        return status;
    status = ops->cursor_move(cursor, KVI_FIRST, KVI_NOTHING, KVI_NOTHING, &key, &value);
    bucket->key_size = status == KV_OK ? key.size : 0;
    bucket->value_size = status == KV_OK ? value.size : 0;
    ops->cursor_close(cursor);
    return status < 0 ? status : KV_OK;
}

/* Compares a size with the one that binds the bucket. What was learned may be out of date (the pair was removed
 * since), so it is learned again before anything is refused. */
static int check_bound(kv_bucket *bucket, const size_t *learned, size_t size)
{
    if (*learned == size)
        return KV_OK;
    int status = learn_sizes(bucket);
    if (status != KV_OK)
        return status;
    return *learned == 0 || *learned == size ? KV_OK : KV_ERR_WRONG_SIZE;
}

int kvi_check_lookup(kv_bucket *bucket, kv_slice key)
{
    const struct kvi_store *store = bucket->txn->spi->store;
    if (key.size > store->limits.key_max)
        return KV_NOT_FOUND;
    if (key.size == 0)
        return store->capabilities & KV_CAN_EMPTY_KEY ? KV_OK : KV_NOT_FOUND;
    if (!(bucket->spi->kind & KV_INTEGER_KEY))
        return KV_OK;
    return KVI_INTEGER_SIZES(key.size) ? check_bound(bucket, &bucket->key_size, key.size) : KV_ERR_WRONG_SIZE;
}

int kvi_check_lookup_value(kv_bucket *bucket, kv_slice value)
{
    if (!(bucket->spi->kind & KV_INTEGER_DUP) || value.size == 0)
        return KV_OK;
    return KVI_INTEGER_SIZES(value.size) ? check_bound(bucket, &bucket->value_size, value.size) : KV_ERR_WRONG_SIZE;
}

static int check_value(kv_bucket *bucket, kv_slice value)
{
    const kv_limits *limits = &bucket->txn->spi->store->limits;
    kv_kind kind = kvi_kind_of(bucket);
    if (value.size > (kind & KV_DUP_SORT ? limits->dup_max : limits->value_max))
        return KV_ERR_VALUE_TOO_BIG;
    if (!(kind & KV_DUP_FIXED))
        return KV_OK;
    if (value.size == 0 || ((kind & KV_INTEGER_DUP) && !KVI_INTEGER_SIZES(value.size)))
        return KV_ERR_WRONG_SIZE;
    return check_bound(bucket, &bucket->value_size, value.size);
}

int kvi_check_pair(kv_bucket *bucket, kv_slice key, kv_slice value)
{
    const struct kvi_store *store = bucket->txn->spi->store;
    if (key.size == 0 && !(store->capabilities & KV_CAN_EMPTY_KEY))
        return KV_ERR_KEY_EMPTY;
    if (key.size > store->limits.key_max)
        return KV_ERR_KEY_TOO_BIG;
    if (kvi_kind_of(bucket) & KV_INTEGER_KEY) {
        if (!KVI_INTEGER_SIZES(key.size))
            return KV_ERR_WRONG_SIZE;
        int status = check_bound(bucket, &bucket->key_size, key.size);
        if (status != KV_OK)
            return status;
    }
    return check_value(bucket, value);
}
