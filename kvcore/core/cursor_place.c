/*
 * Where a cursor is: opening and closing, keeping its place over writes, the bound of its moves.
 *
 * A write makes no demand on backends' cursors: before it, every cursor on the bucket that is on a pair copies that
 * pair (parks), and finds it again, or the gap where it was, when it is next asked to move.
 */
#include <stdlib.h>

#include "kvcore/core/core.h"

static void attach(kv_cursor *cursor)
{
    kv_txn *txn = cursor->txn;
    cursor->prev = NULL;
    cursor->next = txn->cursors;
    if (txn->cursors)
        txn->cursors->prev = cursor;
    txn->cursors = cursor;
}

int kv_cursor_open(kv_bucket *bucket, kv_cursor **ret_cursor)
{
    if (bucket->txn->gate)
        return bucket->txn->gate;
    kv_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        return KV_ERR_NO_MEMORY;
    cursor->txn = bucket->txn;
    cursor->bucket = bucket;
    attach(cursor);
    *ret_cursor = cursor;
    return KV_OK;
}

int kv_txn_cursor(kv_txn *txn, const char *bucket, kv_cursor **ret_cursor)
{
    kv_bucket *found;
    if (txn->gate)
        return txn->gate;
    int status = kvi_bucket_find(txn, bucket, &found);
    if (status == KV_OK)
        status = kvi_bucket_enter(found);
    return status < 0 ? status : kv_cursor_open(found, ret_cursor);
}

int kv_txn_navigate(kv_txn *txn, const char *bucket, kv_slice key, kv_cursor **ret_cursor)
{
    kv_cursor *cursor = NULL;
    int status = kv_txn_cursor(txn, bucket, &cursor);
    if (status == KV_OK)
        status = kvi_buffer_assign(&cursor->limit, key);
    if (status != KV_OK) {
        kv_cursor_close(cursor);
        return status;
    }
    cursor->bound = KVI_KEY;
    *ret_cursor = cursor;
    return KV_OK;
}

void kvi_cursor_detach(kv_cursor *cursor)
{
    if (cursor->spi)
        cursor->txn->ops->cursor_close(cursor->spi);
    cursor->spi = NULL;
}

void kv_cursor_close(kv_cursor *cursor)
{
    if (!cursor)
        return;
    if (cursor->txn) {
        kvi_cursor_detach(cursor);
        if (cursor->prev)
            cursor->prev->next = cursor->next;
        else
            cursor->txn->cursors = cursor->next;
        if (cursor->next)
            cursor->next->prev = cursor->prev;
    }
    kvi_buffer_free(&cursor->limit);
    kvi_buffer_free(&cursor->saved);
    kvi_buffer_free(&cursor->next_saved);
    kvi_buffer_free(&cursor->scratch);
    free(cursor);
}

void kvi_cursors_end(kv_txn *txn)
{
    while (txn->cursors) {
        kv_cursor *cursor = txn->cursors;
        kvi_cursor_detach(cursor);
        txn->cursors = cursor->next;
        cursor->txn = NULL;
        cursor->next = cursor->prev = NULL;
    }
}

static int save(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    int status = kvi_buffer_assign(&cursor->saved, key);
    /* Only where a key has several values does the value belong to the place. */
    if (status == KV_OK && kvi_is_dup(cursor->bucket))
        status = kvi_buffer_append(&cursor->saved, value);
    if (status == KV_OK)
        cursor->saved_key = key.size;
    return status;
}

int kvi_cursor_park(kv_cursor *cursor)
{
    kv_slice key, value;
    if (cursor->place != KVI_AT)
        return KV_OK;
    int status = kvi_cursor_raw(cursor, KVI_CURRENT, KVI_NOTHING, KVI_NOTHING, &key, &value);
    if (status == KV_OK)
        status = save(cursor, key, value);
    if (status == KV_OK)
        cursor->place = KVI_PARKED;
    return status;
}

int kvi_cursors_park(kv_txn *txn, const kv_bucket *bucket)
{
    int status = KV_OK;
    for (kv_cursor *cursor = txn->cursors; cursor && status == KV_OK; cursor = cursor->next)
        if (cursor->bucket == bucket)
            status = kvi_cursor_park(cursor);
    return status;
}

