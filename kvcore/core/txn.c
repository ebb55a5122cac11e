/* Public verbs of transactions: begin, nest, end, reset and renew. */
#include <stdlib.h>

#include "kvcore/base/clock.h"
#include "kvcore/core/core.h"

static bool is_past(kv_deadline deadline)
{
    return deadline != KV_FOREVER && kvi_clock_ns() >= deadline;
}

static int begin_inside(kv_store *store, kv_txn *parent, unsigned flags, kv_deadline deadline, kv_txn **ret_txn)
{
    kv_txn *txn = calloc(1, sizeof *txn);
    if (!txn)
        return KV_ERR_NO_MEMORY;
    int status = store->spi->backend->txn_begin(store->spi, parent ? parent->spi : NULL, flags, deadline, &txn->spi);
    if (status != KV_OK) {
        free(txn);
        return status;
    }
    /* A layer may hand out the transactions of the store below it. */
    txn->ops = txn->spi->store->backend;
    txn->store = store;
    txn->parent = parent;
    txn->is_write = (flags & KV_TXN_WRITE) != 0;
    txn->id = txn->ops->txn_id(txn->spi);
    if (is_past(deadline)) {
        txn->ops->txn_abort(txn->spi);
        free(txn);
        return KV_ERR_TIMEOUT;
    }
    *ret_txn = txn;
    return KV_OK;
}

int kvi_txn_begin_uncounted(kv_store *store, unsigned flags, kv_deadline deadline, kv_txn **ret_txn)
{
    if (flags & ~(unsigned)(KV_TXN_WRITE | KV_TXN_NO_SYNC))
        return KV_ERR_INVALID;
    if ((flags & KV_TXN_WRITE) && kv_store_is_read_only(store))
        return KV_ERR_READ_ONLY;
    if (is_past(deadline))
        return KV_ERR_TIMEOUT;
    return begin_inside(store, NULL, flags, deadline, ret_txn);
}

static int begin_nested(kv_txn *parent, unsigned flags, kv_txn **ret_txn)
{
    if (parent->gate)
        return parent->gate;
    if (!parent->is_write || !(flags & KV_TXN_WRITE))
        return KV_ERR_INVALID;
    if (!(parent->spi->store->capabilities & KV_CAN_NEST))
        return KV_ERR_NOT_SUPPORTED;
    int status = kvi_cursors_suspend(parent);
    if (status == KV_OK)
        status = begin_inside(parent->store, parent, flags, KV_FOREVER, ret_txn);
    if (status == KV_OK) {
        parent->child = *ret_txn;
        parent->gate = KV_ERR_TXN_BUSY;
    }
    return status;
}

int kv_txn_begin(kv_store *store, kv_txn *parent, unsigned flags, kv_deadline deadline, kv_txn **ret_txn)
{
    int status = kvi_store_enter(store);
    /* A child may begin while the store waits for its parent to end. */
    if (status == KV_ERR_CLOSED && parent && parent->store == store && !parent->gate) {
        pthread_mutex_lock(&store->lock);
        store->open_txns++;
        pthread_mutex_unlock(&store->lock);
        status = KV_OK;
    }
    if (status != KV_OK)
        return status;
    if (parent && parent->store != store)
        status = KV_ERR_INVALID;
    else if (parent)
        status = begin_nested(parent, flags, ret_txn);
    else
        status = kvi_txn_begin_uncounted(store, flags, deadline, ret_txn);
    if (status != KV_OK)
        kvi_store_leave(store);
    return status;
}

/* What remains to be done once the backend's transaction is gone. */
static void finish(kv_txn *txn)
{
    txn->spi = NULL;
    txn->gate = KV_ERR_TXN_ENDED;
    kvi_buckets_forget(txn);
    if (txn->parent) {
        txn->parent->child = NULL;
        txn->parent->gate = KV_OK;
        /* The child may have made or dropped buckets that the parent has handles of. */
        kvi_buckets_forget(txn->parent);
        txn->parent = NULL;
    }
    kvi_store_leave(txn->store);
}

int kv_txn_commit(kv_txn *txn, kv_deadline deadline)
{
    if (txn->gate)
        return txn->gate;
    if (is_past(deadline)) {
        kv_txn_abort(txn);
        return KV_ERR_TIMEOUT;
    }
    kvi_cursors_end(txn);
    int status = txn->ops->txn_commit(txn->spi);
    finish(txn);
    return status;
}

void kv_txn_abort(kv_txn *txn)
{
    if (txn->child)
        kv_txn_abort(txn->child);
    if (!txn->spi)
        return;
    kvi_cursors_end(txn);
    if (txn->is_reset && !txn->ops->txn_reset) {
        /* Reset has ended it already. */
    } else {
        txn->ops->txn_abort(txn->spi);
    }
    finish(txn);
}

void kv_txn_free(kv_txn *txn)
{
    if (!txn)
        return;
    kv_txn_abort(txn);
    kvi_buckets_free(txn);
    kvi_buffer_free(&txn->kept);
    free(txn);
}

void kvi_txn_free_uncounted(kv_txn *txn)
{
    txn->ops->txn_abort(txn->spi);
    free(txn);
}

int kv_txn_close(kv_txn *txn)
{
    if (!txn)
        return KV_OK;
    int status = txn->child ? KV_ERR_TXN_BUSY : KV_OK; /* refused: the changes of neither are committed */
    if (txn->spi && !txn->is_reset && !txn->child)
        status = kv_txn_commit(txn, KV_FOREVER);
    kv_txn_free(txn);
    return status;
}

int kv_txn_reset(kv_txn *txn)
{
    if (txn->is_write)
        return KV_ERR_INVALID;
    if (txn->is_reset)
        return KV_OK;
    if (txn->gate)
        return txn->gate;
    kvi_cursors_end(txn);
    kvi_buckets_forget(txn);
    if (txn->ops->txn_reset)
        txn->ops->txn_reset(txn->spi);
    else
        txn->ops->txn_abort(txn->spi);
    txn->is_reset = true;
    txn->gate = KV_ERR_TXN_ENDED;
    return KV_OK;
}

int kv_txn_renew(kv_txn *txn)
{
    if (!txn->is_reset)
        return txn->gate ? txn->gate : KV_ERR_INVALID;
    int status;
    if (txn->ops->txn_reset)
        status = txn->ops->txn_renew(txn->spi);
    else
        status = txn->store->spi->backend->txn_begin(txn->store->spi, NULL, KV_TXN_READ, KV_FOREVER, &txn->spi);
    if (status != KV_OK)
        return status;
    txn->is_reset = false;
    txn->gate = KV_OK;
    txn->id = txn->ops->txn_id(txn->spi);
    return KV_OK;
}

int kvi_txn_keep(kv_txn *txn, kv_slice *key, kv_slice *value)
{
    if (!txn->is_lending)
        return KV_OK;
    kvi_buffer_clear(&txn->kept);
    int status = kvi_buffer_reserve(&txn->kept, key->size + value->size);
    if (status != KV_OK)
        return status;
    kvi_buffer_append(&txn->kept, *key);
    kvi_buffer_append(&txn->kept, *value);
    *key = kv_slice_of(txn->kept.data, key->size);
    *value = kv_slice_of(txn->kept.data + key->size, value->size);
    return KV_OK;
}

uint64_t kv_txn_id(const kv_txn *txn)
{
    return txn->id;
}

kv_store *kv_txn_store(const kv_txn *txn)
{
    return txn->store;
}

int kv_txn_is_write(const kv_txn *txn)
{
    return txn->is_write;
}
