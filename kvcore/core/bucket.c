/* Public verbs of buckets as members of a store: handles, create, drop, clear, list, count. */
#include <stdlib.h>
#include <string.h>

#include "kvcore/core/core.h"

/* FNV-1a: names are short, and the chains are only to keep a transaction of many buckets from a linear search. */
static uint32_t hash_name(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

int kvi_bucket_find(kv_txn *txn, const char *name, kv_bucket **ret_bucket)
{
    if (!name)
        name = "";
    if (txn->last_bucket && strcmp(txn->last_bucket->name, name) == 0) {
        *ret_bucket = txn->last_bucket;
        return KV_OK;
    }
    uint32_t hash = hash_name(name);
    kv_bucket **chain = &txn->chains[hash % KVI_BUCKET_CHAINS];
    kv_bucket *bucket = *chain;
    while (bucket && (bucket->name_hash != hash || strcmp(bucket->name, name) != 0))
        bucket = bucket->next;
    if (!bucket) {
        size_t size = strlen(name) + 1;
        if (size - 1 > txn->spi->store->limits.bucket_name_max)
            return KV_ERR_KEY_TOO_BIG;
        bucket = calloc(1, sizeof *bucket + size);
        if (!bucket)
            return KV_ERR_NO_MEMORY;
        memcpy(bucket->name, name, size);
        bucket->name_hash = hash;
        bucket->txn = txn;
        bucket->next = *chain;
        *chain = bucket;
    }
    txn->last_bucket = bucket;
    *ret_bucket = bucket;
    return KV_OK;
}

int kvi_bucket_resolve(kv_bucket *bucket)
{
    kv_txn *txn = bucket->txn;
    int status = txn->ops->bucket_open(txn->spi, bucket->name, &bucket->spi);
    if (status == KV_NOT_FOUND && (txn->store->flags & KV_OPEN_STRICT))
        return KV_ERR_UNKNOWN_BUCKET;
    return status;
}

int kvi_bucket_enter_write(kv_bucket *bucket)
{
    kv_txn *txn = bucket->txn;
    if (txn->gate)
        return txn->gate;
    if (!txn->is_write)
        return KV_ERR_READ_ONLY;
    if (txn->cursors) {
        int status = kvi_cursors_park(txn, bucket);
        if (status < 0)
            return status;
    }
    return bucket->spi ? KV_OK : kvi_bucket_resolve(bucket);
}

void kvi_buckets_forget(kv_txn *txn)
{
    for (unsigned i = 0; i < KVI_BUCKET_CHAINS; i++)
        for (kv_bucket *bucket = txn->chains[i]; bucket; bucket = bucket->next) {
            bucket->spi = NULL;
            bucket->key_size = bucket->value_size = 0;
        }
}

void kvi_buckets_free(kv_txn *txn)
{
    for (unsigned i = 0; i < KVI_BUCKET_CHAINS; i++)
        while (txn->chains[i]) {
            kv_bucket *bucket = txn->chains[i];
            txn->chains[i] = bucket->next;
            free(bucket);
        }
    txn->last_bucket = NULL;
}

/* The gate of a transaction for verbs that take a bucket's name. */
static int find(kv_txn *txn, const char *name, kv_bucket **ret_bucket)
{
    return txn->gate ? txn->gate : kvi_bucket_find(txn, name, ret_bucket);
}

int kv_bucket_open(kv_txn *txn, const char *name, kv_bucket **ret_bucket)
{
    kv_bucket *bucket;
    int status = find(txn, name, &bucket);
    if (status == KV_OK)
        status = kvi_bucket_enter(bucket);
    if (status == KV_OK)
        *ret_bucket = bucket;
    return status;
}

int kv_bucket_exists(kv_txn *txn, const char *name)
{
    kv_bucket *bucket;
    int status = find(txn, name, &bucket);
    if (status == KV_OK)
        status = kvi_bucket_enter(bucket);
    return status == KV_ERR_UNKNOWN_BUCKET || status == KV_ERR_KEY_TOO_BIG ? KV_NOT_FOUND : status;
}

int kv_bucket_create(kv_txn *txn, const char *name, kv_kind kind, kv_bucket **ret_bucket)
{
    kv_bucket *bucket;
    kv_kind complete;
    int status = kv_kind_complete(kind, &complete);
    if (status == KV_OK)
        status = find(txn, name, &bucket);
    if (status != KV_OK)
        return status;
    status = kvi_bucket_enter_write(bucket);
    if (status == KV_OK) {
        if (bucket->spi->kind != complete)
            return KV_ERR_INCOMPATIBLE;
        if (ret_bucket)
            *ret_bucket = bucket;
        return KV_EXISTS;
    }
    if (status != KV_NOT_FOUND && status != KV_ERR_UNKNOWN_BUCKET)
        return status;
    if (complete & ~txn->spi->store->limits.kinds)
        return KV_ERR_NOT_SUPPORTED;
    status = txn->ops->bucket_create(txn->spi, bucket->name, complete, &bucket->spi);
    if (status == KV_OK && ret_bucket)
        *ret_bucket = bucket;
    return status;
}

/* Cursors of a bucket that is dropped or cleared become fresh ones of an empty bucket. */
static void detach_cursors(kv_bucket *bucket)
{
    for (kv_cursor *cursor = bucket->txn->cursors; cursor; cursor = cursor->next)
        if (cursor->bucket == bucket) {
            kvi_cursor_detach(cursor);
            cursor->place = KVI_FRESH;
        }
    bucket->key_size = bucket->value_size = 0;
}

/* Finds a bucket that is to be emptied: read-only comes before not found. */
static int find_to_empty(kv_txn *txn, const char *name, kv_bucket **ret_bucket)
{
    int status = find(txn, name, ret_bucket);
    if (status == KV_OK)
        status = kvi_bucket_enter_write(*ret_bucket);
    if (status == KV_OK)
        detach_cursors(*ret_bucket);
    return status == KV_ERR_UNKNOWN_BUCKET ? KV_NOT_FOUND : status;
}

int kv_bucket_drop(kv_txn *txn, const char *name)
{
    kv_bucket *bucket;
    if (!name || !name[0])
        return txn->gate ? txn->gate : KV_ERR_INVALID;
    int status = find_to_empty(txn, name, &bucket);
    if (status == KV_OK)
        status = txn->ops->bucket_drop(bucket->spi);
    if (status == KV_OK)
        bucket->spi = NULL;
    return status;
}

int kv_bucket_clear(kv_txn *txn, const char *name)
{
    kv_bucket *bucket;
    int status = find_to_empty(txn, name, &bucket);
    return status == KV_OK ? txn->ops->bucket_clear(bucket->spi) : status;
}

int kv_bucket_next(kv_txn *txn, const char *after, char *name)
{
    char from[KV_BUCKET_NAME_SIZE];
    if (txn->gate)
        return txn->gate;
    /* No name is longer than this: what is cut off changes no order. */
    if (after) {
        size_t length = strnlen(after, sizeof from - 1);
        memcpy(from, after, length);
        from[length] = '\0';
    }
    return txn->ops->bucket_next(txn->spi, after ? from : NULL, name);
}

kv_kind kv_bucket_kind(const kv_bucket *bucket)
{
    /* The end of a child makes a handle forget what it knew, which is to be seen by nobody. */
    struct kvi_bucket *spi = bucket->spi;
    kv_txn *txn = bucket->txn;
    if (!spi && txn->gate == KV_OK && txn->ops->bucket_open(txn->spi, bucket->name, &spi) != KV_OK)
        spi = NULL;
    return spi ? spi->kind : KV_PLAIN;
}

const char *kv_bucket_name(const kv_bucket *bucket)
{
    return bucket->name;
}

kv_txn *kv_bucket_txn(const kv_bucket *bucket)
{
    return bucket->txn;
}

static int count_by_scan(kv_bucket *bucket, uint64_t *ret_count)
{
    kv_cursor *cursor __attribute__((cleanup(kv_cursor_close_scoped))) = NULL;
    int status = kv_cursor_open(bucket, &cursor);
    uint64_t count = 0;
    while (status == KV_OK && (status = kv_cursor_next(cursor, NULL, NULL)) == KV_OK)
        count++;
    if (status == KV_NOT_FOUND) {
        *ret_count = count;
        return KV_OK;
    }
    return status;
}

int kv_bucket_count(kv_bucket *bucket, uint64_t *ret_count)
{
    int status = kvi_bucket_enter(bucket);
    if (status != KV_OK)
        return status;
    const struct kvi_backend *ops = bucket->txn->ops;
    return ops->bucket_count ? ops->bucket_count(bucket->spi, ret_count) : count_by_scan(bucket, ret_count);
}

int kv_bucket_size(kv_bucket *bucket, uint64_t *ret_size)
{
    int status = kvi_bucket_enter(bucket);
    if (status != KV_OK)
        return status;
    const struct kvi_backend *ops = bucket->txn->ops;
    if (ops->bucket_size)
        return ops->bucket_size(bucket->spi, ret_size);
    *ret_size = 0;
    return KV_OK;
}
