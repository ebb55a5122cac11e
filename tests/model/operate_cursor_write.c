#include "tests/model/run.h"

static const char *name_of(const struct model_cursor *cursor)
{
    return bucket_names[cursor->bucket];
}

static int number_of(struct run *run, const struct model_cursor *cursor)
{
    return (int)(cursor - top(run)->cursors);
}

/* The cursor stands on the pair that it wrote. */
static void stand_on(struct run *run, struct model_cursor *cursor, kv_slice key, kv_slice value)
{
    const struct map *map = top_map(run, cursor->bucket);
    place_set(&cursor->place, ON, map->entries[map_lower_pair(map, key, value)]);
}

static bool delete_current(struct run *run, struct model_cursor *cursor)
{
    bool is_on = cursor->place.kind == ON;
    say(run, "cursor %d on %s: delete_current", number_of(run, cursor), name_of(cursor));
    expect_status(run, kv_cursor_delete_current(cursor->real), is_on ? KV_OK : KV_ERR_NOT_POSITIONED);
    if (is_on) {
        model_remove_at(run, cursor->bucket, place_index(&cursor->place, top_map(run, cursor->bucket)));
    }
    return true;
}

static bool delete_current_dups(struct run *run, struct model_cursor *cursor)
{
    bool is_dup = map_is_dup(top_map(run, cursor->bucket)), is_on = cursor->place.kind == ON;
    if (cursor->place.kind == GAP || (!is_dup && !is_on)) {
        return false; /* not said, or refused for two reasons */
    }
    say(run, "cursor %d on %s: delete_current_dups", number_of(run, cursor), name_of(cursor));
    int expected = !is_dup ? KV_ERR_INCOMPATIBLE : is_on ? KV_OK : KV_ERR_NOT_POSITIONED;
    expect_status(run, kv_cursor_delete_current_dups(cursor->real), expected);
    if (expected == KV_OK) {
        struct entry *kept = entry_ref(cursor->place.at);
        model_remove_key(run, cursor->bucket, entry_key(kept));
        entry_unref(kept);
    }
    return true;
}

static bool delete_key(struct run *run, struct model_cursor *cursor)
{
    const struct map *map = top_map(run, cursor->bucket);
    kv_slice key =
        cursor->place.kind == ON && one_in(run, 2) ? entry_key(cursor->place.at) : likely_key(run, cursor->bucket);
    if (!bound_shows(&cursor->bound, key)) {
        return false;
    }
    bool is_there = map_upper(map, key) > map_lower(map, key);
    int expected = map_is_dup(map) ? KV_ERR_INCOMPATIBLE : is_there ? KV_OK : KV_UNCHANGED;
    say(run, "cursor %d on %s: delete %s", number_of(run, cursor), name_of(cursor), shown(key));
    struct entry *kept = entry_new(key, kv_slice_of(NULL, 0));
    touch(run, cursor->bucket, key);
    expect_status(run, kv_cursor_delete(cursor->real, key), expected);
    if (expected == KV_OK) {
        model_remove_key(run, cursor->bucket, entry_key(kept));
    }
    entry_unref(kept);
    return true;
}

/* What a put_current must answer. */
static int judge_put_current(struct run *run, const struct model_cursor *cursor, kv_slice key, kv_slice value)
{
    const struct map *map = top_map(run, cursor->bucket);
    if (cursor->place.kind != ON) {
        return KV_ERR_NOT_POSITIONED;
    }
    if (!kv_slice_equal(key, entry_key(cursor->place.at))) {
        return KV_ERR_KEY_MISMATCH;
    }
    const struct entry *old = map->entries[place_index(&cursor->place, map)];
    if (kv_slice_equal(entry_value(old), value)) {
        return KV_UNCHANGED;
    }
    if (map_is_dup(map) && map_has_pair(map, key, value)) {
        return KV_EXISTS;
    }
    bool is_alone = map_upper(map, key) - map_lower(map, key) == 1;
    return !is_alone && is_refused_empty(run, cursor->bucket, key, value) ? KV_ERR_VALUE_EMPTY : KV_OK;
}

static bool put_current(struct run *run, struct model_cursor *cursor)
{
    kv_slice key = likely_key(run, cursor->bucket), value = any_value(run, cursor->bucket);
    if (cursor->place.kind == GAP) {
        return false; /* not said */
    }
    if (cursor->place.kind == ON && !one_in(run, 5)) {
        key = entry_key(cursor->place.at);
    }
    say(run, "cursor %d on %s: put_current %s %s", number_of(run, cursor), name_of(cursor), shown(key), shown(value));
    int expected = judge_put_current(run, cursor, key, value);
    touch(run, cursor->bucket, key);
    expect_status(run, kv_cursor_put_current(cursor->real, key, value), expected);
    if (expected != KV_OK) {
        return true;
    }
    struct entry *kept = entry_new(key, value);
    struct map *map = top_map(run, cursor->bucket);
    if (map_is_dup(map)) {
        model_remove_at(run, cursor->bucket, place_index(&cursor->place, map));
    }
    place_set(&cursor->place, FRESH, NULL); /* not to be taken for one that lost this pair */
    model_put(run, cursor->bucket, entry_key(kept), entry_value(kept));
    stand_on(run, cursor, entry_key(kept), entry_value(kept));
    entry_unref(kept);
    return true;
}

