/*
 * The model: buckets as sorted arrays of pairs, kept by the obvious means and with comparisons of its own.
 *
 * A world is all buckets of a store at one moment; copying one is cheap, so that every transaction has its own. Pairs
 * are counted references and never change.
 */
#ifndef TESTS_MODEL_SORTED_MAP_H
#define TESTS_MODEL_SORTED_MAP_H

#include <stdbool.h>

#include "kvcore/kvcore.h"

/** A pair: the key's bytes, then the value's. */
struct entry {
    unsigned refs;
    size_t key_size;
    size_t value_size;
    unsigned char bytes[];
};

struct map {
    bool exists;
    kv_kind kind;
    size_t count;
    size_t room;
    struct entry **entries;
};

enum { BUCKETS = 10 };

struct world {
    struct map maps[BUCKETS];
};

struct entry *entry_new(kv_slice key, kv_slice value);
struct entry *entry_ref(struct entry *entry);
void entry_unref(struct entry *entry);
kv_slice entry_key(const struct entry *entry);
kv_slice entry_value(const struct entry *entry);

/** Compare as a bucket of `kind` does. */
int order_of_keys(kv_kind kind, kv_slice a, kv_slice b);
int order_of_values(kv_kind kind, kv_slice a, kv_slice b);

static inline bool map_is_dup(const struct map *map)
{
    return (map->kind & KV_DUP_SORT) != 0;
}

/** The index of the first pair with a key at or after (after) `key`. */
size_t map_lower(const struct map *map, kv_slice key);
size_t map_upper(const struct map *map, kv_slice key);

/** The index of the first pair at or after (key, value); in a plain map of the first key at or after `key`. */
size_t map_lower_pair(const struct map *map, kv_slice key, kv_slice value);

/** Tells whether the map holds exactly this pair. */
bool map_has_pair(const struct map *map, kv_slice key, kv_slice value);

/** Puts a pair: in a plain map in place of the key's old one. */
void map_put(struct map *map, kv_slice key, kv_slice value);

void map_remove(struct map *map, size_t index);
void map_clear(struct map *map);

/** Tells whether two maps hold the same. */
bool map_equal(const struct map *a, const struct map *b);

void world_copy(struct world *to, const struct world *from);
void world_clear(struct world *world);

/** Replaces one world by another, which is then empty. */
void world_move(struct world *to, struct world *from);

#endif
