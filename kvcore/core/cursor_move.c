/*
 * Raw moves: the backend's own where it has them, else made of the eight that every backend has. The cursor is on a
 * pair (KVI_AT) when a relative move is asked. A move that answers KV_NOT_FOUND leaves the cursor where it was, as the
 * SPI promises of native ones.
 */
#include "kvcore/core/core.h"

static int primitive(kv_cursor *cursor, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                     kv_slice *ret_value)
{
    return cursor->txn->ops->cursor_move(cursor->spi, move, key, value, ret_key, ret_value);
}

/* Copies the current pair into `scratch`, for moves that may have to come back to it. */
static int remember(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key, value;
    int status = primitive(cursor, KVI_CURRENT, KVI_NOTHING, KVI_NOTHING, &key, &value);
    if (status == KV_OK)
        status = kvi_buffer_assign(&cursor->scratch, key);
    if (status == KV_OK)
        status = kvi_buffer_append(&cursor->scratch, value);
    if (status == KV_OK) {
        *ret_key = kv_slice_of(cursor->scratch.data, key.size);
        *ret_value = kv_slice_of(cursor->scratch.data + key.size, value.size);
    }
    return status;
}

static int come_back(kv_cursor *cursor, kv_slice key, kv_slice value)
{
    int status = primitive(cursor, KVI_SEEK_PAIR, key, value, &key, &value);
    return status == KV_OK ? KV_NOT_FOUND : status == KV_NOT_FOUND ? KV_ERR_CORRUPT : status;
}

/* NEXT and PREV within the key; PREV and NEXT are the way back. */
static int step_dup(kv_cursor *cursor, enum kvi_move there, enum kvi_move back, kv_slice own_key, kv_slice *ret_key,
                    kv_slice *ret_value)
{
    kv_slice key, value;
    int status = primitive(cursor, there, KVI_NOTHING, KVI_NOTHING, &key, &value);
    if (status != KV_OK)
        return status;
    if (kv_slice_equal(key, own_key)) {
        *ret_key = key;
        *ret_value = value;
        return KV_OK;
    }
    status = primitive(cursor, back, KVI_NOTHING, KVI_NOTHING, &key, &value);
    return status == KV_OK ? KV_NOT_FOUND : status == KV_NOT_FOUND ? KV_ERR_CORRUPT : status;
}

static int last_before(kv_cursor *cursor, enum kvi_move seek, kv_slice own_key, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = primitive(cursor, seek, own_key, KVI_NOTHING, ret_key, ret_value);
    enum kvi_move move = status == KV_OK ? KVI_PREV : KVI_LAST;
    return status < 0 ? status : primitive(cursor, move, KVI_NOTHING, KVI_NOTHING, ret_key, ret_value);
}

static int emulate(kv_cursor *cursor, enum kvi_move move, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice key, value;
    int status = remember(cursor, &key, &value);
    if (status != KV_OK)
        return status;
    switch (move) {
    case KVI_NEXT_DUP:
        return step_dup(cursor, KVI_NEXT, KVI_PREV, key, ret_key, ret_value);
    case KVI_PREV_DUP:
        return step_dup(cursor, KVI_PREV, KVI_NEXT, key, ret_key, ret_value);
    case KVI_FIRST_DUP:
        return primitive(cursor, KVI_SEEK, key, KVI_NOTHING, ret_key, ret_value);
    case KVI_LAST_DUP:
        return last_before(cursor, KVI_SEEK_AFTER, key, ret_key, ret_value);
    case KVI_NEXT_KEY:
        status = primitive(cursor, KVI_SEEK_AFTER, key, KVI_NOTHING, ret_key, ret_value);
        break;
    default: /* KVI_PREV_KEY: the first pair of the own key is there, and what precedes it is wanted */
        status = primitive(cursor, KVI_SEEK, key, KVI_NOTHING, ret_key, ret_value);
        if (status == KV_OK)
            status = primitive(cursor, KVI_PREV, KVI_NOTHING, KVI_NOTHING, ret_key, ret_value);
        break;
    }
    return status == KV_NOT_FOUND ? come_back(cursor, key, value) : status;
}

int kvi_cursor_raw(kv_cursor *cursor, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                   kv_slice *ret_value)
{
    /* An empty key or value is before all others: backends need not know how to look for it. */
    if (move == KVI_SEEK_PAIR && value.size == 0)
        move = KVI_SEEK;
    if (move == KVI_SEEK && key.size == 0)
        move = KVI_FIRST;
    if (move <= KVI_SEEK_PAIR || (cursor->txn->ops->native_moves & KVI_MOVE_BIT(move)))
        return primitive(cursor, move, key, value, ret_key, ret_value);
    return emulate(cursor, move, ret_key, ret_value);
}
