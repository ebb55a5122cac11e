/* Folding one upper store into an older one: records, tombstones and pairs, by the rules of overlay.h alone. */
#include <string.h>

#include "kvcore/layer/overlay_parts.h"

#define NOTHING kv_slice_of(NULL, 0)

struct fold {
    struct kvi_txn *upper;
    const struct kvi_backend *ops;
    struct overlay_records records;
    struct overlay_record record;
    const char *name;
    struct kvi_bucket *parts[OVERLAY_PARTS]; /* NULL: not opened, or not there */
};

static int find_part(struct fold *fold, enum overlay_part part)
{
    char name[OVERLAY_NAME_SIZE];
    if (fold->parts[part])
        return KV_OK;
    kvi_overlay_part_name(part, fold->name, name);
    return fold->ops->bucket_open(fold->upper, name, &fold->parts[part]);
}

static int make_part(struct fold *fold, enum overlay_part part)
{
    char name[OVERLAY_NAME_SIZE];
    int status = find_part(fold, part);
    if (status != KV_NOT_FOUND)
        return status;
    kvi_overlay_part_name(part, fold->name, name);
    return fold->ops->bucket_create(fold->upper, name, kvi_overlay_part_kind(part, fold->record.kind),
                                    &fold->parts[part]);
}

static int drop_parts(struct fold *fold)
{
    for (enum overlay_part part = 0; part < OVERLAY_PARTS; part++) {
        int status = find_part(fold, part);
        if (status == KV_OK)
            status = fold->ops->bucket_drop(fold->parts[part]);
        if (status < 0)
            return status;
        fold->parts[part] = NULL;
    }
    return KV_OK;
}

/* What the older record becomes under the newer one. `*ret_clean`: nothing of the older parts counts any more. */
static struct overlay_record combine(const struct overlay_record *older, const struct kvi_overlay_change *change,
                                     bool *ret_clean)
{
    bool was_hiding = older && (older->flags & OVERLAY_HIDING);
    bool was_dropped = older && (older->flags & OVERLAY_DROPPED);
    bool is_other = older && older->kind != change->kind;
    bool is_hiding = change->is_hiding || was_hiding || (was_dropped && is_other);
    *ret_clean = change->is_hiding || is_other;
    struct overlay_record record = {.kind = change->kind};
    if (change->is_dropped)
        record.flags = OVERLAY_DROPPED;
    else if (change->is_created || (older && (older->flags & OVERLAY_CREATED)))
        record.flags = OVERLAY_CREATED;
    if (is_hiding)
        record.flags |= OVERLAY_HIDING;
    return record;
}

static int fold_bucket(struct fold *fold, const struct kvi_overlay_change *change)
{
    struct overlay_record older;
    bool is_clean;
    fold->name = change->name;
    memset(fold->parts, 0, sizeof fold->parts);
    int status = kvi_overlay_record_get(&fold->records, change->name, &older);
    if (status < 0)
        return status;
    fold->record = combine(status == KV_OK ? &older : NULL, change, &is_clean);
    status = is_clean ? drop_parts(fold) : KV_OK;
    return status == KV_OK ? kvi_overlay_record_put(&fold->records, change->name, fold->record) : status;
}

static int take_out(struct fold *fold, enum overlay_part part, kv_slice key, const kv_slice *value)
{
    int status = find_part(fold, part);
    if (status == KV_OK)
        status = fold->ops->del(fold->parts[part], key, value);
    return status < 0 ? status : KV_OK;
}

static int put(struct fold *fold, enum overlay_part part, kv_slice key, kv_slice value)
{
    int status = make_part(fold, part);
    if (status == KV_OK)
        status = fold->ops->put(fold->parts[part], key, value, KVI_PUT);
    return status < 0 ? status : KV_OK;
}

/* `value` NULL: the key with all its values, which in a bucket with one value a key is an ordinary removal. */
static int fold_removal(struct fold *fold, kv_slice key, const kv_slice *value)
{
    bool is_dup = (fold->record.kind & KV_DUP_SORT) != 0;
    bool is_key = is_dup && !value;
    int status = take_out(fold, OVERLAY_PUTS, key, value);
    if (status == KV_OK && is_key)
        status = take_out(fold, OVERLAY_REMOVALS, key, NULL);
    if (status != KV_OK)
        return status;
    return put(fold, is_key ? OVERLAY_HIDDEN_KEYS : OVERLAY_REMOVALS, key, value ? *value : NOTHING);
}

static int fold_change(void *argument, const struct kvi_overlay_change *change, const kv_slice *key,
                       const kv_slice *value, bool is_removed)
{
    struct fold *fold = argument;
    if (!key)
        return fold_bucket(fold, change);
    return is_removed ? fold_removal(fold, *key, value) : put(fold, OVERLAY_PUTS, *key, *value);
}

int kvi_overlay_fold(struct kvi_txn *newer, struct kvi_txn *upper)
{
    struct fold fold = {.upper = upper, .ops = upper->store->backend, .records = {.upper = upper}};
    return kvi_overlay_visit(newer, fold_change, &fold);
}
