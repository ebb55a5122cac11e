/*
 * Moves of a cursor: the state machine of cursor.h over raw moves, within the cursor's bound.
 *
 * Every move is: enter (gate, parked place), the raw move, the bound. A raw step that leaves the bound is taken back,
 * so that the cursor stays on the last pair within it.
 */
#include "kvcore/core/core.h"

static kv_slice limit_of(const kv_cursor *cursor)
{
    return kvi_buffer_slice(&cursor->limit);
}

static bool is_within(const kv_cursor *cursor, kv_slice key)
{
    kv_slice limit = limit_of(cursor);
    if (cursor->bound == KVI_UNBOUND)
        return true;
    if (cursor->bound == KVI_KEY)
        return kv_slice_equal(key, limit);
    return key.size >= limit.size && memcmp(key.data, limit.data, limit.size) == 0;
}

/* Ends an absolute move: on the pair, or after the end. */
static int arrive(kv_cursor *cursor, int status, kv_slice key, kv_slice value, kv_slice *ret_key, kv_slice *ret_value)
{
    if (status < 0)
        return status;
    if (status == KV_OK && is_within(cursor, key)) {
        cursor->place = KVI_AT;
        return kvi_cursor_give(cursor, key, value, ret_key, ret_value);
    }
    cursor->place = KVI_END;
    return KV_NOT_FOUND;
}

/* The key of a KVI_KEY bound may be one that no bucket like this can hold. */
static int check_limit(kv_cursor *cursor)
{
    return cursor->bound == KVI_KEY ? kvi_check_lookup(cursor->bucket, limit_of(cursor)) : KV_OK;
}

static int go_first(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key = KVI_NOTHING, value = KVI_NOTHING;
    int status = check_limit(cursor);
    if (status == KV_OK) {
        enum kvi_move move = cursor->bound == KVI_UNBOUND ? KVI_FIRST : KVI_SEEK;
        status = kvi_cursor_raw(cursor, move, limit_of(cursor), KVI_NOTHING, &key, &value);
    }
    return arrive(cursor, status, key, value, ret_key, ret_value);
}

/* Goes to the first pair after every key with the prefix. KV_NOT_FOUND when there is none. */
static int seek_past_prefix(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = kvi_buffer_assign(&cursor->scratch, limit_of(cursor));
    if (status != KV_OK)
        return status;
    /* The prefix with its last byte raised; bytes that cannot be raised are dropped. */
    size_t size = cursor->scratch.size;
    while (size > 0 && cursor->scratch.data[size - 1] == 0xff)
        size--;
    if (size == 0)
        return KV_NOT_FOUND;
    cursor->scratch.data[size - 1]++;
    return kvi_cursor_raw(cursor, KVI_SEEK, kv_slice_of(cursor->scratch.data, size), KVI_NOTHING, ret_key, ret_value);
}

static int go_last(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key = KVI_NOTHING, value = KVI_NOTHING;
    int status = check_limit(cursor);
    if (status != KV_OK)
        return arrive(cursor, status, KVI_NOTHING, KVI_NOTHING, ret_key, ret_value);
    if (cursor->bound == KVI_PREFIX)
        status = seek_past_prefix(cursor, &key, &value);
    else if (cursor->bound == KVI_KEY)
        status = kvi_cursor_raw(cursor, KVI_SEEK_AFTER, limit_of(cursor), KVI_NOTHING, &key, &value);
    else
        status = KV_NOT_FOUND;
    if (status >= 0)
        status = kvi_cursor_raw(cursor, status == KV_OK ? KVI_PREV : KVI_LAST, KVI_NOTHING, KVI_NOTHING, &key, &value);
    return arrive(cursor, status, key, value, ret_key, ret_value);
}

/* What next and prev do where there is no pair to step from. A fresh cursor that finds nothing stays fresh, so that it
 * begins at the first (last) pair once there is one. */