enum put_verb { PUT, PUT_NEW, PUT_NO_DUP, APPEND, APPEND_DUP, PUT_VERBS };

/* What a put must answer when the pair is not refused for an empty value. */
static int judge_put(const struct map *map, enum put_verb verb, kv_slice key, kv_slice value)
{
    bool has_key = map_upper(map, key) > map_lower(map, key), has_pair = map_has_pair(map, key, value);
    size_t low = map_lower_pair(map, key, value);
    switch (verb) {
    case PUT:
        return has_pair ? KV_UNCHANGED : KV_OK;
    case PUT_NEW:
    case PUT_NO_DUP:
        return (map_is_dup(map) ? has_pair : has_key) ? KV_EXISTS : KV_OK;
    case APPEND:
        return low < map->count || (!map_is_dup(map) && has_key) ? KV_EXISTS : KV_OK;
    default:
        return low < map_upper(map, key) ? KV_EXISTS : KV_OK;
    }
}

static bool put(struct run *run, struct model_cursor *cursor, enum put_verb verb)
{
    static int (*const verbs[])(kv_cursor *, kv_slice, kv_slice) = {
        kv_cursor_put, kv_cursor_put_new, kv_cursor_put_no_dup, kv_cursor_append, kv_cursor_append_dup};
    static const char *const names[] = {"put", "put_new", "put_no_dup", "append", "append_dup"};
    struct map *map = top_map(run, cursor->bucket);
    kv_slice key, value;
    likely_pair(run, cursor->bucket, &key, &value);
    if (verb == APPEND && map->count > 0 && one_in(run, 2)) {
        key = entry_key(map->entries[map->count - 1]);
    }
    if (!bound_shows(&cursor->bound, key) || ((verb == PUT_NO_DUP || verb == APPEND_DUP) && !map_is_dup(map))) {
        return false;
    }
    int expected = judge_put(map, verb, key, value);
    if (is_refused_empty(run, cursor->bucket, key, value)) {
        if (expected == KV_EXISTS && (verb == APPEND || verb == APPEND_DUP)) {
            return false; /* both answers are right */
        }
        expected = expected == KV_OK ? KV_ERR_VALUE_EMPTY : expected;
    }
    say(run, "cursor %d on %s: %s %s %s", number_of(run, cursor), name_of(cursor), names[verb], shown(key),
        shown(value));
    struct entry *kept = entry_new(key, value);
    touch(run, cursor->bucket, key);
    expect_status(run, verbs[verb](cursor->real, key, value), expected);
    if (expected == KV_OK) {
        place_set(&cursor->place, FRESH, NULL); /* not to be taken for one that lost this pair */
        model_put(run, cursor->bucket, entry_key(kept), entry_value(kept));
    }
    if (expected == KV_OK || expected == KV_UNCHANGED) {
        stand_on(run, cursor, entry_key(kept), entry_value(kept));
    }
    entry_unref(kept);
    return true;
}

static bool put_multi(struct run *run, struct model_cursor *cursor)
{
    unsigned char page[64];
    size_t size = 0, stride = 0;
    kv_slice key = likely_key(run, cursor->bucket);
    if ((bucket_kinds[cursor->bucket] & KV_DUP_FIXED) == 0 || !bound_shows(&cursor->bound, key)) {
        return false;
    }
    struct entry *kept = entry_new(key, kv_slice_of(NULL, 0));
    for (unsigned count = 1 + any(run, 5); count > 0; count--) {
        kv_slice value = any_value(run, cursor->bucket);
        memcpy(page + size, value.data, value.size);
        stride = value.size;
        size += stride;
    }
    say(run, "cursor %d on %s: put_multi %s %zu", number_of(run, cursor), name_of(cursor), shown(key), size / stride);
    int status = kv_cursor_put_multi(cursor->real, key, kv_slice_of(page, size), stride);
    if (status != KV_UNCHANGED) {
        expect_status(run, status, KV_OK);
    }
    for (size_t at = 0; at < size; at += stride) {
        kv_slice value = kv_slice_of(page + at, stride);
        if (!map_has_pair(top_map(run, cursor->bucket), entry_key(kept), value)) {
            if (status == KV_UNCHANGED) {
                mismatch(run, "unchanged, though a value was new");
            }
            model_put(run, cursor->bucket, entry_key(kept), value);
        }
    }
    touch(run, cursor->bucket, entry_key(kept));
    entry_unref(kept);
    kv_cursor_rewind(cursor->real); /* which of the values it stands on is not said */
    place_set(&cursor->place, FRESH, NULL);
    return true;
}

bool operate_cursor_write(struct run *run)
{
    if (run->depth == 0 || !run->is_write) {
        return false;
    }
    struct model_cursor *cursor = &top(run)->cursors[any(run, CURSORS)];
    if (cursor->real == NULL || !top_map(run, cursor->bucket)->exists) {
        return false;
    }
    unsigned what = any(run, 16);
    switch (what) {
    case 0:
    case 1:
    case 2:
    case 3:
        return delete_current(run, cursor);
    case 4:
        return delete_current_dups(run, cursor);
    case 5:
        return delete_key(run, cursor);
    case 6:
    case 7:
    case 8:
        return put_current(run, cursor);
    case 9:
        return put_multi(run, cursor);
    default:
        return put(run, cursor, (enum put_verb)(what % PUT_VERBS));
    }
}
