/* Public verbs of a store: its life, what it can do, statistics. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kvcore/base/clock.h"
#include "kvcore/core/core.h"

kv_deadline kv_deadline_after(int64_t milliseconds)
{
    return kvi_clock_ns() + milliseconds * 1000000;
}

int kvi_store_wrap(struct kvi_store *spi, const char *location, unsigned flags, kv_store **ret_store)
{
    kv_store *store = calloc(1, sizeof *store);
    char *copy = strdup(location);
    if (!store || !copy) {
        free(store);
        free(copy);
        spi->backend->store_close(spi);
        return KV_ERR_NO_MEMORY;
    }
    store->spi = spi;
    store->location = copy;
    store->flags = flags;
    store->refs = 1;
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->idle, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&store->updated, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *ret_store = store;
    return KV_OK;
}

int kvi_store_enter(kv_store *store)
{
    pthread_mutex_lock(&store->lock);
    int status = store->is_closing ? KV_ERR_CLOSED : KV_OK;
    if (status == KV_OK)
        store->open_txns++;
    pthread_mutex_unlock(&store->lock);
    return status;
}

void kvi_store_leave(kv_store *store)
{
    pthread_mutex_lock(&store->lock);
    if (--store->open_txns == 0)
        pthread_cond_broadcast(&store->idle);
    pthread_mutex_unlock(&store->lock);
}

void kvi_store_ref(kv_store *store)
{
    pthread_mutex_lock(&store->lock);
    store->refs++;
    pthread_mutex_unlock(&store->lock);
}

int kvi_store_unref(kv_store *store)
{
    pthread_mutex_lock(&store->lock);
    bool is_last = --store->refs == 0;
    pthread_mutex_unlock(&store->lock);
    if (!is_last)
        return KV_OK;
    int status = store->spi->backend->store_close(store->spi);
    pthread_cond_destroy(&store->updated);
    pthread_cond_destroy(&store->idle);
    pthread_mutex_destroy(&store->lock);
    free(store->location);
    free(store);
    return status;
}

int kv_store_close(kv_store *store)
{
    if (!store)
        return KV_OK;
    pthread_mutex_lock(&store->lock);
    store->is_closing = true;
    while (store->open_txns > 0)
        pthread_cond_wait(&store->idle, &store->lock);
    pthread_mutex_unlock(&store->lock);
    return kvi_store_unref(store);
}

int kv_store_sync(kv_store *store)
{
    const struct kvi_backend *ops = store->spi->backend;
    return ops->store_sync ? ops->store_sync(store->spi) : KV_OK;
}

int kv_store_txid(kv_store *store, uint64_t *ret_txid)
{
    return store->spi->backend->store_txid(store->spi, ret_txid);
}

unsigned kv_store_capabilities(const kv_store *store)
{
    return store->spi->capabilities;
}

void kv_store_limits(const kv_store *store, kv_limits *ret_limits)
{
    *ret_limits = store->spi->limits;
}

static int count_buckets(kv_txn *txn, void *argument)
{
    kv_store_stat *stat = argument;
    char name[KV_BUCKET_NAME_SIZE] = "";
    int status = KV_OK;
    while ((status = kv_bucket_next(txn, name[0] ? name : NULL, name)) == KV_OK)
        stat->bucket_count++;
    if (status < 0)
        return status;
    status = kv_txn_count(txn, NULL, &stat->root_pairs);
    return status < 0 && status != KV_ERR_UNKNOWN_BUCKET ? status : KV_OK;
}

int kv_store_statistics(kv_store *store, kv_store_stat *ret_stat)
{
    kv_store_stat stat = {0};
    int status = store->spi->backend->store_statistics(store->spi, &stat);
    if (status == KV_OK)
        status = kv_store_view(store, count_buckets, &stat);
    if (status == KV_OK)
        *ret_stat = stat;
    return status;
}

int kv_store_disk_size(kv_store *store, uint64_t *ret_size)
{
    kv_store_stat stat = {0};
    int status = store->spi->backend->store_statistics(store->spi, &stat);
    if (status == KV_OK)
        *ret_size = stat.disk_size;
    return status;
}

const char *kv_store_scheme(const kv_store *store)
{
    return store->spi->backend->scheme;
}

const char *kv_store_location(const kv_store *store)
{
    return store->location;
}

int kv_store_is_read_only(const kv_store *store)
{
    return !(kv_store_capabilities(store) & KV_CAN_WRITE);
}
