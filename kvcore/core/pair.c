/* Public verbs of pairs, by handle and by name. */
#include "kvcore/core/core.h"

/* A get and a put are measured against the store's own, which take some hundred nanoseconds. So what nearly all of them
 * are is told at once: a known bucket, a key that only has to be within the limits, and nothing to be done before. */

static inline bool is_usual_key(const kv_bucket *bucket, kv_slice key)
{
    return key.size > 0 && key.size <= bucket->txn->spi->store->limits.key_max;
}

static inline bool is_usual_get(const kv_bucket *bucket, kv_slice key)
{
    return !bucket->txn->gate && bucket->spi && !(bucket->spi->kind & KV_INTEGER_KEY) && is_usual_key(bucket, key);
}

static inline bool is_usual_put(const kv_bucket *bucket, kv_slice key, kv_slice value)
{
    const kv_txn *txn = bucket->txn;
    return !txn->gate && txn->is_write && !txn->cursors && !txn->is_lending && bucket->spi &&
           bucket->spi->kind == KV_PLAIN && is_usual_key(bucket, key) &&
           value.size <= txn->spi->store->limits.value_max;
}

/* Not inlined, as put_with_care: the usual ones would save registers for it. */
__attribute__((noinline)) static int get_with_care(kv_bucket *bucket, kv_slice key, kv_slice *ret_value)
{
    int status = kvi_bucket_enter(bucket);
    if (status == KV_OK)
        status = kvi_check_lookup(bucket, key);
    if (status != KV_OK)
        return status;
    bucket->txn->is_lending = true;
    return bucket->txn->ops->get(bucket->spi, key, ret_value);
}

int kv_bucket_get(kv_bucket *bucket, kv_slice key, kv_slice *ret_value)
{
    if (!is_usual_get(bucket, key))
        return get_with_care(bucket, key, ret_value);
    bucket->txn->is_lending = true;
    return bucket->txn->ops->get(bucket->spi, key, ret_value);
}

int kv_bucket_has(kv_bucket *bucket, kv_slice key)
{
    kv_slice value;
    return kv_bucket_get(bucket, key, &value);
}

/* Enters a write of a pair: checked before a missing bucket is made for it, so that a refusal leaves nothing. */
static int enter_put(kv_bucket *bucket, kv_slice key, kv_slice value)
{
    int status = kvi_bucket_enter_write(bucket);
    if (status != KV_OK && status != KV_NOT_FOUND)
        return status;
    int checked = kvi_check_pair(bucket, key, value);
    if (checked != KV_OK || status == KV_OK)
        return checked;
    return bucket->txn->ops->bucket_create(bucket->txn->spi, bucket->name, KV_PLAIN, &bucket->spi);
}

__attribute__((noinline)) static int put_with_care(kv_bucket *bucket, kv_slice key, kv_slice value,
                                                   enum kvi_put_mode mode)
{
    int status = enter_put(bucket, key, value);
    if (status == KV_OK)
        status = kvi_txn_keep(bucket->txn, &key, &value);
    if (status != KV_OK)
        return status;
    bucket->txn->is_lending = false;
    return bucket->txn->ops->put(bucket->spi, key, value, mode);
}

static inline int put(kv_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode)
{
    return is_usual_put(bucket, key, value) ? bucket->txn->ops->put(bucket->spi, key, value, mode)
                                            : put_with_care(bucket, key, value, mode);
}

int kv_bucket_put(kv_bucket *bucket, kv_slice key, kv_slice value)
{
    return put(bucket, key, value, KVI_PUT);
}

int kv_bucket_put_new(kv_bucket *bucket, kv_slice key, kv_slice value)
{
    return put(bucket, key, value, KVI_PUT_NEW);
}

int kv_bucket_append(kv_bucket *bucket, kv_slice key, kv_slice value)
{
    return put(bucket, key, value, KVI_APPEND);
}

int kv_bucket_append_dup(kv_bucket *bucket, kv_slice key, kv_slice value)
{
    int status = kvi_bucket_enter(bucket);
    if (status < 0)
        return status;
    return kvi_is_dup(bucket) ? put(bucket, key, value, KVI_APPEND_DUP) : KV_ERR_INCOMPATIBLE;
}

int kv_bucket_reserve(kv_bucket *bucket, kv_slice key, size_t size, void **ret_data)
{
    int status = kvi_bucket_enter(bucket);
    if (status < 0)
        return status;
    if (kvi_is_dup(bucket))
        return KV_ERR_INCOMPATIBLE;
    if (!(bucket->txn->spi->store->capabilities & KV_CAN_RESERVE))
        return KV_ERR_NOT_SUPPORTED;
    kv_slice none = KVI_NOTHING;
    status = enter_put(bucket, key, kv_slice_of(NULL, size));
    if (status == KV_OK)
        status = kvi_txn_keep(bucket->txn, &key, &none);
    return status == KV_OK ? bucket->txn->ops->reserve(bucket->spi, key, size, ret_data) : status;
}

