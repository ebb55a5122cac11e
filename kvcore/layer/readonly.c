#include "kvcore/layer/readonly.h"

#include <stdlib.h>

struct readonly {
    struct kvi_store store;
    struct kvi_store *below;
};

static struct kvi_store *below_of(struct kvi_store *store)
{
    return ((struct readonly *)store)->below;
}

static int store_close(struct kvi_store *store)
{
    int status = below_of(store)->backend->store_close(below_of(store));
    free(store);
    return status;
}

static int store_txid(struct kvi_store *store, uint64_t *ret_txid)
{
    return below_of(store)->backend->store_txid(below_of(store), ret_txid);
}

static int store_statistics(struct kvi_store *store, kv_store_stat *ret_stat)
{
    return below_of(store)->backend->store_statistics(below_of(store), ret_stat);
}

static int store_backup(struct kvi_store *store, int fd, unsigned flags)
{
    const struct kvi_backend *ops = below_of(store)->backend;
    return ops->store_backup ? ops->store_backup(below_of(store), fd, flags) : KV_ERR_NOT_SUPPORTED;
}

static int txn_begin(struct kvi_store *store, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                     struct kvi_txn **ret_txn)
{
    if (flags & KV_TXN_WRITE)
        return KV_ERR_READ_ONLY;
    return below_of(store)->backend->txn_begin(below_of(store), parent, flags, deadline, ret_txn);
}

int kvi_readonly_open(struct kvi_store *below, struct kvi_store **ret_store)
{
    static const struct kvi_backend backend = {
        .scheme = "readonly",
        .summary = "a store through which nothing is written",
        .store_close = store_close,
        .store_txid = store_txid,
        .store_statistics = store_statistics,
        .store_backup = store_backup,
        .txn_begin = txn_begin,
    };
    struct readonly *readonly = calloc(1, sizeof *readonly);
    if (!readonly) {
        below->backend->store_close(below);
        return KV_ERR_NO_MEMORY;
    }
    readonly->store = *below;
    readonly->store.backend = &backend;
    readonly->store.capabilities &= ~(unsigned)(KV_CAN_WRITE | KV_CAN_NEST | KV_CAN_RESERVE);
    readonly->below = below;
    *ret_store = &readonly->store;
    return KV_OK;
}
