#include "tests/model/run.h"

/* ---- opening ---- */

static void close_cursor(struct model_cursor *cursor)
{
    kv_cursor_close(cursor->real);
    cursor->real = NULL;
    place_set(&cursor->place, FRESH, NULL);
}

/* Bounds a new cursor by a key, or a prefix where keys are bytes. */
static void bind_cursor(struct run *run, struct model_cursor *cursor)
{
    kv_slice key = likely_key(run, cursor->bucket);
    bool is_bytewise = (bucket_kinds[cursor->bucket] & (KV_INTEGER_KEY | KV_REVERSE_KEY)) == 0;
    struct bound *bound = &cursor->bound;
    bound->kind = UNBOUND;
    if (one_in(run, 5)) {
        bound->kind = BY_KEY;
    } else if (is_bytewise && one_in(run, 4)) {
        bound->kind = BY_PREFIX;
        key.size = 1 + any(run, key.size > 3 ? 3 : (unsigned)key.size);
        key.size -= key.size > 1 ? 1 : 0;
    }
    bound->size = bound->kind == UNBOUND ? 0 : key.size;
    memcpy(bound->bytes, key.data, bound->size);
}

static bool open_cursor(struct run *run, struct model_cursor *cursor)
{
    close_cursor(cursor);
    cursor->bucket = (int)any(run, BUCKETS);
    bind_cursor(run, cursor);
    kv_slice limit = kv_slice_of(cursor->bound.bytes, cursor->bound.size);
    const char *name = bucket_names[cursor->bucket];
    static const char *const kinds[] = {"", "prefix", "key"};
    say(run, "open cursor %d on %s %s %s", (int)(cursor - top(run)->cursors), name, kinds[cursor->bound.kind],
        shown(limit));
    if (cursor->bound.kind == BY_KEY) {
        expect_status(run, kv_txn_navigate(top(run)->txn, name, limit, &cursor->real), KV_OK);
    } else {
        expect_status(run, kv_txn_cursor(top(run)->txn, name, &cursor->real), KV_OK);
        expect_status(run, kv_cursor_set_prefix(cursor->real, limit), KV_OK);
    }
    return true;
}

/* ---- moving ---- */

static const char *const move_names[MOVE_COUNT] = {"first",       "last",      "next",     "prev",
                                                   "current",     "next_dup",  "prev_dup", "next_no_dup",
                                                   "prev_no_dup", "first_dup", "last_dup"};

static int move_real(kv_cursor *cursor, enum move move, kv_slice *ret_key, kv_slice *ret_value)
{
    static int (*const moves[])(kv_cursor *, kv_slice *, kv_slice *) = {
        kv_cursor_first,    kv_cursor_last,     kv_cursor_next,        kv_cursor_prev,       kv_cursor_current,
        kv_cursor_next_dup, kv_cursor_prev_dup, kv_cursor_next_no_dup, kv_cursor_prev_no_dup};
    if (move == MOVE_FIRST_DUP || move == MOVE_LAST_DUP) {
        int status =
            move == MOVE_FIRST_DUP ? kv_cursor_first_dup(cursor, ret_value) : kv_cursor_last_dup(cursor, ret_value);
        /* They give no key: what `current` gives is compared instead. */
        return status == KV_OK ? kv_cursor_current(cursor, ret_key, NULL) : status;
    }
    return moves[move](cursor, ret_key, ret_value);
}

static bool move_cursor(struct run *run, struct model_cursor *cursor, const struct map *map, enum move move)
{
    kv_slice key, value;
    struct answer answer = place_move(&cursor->place, &cursor->bound, map, move);
    if (answer.is_undefined) {
        return false;
    }
    say(run, "cursor %d on %s: %s", (int)(cursor - top(run)->cursors), bucket_names[cursor->bucket], move_names[move]);
    expect_status(run, move_real(cursor->real, move, &key, &value), answer.status);
    if (answer.status == KV_OK) {
        expect_slice(run, "key", key, entry_key(answer.pair));
        expect_slice(run, "value", value, entry_value(answer.pair));
    } else if (move == MOVE_FIRST || move == MOVE_LAST) {
        kv_cursor_rewind(cursor->real); /* where a first of nothing rests is not said */
        place_set(&cursor->place, FRESH, NULL);
    }
    return true;
}