/* Removes; a key that cannot be there, or a missing bucket, is nothing removed. */
static int delete (kv_bucket *bucket, kv_slice key, const kv_slice *value, bool is_single)
{
    int status = kvi_bucket_enter_write(bucket);
    if (status == KV_OK && is_single && kvi_is_dup(bucket))
        return KV_ERR_INCOMPATIBLE;
    if (status == KV_OK)
        status = kvi_check_lookup(bucket, key);
    if (status == KV_OK && value)
        status = kvi_check_lookup_value(bucket, *value);
    kv_slice kept = value ? *value : KVI_NOTHING;
    if (status == KV_OK)
        status = kvi_txn_keep(bucket->txn, &key, &kept);
    if (status == KV_OK)
        status = bucket->txn->ops->del(bucket->spi, key, value ? &kept : NULL);
    return status == KV_NOT_FOUND ? KV_UNCHANGED : status;
}

int kv_bucket_delete(kv_bucket *bucket, kv_slice key)
{
    return delete (bucket, key, NULL, true);
}

int kv_bucket_delete_pair(kv_bucket *bucket, kv_slice key, kv_slice value)
{
    return delete (bucket, key, &value, false);
}

int kv_bucket_delete_all(kv_bucket *bucket, kv_slice key)
{
    return delete (bucket, key, NULL, false);
}

int kv_bucket_apply(kv_bucket *bucket, const kv_change *changes, size_t count)
{
    int status = KV_OK;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = changes[i].is_deletion ? kv_bucket_delete_all(bucket, changes[i].key)
                                        : kv_bucket_put(bucket, changes[i].key, changes[i].value);
    return status < 0 ? status : KV_OK;
}

/* ---- by name ---- */

static int find(kv_txn *txn, const char *name, kv_bucket **ret_bucket)
{
    return txn->gate ? txn->gate : kvi_bucket_find(txn, name, ret_bucket);
}

int kv_txn_get(kv_txn *txn, const char *bucket, kv_slice key, kv_slice *ret_value)
{
    kv_bucket *found;
    int status = find(txn, bucket, &found);
    return status == KV_OK ? kv_bucket_get(found, key, ret_value) : status;
}

int kv_txn_has(kv_txn *txn, const char *bucket, kv_slice key)
{
    kv_slice value;
    return kv_txn_get(txn, bucket, key, &value);
}

int kv_txn_put(kv_txn *txn, const char *bucket, kv_slice key, kv_slice value)
{
    kv_bucket *found;
    int status = find(txn, bucket, &found);
    return status == KV_OK ? kv_bucket_put(found, key, value) : status;
}

int kv_txn_put_new(kv_txn *txn, const char *bucket, kv_slice key, kv_slice value)
{
    kv_bucket *found;
    int status = find(txn, bucket, &found);
    return status == KV_OK ? kv_bucket_put_new(found, key, value) : status;
}

int kv_txn_append(kv_txn *txn, const char *bucket, kv_slice key, kv_slice value)
{
    kv_bucket *found;
    int status = find(txn, bucket, &found);
    return status == KV_OK ? kv_bucket_append(found, key, value) : status;
}

int kv_txn_delete(kv_txn *txn, const char *bucket, kv_slice key)
{
    kv_bucket *found;
    int status = find(txn, bucket, &found);
    return status == KV_OK ? kv_bucket_delete(found, key) : status;
}

int kv_txn_delete_pair(kv_txn *txn, const char *bucket, kv_slice key, kv_slice value)
{
    kv_bucket *found;
    int status = find(txn, bucket, &found);
    return status == KV_OK ? kv_bucket_delete_pair(found, key, value) : status;
}

int kv_txn_delete_all(kv_txn *txn, const char *bucket, kv_slice key)
{
    kv_bucket *found;
    int status = find(txn, bucket, &found);
    return status == KV_OK ? kv_bucket_delete_all(found, key) : status;
}

int kv_txn_count(kv_txn *txn, const char *bucket, uint64_t *ret_count)
{
    kv_bucket *found;
    int status = find(txn, bucket, &found);
    return status == KV_OK ? kv_bucket_count(found, ret_count) : status;
}

int kv_txn_bucket_size(kv_txn *txn, const char *bucket, uint64_t *ret_size)
{
    kv_bucket *found;
    int status = find(txn, bucket, &found);
    return status == KV_OK ? kv_bucket_size(found, ret_size) : status;
}
