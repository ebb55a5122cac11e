/* Pairs of an overlay: read newest first, written to the upper store. */
#include "kvcore/base/order.h"
#include "kvcore/layer/overlay_parts.h"

#define NOTHING kv_slice_of(NULL, 0)

int kvi_overlay_find(struct overlay_bucket *bucket, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                     kv_slice *ret_value)
{
    struct kvi_cursor *cursor;
    int status = kvi_overlay_cursor_open(&bucket->bucket, &cursor);
    if (status != KV_OK)
        return status;
    status = kvi_overlay_cursor_move(cursor, move, key, value, ret_key, ret_value);
    kvi_overlay_cursor_close(cursor);
    return status;
}

int kvi_overlay_holds(struct kvi_bucket *bucket, kv_slice key, kv_slice value)
{
    const struct kvi_backend *ops = bucket->txn->store->backend;
    struct kvi_cursor *cursor;
    kv_slice found_key, found_value;
    if (!(bucket->kind & KV_DUP_SORT))
        return ops->get(bucket, key, &found_value);
    int status = ops->cursor_open(bucket, &cursor);
    if (status != KV_OK)
        return status;
    status = ops->cursor_move(cursor, value.size ? KVI_SEEK_PAIR : KVI_SEEK, key, value, &found_key, &found_value);
    bool is_it = status == KV_OK && kv_slice_equal(found_key, key) && kv_slice_equal(found_value, value);
    ops->cursor_close(cursor);
    return status < 0 || is_it ? status : KV_NOT_FOUND;
}

static int part_holds(const struct overlay_bucket *bucket, enum overlay_part part, kv_slice key, kv_slice value)
{
    return bucket->parts[part] ? kvi_overlay_holds(bucket->parts[part], key, value) : KV_NOT_FOUND;
}

/* Tells whether a removal hides the base's pair. */
static int is_removed(const struct overlay_bucket *bucket, kv_slice key, kv_slice value)
{
    int status = part_holds(bucket, OVERLAY_HIDDEN_KEYS, key, NOTHING);
    return status == KV_NOT_FOUND ? part_holds(bucket, OVERLAY_REMOVALS, key, value) : status;
}

/* Tells whether the base has the pair and it shows. */
static int base_shows(const struct overlay_bucket *bucket, kv_slice key, kv_slice value)
{
    if (!bucket->base)
        return KV_NOT_FOUND;
    int status = is_removed(bucket, key, value);
    if (status != KV_NOT_FOUND)
        return status < 0 ? status : KV_NOT_FOUND;
    return kvi_overlay_holds(bucket->base, key, value);
}

static int get_single(struct overlay_bucket *bucket, kv_slice key, kv_slice *ret_value)
{
    struct overlay_txn *txn = overlay_txn_of(&bucket->bucket);
    if (bucket->parts[OVERLAY_PUTS]) {
        int status = overlay_upper(txn)->get(bucket->parts[OVERLAY_PUTS], key, ret_value);
        if (status != KV_NOT_FOUND)
            return status;
    }
    if (!bucket->base)
        return KV_NOT_FOUND;
    int status = part_holds(bucket, OVERLAY_REMOVALS, key, NOTHING);
    if (status != KV_NOT_FOUND)
        return status < 0 ? status : KV_NOT_FOUND;
    return overlay_base(txn)->get(bucket->base, key, ret_value);
}

int kvi_overlay_get(struct kvi_bucket *base, kv_slice key, kv_slice *ret_value)
{
    struct overlay_bucket *bucket = (struct overlay_bucket *)base;
    kv_slice found, value;
    if (overlay_is_plain_view(bucket))
        return overlay_base(overlay_txn_of(base))->get(bucket->base, key, ret_value);
    if (!overlay_is_dup(bucket))
        return get_single(bucket, key, ret_value);
    int status = kvi_overlay_find(bucket, KVI_SEEK, key, NOTHING, &found, &value);
    if (status != KV_OK || !kv_slice_equal(found, key))
        return status < 0 ? status : KV_NOT_FOUND;
    *ret_value = value;
    return KV_OK;
}