static int begin(kv_cursor *cursor, bool is_forward, kv_slice *ret_key, kv_slice *ret_value)
{
    enum kvi_place place = cursor->place;
    int status = is_forward ? go_first(cursor, ret_key, ret_value) : go_last(cursor, ret_key, ret_value);
    if (status == KV_NOT_FOUND)
        cursor->place = place;
    return status;
}

int kv_cursor_first(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = kvi_cursor_enter(cursor);
    return status == KV_OK ? go_first(cursor, ret_key, ret_value) : status;
}

int kv_cursor_last(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = kvi_cursor_enter(cursor);
    return status == KV_OK ? go_last(cursor, ret_key, ret_value) : status;
}

/* A relative move from a pair: what leaves the bound is taken back. */
static int step(kv_cursor *cursor, enum kvi_move move, enum kvi_move back, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key, value;
    int status = kvi_cursor_raw(cursor, move, KVI_NOTHING, KVI_NOTHING, &key, &value);
    if (status != KV_OK)
        return status;
    if (cursor->bound == KVI_UNBOUND || is_within(cursor, key))
        return kvi_cursor_give(cursor, key, value, ret_key, ret_value);
    status = kvi_cursor_raw(cursor, back, KVI_NOTHING, KVI_NOTHING, &key, &value);
    return status == KV_OK ? KV_NOT_FOUND : status == KV_NOT_FOUND ? KV_ERR_CORRUPT : status;
}

/* The first pair after the gap; the place stays the gap. */
static int peek_gap(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key = kv_slice_of(cursor->saved.data, cursor->saved_key);
    kv_slice value = kv_slice_of(cursor->saved.data + key.size, cursor->saved.size - key.size);
    return kvi_cursor_raw(cursor, KVI_SEEK_PAIR, key, value, ret_key, ret_value);
}

static int next_of_gap(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key, value;
    int status = peek_gap(cursor, &key, &value);
    if (status != KV_OK || !is_within(cursor, key))
        return status < 0 ? status : KV_NOT_FOUND;
    return arrive(cursor, status, key, value, ret_key, ret_value);
}

static int prev_of_gap(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key, value;
    int status = peek_gap(cursor, &key, &value);
    if (status >= 0)
        status = kvi_cursor_raw(cursor, status == KV_OK ? KVI_PREV : KVI_LAST, KVI_NOTHING, KVI_NOTHING, &key, &value);
    if (status != KV_OK || !is_within(cursor, key))
        return status < 0 ? status : KV_NOT_FOUND;
    return arrive(cursor, status, key, value, ret_key, ret_value);
}

/* Tells whether nothing has to be looked at around a step: what a scan does between its first pair and its last. A
 * cursor that is on a pair has the backend's cursor. */
static inline bool is_steady(const kv_cursor *cursor, const kv_slice *ret_key, const kv_slice *ret_value)
{
    return cursor->place == KVI_AT && cursor->bound == KVI_UNBOUND && !cursor->is_keys_only && cursor->txn &&
           !cursor->txn->gate && ret_key && ret_value;
}

static inline int step_steadily(kv_cursor *cursor, enum kvi_move move, kv_slice *ret_key, kv_slice *ret_value)
{
    cursor->txn->is_lending = true; /* as kvi_cursor_give does, but with nothing left to do after the call */
    return cursor->txn->ops->cursor_move(cursor->spi, move, KVI_NOTHING, KVI_NOTHING, ret_key, ret_value);
}

/* Not inlined, as prev_with_care: a steady step would save registers for it. */
__attribute__((noinline)) static int next_with_care(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = kvi_cursor_enter(cursor);
    if (status != KV_OK)
        return status;
    switch (cursor->place) {
    case KVI_AT:
        return step(cursor, KVI_NEXT, KVI_PREV, ret_key, ret_value);
    case KVI_GAP:
        return next_of_gap(cursor, ret_key, ret_value);
    case KVI_END:
        return KV_NOT_FOUND;
    default:
        return begin(cursor, true, ret_key, ret_value);
    }
}

