/*
 * The slots that both descriptors of this folder have in common: all but opening a store.
 */
#ifndef KVCORE_BACKEND_LMDB_DESCRIPTOR_H
#define KVCORE_BACKEND_LMDB_DESCRIPTOR_H

#include "kvcore/backend/lmdb/bucket.h"
#include "kvcore/backend/lmdb/cursor.h"
#include "kvcore/backend/lmdb/pair.h"
#include "kvcore/backend/lmdb/root.h"
#include "kvcore/backend/lmdb/store.h"
#include "kvcore/backend/lmdb/txn.h"

/* Designated initialisers of a struct kvi_backend. */
/* clang-format off */
#define KVI_LMDB_SLOTS                                                                                                 \
    .native_moves = KVI_LMDB_NATIVE_MOVES,                                                                             \
    .store_close = kvi_lmdb_store_close,                                                                               \
    .store_sync = kvi_lmdb_store_sync,                                                                                 \
    .store_txid = kvi_lmdb_store_txid,                                                                                 \
    .store_statistics = kvi_lmdb_store_statistics,                                                                     \
    .store_backup = kvi_lmdb_store_backup,                                                                             \
    .txn_begin = kvi_lmdb_txn_begin,                                                                                   \
    .txn_commit = kvi_lmdb_txn_commit,                                                                                 \
    .txn_abort = kvi_lmdb_txn_abort,                                                                                   \
    .txn_reset = kvi_lmdb_txn_reset,                                                                                   \
    .txn_renew = kvi_lmdb_txn_renew,                                                                                   \
    .txn_id = kvi_lmdb_txn_id,                                                                                         \
    .bucket_open = kvi_lmdb_bucket_open,                                                                               \
    .bucket_create = kvi_lmdb_bucket_create,                                                                           \
    .bucket_drop = kvi_lmdb_bucket_drop,                                                                               \
    .bucket_clear = kvi_lmdb_bucket_clear,                                                                             \
    .bucket_next = kvi_lmdb_bucket_next,                                                                               \
    .bucket_count = kvi_lmdb_bucket_count,                                                                             \
    .bucket_size = kvi_lmdb_bucket_size,                                                                               \
    .get = kvi_lmdb_get,                                                                                               \
    .put = kvi_lmdb_put,                                                                                               \
    .del = kvi_lmdb_del,                                                                                               \
    .reserve = kvi_lmdb_reserve,                                                                                       \
    .cursor_open = kvi_lmdb_cursor_open,                                                                               \
    .cursor_close = kvi_lmdb_cursor_close,                                                                             \
    .cursor_move = kvi_lmdb_cursor_move,                                                                               \
    .cursor_count_dups = kvi_lmdb_cursor_count_dups,                                                                   \
    .cursor_multi = kvi_lmdb_cursor_multi,                                                                             \
    .put_multi = kvi_lmdb_put_multi,                                                                                   \
    .cursor_hint = kvi_lmdb_cursor_hint
/* clang-format on */

#endif
