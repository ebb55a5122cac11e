#include "tests/model/place.h"

#include <stdint.h>

void place_set(struct place *place, enum place_kind kind, struct entry *at)
{
    struct entry *kept = entry_ref(at);
    entry_unref(place->at);
    place->kind = kind;
    place->at = kept;
}

bool bound_shows(const struct bound *bound, kv_slice key)
{
    switch (bound->kind) {
    case UNBOUND:
        return true;
    case BY_PREFIX:
        return key.size >= bound->size && memcmp(key.data, bound->bytes, bound->size) == 0;
    case BY_KEY:
        return kv_slice_equal(key, kv_slice_of(bound->bytes, bound->size));
    }
    return false;
}

void bound_window(const struct bound *bound, const struct map *map, size_t *ret_low, size_t *ret_high)
{
    size_t low = bound->kind == UNBOUND ? 0 : map_lower(map, kv_slice_of(bound->bytes, bound->size));
    size_t high = low;
    while (high < map->count && bound_shows(bound, entry_key(map->entries[high]))) {
        high++;
    }
    *ret_low = low;
    *ret_high = high;
}

size_t place_index(const struct place *place, const struct map *map)
{
    return place->kind == ON ? map_lower_pair(map, entry_key(place->at), entry_value(place->at)) : SIZE_MAX;
}

static bool is_same_pair(const struct map *map, const struct entry *a, kv_slice key, kv_slice value)
{
    return kv_slice_equal(entry_key(a), key) && (!map_is_dup(map) || kv_slice_equal(entry_value(a), value));
}

void place_lose(struct place *place, const struct map *map, const struct entry *removed)
{
    if (place->kind == ON && is_same_pair(map, place->at, entry_key(removed), entry_value(removed))) {
        place->kind = GAP;
    }
}

bool place_is_gap_of(const struct place *place, const struct map *map, kv_slice key, kv_slice value)
{
    return place->kind == GAP && is_same_pair(map, place->at, key, value);
}

/* A cursor in its map, with all that a move needs to know. */
struct view {
    const struct map *map;
    size_t low, high;         /* what is shown */
    size_t here;              /* ON: the pair; GAP: its successor; END: high */
    size_t key_low, key_high; /* the values of the current key */
    bool has_key;             /* there is a current key, and no doubt which */
    bool is_doubtful;         /* in a gap between two keys */
};

static size_t within(size_t index, size_t low, size_t high)
{
    return index < low ? low : index > high ? high : index;
}

static struct view view_of(const struct place *place, const struct bound *bound, const struct map *map)
{
    struct view view = {.map = map};
    bound_window(bound, map, &view.low, &view.high);
    view.here = view.high;
    if (place->kind == ON || place->kind == GAP) {
        kv_slice key = entry_key(place->at);
        view.here = within(map_lower_pair(map, key, entry_value(place->at)), view.low, view.high);
        view.key_low = within(map_lower(map, key), view.low, view.high);
        view.key_high = within(map_upper(map, key), view.low, view.high);
        bool is_successor_own = view.here >= view.key_low && view.here < view.key_high;
        view.has_key = place->kind == ON || is_successor_own;
        view.is_doubtful = place->kind == GAP && !is_successor_own && view.key_high > view.key_low;
    }
    return view;
}

enum { NOWHERE = -1 };

/* The index that a move leads to, or NOWHERE. Only for moves that need no current key. */
static ptrdiff_t step(enum place_kind kind, const struct view *view, enum move move)
{
    ptrdiff_t low = (ptrdiff_t)view->low, high = (ptrdiff_t)view->high, here = (ptrdiff_t)view->here, to = NOWHERE;
    switch (move) {
    case MOVE_FIRST:
        to = low;
        break;
    case MOVE_LAST:
        to = high - 1;
        break;
    case MOVE_NEXT:
        to = kind == FRESH ? low : kind == ON ? here + 1 : here;
        break;
    case MOVE_NEXT_NO_DUP:
        to = kind == FRESH ? low : kind == END ? high : (ptrdiff_t)view->key_high;
        break;
    case MOVE_PREV:
        to = kind == FRESH ? high - 1 : here - 1;
        break;
    case MOVE_PREV_NO_DUP:
        to = kind == FRESH || kind == END ? high - 1 : (ptrdiff_t)view->key_low - 1;
        break;
    default:
        break;
    }
    return to >= low && to < high ? to : NOWHERE;
}

static struct answer arrive(struct place *place, const struct view *view, ptrdiff_t index)
{
    if (index == NOWHERE) {
        return (struct answer){.status = KV_NOT_FOUND};
    }
    place_set(place, ON, view->map->entries[index]);
    return (struct answer){.status = KV_OK, .pair = view->map->entries[index]};
}

static struct answer move_among_values(struct place *place, const struct view *view, enum move move)
{
    if (!map_is_dup(view->map)) {
        return (struct answer){.status = KV_ERR_INCOMPATIBLE};
    }
    if (place->kind == FRESH && (move == MOVE_NEXT_DUP || move == MOVE_PREV_DUP)) {
        return arrive(place, view, step(FRESH, view, move == MOVE_NEXT_DUP ? MOVE_NEXT : MOVE_PREV));
    }
    if (place->kind == FRESH || place->kind == END) {
        return (struct answer){.status = KV_ERR_NOT_POSITIONED};
    }
    if (!view->has_key || (place->kind == GAP && (move == MOVE_FIRST_DUP || move == MOVE_LAST_DUP))) {
        return (struct answer){.is_undefined = true};
    }
    ptrdiff_t low = (ptrdiff_t)view->key_low, high = (ptrdiff_t)view->key_high, here = (ptrdiff_t)view->here;
    ptrdiff_t to = move == MOVE_FIRST_DUP  ? low
                   : move == MOVE_LAST_DUP ? high - 1
                   : move == MOVE_PREV_DUP ? here - 1
                   : place->kind == GAP    ? here
                                           : here + 1;
    return arrive(place, view, to >= low && to < high ? to : NOWHERE);
}

struct answer place_move(struct place *place, const struct bound *bound, const struct map *map, enum move move)
{
    struct view view = view_of(place, bound, map);
    switch (move) {
    case MOVE_CURRENT:
        if (place->kind == FRESH || place->kind == END || view.here >= view.high) {
            return (struct answer){.status = KV_ERR_NOT_POSITIONED};
        }
        return (struct answer){.status = KV_OK, .pair = map->entries[view.here]};
    case MOVE_FIRST_DUP:
    case MOVE_LAST_DUP:
    case MOVE_NEXT_DUP:
    case MOVE_PREV_DUP:
        return move_among_values(place, &view, move);
    case MOVE_NEXT_NO_DUP:
    case MOVE_PREV_NO_DUP:
        if (view.is_doubtful) {
            return (struct answer){.is_undefined = true};
        }
        return arrive(place, &view, step(place->kind, &view, move));
    default:
        return arrive(place, &view, step(place->kind, &view, move));
    }
}

const struct entry *place_seek(struct place *place, const struct bound *bound, const struct map *map, kv_slice key,
                               const kv_slice *value)
{
    size_t low, high;
    bound_window(bound, map, &low, &high);
    size_t index = value != NULL ? map_lower_pair(map, key, *value) : map_lower(map, key);
    if (index < low) {
        index = low;
    }
    if (index >= high) {
        place_set(place, END, NULL);
        return NULL;
    }
    place_set(place, ON, map->entries[index]);
    return map->entries[index];
}
