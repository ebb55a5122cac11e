#include "tests/model/sorted_map.h"

#include <stdint.h>
#include <stdlib.h>

struct entry *entry_new(kv_slice key, kv_slice value)
{
    struct entry *entry = malloc(sizeof *entry + key.size + value.size);
    if (entry == NULL) {
        abort();
    }
    entry->refs = 1;
    entry->key_size = key.size;
    entry->value_size = value.size;
    if (key.size > 0) {
        memcpy(entry->bytes, key.data, key.size);
    }
    if (value.size > 0) {
        memcpy(entry->bytes + key.size, value.data, value.size);
    }
    return entry;
}

struct entry *entry_ref(struct entry *entry)
{
    if (entry != NULL) {
        entry->refs++;
    }
    return entry;
}

void entry_unref(struct entry *entry)
{
    if (entry != NULL && --entry->refs == 0) {
        free(entry);
    }
}

kv_slice entry_key(const struct entry *entry)
{
    return kv_slice_of(entry->bytes, entry->key_size);
}

kv_slice entry_value(const struct entry *entry)
{
    return kv_slice_of(entry->bytes + entry->key_size, entry->value_size);
}

static int order_of_bytes(kv_slice a, kv_slice b, bool is_reverse)
{
    const unsigned char *left = a.data, *right = b.data;
    for (size_t i = 0; i < a.size && i < b.size; i++) {
        unsigned l = left[is_reverse ? a.size - 1 - i : i];
        unsigned r = right[is_reverse ? b.size - 1 - i : i];
        if (l != r) {
            return l < r ? -1 : 1;
        }
    }
    return a.size < b.size ? -1 : a.size > b.size;
}

static uint64_t number_of(kv_slice slice)
{
    uint32_t half = 0;
    uint64_t whole = 0;
    if (slice.size == sizeof half) {
        memcpy(&half, slice.data, sizeof half);
        return half;
    }
    memcpy(&whole, slice.data, sizeof whole);
    return whole;
}

static int order_of(kv_slice a, kv_slice b, bool is_integer, bool is_reverse)
{
    if (is_integer) {
        uint64_t left = number_of(a), right = number_of(b);
        return left < right ? -1 : left > right;
    }
    return order_of_bytes(a, b, is_reverse);
}

int order_of_keys(kv_kind kind, kv_slice a, kv_slice b)
{
    return order_of(a, b, (kind & KV_INTEGER_KEY) != 0, (kind & KV_REVERSE_KEY) != 0);
}

int order_of_values(kv_kind kind, kv_slice a, kv_slice b)
{
    return order_of(a, b, (kind & KV_INTEGER_DUP) != 0, (kind & KV_REVERSE_DUP) != 0);
}

size_t map_lower(const struct map *map, kv_slice key)
{
    size_t index = 0;
    while (index < map->count && order_of_keys(map->kind, entry_key(map->entries[index]), key) < 0) {
        index++;
    }
    return index;
}

size_t map_upper(const struct map *map, kv_slice key)
{
    size_t index = map_lower(map, key);
    while (index < map->count && kv_slice_equal(entry_key(map->entries[index]), key)) {
        index++;
    }
    return index;
}

size_t map_lower_pair(const struct map *map, kv_slice key, kv_slice value)
{
    size_t index = map_lower(map, key);
    while (map_is_dup(map) && index < map->count && kv_slice_equal(entry_key(map->entries[index]), key) &&
           order_of_values(map->kind, entry_value(map->entries[index]), value) < 0) {
        index++;
    }
    return index;
}

bool map_has_pair(const struct map *map, kv_slice key, kv_slice value)
{
    size_t index = map_lower_pair(map, key, value);
    return index < map->count && kv_slice_equal(entry_key(map->entries[index]), key) &&
           kv_slice_equal(entry_value(map->entries[index]), value);
}

void map_put(struct map *map, kv_slice key, kv_slice value)
{
    struct entry *added = entry_new(key, value);
    size_t index = map_lower_pair(map, key, value);
    bool is_over = index < map->count && kv_slice_equal(entry_key(map->entries[index]), key) &&
                   (!map_is_dup(map) || kv_slice_equal(entry_value(map->entries[index]), value));
    if (is_over) {
        entry_unref(map->entries[index]);
        map->entries[index] = added;
        return;
    }
    if (map->count == map->room) {
        map->room = map->room * 2 + 16;
        map->entries = realloc(map->entries, map->room * sizeof(struct entry *));
        if (map->entries == NULL) {
            abort();
        }
    }
    memmove(map->entries + index + 1, map->entries + index, (map->count - index) * sizeof(struct entry *));
    map->entries[index] = added;
    map->count++;
}

void map_remove(struct map *map, size_t index)
{
    entry_unref(map->entries[index]);
    map->count--;
    memmove(map->entries + index, map->entries + index + 1, (map->count - index) * sizeof(struct entry *));
}

void map_clear(struct map *map)
{
    while (map->count > 0) {
        map_remove(map, map->count - 1);
    }
}

bool map_equal(const struct map *a, const struct map *b)
{
    if (a->exists != b->exists || a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!kv_slice_equal(entry_key(a->entries[i]), entry_key(b->entries[i])) ||
            !kv_slice_equal(entry_value(a->entries[i]), entry_value(b->entries[i]))) {
            return false;
        }
    }
    return true;
}

void world_copy(struct world *to, const struct world *from)
{
    for (int i = 0; i < BUCKETS; i++) {
        struct map *map = &to->maps[i];
        *map = from->maps[i];
        map->room = map->count;
        map->entries = NULL;
        if (map->count > 0) {
            map->entries = malloc(map->count * sizeof(struct entry *));
            if (map->entries == NULL) {
                abort();
            }
        }
        for (size_t k = 0; k < map->count; k++) {
            map->entries[k] = entry_ref(from->maps[i].entries[k]);
        }
    }
}

void world_clear(struct world *world)
{
    for (int i = 0; i < BUCKETS; i++) {
        map_clear(&world->maps[i]);
        free(world->maps[i].entries);
        world->maps[i].entries = NULL;
        world->maps[i].room = 0;
    }
}

void world_move(struct world *to, struct world *from)
{
    world_clear(to);
    *to = *from;
    for (int i = 0; i < BUCKETS; i++) {
        from->maps[i].entries = NULL;
        from->maps[i].count = from->maps[i].room = 0;
    }
}
