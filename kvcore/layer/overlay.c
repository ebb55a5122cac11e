/* The overlay as a store, and its transactions: one of the upper store and a read-only one of the base. */
#include "kvcore/layer/overlay.h"

#include <stdlib.h>

#include "kvcore/layer/overlay_parts.h"

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int store_close(struct kvi_store *store)
{
    struct overlay *overlay = (struct overlay *)store;
    pthread_mutex_destroy(&overlay->lock);
    free(overlay);
    return KV_OK;
}

static int store_sync(struct kvi_store *store)
{
    struct kvi_store *upper = ((struct overlay *)store)->upper;
    return upper->backend->store_sync ? upper->backend->store_sync(upper) : KV_OK;
}

static int store_txid(struct kvi_store *store, uint64_t *ret_txid)
{
    struct kvi_store *base = ((struct overlay *)store)->base;
    return base->backend->store_txid(base, ret_txid);
}

static int store_statistics(struct kvi_store *store, kv_store_stat *ret_stat)
{
    struct kvi_store *base = ((struct overlay *)store)->base;
    return base->backend->store_statistics(base, ret_stat);
}

bool kvi_overlay_is_idle(struct kvi_store *store)
{
    struct overlay *overlay = (struct overlay *)store;
    pthread_mutex_lock(&overlay->lock);
    bool is_idle = overlay->open_txns == 0;
    pthread_mutex_unlock(&overlay->lock);
    return is_idle;
}

static void count(struct overlay *overlay, int change)
{
    pthread_mutex_lock(&overlay->lock);
    overlay->open_txns += (unsigned)change;
    pthread_mutex_unlock(&overlay->lock);
}

/* The upper first: from then on nobody else writes it, and no commit takes it away. */
static int begin_write(struct overlay *overlay, unsigned flags, kv_deadline deadline, struct overlay_txn *txn)
{
    int status = overlay->upper->backend->txn_begin(overlay->upper, NULL, flags, deadline, &txn->upper);
    if (status != KV_OK)
        return status;
    status = overlay->base->backend->txn_begin(overlay->base, NULL, KV_TXN_READ, deadline, &txn->base);
    if (status != KV_OK)
        overlay_upper(txn)->txn_abort(txn->upper);
    return status;
}

/* The base first: should a commit move changes from the upper into the base meanwhile, they are seen above. The other way
 * round older pairs of the upper would hide newer ones of the base. */
static int begin_read(struct overlay *overlay, unsigned flags, kv_deadline deadline, struct overlay_txn *txn)
{
    int status = overlay->base->backend->txn_begin(overlay->base, NULL, flags, deadline, &txn->base);
    if (status != KV_OK)
        return status;
    status = overlay->upper->backend->txn_begin(overlay->upper, NULL, flags, deadline, &txn->upper);
    if (status != KV_OK)
        overlay_base(txn)->txn_abort(txn->base);
    return status;
}

static int begin_child(struct overlay_txn *parent, unsigned flags, kv_deadline deadline, struct overlay_txn *txn)
{
    txn->parent = parent;
    txn->base = parent->base;
    return overlay_upper(parent)->txn_begin(parent->upper->store, parent->upper, flags, deadline, &txn->upper);
}

static int begin(struct overlay *overlay, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                 struct kvi_txn **ret_txn)
{
    struct overlay_txn *txn = calloc(1, sizeof *txn);
    if (!txn)
        return KV_ERR_NO_MEMORY;
    txn->txn.store = &overlay->store;
    txn->txn.is_write = (flags & KV_TXN_WRITE) != 0;
    int status = parent              ? begin_child((struct overlay_txn *)parent, flags, deadline, txn)
                 : txn->txn.is_write ? begin_write(overlay, flags, deadline, txn)
                                     : begin_read(overlay, flags, deadline, txn);
    if (status != KV_OK) {
        free(txn);
        return status;
    }
    txn->records.upper = txn->upper;
    *ret_txn = &txn->txn;
    return KV_OK;
}

static int txn_begin(struct kvi_store *store, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                     struct kvi_txn **ret_txn)
{
    struct overlay *overlay = (struct overlay *)store;
    count(overlay, 1);
    int status = begin(overlay, parent, flags, deadline, ret_txn);
    if (status != KV_OK)
        count(overlay, -1);
    return status;
}

/* The parent looks at everything again: the child has, or has not, made and dropped upper buckets. */
static void refresh_parent(struct overlay_txn *parent)
{
    parent->records.is_known = false;
    for (struct overlay_bucket *bucket = parent->buckets; bucket; bucket = bucket->next)
        bucket->is_current = false;
}