int kvi_cursors_suspend(kv_txn *txn)
{
    for (kv_cursor *cursor = txn->cursors; cursor; cursor = cursor->next) {
        int status = kvi_cursor_park(cursor);
        if (status != KV_OK)
            return status;
        kvi_cursor_detach(cursor);
    }
    return KV_OK;
}

int kvi_cursor_intend(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    int status = kvi_buffer_assign(&cursor->next_saved, key);
    /* A missing bucket will be a plain one. */
    if (status == KV_OK && kvi_is_dup(cursor->bucket))
        status = kvi_buffer_append(&cursor->next_saved, value);
    return status;
}

void kvi_cursor_rest(kv_cursor *cursor, size_t key_size)
{
    struct kvi_buffer before = cursor->saved;
    cursor->saved = cursor->next_saved;
    cursor->next_saved = before;
    cursor->saved_key = key_size;
    cursor->place = KVI_PARKED;
}

/* Finds a parked place again: the pair, or the gap that it left. */
static int unpark(kv_cursor *cursor)
{
    kv_slice own = kv_slice_of(cursor->saved.data, cursor->saved_key);
    kv_slice own_value = kv_slice_of(cursor->saved.data + own.size, cursor->saved.size - own.size);
    kv_slice key, value;
    int status = kvi_cursor_raw(cursor, KVI_SEEK_PAIR, own, own_value, &key, &value);
    if (status < 0)
        return status;
    bool is_there = status == KV_OK && kv_slice_equal(key, own) &&
                    (!kvi_is_dup(cursor->bucket) || kv_slice_equal(value, own_value));
    cursor->place = is_there ? KVI_AT : KVI_GAP;
    return KV_OK;
}

/* Tells the backend what the caller has said so far. */
static void hint(kv_cursor *cursor)
{
    if (cursor->spi && cursor->txn->ops->cursor_hint)
        cursor->txn->ops->cursor_hint(cursor->spi, cursor->is_keys_only, cursor->prefetch,
                                      cursor->bound == KVI_PREFIX ? kvi_buffer_slice(&cursor->limit) : KVI_NOTHING);
}

int kvi_cursor_enter(kv_cursor *cursor)
{
    if (!cursor->txn)
        return KV_ERR_TXN_ENDED;
    if (cursor->txn->gate)
        return cursor->txn->gate;
    if (!cursor->spi) {
        kv_bucket *bucket = cursor->bucket;
        int status = bucket->spi ? KV_OK : kvi_bucket_resolve(bucket);
        if (status == KV_OK)
            status = cursor->txn->ops->cursor_open(bucket->spi, &cursor->spi);
        /* A cursor that was opened outlives its bucket, on a strict store too. */
        if (status == KV_ERR_UNKNOWN_BUCKET)
            status = KV_NOT_FOUND;
        if (status != KV_OK) {
            if (status > 0)
                cursor->place = KVI_FRESH;
            return status;
        }
        hint(cursor);
    }
    return cursor->place == KVI_PARKED ? unpark(cursor) : KV_OK;
}

int kv_cursor_set_prefix(kv_cursor *cursor, kv_slice prefix)
{
    if (!cursor->txn)
        return KV_ERR_TXN_ENDED;
    if (prefix.size && (kv_bucket_kind(cursor->bucket) & (KV_INTEGER_KEY | KV_REVERSE_KEY)))
        return KV_ERR_INCOMPATIBLE;
    int status = kvi_buffer_assign(&cursor->limit, prefix);
    if (status != KV_OK)
        return status;
    cursor->bound = prefix.size ? KVI_PREFIX : KVI_UNBOUND;
    cursor->place = KVI_FRESH;
    hint(cursor);
    return KV_OK;
}

int kv_cursor_set_keys_only(kv_cursor *cursor, int is_keys_only)
{
    if (!cursor->txn)
        return KV_ERR_TXN_ENDED;
    cursor->is_keys_only = is_keys_only != 0;
    hint(cursor);
    return KV_OK;
}

int kv_cursor_set_prefetch(kv_cursor *cursor, unsigned pairs)
{
    if (!cursor->txn)
        return KV_ERR_TXN_ENDED;
    cursor->prefetch = pairs;
    hint(cursor);
    return KV_OK;
}

void kv_cursor_rewind(kv_cursor *cursor)
{
    cursor->place = KVI_FRESH;
}