/* ---- seeking ---- */

static bool seek(struct run *run, struct model_cursor *cursor, const struct map *map, bool is_exact)
{
    kv_slice sought = likely_key(run, cursor->bucket), key, value;
    if (!is_exact && one_in(run, 20)) {
        sought.size = (bucket_kinds[cursor->bucket] & KV_INTEGER_KEY) != 0 ? sought.size : 0;
    }
    say(run, "cursor %d on %s: seek%s %s", (int)(cursor - top(run)->cursors), bucket_names[cursor->bucket],
        is_exact ? "_exact" : "", shown(sought));
    const struct entry *pair = place_seek(&cursor->place, &cursor->bound, map, sought, NULL);
    bool is_hit = pair != NULL && (!is_exact || kv_slice_equal(entry_key(pair), sought));
    int status = is_exact ? kv_cursor_seek_exact(cursor->real, sought, &value)
                          : kv_cursor_seek(cursor->real, sought, &key, &value);
    expect_status(run, status, is_hit ? KV_OK : KV_NOT_FOUND);
    if (is_hit) {
        expect_slice(run, "key", is_exact ? sought : key, entry_key(pair));
        expect_slice(run, "value", value, entry_value(pair));
    }
    return true;
}

static bool seek_both(struct run *run, struct model_cursor *cursor, const struct map *map, bool is_exact)
{
    kv_slice key, sought, value;
    if (!map_is_dup(map)) {
        return false;
    }
    likely_pair(run, cursor->bucket, &key, &sought);
    say(run, "cursor %d on %s: seek_both_%s %s %s", (int)(cursor - top(run)->cursors), bucket_names[cursor->bucket],
        is_exact ? "exact" : "range", shown(key), shown(sought));
    const struct entry *pair = place_seek(&cursor->place, &cursor->bound, map, key, &sought);
    bool is_hit = pair != NULL && kv_slice_equal(entry_key(pair), key) &&
                  (!is_exact || kv_slice_equal(entry_value(pair), sought));
    int status = is_exact ? kv_cursor_seek_both_exact(cursor->real, key, sought)
                          : kv_cursor_seek_both_range(cursor->real, key, sought, &value);
    expect_status(run, status, is_hit ? KV_OK : KV_NOT_FOUND);
    if (is_hit && !is_exact) {
        expect_slice(run, "value", value, entry_value(pair));
    }
    return true;
}

/* ---- counting ---- */

static bool count(struct run *run, struct model_cursor *cursor, const struct map *map)
{
    size_t low, high;
    uint64_t counted = 0;
    bound_window(&cursor->bound, map, &low, &high);
    say(run, "cursor %d on %s: count", (int)(cursor - top(run)->cursors), bucket_names[cursor->bucket]);
    expect_status(run, kv_cursor_count(cursor->real, &counted), KV_OK);
    if (counted != high - low) {
        mismatch(run, "counted %llu, not %zu", (unsigned long long)counted, high - low);
    }
    return true;
}

static bool count_dups(struct run *run, struct model_cursor *cursor, const struct map *map)
{
    uint64_t counted = 0;
    if (cursor->place.kind == GAP) {
        return false;
    }
    say(run, "cursor %d on %s: count_dups", (int)(cursor - top(run)->cursors), bucket_names[cursor->bucket]);
    int expected = !map_is_dup(map) ? KV_ERR_INCOMPATIBLE : cursor->place.kind == ON ? KV_OK : KV_ERR_NOT_POSITIONED;
    expect_status(run, kv_cursor_count_dups(cursor->real, &counted), expected);
    if (expected == KV_OK) {
        kv_slice key = entry_key(cursor->place.at);
        if (counted != map_upper(map, key) - map_lower(map, key)) {
            mismatch(run, "counted %llu values", (unsigned long long)counted);
        }
    }
    return true;
}