/* Who waits for the overlay to be idle may close it as soon as it is counted so: nothing of it is touched after. */
static void end(struct overlay_txn *txn)
{
    struct overlay *overlay = overlay_of(&txn->txn);
    bool is_write = txn->txn.is_write;
    kvi_overlay_ended *ended = txn->parent ? NULL : overlay->ended;
    void *argument = overlay->argument;
    kvi_overlay_buckets_free(txn);
    if (txn->parent)
        refresh_parent(txn->parent);
    free(txn);
    count(overlay, -1);
    if (ended)
        ended(argument, is_write);
}

static int txn_commit(struct kvi_txn *base)
{
    struct overlay_txn *txn = (struct overlay_txn *)base;
    if (!txn->parent)
        overlay_base(txn)->txn_abort(txn->base);
    int status = overlay_upper(txn)->txn_commit(txn->upper);
    end(txn);
    return status;
}

static void txn_abort(struct kvi_txn *base)
{
    struct overlay_txn *txn = (struct overlay_txn *)base;
    if (!txn->parent)
        overlay_base(txn)->txn_abort(txn->base);
    overlay_upper(txn)->txn_abort(txn->upper);
    end(txn);
}

static uint64_t txn_id(const struct kvi_txn *base)
{
    const struct overlay_txn *txn = (const struct overlay_txn *)base;
    return overlay_base(txn)->txn_id(txn->base);
}

/* Reset and renew are left to the core, which ends and begins: a session may put another overlay in this one's place
 * between the two. */
static const struct kvi_backend overlay_backend = {
    .scheme = "overlay",
    .summary = "a store merged over another",
    .store_close = store_close,
    .store_sync = store_sync,
    .store_txid = store_txid,
    .store_statistics = store_statistics,
    .txn_begin = txn_begin,
    .txn_commit = txn_commit,
    .txn_abort = txn_abort,
    .txn_id = txn_id,
    .bucket_open = kvi_overlay_bucket_open,
    .bucket_create = kvi_overlay_bucket_create,
    .bucket_drop = kvi_overlay_bucket_drop,
    .bucket_clear = kvi_overlay_bucket_clear,
    .bucket_next = kvi_overlay_bucket_next,
    .bucket_count = kvi_overlay_bucket_count,
    .bucket_size = kvi_overlay_bucket_size,
    .get = kvi_overlay_get,
    .put = kvi_overlay_put,
    .del = kvi_overlay_del,
    .reserve = kvi_overlay_reserve,
    .cursor_open = kvi_overlay_cursor_open,
    .cursor_close = kvi_overlay_cursor_close,
    .cursor_move = kvi_overlay_cursor_move,
};

int kvi_overlay_open(struct kvi_store *upper, struct kvi_store *base, kvi_overlay_ended *ended, void *argument,
                     struct kvi_store **ret_store)
{
    struct overlay *overlay = calloc(1, sizeof *overlay);
    if (!overlay)
        return KV_ERR_NO_MEMORY;
    const unsigned of_both = KV_CAN_EMPTY_KEY | KV_CAN_EMPTY_DUP | KV_CAN_BUCKETS;
    overlay->store.backend = &overlay_backend;
    overlay->store.capabilities = (upper->capabilities & (KV_CAN_WRITE | KV_CAN_NEST | KV_CAN_RESERVE)) |
                                  (base->capabilities & (KV_CAN_ROOT_MAP | KV_CAN_SHARE)) |
                                  (upper->capabilities & base->capabilities & of_both);
    overlay->store.limits = (kv_limits){
        .key_max = least(upper->limits.key_max, base->limits.key_max),
        .value_max = least(upper->limits.value_max, base->limits.value_max),
        .dup_max = least(upper->limits.dup_max, base->limits.dup_max),
        /* An upper bucket's name has a byte more, and so has the key of its record. */
        .bucket_name_max = least(least(upper->limits.bucket_name_max, upper->limits.key_max) - 1,
                                 least(base->limits.bucket_name_max, KV_BUCKET_NAME_SIZE - 1)),
        .kinds = upper->limits.kinds & base->limits.kinds,
    };
    overlay->upper = upper;
    overlay->base = base;
    overlay->ended = ended;
    overlay->argument = argument;
    pthread_mutex_init(&overlay->lock, NULL);
    *ret_store = &overlay->store;
    return KV_OK;
}
