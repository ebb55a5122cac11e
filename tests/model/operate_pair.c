#include "tests/model/run.h"

/* ---- reads ---- */

static bool get(struct run *run, int number)
{
    struct map *map = top_map(run, number);
    kv_slice key = likely_key(run, number), value;
    size_t low = map_lower(map, key);
    bool is_there = map_upper(map, key) > low;
    kv_txn *txn = top(run)->txn;
    say(run, "get %s %s", bucket_names[number], shown(key));
    expect_status(run, kv_txn_get(txn, bucket_names[number], key, &value), is_there ? KV_OK : KV_NOT_FOUND);
    if (is_there) {
        expect_slice(run, "value", value, entry_value(map->entries[low]));
    }
    expect_status(run, kv_txn_has(txn, bucket_names[number], key), is_there ? KV_OK : KV_NOT_FOUND);
    return true;
}

/* ---- writes ---- */

static bool put(struct run *run, int number, kv_bucket *bucket)
{
    kv_slice key, value;
    likely_pair(run, number, &key, &value);
    say(run, "put %s %s %s", bucket_names[number], shown(key), shown(value));
    int expected = map_has_pair(top_map(run, number), key, value) ? KV_UNCHANGED
                   : is_refused_empty(run, number, key, value)    ? KV_ERR_VALUE_EMPTY
                                                                  : KV_OK;
    struct entry *kept = entry_new(key, value);
    touch(run, number, key);
    int status = bucket != NULL ? kv_bucket_put(bucket, key, value)
                                : kv_txn_put(top(run)->txn, bucket_names[number], key, value);
    expect_status(run, status, expected);
    if (expected == KV_OK) {
        model_put(run, number, entry_key(kept), entry_value(kept));
    }
    entry_unref(kept);
    return true;
}

static bool put_new(struct run *run, int number, kv_bucket *bucket)
{
    struct map *map = top_map(run, number);
    kv_slice key, value;
    likely_pair(run, number, &key, &value);
    say(run, "put_new %s %s %s", bucket_names[number], shown(key), shown(value));
    bool is_there = map_is_dup(map) ? map_has_pair(map, key, value) : map_upper(map, key) > map_lower(map, key);
    int expected = is_there ? KV_EXISTS : is_refused_empty(run, number, key, value) ? KV_ERR_VALUE_EMPTY : KV_OK;
    expect_status(run, kv_bucket_put_new(bucket, key, value), expected);
    touch(run, number, key);
    if (expected == KV_OK) {
        model_put(run, number, key, value);
    }
    return true;
}

/* Half of them at a key after the last, where most are done. */
static bool append(struct run *run, int number, kv_bucket *bucket, bool is_dup)
{
    struct map *map = top_map(run, number);
    kv_slice key, value;
    likely_pair(run, number, &key, &value);
    if (is_dup && !map_is_dup(map)) {
        return false;
    }
    if (map->count > 0 && one_in(run, 2)) {
        key = entry_key(map->entries[map->count - 1]);
    }
    say(run, "append%s %s %s %s", is_dup ? "_dup" : "", bucket_names[number], shown(key), shown(value));
    size_t low = map_lower_pair(map, key, value), end = is_dup ? map_upper(map, key) : map->count;
    bool is_last = low >= end && !(!map_is_dup(map) && map_upper(map, key) > map_lower(map, key));
    bool is_refused = is_refused_empty(run, number, key, value);
    int status = is_dup ? kv_bucket_append_dup(bucket, key, value) : kv_bucket_append(bucket, key, value);
    touch(run, number, key);
    if (!is_last && is_refused && (status == KV_EXISTS || status == KV_ERR_VALUE_EMPTY)) {
        return true; /* both are true of it */
    }
    expect_status(run, status, !is_last ? KV_EXISTS : is_refused ? KV_ERR_VALUE_EMPTY : KV_OK);
    if (status == KV_OK) {
        struct entry *kept = entry_new(key, value);
        model_put(run, number, entry_key(kept), entry_value(kept));
        entry_unref(kept);
    }
    return true;
}

