#include "tests/model/run.h"

static bool create(struct run *run, int number)
{
    struct map *map = top_map(run, number);
    kv_bucket *bucket = NULL;
    say(run, "create %s", bucket_names[number]);
    int status = kv_bucket_create(top(run)->txn, bucket_names[number], bucket_kinds[number], &bucket);
    expect_status(run, status, map->exists ? KV_EXISTS : KV_OK);
    if (kv_bucket_kind(bucket) != bucket_kinds[number]) {
        mismatch(run, "of kind %u", kv_bucket_kind(bucket));
    }
    if (!map->exists) {
        touch_bucket(run, number);
        rewind_bucket(run, number);
    }
    map->exists = true;
    return true;
}

static bool drop(struct run *run, int number)
{
    struct map *map = top_map(run, number);
    if (number == 0) {
        return false;
    }
    say(run, "drop %s", bucket_names[number]);
    expect_status(run, kv_bucket_drop(top(run)->txn, bucket_names[number]), map->exists ? KV_OK : KV_NOT_FOUND);
    if (map->exists) {
        touch_bucket(run, number);
        map_clear(map);
        rewind_bucket(run, number);
    }
    map->exists = false;
    return true;
}

static bool clear(struct run *run, int number)
{
    struct map *map = top_map(run, number);
    say(run, "clear %s", bucket_names[number]);
    expect_status(run, kv_bucket_clear(top(run)->txn, bucket_names[number]), map->exists ? KV_OK : KV_NOT_FOUND);
    if (map->exists) {
        touch_bucket(run, number);
        map_clear(map);
        rewind_bucket(run, number);
    }
    return true;
}

static bool ask(struct run *run, int number)
{
    const struct map *map = top_map(run, number);
    uint64_t count = 0;
    say(run, "exists, count %s", bucket_names[number]);
    expect_status(run, kv_bucket_exists(top(run)->txn, bucket_names[number]), map->exists ? KV_OK : KV_NOT_FOUND);
    int status = kv_txn_count(top(run)->txn, bucket_names[number], &count);
    expect_status(run, status, map->exists ? KV_OK : KV_NOT_FOUND);
    if (count != map->count) {
        mismatch(run, "counted %llu, not %zu", (unsigned long long)count, map->count);
    }
    return true;
}

bool operate_bucket(struct run *run)
{
    int number = (int)any(run, BUCKETS);
    if (run->depth == 0) {
        return false;
    }
    if (!run->is_write) {
        return ask(run, number);
    }
    if (!top_map(run, number)->exists) {
        return create(run, number);
    }
    switch (any(run, 12)) {
    case 0:
        return create(run, number);
    case 1:
        return drop(run, number);
    case 2:
        return clear(run, number);
    default:
        return ask(run, number);
    }
}
