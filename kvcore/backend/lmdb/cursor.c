#include "kvcore/backend/lmdb/cursor.h"

#include <errno.h>
#include <stdlib.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/record.h"

int kvi_lmdb_cursor_open(struct kvi_bucket *base, struct kvi_cursor **ret_cursor)
{
    const struct kvi_lmdb_bucket *bucket = kvi_lmdb_bucket_of(base);
    struct kvi_lmdb_cursor *cursor = calloc(1, sizeof *cursor);
    if (cursor == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    int code = mdb_cursor_open(bucket->mdb, bucket->dbi, &cursor->mdb);
    if (code != 0) {
        free(cursor);
        return kvi_lmdb_status(code);
    }
    cursor->base.bucket = base;
    cursor->hides_records = bucket->hides_records;
    cursor->is_special = bucket->hides_records;
    cursor->is_dup = (base->kind & KV_DUP_SORT) != 0;
    *ret_cursor = &cursor->base;
    return KV_OK;
}

void kvi_lmdb_cursor_close(struct kvi_cursor *base)
{
    struct kvi_lmdb_cursor *cursor = kvi_lmdb_cursor_of(base);
    mdb_cursor_close(cursor->mdb);
    free(cursor);
}

/* Removes LMDB's note that the cursor is at the end. Counting is the one call that does it and moves nothing. */
static void forget_end(const struct kvi_lmdb_cursor *cursor)
{
    size_t count;
    if (cursor->is_dup) {
        mdb_cursor_count(cursor->mdb, &count);
    }
}

static int move_plainly(const struct kvi_lmdb_cursor *cursor, MDB_cursor_op op, MDB_val *key, MDB_val *value)
{
    return mdb_cursor_get(cursor->mdb, key, cursor->is_keys_only ? NULL : value, op);
}

static int seek(const struct kvi_lmdb_cursor *cursor, MDB_val *key, MDB_val *value)
{
    return move_plainly(cursor, key->mv_size > 0 ? MDB_SET_RANGE : MDB_FIRST, key, value);
}

static int seek_after(const struct kvi_lmdb_cursor *cursor, MDB_val *key, MDB_val *value)
{
    kv_slice bound = kvi_lmdb_slice(*key);
    int code = seek(cursor, key, value);
    if (code == 0 && bound.size > 0 && kv_slice_equal(bound, kvi_lmdb_slice(*key))) {
        code = move_plainly(cursor, MDB_NEXT_NODUP, key, value);
    }
    return code;
}

/* LMDB finds the value within the key or nothing. The key it leaves as it was given, so it is asked for once more. */
static int seek_pair(const struct kvi_lmdb_cursor *cursor, MDB_val *key, MDB_val *value)
{
    if (!cursor->is_dup || key->mv_size == 0 || value->mv_size == 0) {
        return seek(cursor, key, value); /* nothing sorts before the empty value */
    }
    int code = mdb_cursor_get(cursor->mdb, key, value, MDB_GET_BOTH_RANGE);
    if (code == MDB_NOTFOUND) {
        return seek_after(cursor, key, value);
    }
    return code == 0 ? mdb_cursor_get(cursor->mdb, key, value, MDB_GET_CURRENT) : code;
}

/* To an end of the current key's values; LMDB gives the value only. */
static int move_in_key(const struct kvi_lmdb_cursor *cursor, MDB_cursor_op op, MDB_val *key, MDB_val *value)
{
    int code = mdb_cursor_get(cursor->mdb, key, value, op);
    if (code == 0) {
        if (op == MDB_FIRST_DUP) {
            forget_end(cursor);
        }
        code = mdb_cursor_get(cursor->mdb, key, value, MDB_GET_CURRENT);
    }
    return code;
}

static int move_once(const struct kvi_lmdb_cursor *cursor, enum kvi_move move, MDB_val *key, MDB_val *value)
{
    int code;
    switch (move) {
    case KVI_NEXT:
        return move_plainly(cursor, MDB_NEXT, key, value);
    case KVI_PREV:
        return move_plainly(cursor, MDB_PREV, key, value);
    case KVI_FIRST:
        return move_plainly(cursor, MDB_FIRST, key, value);
    case KVI_LAST:
        return move_plainly(cursor, MDB_LAST, key, value);
    case KVI_CURRENT:
        return move_plainly(cursor, MDB_GET_CURRENT, key, value);
    case KVI_SEEK:
        return seek(cursor, key, value);
    case KVI_SEEK_AFTER:
        return seek_after(cursor, key, value);
    case KVI_SEEK_PAIR:
        return seek_pair(cursor, key, value);
    case KVI_FIRST_DUP:
        return move_in_key(cursor, MDB_FIRST_DUP, key, value);
    case KVI_LAST_DUP:
        return move_in_key(cursor, MDB_LAST_DUP, key, value);
    case KVI_NEXT_DUP:
        return move_plainly(cursor, MDB_NEXT_DUP, key, value);
    case KVI_PREV_DUP:
        return move_plainly(cursor, MDB_PREV_DUP, key, value);
    case KVI_NEXT_KEY:
        code = move_plainly(cursor, MDB_NEXT_NODUP, key, value);
        if (code == MDB_NOTFOUND) {
            forget_end(cursor);
        }
        return code;
    case KVI_PREV_KEY:
        return move_plainly(cursor, MDB_PREV_NODUP, key, value);
    case KVI_MOVE_END:
    default:
        return EINVAL;
    }
}

static bool goes_back(enum kvi_move move)
{
    return move == KVI_PREV || move == KVI_LAST || move == KVI_PREV_KEY;
}

/* The cursor has come to a bucket's record: goes on to the first pair behind it. When there is none, a relative move
 * leaves the cursor where it was. */
static int skip_records(const struct kvi_lmdb_cursor *cursor, enum kvi_move move, MDB_val *key, MDB_val *value)
{
    bool is_back = goes_back(move);
    bool is_relative = move == KVI_NEXT || move == KVI_PREV || move == KVI_NEXT_KEY || move == KVI_PREV_KEY;
    unsigned steps = 0;
    int code = 0;
    while (code == 0 && kvi_lmdb_is_record(key, value)) {
        code = mdb_cursor_get(cursor->mdb, key, value, is_back ? MDB_PREV : MDB_NEXT);
        steps += code == 0;
    }
    if (code != MDB_NOTFOUND || !is_relative) {
        return code;
    }
    /* On the last record now: back over the ones passed, and the first one. */
    for (steps++; steps > 0; steps--) {
        int back = mdb_cursor_get(cursor->mdb, key, value, is_back ? MDB_NEXT : MDB_PREV);
        if (back != 0) {
            return back == MDB_NOTFOUND ? MDB_CORRUPTED : back;
        }
    }
    return MDB_NOTFOUND;
}

/* The moves that scans are made of, with nothing about them. */
static inline int step(MDB_cursor *mdb, MDB_cursor_op op, kv_slice *ret_key, kv_slice *ret_value)
{
    MDB_val key, value;
    int code = mdb_cursor_get(mdb, &key, &value, op);
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    *ret_key = kvi_lmdb_slice(key);
    *ret_value = kvi_lmdb_slice(value);
    return KV_OK;
}

/* Not inlined: a plain step would save registers for it. */
__attribute__((noinline)) static int move_with_care(const struct kvi_lmdb_cursor *cursor, enum kvi_move move,
                                                    kv_slice key, kv_slice value, kv_slice *ret_key,
                                                    kv_slice *ret_value)
{
    MDB_val name = kvi_lmdb_val(key), data = kvi_lmdb_val(value);
    int code = move_once(cursor, move, &name, &data);
    if (code == 0 && cursor->hides_records && kvi_lmdb_is_record(&name, &data)) {
        code = skip_records(cursor, move, &name, &data);
    }
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    *ret_key = kvi_lmdb_slice(name);
    *ret_value = cursor->is_keys_only ? kv_slice_of("", 0) : kvi_lmdb_slice(data);
    return KV_OK;
}

int kvi_lmdb_cursor_move(struct kvi_cursor *base, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                         kv_slice *ret_value)
{
    const struct kvi_lmdb_cursor *cursor = kvi_lmdb_cursor_of(base);
    if ((move == KVI_NEXT || move == KVI_PREV) && !cursor->is_special) {
        return step(cursor->mdb, move == KVI_NEXT ? MDB_NEXT : MDB_PREV, ret_key, ret_value);
    }
    return move_with_care(cursor, move, key, value, ret_key, ret_value);
}

int kvi_lmdb_cursor_count_dups(struct kvi_cursor *base, uint64_t *ret_count)
{
    const struct kvi_lmdb_cursor *cursor = kvi_lmdb_cursor_of(base);
    size_t count;
    int code = mdb_cursor_count(cursor->mdb, &count);
    if (code == 0) {
        *ret_count = count;
    }
    return kvi_lmdb_status(code);
}

/* LMDB gives the whole page that the cursor is on, from its first value, and rests on its last. Where there is no such
 * page (a single value) it answers success and gives nothing, or the page of the key that the cursor came from. */
int kvi_lmdb_cursor_multi(struct kvi_cursor *base, kv_slice *ret_values)
{
    const struct kvi_lmdb_cursor *cursor = kvi_lmdb_cursor_of(base);
    MDB_val key, current, page = {0, NULL};
    int code = mdb_cursor_get(cursor->mdb, &key, &current, MDB_GET_CURRENT);
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    code = mdb_cursor_get(cursor->mdb, &key, &page, MDB_GET_MULTIPLE);
    if (code != 0 && code != MDB_INCOMPATIBLE) {
        return kvi_lmdb_status(code);
    }
    uintptr_t before = (uintptr_t)current.mv_data - (uintptr_t)page.mv_data;
    if (code != 0 || page.mv_data == NULL || before >= page.mv_size) {
        *ret_values = kvi_lmdb_slice(current);
        return KV_OK;
    }
    *ret_values = kv_slice_of(current.mv_data, page.mv_size - before);
    return KV_OK;
}

/* Without values LMDB does not touch the pages of large ones. In dup-sort buckets it needs them to move at all. */
void kvi_lmdb_cursor_hint(struct kvi_cursor *base, bool is_keys_only, unsigned prefetch, kv_slice prefix)
{
    struct kvi_lmdb_cursor *cursor = kvi_lmdb_cursor_of(base);
    (void)prefetch;
    (void)prefix;
    cursor->is_keys_only = is_keys_only && !cursor->is_dup && !cursor->hides_records;
    cursor->is_special = cursor->is_keys_only || cursor->hides_records;
}
