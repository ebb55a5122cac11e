/*
 * Stores of both backends: an environment, and how this store uses it.
 *
 * Where it sits: slots of the descriptors in lmdb.c and memory.c, which open it.
 */
#ifndef KVCORE_BACKEND_LMDB_STORE_H
#define KVCORE_BACKEND_LMDB_STORE_H

#include "kvcore/backend/lmdb/objects.h"

/* Makes the store of `env` (taken, also on failure) for `backend`. Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvi_lmdb_store_new(const struct kvi_backend *backend, struct kvi_lmdb_env *env, unsigned flags,
                       struct kvi_store **ret_store);

/* Bounds the number of bucket handles that a user may ask for: LMDB looks at each at every begin. */
#define KVI_LMDB_HANDLES_MAX 65536

int kvi_lmdb_store_close(struct kvi_store *store);
int kvi_lmdb_store_sync(struct kvi_store *store);
int kvi_lmdb_store_txid(struct kvi_store *store, uint64_t *ret_txid);
int kvi_lmdb_store_statistics(struct kvi_store *store, kv_store_stat *ret_stat);
int kvi_lmdb_store_backup(struct kvi_store *store, int fd, unsigned flags);

#endif
