#include "tests/model/run.h"

/* Tells whether the range gives the pair. */
static bool is_within(const kv_range_options *options, kv_kind kind, kv_slice key)
{
    int turn = options->is_reverse ? -1 : 1;
    if (options->prefix != NULL &&
        (key.size < options->prefix->size || memcmp(key.data, options->prefix->data, options->prefix->size) != 0)) {
        return false;
    }
    return (options->from == NULL || turn * order_of_keys(kind, key, *options->from) >= 0) &&
           (options->to == NULL || turn * order_of_keys(kind, key, *options->to) < 0);
}

static void compare_range(struct run *run, kv_range *range, const kv_range_options *options, const struct map *map)
{
    kv_slice key, value;
    uint64_t given = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = map->entries[options->is_reverse ? map->count - 1 - i : i];
        if (!is_within(options, map->kind, entry_key(entry)) || (options->limit > 0 && given == options->limit)) {
            continue;
        }
        given++;
        expect_status(run, kv_range_next(range, &key, &value), KV_OK);
        expect_slice(run, "key of the range", key, entry_key(entry));
        expect_slice(run, "value of the range", value, entry_value(entry));
    }
    expect_status(run, kv_range_next(range, &key, &value), KV_NOT_FOUND);
}

bool operate_range(struct run *run)
{
    int number = (int)any(run, BUCKETS);
    const struct map *map = top_map(run, number);
    kv_range *range = NULL;
    if (run->depth == 0) {
        return false;
    }
    bool is_bytewise = (bucket_kinds[number] & (KV_INTEGER_KEY | KV_REVERSE_KEY)) == 0;
    kv_slice from = any_key(run, number), to = any_key(run, number), prefix = from;
    prefix.size = 1;
    kv_range_options options = {.is_reverse = one_in(run, 2), .limit = one_in(run, 3) ? 1 + any(run, 9) : 0};
    options.from = one_in(run, 2) ? &from : NULL;
    options.to = one_in(run, 2) ? &to : NULL;
    options.prefix = is_bytewise && one_in(run, 4) ? &prefix : NULL;
    int turn = options.is_reverse ? -1 : 1;
    if (options.from != NULL && options.to != NULL && !map->exists) {
        return false; /* a missing bucket has no order */
    }
    if (options.from != NULL && options.to != NULL && turn * order_of_keys(bucket_kinds[number], from, to) >= 0) {
        return false;
    }
    say(run, "range %s from %s to %s prefix %s limit %u%s", bucket_names[number], options.from ? shown(from) : "-",
        options.to ? shown(to) : "-", options.prefix ? shown(prefix) : "-", (unsigned)options.limit,
        options.is_reverse ? " reverse" : "");
    expect_status(run, kv_range_open(top(run)->txn, bucket_names[number], &options, &range), KV_OK);
    compare_range(run, range, &options, map);
    kv_range_close(range);
    return true;
}
