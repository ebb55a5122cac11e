#include "tests/model/run.h"

struct level *top(struct run *run)
{
    return &run->levels[run->depth > 0 ? run->depth - 1 : 0];
}

struct map *top_map(struct run *run, int number)
{
    return run->depth > 0 ? &top(run)->world.maps[number] : &run->committed.maps[number];
}

static void rewind_cursor(struct model_cursor *cursor)
{
    if (cursor->real != NULL) {
        kv_cursor_rewind(cursor->real);
    }
    place_set(&cursor->place, FRESH, NULL);
}

void rewind_bucket(struct run *run, int number)
{
    for (int i = 0; i < CURSORS; i++) {
        if (top(run)->cursors[i].bucket == number) {
            rewind_cursor(&top(run)->cursors[i]);
        }
    }
}

void model_put(struct run *run, int number, kv_slice key, kv_slice value)
{
    struct map *map = top_map(run, number);
    for (int i = 0; i < CURSORS; i++) {
        struct model_cursor *cursor = &top(run)->cursors[i];
        if (cursor->bucket == number && place_is_gap_of(&cursor->place, map, key, value)) {
            rewind_cursor(cursor);
        }
    }
    map_put(map, key, value);
    map->exists = true;
    touch(run, number, key);
}

void model_remove_at(struct run *run, int number, size_t index)
{
    struct map *map = top_map(run, number);
    struct entry *removed = entry_ref(map->entries[index]);
    map_remove(map, index);
    for (int i = 0; i < CURSORS; i++) {
        struct model_cursor *cursor = &top(run)->cursors[i];
        if (cursor->real != NULL && cursor->bucket == number) {
            place_lose(&cursor->place, map, removed);
        }
    }
    touch(run, number, entry_key(removed));
    entry_unref(removed);
}

void model_remove_key(struct run *run, int number, kv_slice key)
{
    struct map *map = top_map(run, number);
    size_t low = map_lower(map, key);
    for (size_t count = map_upper(map, key) - low; count > 0; count--) {
        model_remove_at(run, number, low);
    }
}

/* A place on a pair that the child removed and put again is on it, as far as the parent can tell. */
void settle_cursors(struct run *run, struct level *level)
{
    (void)run;
    for (int i = 0; i < CURSORS; i++) {
        struct model_cursor *cursor = &level->cursors[i];
        const struct map *map = &level->world.maps[cursor->bucket];
        if (cursor->real == NULL || cursor->place.at == NULL) {
            continue;
        }
        kv_slice key = entry_key(cursor->place.at), value = entry_value(cursor->place.at);
        bool is_there = map_is_dup(map) ? map_has_pair(map, key, value) : map_upper(map, key) > map_lower(map, key);
        if (cursor->place.kind == ON && !is_there) {
            cursor->place.kind = GAP;
        } else if (cursor->place.kind == GAP && is_there) {
            rewind_cursor(cursor);
        }
    }
}

void touch(struct run *run, int number, kv_slice key)
{
    if (run->opened.session != NULL) {
        run->touched[number].kind = bucket_kinds[number] & (kv_kind)(KV_INTEGER_KEY | KV_REVERSE_KEY);
        map_put(&run->touched[number], key, kv_slice_of(NULL, 0));
    }
}

void touch_bucket(struct run *run, int number)
{
    run->is_rebuilt[number] = true;
}

bool is_refused_empty(struct run *run, int number, kv_slice key, kv_slice value)
{
    const struct map *map = top_map(run, number);
    if (!map_is_dup(map) || (run->can & KV_CAN_EMPTY_DUP) != 0) {
        return false;
    }
    size_t low = map_lower(map, key), count = map_upper(map, key) - low;
    return count > 0 && (value.size == 0 || entry_value(map->entries[low]).size == 0);
}
