/*
 * The buckets that a read-write transaction has dropped, until its commit removes their records.
 *
 * A nested transaction sees the marks of those it is nested in, and its own first.
 */
#ifndef KVCORE_BACKEND_LMDB_MARK_H
#define KVCORE_BACKEND_LMDB_MARK_H

#include "kvcore/backend/lmdb/objects.h"

/* Gives the mark that counts for bucket `name`, or NULL. */
struct kvi_lmdb_mark *kvi_lmdb_mark_find(const struct kvi_lmdb_txn *txn, const char *name);

/* Tells whether `name`, whose record is there, was dropped. */
bool kvi_lmdb_is_dropped(const struct kvi_lmdb_txn *txn, const char *name);

/* Notes that the bucket of `handle`, which the transaction or one of its parents uses, was dropped, or that it is there
 * again. Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvi_lmdb_mark_set(struct kvi_lmdb_txn *txn, struct kvi_lmdb_handle *handle, bool is_dropped);

/* Removes the record of a bucket that was dropped before the commit does, because something else is to have its name.
 * The mark is gone then. Returns KV_OK, or KV_ERR_BUSY when a transaction that this one is nested in has used the bucket. */
int kvi_lmdb_mark_carry_out(struct kvi_lmdb_txn *txn, struct kvi_lmdb_mark *mark);

/* Gives the marks of a nested transaction to its parent. */
void kvi_lmdb_marks_hand_up(struct kvi_lmdb_txn *txn);

/* Frees the transaction's own marks. */
void kvi_lmdb_marks_free(struct kvi_lmdb_txn *txn);

#endif
