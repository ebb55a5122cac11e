/*
 * Read transactions beside the one that a caller has: short ones to open handles in, and siblings of the same snapshot
 * that know handles which were published after it began.
 *
 * Thread rule: called under the table's lock, by who has entered the environment.
 */
#ifndef KVCORE_BACKEND_LMDB_SIBLING_H
#define KVCORE_BACKEND_LMDB_SIBLING_H

#include "kvcore/backend/lmdb/objects.h"

/* Begins a read transaction of the newest snapshot; ended by mdb_txn_commit, which publishes the handles opened in it,
 * or mdb_txn_abort, which closes them. */
int kvi_lmdb_short_begin(struct kvi_lmdb_env *env, MDB_txn **ret_mdb);

/* Looks for a bucket in it, as kvi_lmdb_record_find. */
int kvi_lmdb_short_find(MDB_txn *mdb, const char *name, unsigned *ret_flags);

/* Sets the comparators of the main database anew when `mdb` finds it of other flags than `env` knows: another process
 * gave it its kind. Gives the flags. */
int kvi_lmdb_main_learn(struct kvi_lmdb_env *env, MDB_txn *mdb, unsigned *ret_flags);

/* Gives the read transaction of the snapshot of `txn` that knows handles of `epoch`. Returns KV_OK, KV_ERR_STALE when
 * there is a newer snapshot by now, KV_ERR_READERS_FULL, KV_ERR_NO_MEMORY, KV_ERR_IO. */
int kvi_lmdb_sibling_find(struct kvi_lmdb_txn *txn, uint64_t epoch, MDB_txn **ret_mdb);

/* Ends all siblings of `txn`. Needs no lock. */
void kvi_lmdb_siblings_end(struct kvi_lmdb_txn *txn);

#endif
