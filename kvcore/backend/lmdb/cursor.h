/*
 * Cursors: the moves of spi.h by LMDB's.
 *
 * Where it sits: slots of the descriptors in backend.c.
 *
 * What people get wrong: LMDB notes on a cursor that it is at the end of the keys, and gives that as the answer to the
 * next move forward even when the cursor has since gone back among the values of the last key. So the note is removed
 * after each move that leaves it wrong.
 */
#ifndef KVCORE_BACKEND_LMDB_CURSOR_H
#define KVCORE_BACKEND_LMDB_CURSOR_H

#include "kvcore/backend/lmdb/objects.h"

#define KVI_LMDB_NATIVE_MOVES                                                                                          \
    (KVI_MOVE_BIT(KVI_FIRST_DUP) | KVI_MOVE_BIT(KVI_LAST_DUP) | KVI_MOVE_BIT(KVI_NEXT_DUP) |                           \
     KVI_MOVE_BIT(KVI_PREV_DUP) | KVI_MOVE_BIT(KVI_NEXT_KEY) | KVI_MOVE_BIT(KVI_PREV_KEY))

int kvi_lmdb_cursor_open(struct kvi_bucket *bucket, struct kvi_cursor **ret_cursor);
void kvi_lmdb_cursor_close(struct kvi_cursor *cursor);
int kvi_lmdb_cursor_move(struct kvi_cursor *cursor, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                         kv_slice *ret_value);
int kvi_lmdb_cursor_count_dups(struct kvi_cursor *cursor, uint64_t *ret_count);
int kvi_lmdb_cursor_multi(struct kvi_cursor *cursor, kv_slice *ret_values);
void kvi_lmdb_cursor_hint(struct kvi_cursor *cursor, bool is_keys_only, unsigned prefetch, kv_slice prefix);

#endif
