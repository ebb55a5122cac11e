/*
 * Read-write transactions: how they begin and how they end, with regard to the handles that all transactions share.
 *
 * Where it sits: under txn.c, which also has what read-only ones need.
 *
 * Thread rule: LMDB's lock for writers belongs to the thread that began, so the same thread ends. The lock is of the
 * whole machine, and its wait has no timeout.
 *
 * What people get wrong: KV_TXN_NO_SYNC. LMDB syncs by environment, not by transaction, so the flag changes nothing.
 */
#ifndef KVCORE_BACKEND_LMDB_WRITER_H
#define KVCORE_BACKEND_LMDB_WRITER_H

#include "kvcore/backend/lmdb/objects.h"

/* Begins a top-level one; the environment is entered. Returns KV_OK, KV_ERR_TIMEOUT (`deadline` is looked at before
 * the wait and after), KV_ERR_BUSY (this thread has one open; or the map cannot be exchanged), KV_ERR_IO. */
int kvi_lmdb_writer_begin(struct kvi_lmdb_txn *txn, kv_deadline deadline);

/* Begins one in its parent. */
int kvi_lmdb_writer_begin_nested(struct kvi_lmdb_txn *txn);

/* Ends it, a top-level one together with its stay in the environment, and frees it. Returns KV_OK, or why the commit
 * failed; then nothing of it is left. */
int kvi_lmdb_writer_end(struct kvi_lmdb_txn *txn, bool is_commit);

#endif
