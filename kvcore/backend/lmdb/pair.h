/*
 * Pairs of a bucket, by key.
 *
 * Where it sits: slots of the descriptors in backend.c. A bucket of a read-write transaction keeps one cursor for its
 * puts: looking whether a pair changes and storing it is then one search of the tree.
 *
 * What people get wrong: letting LMDB refuse. Several of its refusals leave the whole transaction unusable, so what it
 * would refuse is looked up before.
 */
#ifndef KVCORE_BACKEND_LMDB_PAIR_H
#define KVCORE_BACKEND_LMDB_PAIR_H

#include "kvcore/backend/lmdb/objects.h"

int kvi_lmdb_get(struct kvi_bucket *bucket, kv_slice key, kv_slice *ret_value);
int kvi_lmdb_put(struct kvi_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode);
int kvi_lmdb_del(struct kvi_bucket *bucket, kv_slice key, const kv_slice *value);
int kvi_lmdb_reserve(struct kvi_bucket *bucket, kv_slice key, size_t size, void **ret_data);

/* Lends the bucket's cursor for puts. */
int kvi_lmdb_bucket_writer(struct kvi_lmdb_bucket *bucket, MDB_cursor **ret_cursor);

/* kvi_lmdb_put for a dup-sort bucket, and its put_multi: put_dup.c. */
int kvi_lmdb_put_dup(struct kvi_lmdb_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode);
int kvi_lmdb_put_multi(struct kvi_bucket *bucket, kv_slice key, kv_slice values, size_t stride);

#endif
