/*
 * Read transactions that are over, kept for the next begin: renewing one costs a tenth of a new one.
 *
 * Where it sits: txn.c takes and keeps; env.c frees them all where none may exist.
 *
 * Thread rule: any thread. An idle transaction has no snapshot; it keeps a reader's slot, so there are few.
 */
#ifndef KVCORE_BACKEND_LMDB_IDLE_H
#define KVCORE_BACKEND_LMDB_IDLE_H

#include "kvcore/backend/lmdb/env.h"

/* Gives an idle transaction, or NULL when there is none. */
struct kvi_lmdb_txn *kvi_lmdb_idle_take(struct kvi_lmdb_env *env);

/* Takes `txn`, whose snapshot and buckets are released, or frees it when there are enough. */
void kvi_lmdb_idle_keep(struct kvi_lmdb_txn *txn);

/* Frees all that are idle. */
void kvi_lmdb_idle_free(struct kvi_lmdb_env *env);

#endif