int kv_cursor_next(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    if (is_steady(cursor, ret_key, ret_value))
        return step_steadily(cursor, KVI_NEXT, ret_key, ret_value);
    return next_with_care(cursor, ret_key, ret_value);
}

__attribute__((noinline)) static int prev_with_care(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = kvi_cursor_enter(cursor);
    if (status != KV_OK)
        return status;
    switch (cursor->place) {
    case KVI_AT:
        return step(cursor, KVI_PREV, KVI_NEXT, ret_key, ret_value);
    case KVI_GAP:
        return prev_of_gap(cursor, ret_key, ret_value);
    default:
        return begin(cursor, false, ret_key, ret_value);
    }
}

int kv_cursor_prev(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    if (is_steady(cursor, ret_key, ret_value))
        return step_steadily(cursor, KVI_PREV, ret_key, ret_value);
    return prev_with_care(cursor, ret_key, ret_value);
}

int kv_cursor_current(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key, value;
    int status = kvi_cursor_enter(cursor);
    if (status != KV_OK)
        return status == KV_NOT_FOUND ? KV_ERR_NOT_POSITIONED : status;
    if (cursor->place == KVI_AT)
        status = kvi_cursor_raw(cursor, KVI_CURRENT, KVI_NOTHING, KVI_NOTHING, &key, &value);
    else if (cursor->place == KVI_GAP)
        status = peek_gap(cursor, &key, &value);
    else
        return KV_ERR_NOT_POSITIONED;
    if (status != KV_OK || !is_within(cursor, key))
        return status < 0 ? status : KV_ERR_NOT_POSITIONED;
    return kvi_cursor_give(cursor, key, value, ret_key, ret_value);
}

/* The lower bound of `key` within the cursor's bound. */
static int seek(kv_cursor *cursor, enum kvi_move move, kv_slice key, kv_slice pair_value, kv_slice *ret_key,
                kv_slice *ret_value)
{
    kv_slice found, value;
    int status = kvi_check_lookup(cursor->bucket, key);
    if (status < 0 && key.size > 0)
        return status;
    if (cursor->bound != KVI_UNBOUND && kv_key_compare(cursor->bucket->spi->kind, key, limit_of(cursor)) < 0)
        return go_first(cursor, ret_key, ret_value);
    status = kvi_cursor_raw(cursor, move, key, pair_value, &found, &value);
    return arrive(cursor, status, found, value, ret_key, ret_value);
}

int kv_cursor_seek(kv_cursor *cursor, kv_slice key, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = kvi_cursor_enter(cursor);
    return status == KV_OK ? seek(cursor, KVI_SEEK, key, KVI_NOTHING, ret_key, ret_value) : status;
}

int kvi_cursor_seek_after(kv_cursor *cursor, kv_slice key)
{
    int status = kvi_cursor_enter(cursor);
    return status == KV_OK ? seek(cursor, KVI_SEEK_AFTER, key, KVI_NOTHING, NULL, NULL) : status;
}

int kv_cursor_seek_exact(kv_cursor *cursor, kv_slice key, kv_slice *ret_value)
{
    kv_slice found, value;
    int status = kvi_cursor_enter(cursor);
    if (status == KV_OK)
        status = seek(cursor, KVI_SEEK, key, KVI_NOTHING, &found, &value);
    if (status != KV_OK)
        return status;
    return kv_slice_equal(found, key) ? kvi_cursor_give(cursor, found, value, NULL, ret_value) : KV_NOT_FOUND;
}

/* The lower bound of a pair, and whether its key is the one that was asked for. */
static int seek_both(kv_cursor *cursor, kv_slice key, kv_slice value, kv_slice *ret_value)
{
    kv_slice found;
    int status = kvi_cursor_enter(cursor);
    if (status != KV_OK)
        return status;
    if (!kvi_is_dup(cursor->bucket))
        return KV_ERR_INCOMPATIBLE;
    status = kvi_check_lookup_value(cursor->bucket, value);
    if (status == KV_OK)
        status = seek(cursor, KVI_SEEK_PAIR, key, value, &found, ret_value);
    if (status != KV_OK)
        return status;
    return kv_slice_equal(found, key) ? KV_OK : KV_NOT_FOUND;
}

