/* Traced cursors: whether they are asked only what they can answer, and whether they go where they say. */
#include <stdlib.h>

#include "kvcore/layer/trace_parts.h"

static const kv_slice nothing = {.data = NULL, .size = 0};

static struct trace_txn *txn_of(const struct trace_cursor *cursor)
{
    return trace_txn_of(cursor->cursor.bucket);
}

static const struct kvi_backend *ops_of(const struct trace_cursor *cursor)
{
    return txn_of(cursor)->below->store->backend;
}

static struct trace_bucket *bucket_of(const struct trace_cursor *cursor)
{
    return (struct trace_bucket *)cursor->cursor.bucket;
}

int kvi_trace_cursor_open(struct kvi_bucket *base, struct kvi_cursor **ret_cursor)
{
    struct trace_bucket *bucket = (struct trace_bucket *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_bucket(bucket, "cursor_open", TRACE_READS);
    if (call.is_refused)
        return KV_ERR_INVALID;
    struct trace_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        return KV_ERR_NO_MEMORY;
    struct trace_txn *txn = trace_txn_of(base);
    kvi_trace_start(&call);
    int status =
        kvi_trace_stop(&call, txn->below->store->backend->cursor_open(bucket->below, &cursor->below), KV_OK, 0);
    kvi_trace_expect_output(&call, status, cursor->below != NULL);
    if (status != KV_OK || !cursor->below) {
        free(cursor);
        return status != KV_OK ? status : KV_ERR_IO;
    }
    cursor->cursor.bucket = base;
    cursor->life = TRACE_LIVE;
    cursor->trace = bucket->trace;
    cursor->next = txn->cursors;
    txn->cursors = cursor;
    *ret_cursor = &cursor->cursor;
    return KV_OK;
}

/* Ends a cursor that the store below has been told to close. */
static void retire(struct trace_cursor *cursor)
{
    struct trace_cursor **link = &txn_of(cursor)->cursors;
    while (*link != cursor)
        link = &(*link)->next;
    *link = cursor->next;
    cursor->life = TRACE_ENDED;
    kvi_buffer_free(&cursor->saved);
    kvi_trace_retire(cursor->trace, cursor);
}

void kvi_trace_cursors_end(struct trace_txn *txn)
{
    while (txn->cursors) {
        ops_of(txn->cursors)->cursor_close(txn->cursors->below);
        retire(txn->cursors);
    }
}

void kvi_trace_cursor_close(struct kvi_cursor *base)
{
    struct trace_cursor *cursor = (struct trace_cursor *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_cursor(cursor, "cursor_close");
    if (call.is_refused)
        return;
    kvi_trace_start(&call);
    ops_of(cursor)->cursor_close(cursor->below);
    kvi_trace_stop_void(&call);
    retire(cursor);
}

/* ---- where it is ---- */

static struct trace_pair place_of(const struct trace_cursor *cursor)
{
    const struct kvi_buffer *saved = &cursor->saved;
    return (struct trace_pair){.key = kv_slice_of(saved->data, cursor->saved_key),
                               .value = kv_slice_of(saved->data + cursor->saved_key, saved->size - cursor->saved_key)};
}

/* Without memory for it the place is unknown, and what depends on it is not checked. */
static void save(struct trace_cursor *cursor, struct trace_pair pair)
{
    cursor->saved_key = pair.key.size;
    cursor->is_saved = kvi_buffer_reserve(&cursor->saved, pair.key.size + pair.value.size + 1) == KV_OK &&
                       kvi_buffer_assign(&cursor->saved, pair.key) == KV_OK &&
                       kvi_buffer_append(&cursor->saved, pair.value) == KV_OK;
    cursor->is_placed = true;
    cursor->writes = bucket_of(cursor)->writes;
}

static void require_placed(struct trace_call *call, const struct trace_cursor *cursor)
{
    kvi_trace_require(call, cursor->is_placed, "the core asked a relative move of a cursor that is nowhere");
    kvi_trace_require(call, !cursor->is_placed || cursor->writes == bucket_of(cursor)->writes,
                      "the core asked a relative move after a write to the bucket");
}

/* ---- moves ---- */

static void require_move(struct trace_call *call, const struct trace_cursor *cursor, enum kvi_move move, kv_slice key,
                         kv_slice value)
{
    const struct trace_bucket *bucket = bucket_of(cursor);
    unsigned native = ops_of(cursor)->native_moves;
    kvi_trace_require(call, move >= KVI_FIRST && move < KVI_MOVE_END, "the core asked an unknown move");
    kvi_trace_require(call, move <= KVI_SEEK_PAIR || (native & KVI_MOVE_BIT(move)),
                      "the core asked a move that the backend does not list");
    if (!trace_is_absolute(move)) {
        require_placed(call, cursor);
        return;
    }
    if (move == KVI_FIRST || move == KVI_LAST)
        return;
    /* Longer than any key may be sought: it is a place between two. */
    kvi_trace_require(call, key.size > 0 || (bucket->bucket.txn->store->capabilities & KV_CAN_EMPTY_KEY),
                      "the core sought an empty key");
    kvi_trace_require_integer_key(call, bucket, key);
    if (move == KVI_SEEK_PAIR)
        kvi_trace_require_integer_value(call, bucket, value);
}

/* On KV_NOT_FOUND of a relative move: the pair must still be there. */
static void expect_stayed(struct trace_call *call, struct trace_cursor *cursor)
{
    struct trace_pair now;
    if (!cursor->is_saved)
        return;
    int status = ops_of(cursor)->cursor_move(cursor->below, KVI_CURRENT, nothing, nothing, &now.key, &now.value);
    kvi_trace_expect(call,
                     status < 0 ||
                         (status == KV_OK && kvi_trace_move_fits(bucket_of(cursor)->bucket.kind, KVI_CURRENT,
                                                                 place_of(cursor), now, cursor->is_keys_only)),
                     "the backend left the place on KV_NOT_FOUND of a relative move");
}

static void expect_arrived(struct trace_call *call, struct trace_cursor *cursor, enum kvi_move move,
                           struct trace_pair sought, struct trace_pair now)
{
    bool is_absolute = trace_is_absolute(move);
    if (is_absolute || cursor->is_saved)
        kvi_trace_expect(call,
                         kvi_trace_move_fits(bucket_of(cursor)->bucket.kind, move,
                                             is_absolute ? sought : place_of(cursor), now, cursor->is_keys_only),
                         "the backend went to a pair where the move does not go");
    kvi_trace_lend(txn_of(cursor), now.key);
    kvi_trace_lend(txn_of(cursor), now.value);
    save(cursor, now);
}

/* CURRENT and the ends of a key cannot fail to be found. */
static bool can_miss(enum kvi_move move)
{
    return move != KVI_CURRENT && move != KVI_FIRST_DUP && move != KVI_LAST_DUP;
}

int kvi_trace_cursor_move(struct kvi_cursor *base, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                          kv_slice *ret_value)
{
    struct trace_cursor *cursor = (struct trace_cursor *)base;
    struct trace_pair now = {.key = kvi_trace_unwritten, .value = kvi_trace_unwritten};
    TRACE_SCOPED_CALL call = kvi_trace_call_cursor(cursor, "cursor_move");
    call.event.detail = move;
    call.event.key_size = key.size;
    call.event.value_size = value.size;
    if (!call.is_refused)
        require_move(&call, cursor, move, key, value);
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    int status = ops_of(cursor)->cursor_move(cursor->below, move, key, value, &now.key, &now.value);
    kvi_trace_stop(&call, status, can_miss(move) ? KV_NOT_FOUND : KV_OK,
                   trace_size_of(status, now.key) + trace_size_of(status, now.value));
    bool is_key = trace_is_written(now.key), is_value = trace_is_written(now.value);
    kvi_trace_expect_output(&call, status, status == KV_OK ? is_key && is_value : is_key || is_value);
    if (status == KV_OK && is_key && is_value) {
        expect_arrived(&call, cursor, move, (struct trace_pair){.key = key, .value = value}, now);
        *ret_key = now.key;
        *ret_value = now.value;
    } else if (trace_is_absolute(move)) {
        cursor->is_placed = false;
    } else if (status == KV_NOT_FOUND) {
        expect_stayed(&call, cursor);
    }
    return status;
}

int kvi_trace_cursor_count_dups(struct kvi_cursor *base, uint64_t *ret_count)
{
    struct trace_cursor *cursor = (struct trace_cursor *)base;
    uint64_t count = TRACE_UNWRITTEN_NUMBER;
    TRACE_SCOPED_CALL call = kvi_trace_call_cursor(cursor, "cursor_count_dups");
    if (!call.is_refused) {
        kvi_trace_require(&call, base->bucket->kind & KV_DUP_SORT,
                          "the core counted the values of a plain bucket's key");
        require_placed(&call, cursor);
    }
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    int status = kvi_trace_stop(&call, ops_of(cursor)->cursor_count_dups(cursor->below, &count), KV_OK, 0);
    kvi_trace_expect_output(&call, status, count != TRACE_UNWRITTEN_NUMBER);
    if (status == KV_OK) {
        kvi_trace_expect(&call, count > 0, "the backend counted no values of a key that is there");
        *ret_count = count;
    }
    return status;
}

/* After a run of values the cursor is on the last of them. */
static void expect_run(struct trace_call *call, struct trace_cursor *cursor, kv_slice run)
{
    struct trace_pair place = place_of(cursor);
    size_t stride = place.value.size;
    kvi_trace_lend(txn_of(cursor), run);
    if (!cursor->is_saved || stride == 0)
        return;
    bool is_run = run.size >= stride && run.size % stride == 0;
    kvi_trace_expect(call, is_run, "the backend gave a run that is no multiple of the value's size");
    if (!is_run)
        return;
    kvi_trace_expect(call, memcmp(run.data, place.value.data, stride) == 0,
                     "the backend gave a run that does not begin at the current value");
    KVI_SCOPED_BUFFER key = {0};
    cursor->is_saved = kvi_buffer_assign(&key, place.key) == KV_OK;
    if (!cursor->is_saved)
        return;
    const unsigned char *last = (const unsigned char *)run.data + run.size - stride;
    save(cursor, (struct trace_pair){.key = kvi_buffer_slice(&key), .value = kv_slice_of(last, stride)});
    expect_stayed(call, cursor);
}

int kvi_trace_cursor_multi(struct kvi_cursor *base, kv_slice *ret_values)
{
    struct trace_cursor *cursor = (struct trace_cursor *)base;
    kv_slice run = kvi_trace_unwritten;
    TRACE_SCOPED_CALL call = kvi_trace_call_cursor(cursor, "cursor_multi");
    if (!call.is_refused) {
        kvi_trace_require(&call, base->bucket->kind & KV_DUP_FIXED,
                          "the core asked a run of a bucket without fixed values");
        require_placed(&call, cursor);
    }
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    int status = ops_of(cursor)->cursor_multi(cursor->below, &run);
    kvi_trace_stop(&call, status, KV_OK, trace_size_of(status, run));
    kvi_trace_expect_output(&call, status, trace_is_written(run));
    if (status == KV_OK && trace_is_written(run)) {
        expect_run(&call, cursor, run);
        *ret_values = run;
    }
    return status;
}

void kvi_trace_cursor_hint(struct kvi_cursor *base, bool is_keys_only, unsigned prefetch, kv_slice prefix)
{
    struct trace_cursor *cursor = (struct trace_cursor *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_cursor(cursor, "cursor_hint");
    call.event.key_size = prefix.size;
    if (call.is_refused)
        return;
    /* What was saved before may be more than the backend gives from now on. */
    if (is_keys_only)
        cursor->is_keys_only = true;
    else if (cursor->is_keys_only)
        cursor->is_keys_only = cursor->is_saved = false;
    kvi_trace_start(&call);
    ops_of(cursor)->cursor_hint(cursor->below, is_keys_only, prefetch, prefix);
    kvi_trace_stop_void(&call);
}
