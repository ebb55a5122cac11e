/*
 * Buckets: named databases, and the main database as the root map.
 *
 * Where it sits: slots of the descriptors in backend.c.
 */
#ifndef KVCORE_BACKEND_LMDB_BUCKET_H
#define KVCORE_BACKEND_LMDB_BUCKET_H

#include "kvcore/backend/lmdb/objects.h"

int kvi_lmdb_bucket_open(struct kvi_txn *txn, const char *name, struct kvi_bucket **ret_bucket);
int kvi_lmdb_bucket_create(struct kvi_txn *txn, const char *name, kv_kind kind, struct kvi_bucket **ret_bucket);
int kvi_lmdb_bucket_drop(struct kvi_bucket *bucket);
int kvi_lmdb_bucket_clear(struct kvi_bucket *bucket);
int kvi_lmdb_bucket_count(struct kvi_bucket *bucket, uint64_t *ret_count);
int kvi_lmdb_bucket_size(struct kvi_bucket *bucket, uint64_t *ret_size);

#endif