int kv_cursor_seek_both_range(kv_cursor *cursor, kv_slice key, kv_slice value, kv_slice *ret_value)
{
    kv_slice found;
    int status = seek_both(cursor, key, value, &found);
    return status == KV_OK ? kvi_cursor_give(cursor, key, found, NULL, ret_value) : status;
}

int kv_cursor_seek_both_exact(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    kv_slice found;
    bool is_keys_only = cursor->is_keys_only;
    cursor->is_keys_only = false; /* the value is what is asked about */
    int status = seek_both(cursor, key, value, &found);
    cursor->is_keys_only = is_keys_only;
    if (status != KV_OK)
        return status;
    return kv_slice_equal(found, value) ? KV_OK : KV_NOT_FOUND;
}

/* Counts pairs by a cursor of its own, so that this one does not move. */
static int count_within(kv_cursor *cursor, uint64_t *ret_count)
{
    kv_cursor *other __attribute__((cleanup(kv_cursor_close_scoped))) = NULL;
    int status = kv_cursor_open(cursor->bucket, &other);
    if (status == KV_OK)
        status = kvi_buffer_assign(&other->limit, limit_of(cursor));
    if (status != KV_OK)
        return status;
    other->bound = cursor->bound;
    other->is_keys_only = true;
    uint64_t count = 0;
    while ((status = kv_cursor_next(other, NULL, NULL)) == KV_OK)
        count++;
    if (status < 0)
        return status;
    *ret_count = count;
    return KV_OK;
}

int kv_cursor_count(kv_cursor *cursor, uint64_t *ret_count)
{
    if (!cursor->txn)
        return KV_ERR_TXN_ENDED;
    if (cursor->bound != KVI_UNBOUND)
        return count_within(cursor, ret_count);
    int status = kv_bucket_count(cursor->bucket, ret_count);
    if (status == KV_NOT_FOUND) {
        *ret_count = 0;
        return KV_OK;
    }
    return status;
}

/* ---- moves that know of keys with several values; a bound by prefix or key needs the same watch ---- */

static int enter_dup(kv_cursor *cursor)
{
    int status = kvi_cursor_enter(cursor);
    if (status != KV_OK)
        return status;
    return kvi_is_dup(cursor->bucket) ? KV_OK : KV_ERR_INCOMPATIBLE;
}

static int within_key(kv_cursor *cursor, enum kvi_move move, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key, value;
    int status = enter_dup(cursor);
    if (status != KV_OK)
        return status;
    if (cursor->place != KVI_AT)
        return KV_ERR_NOT_POSITIONED;
    status = kvi_cursor_raw(cursor, move, KVI_NOTHING, KVI_NOTHING, &key, &value);
    return status == KV_OK ? kvi_cursor_give(cursor, key, value, ret_key, ret_value) : status;
}

int kv_cursor_first_dup(kv_cursor *cursor, kv_slice *ret_value)
{
    return within_key(cursor, KVI_FIRST_DUP, NULL, ret_value);
}

int kv_cursor_last_dup(kv_cursor *cursor, kv_slice *ret_value)
{
    return within_key(cursor, KVI_LAST_DUP, NULL, ret_value);
}

/* A dup step out of a gap: the neighbour, if it has the key that the gap had. */
static int dup_of_gap(kv_cursor *cursor, bool is_forward, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice own = kv_slice_of(cursor->saved.data, cursor->saved_key);
    kv_slice key, value;
    int status = is_forward ? next_of_gap(cursor, &key, &value) : prev_of_gap(cursor, &key, &value);
    if (status != KV_OK)
        return status;
    if (kv_slice_equal(key, own))
        return kvi_cursor_give(cursor, key, value, ret_key, ret_value);
    cursor->place = KVI_GAP;
    return KV_NOT_FOUND;
}

