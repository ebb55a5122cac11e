/* Buckets of an overlay: what shows of the base, and the upper buckets that hold what was changed. */
#include <stdlib.h>
#include <string.h>

#include "kvcore/layer/overlay_parts.h"

void kvi_overlay_buckets_free(struct overlay_txn *txn)
{
    while (txn->buckets) {
        struct overlay_bucket *bucket = txn->buckets;
        txn->buckets = bucket->next;
        free(bucket);
    }
}

static int open_parts(struct overlay_txn *txn, struct overlay_bucket *bucket)
{
    char name[OVERLAY_NAME_SIZE];
    for (enum overlay_part part = 0; part < OVERLAY_PARTS; part++) {
        bucket->parts[part] = NULL;
        if (!bucket->has_record)
            continue;
        kvi_overlay_part_name(part, bucket->name, name);
        int status = overlay_upper(txn)->bucket_open(txn->upper, name, &bucket->parts[part]);
        if (status < 0)
            return status;
    }
    return KV_OK;
}

/* Looks at the record and the base: KV_OK when the bucket exists, and everything about it filled in. */
static int look(struct overlay_txn *txn, struct overlay_bucket *bucket)
{
    struct overlay_record record = {0};
    int status = kvi_overlay_record_get(&txn->records, bucket->name, &record);
    if (status < 0)
        return status;
    bucket->has_record = status == KV_OK;
    bucket->record = record;
    if (record.flags & OVERLAY_DROPPED)
        return KV_NOT_FOUND;
    bucket->base = NULL;
    if (!(record.flags & OVERLAY_HIDING)) {
        status = overlay_base(txn)->bucket_open(txn->base, bucket->name, &bucket->base);
        if (status < 0)
            return status;
    }
    if (!bucket->base && !bucket->has_record)
        return KV_NOT_FOUND;
    /* Somebody else made it anew, of another kind: what is pending shows alone, to be looked at and removed. */
    if (bucket->base && bucket->has_record && bucket->base->kind != record.kind)
        bucket->base = NULL;
    bucket->bucket.kind = bucket->base ? bucket->base->kind : record.kind;
    bucket->is_current = true;
    bucket->version++;
    return open_parts(txn, bucket);
}

static struct overlay_bucket *find(struct overlay_txn *txn, const char *name)
{
    struct overlay_bucket *bucket = txn->buckets;
    while (bucket && strcmp(bucket->name, name) != 0)
        bucket = bucket->next;
    return bucket;
}

static int find_or_add(struct overlay_txn *txn, const char *name, struct overlay_bucket **ret_bucket)
{
    struct overlay_bucket *bucket = find(txn, name);
    if (!bucket) {
        size_t size = strlen(name) + 1;
        bucket = calloc(1, sizeof *bucket + size);
        if (!bucket)
            return KV_ERR_NO_MEMORY;
        memcpy(bucket->name, name, size);
        bucket->bucket.txn = &txn->txn;
        bucket->next = txn->buckets;
        txn->buckets = bucket;
    }
    *ret_bucket = bucket;
    return KV_OK;
}

int kvi_overlay_bucket_open(struct kvi_txn *base, const char *name, struct kvi_bucket **ret_bucket)
{
    struct overlay_txn *txn = (struct overlay_txn *)base;
    struct overlay_bucket *bucket;
    int status = find_or_add(txn, name, &bucket);
    if (status == KV_OK && !bucket->is_current)
        status = look(txn, bucket);
    if (status == KV_OK)
        *ret_bucket = &bucket->bucket;
    return status;
}

/* Where pairs of the root map and buckets share their names, as LMDB has it. */
static bool is_root_shared(const struct overlay_txn *txn)
{
    const unsigned both = KV_CAN_ROOT_MAP | KV_CAN_BUCKETS;
    return (txn->txn.store->capabilities & both) == both;
}

int kvi_overlay_bucket_exists(struct overlay_txn *txn, const char *name)
{
    struct overlay_record record;
    struct kvi_bucket *below;
    int status = kvi_overlay_record_get(&txn->records, name, &record);
    if (status < 0)
        return status;
    if (status == KV_OK && (record.flags & OVERLAY_DROPPED))
        return KV_NOT_FOUND;
    if (status == KV_OK && (record.flags & OVERLAY_CREATED))
        return KV_OK;
    return overlay_base(txn)->bucket_open(txn->base, name, &below);
}

static int check_name_free(struct overlay_txn *txn, const char *name)
{
    struct kvi_bucket *root;
    kv_slice value;
    if (!is_root_shared(txn) || name[0] == '\0')
        return KV_OK;
    int status = kvi_overlay_bucket_open(&txn->txn, "", &root);
    if (status != KV_OK)
        return status < 0 ? status : KV_OK;
    if (root->kind & (KV_DUP_SORT | KV_INTEGER_KEY | KV_REVERSE_KEY))
        return KV_ERR_NOT_SUPPORTED; /* such a root map leaves no place for buckets */
    status = kvi_overlay_get(root, kv_slice_text(name), &value);
    if (status == KV_OK)
        return KV_ERR_NAME_TAKEN;
    return status < 0 ? status : KV_OK;
}