/* Pages of values must go on where the cursor is; it then rests on the last value given. */
static bool read_multi(struct run *run, struct model_cursor *cursor, const struct map *map, bool is_next)
{
    kv_slice key, page;
    if ((map->kind & KV_DUP_FIXED) == 0 || (cursor->place.kind != ON && !(is_next && cursor->place.kind == FRESH))) {
        return false;
    }
    size_t low, high, next = place_index(&cursor->place, map);
    bound_window(&cursor->bound, map, &low, &high);
    next = cursor->place.kind == FRESH ? low : is_next ? next + 1 : next;
    say(run, "cursor %d on %s: %s_multi", (int)(cursor - top(run)->cursors), bucket_names[cursor->bucket],
        is_next ? "next" : "get");
    bool is_there = next < high && (cursor->place.kind == FRESH ||
                                    kv_slice_equal(entry_key(map->entries[next]), entry_key(cursor->place.at)));
    int status = is_next ? kv_cursor_next_multi(cursor->real, &key, &page) : kv_cursor_get_multi(cursor->real, &page);
    expect_status(run, status, is_there ? KV_OK : KV_NOT_FOUND);
    if (!is_there) {
        return true;
    }
    struct entry *first = map->entries[next];
    size_t stride = first->value_size;
    if (page.size == 0 || page.size % stride != 0) {
        mismatch(run, "a page of %zu bytes", page.size);
    }
    for (size_t at = 0; at < page.size; at += stride, next++) {
        if (next >= high || !kv_slice_equal(entry_key(map->entries[next]), entry_key(first))) {
            mismatch(run, "more values than there are");
        }
        kv_slice value = kv_slice_of((const char *)page.data + at, stride);
        expect_slice(run, "value of a page", value, entry_value(map->entries[next]));
    }
    if (is_next) {
        expect_slice(run, "key", key, entry_key(first));
    }
    place_set(&cursor->place, ON, map->entries[next - 1]);
    return true;
}

static bool rewind_one(struct run *run, struct model_cursor *cursor)
{
    say(run, "cursor %d: rewind", (int)(cursor - top(run)->cursors));
    kv_cursor_rewind(cursor->real);
    place_set(&cursor->place, FRESH, NULL);
    return true;
}

bool operate_cursor_move(struct run *run)
{
    if (run->depth == 0) {
        return false;
    }
    struct model_cursor *cursor = &top(run)->cursors[any(run, CURSORS)];
    if (cursor->real == NULL || one_in(run, 60)) {
        return open_cursor(run, cursor);
    }
    const struct map *map = top_map(run, cursor->bucket);
    if (!map->exists) {
        return open_cursor(run, cursor);
    }
    unsigned what = any(run, 30);
    switch (what) {
    case 0:
    case 1:
    case 2:
        return seek(run, cursor, map, false);
    case 3:
        return seek(run, cursor, map, true);
    case 4:
    case 5:
        return seek_both(run, cursor, map, what == 4);
    case 6:
        return count(run, cursor, map);
    case 7:
        return count_dups(run, cursor, map);
    case 8:
    case 9:
        return read_multi(run, cursor, map, what == 9);
    case 10:
        return one_in(run, 4) ? rewind_one(run, cursor) : false;
    default:
        break;
    }
    static const enum move common[] = {MOVE_NEXT, MOVE_PREV, MOVE_CURRENT};
    enum move move = what < 21 ? common[what % 3] : (enum move)any(run, MOVE_COUNT);
    return move_cursor(run, cursor, map, move);
}