/* Tells whether the merged bucket has the pair; of a key with one value, gives that. */
static int shows(struct overlay_bucket *bucket, kv_slice key, kv_slice value, kv_slice *ret_value)
{
    if (!overlay_is_dup(bucket))
        return kvi_overlay_get(&bucket->bucket, key, ret_value);
    *ret_value = value;
    int status = part_holds(bucket, OVERLAY_PUTS, key, value);
    return status == KV_NOT_FOUND ? base_shows(bucket, key, value) : status;
}

/* KV_OK when (key, value) sorts after what `move` finds: the last pair of the bucket, or of the key. */
static int check_append(struct overlay_bucket *bucket, kv_slice key, kv_slice value)
{
    kv_slice last_key, last_value;
    int status = kvi_overlay_find(bucket, KVI_LAST, NOTHING, NOTHING, &last_key, &last_value);
    if (status != KV_OK)
        return status < 0 ? status : KV_OK;
    int order = kvi_key_compare(bucket->bucket.kind, key, last_key);
    if (order == 0 && overlay_is_dup(bucket))
        order = kvi_value_compare(bucket->bucket.kind, value, last_value);
    return order > 0 ? KV_OK : KV_EXISTS;
}

static int check_append_dup(struct overlay_bucket *bucket, kv_slice key, kv_slice value)
{
    kv_slice found_key, found_value;
    int status = kvi_overlay_find(bucket, KVI_SEEK_PAIR, key, value, &found_key, &found_value);
    if (status != KV_OK || !kv_slice_equal(found_key, key))
        return status < 0 ? status : KV_OK;
    return KV_EXISTS;
}

/* Where the store holds no empty value beside others: KV_ERR_VALUE_EMPTY when this put would make that. */
static int check_empty(struct overlay_bucket *bucket, kv_slice key, kv_slice value)
{
    kv_slice first;
    if (!overlay_is_dup(bucket) || (bucket->bucket.txn->store->capabilities & KV_CAN_EMPTY_DUP))
        return KV_OK;
    int status = kvi_overlay_get(&bucket->bucket, key, &first);
    if (status != KV_OK)
        return status < 0 ? status : KV_OK;
    return (value.size == 0) == (first.size == 0) ? KV_OK : KV_ERR_VALUE_EMPTY;
}

/* Says to a put what is there already: KV_OK when it is to be done. */
static int check_put(struct overlay_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode)
{
    kv_slice present;
    int status = KV_OK;
    if (mode == KVI_APPEND)
        status = check_append(bucket, key, value);
    else if (mode == KVI_APPEND_DUP)
        status = check_append_dup(bucket, key, value);
    if (status != KV_OK)
        return status;
    status = shows(bucket, key, value, &present);
    if (status < 0)
        return status;
    if (status == KV_OK && mode == KVI_PUT_NEW)
        return KV_EXISTS;
    if (status == KV_OK && kv_slice_equal(present, value))
        return KV_UNCHANGED;
    return check_empty(bucket, key, value);
}

/* Where the root map and the buckets share their names, no pair takes a bucket's. */
static int check_root_name(struct overlay_bucket *bucket, kv_slice key)
{
    struct overlay_txn *txn = overlay_txn_of(&bucket->bucket);
    const unsigned both = KV_CAN_ROOT_MAP | KV_CAN_BUCKETS;
    char name[KV_BUCKET_NAME_SIZE];
    if (bucket->name[0] || key.size == 0 || (txn->txn.store->capabilities & both) != both || key.size >= sizeof name ||
        memchr(key.data, '\0', key.size))
        return KV_OK;
    memcpy(name, key.data, key.size);
    name[key.size] = '\0';
    int status = kvi_overlay_bucket_exists(txn, name);
    if (status == KV_NOT_FOUND)
        return KV_OK;
    return status < 0 ? status : KV_ERR_NAME_TAKEN;
}

