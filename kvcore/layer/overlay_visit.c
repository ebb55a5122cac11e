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
    kvi_overlay_part_name(part, visit->change.name, name);
    int status = visit->ops->bucket_open(visit->upper, name, &bucket);
    if (status == KV_OK)
        status = visit->ops->cursor_open(bucket, &cursor);
    if (status != KV_OK)
        return status < 0 ? status : KV_OK;
    bool is_pair = part == OVERLAY_PUTS || (part == OVERLAY_REMOVALS && (visit->change.kind & KV_DUP_SORT));
    int answer = 0;
    status = visit->ops->cursor_move(cursor, KVI_FIRST, NOTHING, NOTHING, &key, &value);
    while (status == KV_OK && answer == 0) {
        answer = visit->call(visit->argument, &visit->change, &key, is_pair ? &value : NULL, part != OVERLAY_PUTS);
        status = visit->ops->cursor_move(cursor, KVI_NEXT, NOTHING, NOTHING, &key, &value);
    }
    visit->ops->cursor_close(cursor);
    return answer ? answer : status < 0 ? status : KV_OK;
}

static void describe(struct visit *visit, const char *name, struct overlay_record record)
{
    visit->change = (struct kvi_overlay_change){
        .name = name,
        .kind = record.kind,
        .is_created = (record.flags & OVERLAY_CREATED) != 0,
        .is_dropped = (record.flags & OVERLAY_DROPPED) != 0,
        .is_hiding = (record.flags & OVERLAY_HIDING) != 0,
    };
}

static int visit_removals(struct visit *visit)
{
    int answer = visit_part(visit, OVERLAY_HIDDEN_KEYS);
    return answer ? answer : visit_part(visit, OVERLAY_REMOVALS);
}

static int visit_bucket(struct visit *visit, const char *name, struct overlay_record record)
{
    if (!name[0])
        return 0;
    describe(visit, name, record);
    int answer = visit->call(visit->argument, &visit->change, NULL, NULL, false);
    if (!answer)
        answer = visit_removals(visit);
    return answer ? answer : visit_part(visit, OVERLAY_PUTS);
}

static int visit_root(struct visit *visit, bool is_before)
{
    struct overlay_records records = {.upper = visit->upper};
    struct overlay_record record;
    int status = kvi_overlay_record_get(&records, "", &record);
    if (status != KV_OK)
        return status < 0 ? status : KV_OK;
    describe(visit, "", record);
    visit->change.is_hiding = visit->change.is_hiding && is_before;
    int answer = visit->call(visit->argument, &visit->change, NULL, NULL, false);
    if (answer)
        return answer;
    return is_before ? visit_removals(visit) : visit_part(visit, OVERLAY_PUTS);
}

typedef int record_visitor(struct visit *visit, const char *name, struct overlay_record record);

static int visit_records(struct visit *visit, record_visitor *call)
{
    struct overlay_records records = {.upper = visit->upper};
    struct kvi_bucket *bucket;
    struct kvi_cursor *cursor;
    struct overlay_record record = {0};
    kv_slice key, value;
    char name[OVERLAY_NAME_SIZE];
    int status = kvi_overlay_records_open(&records, &bucket);
    if (status == KV_OK)
        status = visit->ops->cursor_open(bucket, &cursor);
    if (status != KV_OK)
        return status < 0 ? status : KV_OK;
    int answer = 0;
    status = visit->ops->cursor_move(cursor, KVI_FIRST, NOTHING, NOTHING, &key, &value);
    while (status == KV_OK && answer == 0) {
        memcpy(name, (const char *)key.data + 1, key.size - 1);
        name[key.size - 1] = '\0';
        answer = kvi_overlay_record_decode(value, &record);
        if (answer == KV_OK)
            answer = call(visit, name, record);
        status = visit->ops->cursor_move(cursor, KVI_NEXT, NOTHING, NOTHING, &key, &value);
    }
    visit->ops->cursor_close(cursor);
    return answer ? answer : status < 0 ? status : KV_OK;
}

int kvi_overlay_visit(struct kvi_txn *upper, kvi_overlay_visitor *visitor, void *argument)
{
    struct visit visit = {.upper = upper, .ops = upper->store->backend, .call = visitor, .argument = argument};
    int answer = visit_root(&visit, true);
    if (!answer)
        answer = visit_records(&visit, visit_bucket);
    return answer ? answer : visit_root(&visit, false);
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
        kvi_overlay_part_name(part, name, part_name);
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
