/* Visiting what an overlay's upper store holds: for a commit, a listing, a rescue. */
#include <string.h>

#include "kvcore/layer/overlay_parts.h"

#define NOTHING kv_slice_of(NULL, 0)

struct visit {
    struct kvi_txn *upper;
    const struct kvi_backend *ops;
    kvi_overlay_visitor *call;
    void *argument;
    struct kvi_overlay_change change;
};

/* Visits one upper bucket: what it holds is put, or removed, by pair or by key. */
static int visit_part(struct visit *visit, enum overlay_part part)
{
    struct kvi_bucket *bucket;
    struct kvi_cursor *cursor;
    kv_slice key, value;
    char name[OVERLAY_NAME_SIZE];
    overlay_part_name(part, visit->change.name, name);
    int status = visit->ops->bucket_open(visit->upper, name, &bucket);
    if (status == KV_OK)
        status = visit->ops->cursor_open(bucket, &cursor);
    if (status != KV_OK)
        return status < 0 ? status : KV_OK;
    bool is_pair = part == OVERLAY_PUTS || (part == OVERLAY_REMOVALS && (visit->change.kind & KV_DUP_SORT));
    status = visit->ops->cursor_move(cursor, KVI_FIRST, NOTHING, NOTHING, &key, &value);
    while (status == KV_OK) {
        status = visit->call(visit->argument, &visit->change, &key, is_pair ? &value : NULL, part != OVERLAY_PUTS);
        if (status == KV_OK)
            status = visit->ops->cursor_move(cursor, KVI_NEXT, NOTHING, NOTHING, &key, &value);
        else
            break;
    }
    visit->ops->cursor_close(cursor);
    return status == KV_NOT_FOUND ? KV_OK : status;
}

static int visit_bucket(struct visit *visit, const char *name, struct overlay_record record)
{
    visit->change = (struct kvi_overlay_change){
        .name = name,
        .kind = record.kind,
        .is_created = (record.flags & OVERLAY_CREATED) != 0,
        .is_dropped = (record.flags & OVERLAY_DROPPED) != 0,
        .is_hiding = (record.flags & OVERLAY_HIDING) != 0,
    };
    static const enum overlay_part order[] = {OVERLAY_HIDDEN_KEYS, OVERLAY_REMOVALS, OVERLAY_PUTS};
    int status = visit->call(visit->argument, &visit->change, NULL, NULL, 0);
    for (unsigned i = 0; i < OVERLAY_PARTS && status == KV_OK; i++)
        status = visit_part(visit, order[i]);
    return status;
}

typedef int record_visitor(struct visit *visit, const char *name, struct overlay_record record);

static int visit_records(struct visit *visit, record_visitor *call)
{
    struct kvi_bucket *records;
    struct kvi_cursor *cursor;
    struct overlay_record record = {0};
    kv_slice key, value;
    char name[OVERLAY_NAME_SIZE];
    int status = visit->ops->bucket_open(visit->upper, OVERLAY_RECORDS, &records);
    if (status == KV_OK)
        status = visit->ops->cursor_open(records, &cursor);
    if (status != KV_OK)
        return status < 0 ? status : KV_OK;
    status = visit->ops->cursor_move(cursor, KVI_FIRST, NOTHING, NOTHING, &key, &value);
    while (status == KV_OK) {
        memcpy(name, (const char *)key.data + 1, key.size - 1);
        name[key.size - 1] = '\0';
        status = overlay_record_decode(value, &record);
        if (status == KV_OK)
            status = call(visit, name, record);
        if (status != KV_OK)
            break;
        status = visit->ops->cursor_move(cursor, KVI_NEXT, NOTHING, NOTHING, &key, &value);
    }
    visit->ops->cursor_close(cursor);
    return status == KV_NOT_FOUND ? KV_OK : status;
}

int kvi_overlay_visit(struct kvi_txn *upper, kvi_overlay_visitor *visitor, void *argument)
{
    struct visit visit = {.upper = upper, .ops = upper->store->backend, .call = visitor, .argument = argument};
    return visit_records(&visit, visit_bucket);
}

struct sums {
    uint64_t changes;
    uint64_t bytes;
};

static int measure_bucket(struct visit *visit, const char *name, struct overlay_record record)
{
    struct sums *sums = visit->argument;
    char part_name[OVERLAY_NAME_SIZE];
    sums->changes += record.flags != 0;
    for (enum overlay_part part = 0; part < OVERLAY_PARTS; part++) {
        struct kvi_bucket *bucket;
        uint64_t count = 0, size = 0;
        overlay_part_name(part, name, part_name);
        int status = visit->ops->bucket_open(visit->upper, part_name, &bucket);
        if (status == KV_NOT_FOUND)
            continue;
        if (status == KV_OK)
            status = visit->ops->bucket_count(bucket, &count);
        if (status == KV_OK)
            status = visit->ops->bucket_size(bucket, &size);
        if (status != KV_OK)
            return status;
        sums->changes += count;
        sums->bytes += count ? size : 0;
    }
    return KV_OK;
}

int kvi_overlay_measure(struct kvi_txn *upper, uint64_t *ret_changes, uint64_t *ret_bytes)
{
    struct sums sums = {0};
    struct visit visit = {.upper = upper, .ops = upper->store->backend, .argument = &sums};
    int status = visit_records(&visit, measure_bucket);
    if (status == KV_OK) {
        *ret_changes = sums.changes;
        *ret_bytes = sums.bytes;
    }
    return status;
}