static int drop_parts(struct overlay_bucket *bucket)
{
    struct overlay_txn *txn = overlay_txn_of(&bucket->bucket);
    for (enum overlay_part part = 0; part < OVERLAY_PARTS; part++) {
        if (!bucket->parts[part])
            continue;
        int status = overlay_upper(txn)->bucket_drop(bucket->parts[part]);
        if (status != KV_OK)
            return status;
        bucket->parts[part] = NULL;
    }
    bucket->version++;
    return KV_OK;
}

int kvi_overlay_bucket_create(struct kvi_txn *base, const char *name, kv_kind kind, struct kvi_bucket **ret_bucket)
{
    struct overlay_txn *txn = (struct overlay_txn *)base;
    struct overlay_bucket *bucket;
    struct kvi_bucket *below = NULL;
    int status = check_name_free(txn, name);
    if (status == KV_OK)
        status = find_or_add(txn, name, &bucket);
    if (status == KV_OK)
        status = overlay_base(txn)->bucket_open(txn->base, name, &below);
    if (status < 0)
        return status;
    struct overlay_record record = {.flags = OVERLAY_CREATED, .kind = kind};
    /* Dropped before, in this session: what the base holds stays hidden unless it was empty and of this kind. */
    bool is_reborn = bucket->has_record && (bucket->record.flags & OVERLAY_DROPPED);
    bool is_other = bucket->record.kind != kind || (below && below->kind != kind);
    if (is_reborn && ((bucket->record.flags & OVERLAY_HIDING) || is_other))
        record.flags |= OVERLAY_HIDING;
    status = kvi_overlay_record_put(&txn->records, name, record);
    if (status == KV_OK)
        status = look(txn, bucket);
    /* Removals in the old order mean nothing to a bucket that hides the base. */
    if (status == KV_OK && (record.flags & OVERLAY_HIDING))
        status = drop_parts(bucket);
    if (status == KV_OK)
        *ret_bucket = &bucket->bucket;
    return status;
}

int kvi_overlay_bucket_part(struct overlay_bucket *bucket, enum overlay_part part, struct kvi_bucket **ret_part)
{
    struct overlay_txn *txn = overlay_txn_of(&bucket->bucket);
    char name[OVERLAY_NAME_SIZE];
    if (!bucket->parts[part]) {
        int status = KV_OK;
        if (!bucket->has_record) {
            bucket->record = (struct overlay_record){.kind = bucket->bucket.kind};
            status = kvi_overlay_record_put(&txn->records, bucket->name, bucket->record);
        }
        if (status != KV_OK)
            return status;
        bucket->has_record = true;
        kvi_overlay_part_name(part, bucket->name, name);
        status = overlay_upper(txn)->bucket_create(txn->upper, name, kvi_overlay_part_kind(part, bucket->bucket.kind),
                                                   &bucket->parts[part]);
        if (status != KV_OK)
            return status;
        bucket->version++;
    }
    *ret_part = bucket->parts[part];
    return KV_OK;
}

/* Tells whether the base has a bucket of this name at all, hidden or not. */
static int base_has(struct overlay_bucket *bucket)
{
    struct overlay_txn *txn = overlay_txn_of(&bucket->bucket);
    struct kvi_bucket *below;
    return overlay_base(txn)->bucket_open(txn->base, bucket->name, &below);
}

int kvi_overlay_bucket_drop(struct kvi_bucket *base)
{
    struct overlay_bucket *bucket = (struct overlay_bucket *)base;
    struct overlay_txn *txn = overlay_txn_of(base);
    kv_slice key, value;
    int found = kvi_overlay_find(bucket, KVI_FIRST, kv_slice_of(NULL, 0), kv_slice_of(NULL, 0), &key, &value);
    int below = found < 0 ? found : base_has(bucket);
    if (below < 0)
        return below;
    struct overlay_record record = {.flags = OVERLAY_DROPPED, .kind = bucket->bucket.kind};
    record.flags |= bucket->record.flags & OVERLAY_HIDING;
    int status;
    if (found == KV_OK || (record.flags & OVERLAY_HIDING)) {
        record.flags |= OVERLAY_HIDING;
        status = drop_parts(bucket);
    } else {
        status = KV_OK; /* empty: its removals stay, so that the commit can see whether it is empty by then */
    }
    if (status == KV_OK)
        status = below == KV_OK ? kvi_overlay_record_put(&txn->records, bucket->name, record) : drop_parts(bucket);
    if (status == KV_OK && below != KV_OK)
        status = kvi_overlay_record_delete(&txn->records, bucket->name);
    bucket->is_current = false;
    bucket->has_record = below == KV_OK;
    bucket->record = record;
    return status;
}

