#include "tests/model/run.h"

/* Many pairs at once, so that buckets and the values of one key grow over several pages and shrink again. */

enum { MOST = 300 };

/* The `i`th pair of a load: of a dup-sort bucket all have one key, of others one begin. */
static void pair_of_load(int number, unsigned i, char *key_room, char *value_room, kv_slice *ret_key,
                         kv_slice *ret_value)
{
    kv_kind kind = bucket_kinds[number];
    uint32_t half = (kind & KV_DUP_SORT) != 0 ? 65536 : i * 3;
    uint64_t whole = (kind & KV_DUP_SORT) != 0 ? 65536 : i * 3;
    if ((kind & KV_INTEGER_KEY) != 0) {
        size_t size = (kind & KV_DUP_SORT) != 0 ? sizeof half : sizeof whole;
        memcpy(key_room, size == sizeof half ? (const void *)&half : (const void *)&whole, size);
        *ret_key = kv_slice_of(key_room, size);
    } else {
        snprintf(key_room, 32, (kind & KV_DUP_SORT) != 0 ? "bc" : "b%03u", i);
        *ret_key = kv_slice_text(key_room);
    }
    whole = i * 5;
    snprintf(value_room, 32, (kind & KV_DUP_FIXED) != 0 ? "%03u" : "%03u a value", i);
    *ret_value = (kind & KV_INTEGER_DUP) != 0 ? kv_slice_of(memcpy(value_room, &whole, sizeof whole), sizeof whole)
                                              : kv_slice_text(value_room);
}

static bool load(struct run *run, int number)
{
    char key_room[32], value_room[32];
    kv_slice key, value;
    unsigned from = any(run, MOST), count = 1 + any(run, MOST), step = one_in(run, 2) ? 1 : 7;
    say(run, "load %s from %u, %u", bucket_names[number], from, count);
    for (unsigned i = 0; i < count; i++) {
        pair_of_load(number, (from + i * step) % MOST, key_room, value_room, &key, &value);
        int expected = map_has_pair(top_map(run, number), key, value) ? KV_UNCHANGED
                       : is_refused_empty(run, number, key, value)    ? KV_ERR_VALUE_EMPTY
                                                                      : KV_OK;
        touch(run, number, key);
        expect_status(run, kv_txn_put(top(run)->txn, bucket_names[number], key, value), expected);
        if (expected == KV_OK) {
            model_put(run, number, key, value);
        }
    }
    return true;
}

/* Removes pair after pair by a cursor of its own, from anywhere on, in either direction. */
static bool unload(struct run *run, int number)
{
    const struct map *map = top_map(run, number);
    bool is_back = one_in(run, 2);
    kv_cursor *cursor = NULL;
    kv_slice key, value;
    if (map->count == 0) {
        return false;
    }
    size_t at = any(run, (unsigned)map->count);
    say(run, "unload %s at %zu %s", bucket_names[number], at, is_back ? "backwards" : "forwards");
    expect_status(run, kv_txn_cursor(top(run)->txn, bucket_names[number], &cursor), KV_OK);
    kv_slice first = entry_key(map->entries[at]);
    at = map_lower(map, first);
    expect_status(run, kv_cursor_seek(cursor, first, &key, &value), KV_OK);
    for (unsigned count = any(run, MOST); count > 0; count--) {
        expect_slice(run, "key", key, entry_key(map->entries[at]));
        expect_slice(run, "value", value, entry_value(map->entries[at]));
        expect_status(run, kv_cursor_delete_current(cursor), KV_OK);
        model_remove_at(run, number, at);
        bool is_more = is_back ? at > 0 : at < map->count;
        int status = (is_back ? kv_cursor_prev : kv_cursor_next)(cursor, &key, &value);
        expect_status(run, status, is_more ? KV_OK : KV_NOT_FOUND);
        if (!is_more) {
            break;
        }
        at -= is_back ? 1 : 0;
    }
    kv_cursor_close(cursor);
    return true;
}

bool operate_bulk(struct run *run)
{
    int number = (int)any(run, BUCKETS);
    if (run->depth == 0 || !run->is_write || !top_map(run, number)->exists) {
        return false;
    }
    return one_in(run, 2) ? load(run, number) : unload(run, number);
}
