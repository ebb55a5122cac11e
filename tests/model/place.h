/*
 * The model of a cursor: where it is, by rows 1 to 6 and 12 of the one-semantics table, and where each move leads.
 *
 * What people get wrong: a gap is before the pair that was removed; should that very pair be put again, no document
 * says on which side of it the cursor is. The run rewinds such cursors (place_forget_returned).
 */
#ifndef TESTS_MODEL_PLACE_H
#define TESTS_MODEL_PLACE_H

#include "tests/model/sorted_map.h"

enum place_kind { FRESH, ON, GAP, END };

struct place {
    enum place_kind kind;
    struct entry *at; /**< ON: the pair (plain: the key); GAP: the one that was removed; else NULL */
};

enum bound_kind { UNBOUND, BY_PREFIX, BY_KEY };

/** What a cursor may see. */
struct bound {
    enum bound_kind kind;
    unsigned char bytes[512];
    size_t size;
};

enum move {
    MOVE_FIRST,
    MOVE_LAST,
    MOVE_NEXT,
    MOVE_PREV,
    MOVE_CURRENT,
    MOVE_NEXT_DUP,
    MOVE_PREV_DUP,
    MOVE_NEXT_NO_DUP,
    MOVE_PREV_NO_DUP,
    MOVE_FIRST_DUP,
    MOVE_LAST_DUP,
    MOVE_COUNT
};

/** What a move must answer. */
struct answer {
    int status;
    const struct entry *pair; /**< with KV_OK */
    bool is_undefined;        /**< no document says: do not ask */
};

void place_set(struct place *place, enum place_kind kind, struct entry *at);

/** The pairs that a bound shows: indexes from `*ret_low` up to before `*ret_high`. */
void bound_window(const struct bound *bound, const struct map *map, size_t *ret_low, size_t *ret_high);

/** Tells whether a bound shows `key`. */
bool bound_shows(const struct bound *bound, kv_slice key);

/** The index of the pair that the cursor is on, or SIZE_MAX. */
size_t place_index(const struct place *place, const struct map *map);

/** Makes a move and tells what it must answer. */
struct answer place_move(struct place *place, const struct bound *bound, const struct map *map, enum move move);

/** Goes to the first shown pair at or after (key, value), or after the end; gives the pair or NULL. */
const struct entry *place_seek(struct place *place, const struct bound *bound, const struct map *map, kv_slice key,
                               const kv_slice *value);

/** After the pair (plain: the key) was removed: who stood on it stands in the gap. */
void place_lose(struct place *place, const struct map *map, const struct entry *removed);

/** Tells whether the place is the gap that this pair (plain: this key) left. */
bool place_is_gap_of(const struct place *place, const struct map *map, kv_slice key, kv_slice value);

#endif
