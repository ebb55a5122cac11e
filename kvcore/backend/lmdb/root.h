/*
 * The main database as a map of its own: pairs, between which the records of the buckets are hidden.
 *
 * Where it sits: bucket.c, pair.c and cursor.c call it where `hides_records` says that there may be records. A main
 * database without any is read at the same speed as a bucket: a value of 48 bytes is all that is looked at twice.
 */
#ifndef KVCORE_BACKEND_LMDB_ROOT_H
#define KVCORE_BACKEND_LMDB_ROOT_H

#include "kvcore/backend/lmdb/objects.h"

/* Answers KV_OK when `key` is a bucket's record, KV_NOT_FOUND when it is a pair or missing. */
int kvi_lmdb_root_find_record(struct kvi_lmdb_txn *txn, kv_slice key);

/* Before something is stored under `key`: KV_OK when no bucket has it, KV_ERR_NAME_TAKEN. A bucket that the transaction
 * dropped is removed for good first. */
int kvi_lmdb_root_make_room(struct kvi_lmdb_txn *txn, kv_slice key);

/* Removes all pairs. */
int kvi_lmdb_root_clear(struct kvi_lmdb_bucket *bucket);

/* Gives the number of records among the entries. Scans, unless the snapshot is known to have none. */
int kvi_lmdb_root_count_records(struct kvi_lmdb_bucket *bucket, uint64_t *ret_count);

/* Slot bucket_next. */
int kvi_lmdb_bucket_next(struct kvi_txn *txn, const char *after, char *name);

#endif