int kv_cursor_next_dup(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = enter_dup(cursor);
    if (status != KV_OK)
        return status;
    if (cursor->place == KVI_FRESH)
        return begin(cursor, true, ret_key, ret_value);
    if (cursor->place == KVI_GAP)
        return dup_of_gap(cursor, true, ret_key, ret_value);
    return within_key(cursor, KVI_NEXT_DUP, ret_key, ret_value);
}

int kv_cursor_prev_dup(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = enter_dup(cursor);
    if (status != KV_OK)
        return status;
    if (cursor->place == KVI_FRESH)
        return begin(cursor, false, ret_key, ret_value);
    if (cursor->place == KVI_GAP)
        return dup_of_gap(cursor, false, ret_key, ret_value);
    return within_key(cursor, KVI_PREV_DUP, ret_key, ret_value);
}

/* Out of a gap to another key: past (or before) every value of the key that the gap had. */
static int key_of_gap(kv_cursor *cursor, bool is_forward, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice own = kv_slice_of(cursor->saved.data, cursor->saved_key);
    kv_slice key, value;
    int status = kvi_cursor_raw(cursor, is_forward ? KVI_SEEK_AFTER : KVI_SEEK, own, KVI_NOTHING, &key, &value);
    if (status >= 0 && !is_forward)
        status = kvi_cursor_raw(cursor, status == KV_OK ? KVI_PREV : KVI_LAST, KVI_NOTHING, KVI_NOTHING, &key, &value);
    if (status != KV_OK || !is_within(cursor, key))
        return status < 0 ? status : KV_NOT_FOUND;
    return arrive(cursor, status, key, value, ret_key, ret_value);
}

int kv_cursor_next_no_dup(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = kvi_cursor_enter(cursor);
    if (status != KV_OK)
        return status;
    if (!kvi_is_dup(cursor->bucket) || cursor->place == KVI_FRESH || cursor->place == KVI_END)
        return kv_cursor_next(cursor, ret_key, ret_value);
    if (cursor->place == KVI_GAP)
        return key_of_gap(cursor, true, ret_key, ret_value);
    if (cursor->bound == KVI_KEY)
        return KV_NOT_FOUND;
    if (cursor->bound == KVI_UNBOUND)
        return step(cursor, KVI_NEXT_KEY, KVI_PREV_KEY, ret_key, ret_value);
    kv_slice key, value;
    status = kvi_cursor_park(cursor); /* the way back is to one value among several */
    if (status == KV_OK)
        status = kvi_cursor_raw(cursor, KVI_NEXT_KEY, KVI_NOTHING, KVI_NOTHING, &key, &value);
    if (status != KV_OK || !is_within(cursor, key))
        return status < 0 ? status : KV_NOT_FOUND;
    return arrive(cursor, status, key, value, ret_key, ret_value);
}

int kv_cursor_prev_no_dup(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = kvi_cursor_enter(cursor);
    if (status != KV_OK)
        return status;
    if (!kvi_is_dup(cursor->bucket) || cursor->place == KVI_FRESH || cursor->place == KVI_END)
        return kv_cursor_prev(cursor, ret_key, ret_value);
    if (cursor->place == KVI_GAP)
        return key_of_gap(cursor, false, ret_key, ret_value);
    if (cursor->bound == KVI_KEY)
        return KV_NOT_FOUND;
    if (cursor->bound == KVI_UNBOUND)
        return step(cursor, KVI_PREV_KEY, KVI_NEXT_KEY, ret_key, ret_value);
    kv_slice key, value;
    status = kvi_cursor_park(cursor);
    if (status == KV_OK)
        status = kvi_cursor_raw(cursor, KVI_PREV_KEY, KVI_NOTHING, KVI_NOTHING, &key, &value);
    if (status != KV_OK || !is_within(cursor, key))
        return status < 0 ? status : KV_NOT_FOUND;
    return arrive(cursor, status, key, value, ret_key, ret_value);
}
