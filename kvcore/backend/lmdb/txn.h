/*
 * Transactions over LMDB's: how they begin, what they hold, how they end.
 *
 * Where it sits: slots of the descriptors in backend.c; bucket.c and pair.c use the cursor on the records.
 *
 * Thread rule: as spi.h says.
 */
#ifndef KVCORE_BACKEND_LMDB_TXN_H
#define KVCORE_BACKEND_LMDB_TXN_H

#include "kvcore/backend/lmdb/objects.h"

int kvi_lmdb_txn_begin(struct kvi_store *store, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                       struct kvi_txn **ret_txn);
int kvi_lmdb_txn_commit(struct kvi_txn *txn);
void kvi_lmdb_txn_abort(struct kvi_txn *txn);
void kvi_lmdb_txn_reset(struct kvi_txn *txn);
int kvi_lmdb_txn_renew(struct kvi_txn *txn);
uint64_t kvi_lmdb_txn_id(const struct kvi_txn *txn);

/* Learns the kind of the main database in the snapshot that was just taken. */
int kvi_lmdb_txn_learn_main(struct kvi_lmdb_txn *txn);

/* Ends LMDB's transaction of one that has not begun for its user, or is over. */
void kvi_lmdb_txn_forget_mdb(struct kvi_lmdb_txn *txn);

/* Frees the buckets of `list` and ends their uses of handles; under the table's lock. */
void kvi_lmdb_buckets_release(struct kvi_lmdb_handles *handles, struct kvi_lmdb_bucket **list);

/* Lends a cursor on the main database for looking at records, until the transaction's end or reset. */
int kvi_lmdb_txn_records(struct kvi_lmdb_txn *txn, MDB_cursor **ret_cursor);

/* Closes it. */
void kvi_lmdb_txn_records_close(struct kvi_lmdb_txn *txn);

#endif
