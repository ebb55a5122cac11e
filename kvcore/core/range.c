/* Ranges: a cursor that was told where to begin, where to end and which way to go. */
#include <stdlib.h>

#include "kvcore/base/clock.h"
#include "kvcore/core/core.h"

/* The clock is read once in so many pairs: a step costs less than the reading. */
#define PAIRS_A_CLOCK 256

struct kv_range {
    kv_cursor *cursor;
    struct kvi_buffer to;
    uint64_t left; /* pairs that the limit still allows */
    uint64_t given;
    kv_deadline deadline;
    bool has_to;
    bool is_reverse;
    bool is_on_first; /* the cursor is on the pair to give next */
    bool is_done;
};

static kv_kind kind_of(const kv_range *range)
{
    return kvi_kind_of(range->cursor->bucket);
}

/* Places the cursor so that the first step, or the pair that it is on, is the first of the range. */
static int begin(kv_range *range, const kv_range_options *options)
{
    kv_cursor *cursor = range->cursor;
    if (options->from && options->to) {
        int order = kv_key_compare(kind_of(range), *options->from, *options->to);
        if (options->is_reverse ? order < 0 : order > 0)
            return KV_ERR_INVALID;
    }
    if (!options->from)
        return KV_OK;
    int status = options->is_reverse ? kvi_cursor_seek_after(cursor, *options->from)
                                     : kv_cursor_seek(cursor, *options->from, NULL, NULL);
    range->is_on_first = !options->is_reverse && status == KV_OK;
    /* After the end: forward gives nothing, reverse the last. */
    return status < 0 ? status : KV_OK;
}

static int fill(kv_range *range, const kv_range_options *options)
{
    int status = KV_OK;
    if (options->prefix)
        status = kv_cursor_set_prefix(range->cursor, *options->prefix);
    if (status == KV_OK && options->is_keys_only)
        status = kv_cursor_set_keys_only(range->cursor, 1);
    if (status == KV_OK && options->to)
        status = kvi_buffer_assign(&range->to, *options->to);
    range->has_to = options->to != NULL;
    range->left = options->limit ? options->limit : UINT64_MAX;
    range->is_reverse = options->is_reverse != 0;
    range->deadline = options->deadline;
    return status == KV_OK ? begin(range, options) : status;
}

int kv_range_open(kv_txn *txn, const char *bucket, const kv_range_options *options, kv_range **ret_range)
{
    static const kv_range_options everything = {0};
    kv_range *range = calloc(1, sizeof *range);
    if (!range)
        return KV_ERR_NO_MEMORY;
    int status = kv_txn_cursor(txn, bucket, &range->cursor);
    if (status == KV_OK)
        status = fill(range, options ? options : &everything);
    if (status != KV_OK) {
        kv_range_close(range);
        return status;
    }
    *ret_range = range;
    return KV_OK;
}

static bool is_past_end(const kv_range *range, kv_slice key)
{
    if (!range->has_to)
        return false;
    int order = kv_key_compare(kind_of(range), key, kvi_buffer_slice(&range->to));
    return range->is_reverse ? order <= 0 : order >= 0;
}

int kv_range_next(kv_range *range, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key, value;
    int status;
    if (range->is_done || range->left == 0)
        return KV_NOT_FOUND;
    if (range->deadline && range->given++ % PAIRS_A_CLOCK == 0 && kvi_clock_ns() >= range->deadline)
        return KV_ERR_TIMEOUT;
    /* What it was on may have been removed since: then the next one. */
    if (range->is_on_first && (status = kvi_cursor_enter(range->cursor)) < 0)
        return status;
    if (range->is_on_first && range->cursor->place == KVI_AT)
        status = kv_cursor_current(range->cursor, &key, &value);
    else
        status = range->is_reverse ? kv_cursor_prev(range->cursor, &key, &value)
                                   : kv_cursor_next(range->cursor, &key, &value);
    range->is_on_first = false;
    if (status == KV_NOT_FOUND || (status == KV_OK && is_past_end(range, key))) {
        range->is_done = true;
        return KV_NOT_FOUND;
    }
    if (status != KV_OK)
        return status;
    range->left--;
    if (ret_key)
        *ret_key = key;
    if (ret_value)
        *ret_value = value;
    return KV_OK;
}

void kv_range_close(kv_range *range)
{
    if (!range)
        return;
    kv_cursor_close(range->cursor);
    kvi_buffer_free(&range->to);
    free(range);
}