static bool delete_key(struct run *run, int number, bool is_all)
{
    struct map *map = top_map(run, number);
    kv_slice key = likely_key(run, number);
    bool is_there = map_upper(map, key) > map_lower(map, key);
    bool is_refused = !is_all && map_is_dup(map) && map->exists;
    say(run, "delete%s %s %s", is_all ? "_all" : "", bucket_names[number], shown(key));
    struct entry *kept = entry_new(key, kv_slice_of(NULL, 0));
    kv_txn *txn = top(run)->txn;
    int status =
        is_all ? kv_txn_delete_all(txn, bucket_names[number], key) : kv_txn_delete(txn, bucket_names[number], key);
    expect_status(run, status, is_refused ? KV_ERR_INCOMPATIBLE : is_there ? KV_OK : KV_UNCHANGED);
    touch(run, number, entry_key(kept));
    if (status == KV_OK) {
        model_remove_key(run, number, entry_key(kept));
    }
    entry_unref(kept);
    return true;
}

static bool delete_pair(struct run *run, int number)
{
    struct map *map = top_map(run, number);
    kv_slice key, value;
    likely_pair(run, number, &key, &value);
    bool is_there = map_has_pair(map, key, value);
    say(run, "delete_pair %s %s %s", bucket_names[number], shown(key), shown(value));
    int status = kv_txn_delete_pair(top(run)->txn, bucket_names[number], key, value);
    expect_status(run, status, is_there ? KV_OK : KV_UNCHANGED);
    touch(run, number, key);
    if (is_there) {
        model_remove_at(run, number, map_lower_pair(map, key, value));
    }
    return true;
}

static bool reserve(struct run *run, int number, kv_bucket *bucket)
{
    char bytes[64];
    void *room = NULL;
    kv_slice key = any_key(run, number);
    size_t size = 1 + any(run, sizeof bytes);
    if (map_is_dup(top_map(run, number)) || (run->can & KV_CAN_RESERVE) == 0) {
        return false;
    }
    say(run, "reserve %s %s %zu", bucket_names[number], shown(key), size);
    expect_status(run, kv_bucket_reserve(bucket, key, size, &room), KV_OK);
    memset(bytes, (int)('a' + any(run, 26)), sizeof bytes);
    memcpy(room, bytes, size);
    model_put(run, number, key, kv_slice_of(bytes, size));
    return true;
}

static bool apply(struct run *run, int number, kv_bucket *bucket)
{
    enum { CHANGES = 3 };
    kv_change changes[CHANGES];
    int expected = KV_OK;
    say(run, "apply %s", bucket_names[number]);
    /* Only pairs that no earlier change refuses: what a failing batch leaves is another test's. */
    for (int i = 0; i < CHANGES; i++) {
        changes[i] = (kv_change){.key = any_key(run, number), .is_deletion = one_in(run, 2)};
        changes[i].value = any_value(run, number);
        if (changes[i].value.size == 0 && map_is_dup(top_map(run, number))) {
            return false;
        }
    }
    for (int i = 0; i < CHANGES; i++) {
        if (!changes[i].is_deletion && is_refused_empty(run, number, changes[i].key, changes[i].value)) {
            return false;
        }
    }
    expect_status(run, kv_bucket_apply(bucket, changes, CHANGES), expected);
    for (int i = 0; i < CHANGES; i++) {
        touch(run, number, changes[i].key);
        if (changes[i].is_deletion) {
            model_remove_key(run, number, changes[i].key);
        } else if (!map_has_pair(top_map(run, number), changes[i].key, changes[i].value)) {
            model_put(run, number, changes[i].key, changes[i].value);
        }
    }
    return true;
}

bool operate_pair(struct run *run)
{
    int number = (int)any(run, BUCKETS);
    unsigned what = any(run, 16);
    if (run->depth == 0) {
        return false;
    }
    if (!run->is_write || what < 3) {
        return get(run, number);
    }
    if (!top_map(run, number)->exists) {
        /* By name, which makes plain ones. */
        if (what < 8 && bucket_kinds[number] == KV_PLAIN) {
            touch_bucket(run, number);
            return put(run, number, NULL);
        }
        return what < 12 ? delete_key(run, number, what % 2 == 0) : delete_pair(run, number);
    }
    kv_bucket *bucket = NULL;
    expect_status(run, kv_bucket_open(top(run)->txn, bucket_names[number], &bucket), KV_OK);
    switch (what) {
    case 8:
        return put_new(run, number, bucket);
    case 9:
        return append(run, number, bucket, false);
    case 10:
        return append(run, number, bucket, true);
    case 11:
        return delete_key(run, number, true);
    case 12:
        return delete_key(run, number, map_is_dup(top_map(run, number)) && !one_in(run, 8));
    case 13:
        return delete_pair(run, number);
    case 14:
        return reserve(run, number, bucket);
    case 15:
        return apply(run, number, bucket);
    default:
        return put(run, number, bucket);
    }
}