int kvi_overlay_put(struct kvi_bucket *base, kv_slice key, kv_slice value, enum kvi_put_mode mode)
{
    struct overlay_bucket *bucket = (struct overlay_bucket *)base;
    struct kvi_bucket *puts;
    int status = check_put(bucket, key, value, mode);
    if (status == KV_OK)
        status = check_root_name(bucket, key);
    if (status == KV_OK)
        status = kvi_overlay_bucket_part(bucket, OVERLAY_PUTS, &puts);
    if (status != KV_OK)
        return status;
    return puts->txn->store->backend->put(puts, key, value, KVI_PUT);
}

int kvi_overlay_reserve(struct kvi_bucket *base, kv_slice key, size_t size, void **ret_data)
{
    struct overlay_bucket *bucket = (struct overlay_bucket *)base;
    struct kvi_bucket *puts;
    int status = check_root_name(bucket, key);
    if (status == KV_OK)
        status = kvi_overlay_bucket_part(bucket, OVERLAY_PUTS, &puts);
    return status == KV_OK ? puts->txn->store->backend->reserve(puts, key, size, ret_data) : status;
}

static int put_tombstone(struct overlay_bucket *bucket, enum overlay_part part, kv_slice key, kv_slice value)
{
    struct kvi_bucket *tombstones;
    int status = kvi_overlay_bucket_part(bucket, part, &tombstones);
    if (status == KV_OK)
        status = tombstones->txn->store->backend->put(tombstones, key, value, KVI_PUT);
    return status < 0 ? status : KV_OK;
}

/* Takes a key, or one pair of it, out of an upper bucket. */
static int take_out(const struct overlay_bucket *bucket, enum overlay_part part, kv_slice key, const kv_slice *value)
{
    struct kvi_bucket *from = bucket->parts[part];
    int status = from ? from->txn->store->backend->del(from, key, value) : KV_OK;
    return status < 0 ? status : KV_OK;
}

/* Where no empty value stands beside others, its removal is that of the key: removals have the same limit. */
static enum overlay_part removal_part(const struct overlay_bucket *bucket, kv_slice value)
{
    bool is_lone =
        overlay_is_dup(bucket) && value.size == 0 && !(bucket->bucket.txn->store->capabilities & KV_CAN_EMPTY_DUP);
    return is_lone ? OVERLAY_HIDDEN_KEYS : OVERLAY_REMOVALS;
}

/* Removes one pair that shows, of a key with one value or several. */
static int remove_pair(struct overlay_bucket *bucket, kv_slice key, kv_slice value)
{
    bool is_dup = overlay_is_dup(bucket);
    int below = base_shows(bucket, key, value);
    int status = below < 0 ? below : take_out(bucket, OVERLAY_PUTS, key, is_dup ? &value : NULL);
    if (status != KV_OK || below != KV_OK)
        return status;
    return put_tombstone(bucket, removal_part(bucket, value), key, is_dup ? value : NOTHING);
}

static int remove_key(struct overlay_bucket *bucket, kv_slice key)
{
    kv_slice value;
    int below = bucket->base ? bucket->base->txn->store->backend->get(bucket->base, key, &value) : KV_NOT_FOUND;
    int status = below < 0 ? below : take_out(bucket, OVERLAY_PUTS, key, NULL);
    if (status == KV_OK)
        status = take_out(bucket, OVERLAY_REMOVALS, key, NULL);
    return status == KV_OK && below == KV_OK ? put_tombstone(bucket, OVERLAY_HIDDEN_KEYS, key, NOTHING) : status;
}

int kvi_overlay_del(struct kvi_bucket *base, kv_slice key, const kv_slice *value)
{
    struct overlay_bucket *bucket = (struct overlay_bucket *)base;
    kv_slice present;
    int status = value ? shows(bucket, key, *value, &present) : kvi_overlay_get(base, key, &present);
    if (status != KV_OK)
        return status < 0 ? status : KV_UNCHANGED;
    if (!overlay_is_dup(bucket)) {
        if (value && !kv_slice_equal(present, *value))
            return KV_UNCHANGED;
        return remove_pair(bucket, key, present);
    }
    return value ? remove_pair(bucket, key, *value) : remove_key(bucket, key);
}