int kvi_overlay_bucket_clear(struct kvi_bucket *base)
{
    struct overlay_bucket *bucket = (struct overlay_bucket *)base;
    struct overlay_txn *txn = overlay_txn_of(base);
    struct overlay_record record = {.flags = bucket->record.flags | OVERLAY_HIDING, .kind = bucket->bucket.kind};
    int status = drop_parts(bucket);
    if (status == KV_OK)
        status = kvi_overlay_record_put(&txn->records, bucket->name, record);
    return status == KV_OK ? look(txn, bucket) : status;
}

/* The first touched bucket after `after` in the records that exists whatever the base says. */
static int next_created(struct overlay_txn *txn, const char *after, char *name)
{
    struct kvi_cursor *cursor;
    struct kvi_bucket *records;
    struct overlay_record record;
    kv_slice key, value;
    char from[OVERLAY_NAME_SIZE];
    int status = kvi_overlay_records_open(&txn->records, &records);
    if (status == KV_OK)
        status = overlay_upper(txn)->cursor_open(records, &cursor);
    if (status != KV_OK)
        return status;
    kvi_overlay_part_name(OVERLAY_PUTS, after ? after : "", from);
    status = overlay_upper(txn)->cursor_move(cursor, KVI_SEEK_AFTER, kv_slice_text(from), kv_slice_of(NULL, 0), &key,
                                             &value);
    while (status == KV_OK) {
        status = kvi_overlay_record_decode(value, &record);
        if (status != KV_OK || !(record.flags & OVERLAY_DROPPED))
            break;
        status =
            overlay_upper(txn)->cursor_move(cursor, KVI_NEXT, kv_slice_of(NULL, 0), kv_slice_of(NULL, 0), &key, &value);
    }
    if (status == KV_OK) {
        memcpy(name, (const char *)key.data + 1, key.size - 1);
        name[key.size - 1] = '\0';
    }
    overlay_upper(txn)->cursor_close(cursor);
    return status;
}

/* The first bucket of the base after `after` that was not dropped. */
static int next_of_base(struct overlay_txn *txn, const char *after, char *name)
{
    struct overlay_record record;
    int status = overlay_base(txn)->bucket_next(txn->base, after, name);
    while (status == KV_OK) {
        int touched = kvi_overlay_record_get(&txn->records, name, &record);
        if (touched < 0)
            return touched;
        if (touched != KV_OK || !(record.flags & OVERLAY_DROPPED))
            return KV_OK;
        status = overlay_base(txn)->bucket_next(txn->base, name, name);
    }
    return status;
}

int kvi_overlay_bucket_next(struct kvi_txn *base, const char *after, char *name)
{
    struct overlay_txn *txn = (struct overlay_txn *)base;
    char upper[KV_BUCKET_NAME_SIZE], below[KV_BUCKET_NAME_SIZE];
    int in_upper = next_created(txn, after, upper);
    int in_base = in_upper < 0 ? in_upper : next_of_base(txn, after, below);
    if (in_base < 0 || (in_upper == KV_NOT_FOUND && in_base == KV_NOT_FOUND))
        return in_base;
    bool is_upper = in_base != KV_OK || (in_upper == KV_OK && strcmp(upper, below) < 0);
    strcpy(name, is_upper ? upper : below);
    return KV_OK;
}

int kvi_overlay_bucket_size(struct kvi_bucket *base, uint64_t *ret_size)
{
    struct overlay_bucket *bucket = (struct overlay_bucket *)base;
    struct overlay_txn *txn = overlay_txn_of(base);
    uint64_t sum = 0, size = 0;
    int status = KV_OK;
    if (bucket->base && overlay_base(txn)->bucket_size)
        status = overlay_base(txn)->bucket_size(bucket->base, &sum);
    if (status == KV_OK && bucket->parts[OVERLAY_PUTS] && overlay_upper(txn)->bucket_size)
        status = overlay_upper(txn)->bucket_size(bucket->parts[OVERLAY_PUTS], &size);
    if (status == KV_OK)
        *ret_size = sum + size;
    return status;
}

int kvi_overlay_bucket_count(struct kvi_bucket *base, uint64_t *ret_count)
{
    struct overlay_bucket *bucket = (struct overlay_bucket *)base;
    struct overlay_txn *txn = overlay_txn_of(base);
    struct kvi_cursor *cursor;
    kv_slice key, value;
    if (overlay_is_plain_view(bucket) && overlay_base(txn)->bucket_count)
        return overlay_base(txn)->bucket_count(bucket->base, ret_count);
    int status = kvi_overlay_cursor_open(base, &cursor);
    if (status != KV_OK)
        return status;
    uint64_t count = 0;
    enum kvi_move move = KVI_FIRST;
    while ((status = kvi_overlay_cursor_move(cursor, move, kv_slice_of(NULL, 0), kv_slice_of(NULL, 0), &key, &value)) ==
           KV_OK) {
        count++;
        move = KVI_NEXT;
    }
    kvi_overlay_cursor_close(cursor);
    if (status < 0)
        return status;
    *ret_count = count;
    return KV_OK;
}
