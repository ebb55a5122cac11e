/*
 * Pairs of a bucket, by handle; and the same by bucket name for a single access.
 *
 * A plain bucket has one value a key; in a dup-sort bucket a key has a sorted set of values and a pair is the two
 * together. All functions borrow their inputs; values are lent as txn.h says.
 *
 * Thread rule: the transaction's. What people get wrong: treating KV_UNCHANGED and KV_EXISTS as failures (they are
 * positive); calling kv_bucket_delete on a dup-sort bucket (it is refused: say which pair, or all).
 *
 * Every function may also return KV_ERR_TXN_ENDED, KV_ERR_TXN_BUSY (an active child), KV_ERR_TXN_BROKEN, KV_ERR_IO and
 * KV_ERR_CORRUPT; every write KV_ERR_READ_ONLY, KV_ERR_STORE_FULL, KV_ERR_TXN_FULL, KV_ERR_NO_MEMORY, and for a key or
 * value that the store cannot hold KV_ERR_KEY_EMPTY, KV_ERR_KEY_TOO_BIG, KV_ERR_VALUE_TOO_BIG, KV_ERR_WRONG_SIZE.
 */
#ifndef KVCORE_BUCKET_H
#define KVCORE_BUCKET_H

#include "kvcore/txn.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Gives the bucket's kind. */
kv_kind kv_bucket_kind(const kv_bucket *bucket);

/** Lends the bucket's name ("" is the root map), until the handle ends. */
const char *kv_bucket_name(const kv_bucket *bucket);

/** Lends the bucket's transaction. */
kv_txn *kv_bucket_txn(const kv_bucket *bucket);

/** Gives the number of pairs, duplicates counted each. Cost: the store's own count where it keeps one, else a scan. */
int kv_bucket_count(kv_bucket *bucket, uint64_t *ret_count);

/** Gives the bytes of the pages that hold the bucket; 0 where a store cannot tell. */
int kv_bucket_size(kv_bucket *bucket, uint64_t *ret_size);

/** Lends the value of `key`, in a dup-sort bucket its smallest. Returns KV_OK or KV_NOT_FOUND. */
int kv_bucket_get(kv_bucket *bucket, kv_slice key, kv_slice *ret_value);

/** Answers KV_OK when `key` has a value, else KV_NOT_FOUND. */
int kv_bucket_has(kv_bucket *bucket, kv_slice key);

/** Stores a pair: sets the value of `key`, or adds one in a dup-sort bucket.
 * Returns KV_OK, KV_UNCHANGED when that very pair was there, KV_ERR_VALUE_EMPTY. */
int kv_bucket_put(kv_bucket *bucket, kv_slice key, kv_slice value);

/** Stores a pair unless `key` has a value; in a dup-sort bucket unless this very pair is there.
 * Returns KV_OK, or KV_EXISTS and nothing stored. */
int kv_bucket_put_new(kv_bucket *bucket, kv_slice key, kv_slice value);

/** Stores a pair that sorts after the last one: faster for sorted loads.
 * Returns KV_OK, or KV_EXISTS and nothing stored when it does not. */
int kv_bucket_append(kv_bucket *bucket, kv_slice key, kv_slice value);

/** Stores a value that sorts after the last one of `key` (which need not be the last key) in a dup-sort bucket.
 * Returns KV_OK, KV_EXISTS and nothing stored when it does not, KV_ERR_INCOMPATIBLE on a plain bucket. */
int kv_bucket_append_dup(kv_bucket *bucket, kv_slice key, kv_slice value);

/** Sets the value of `key` to `size` undefined bytes and lends them for writing, until the transaction's next write.
 * Plain buckets of stores with KV_CAN_RESERVE. Returns KV_OK, KV_ERR_INCOMPATIBLE, KV_ERR_NOT_SUPPORTED. */
int kv_bucket_reserve(kv_bucket *bucket, kv_slice key, size_t size, void **ret_data);

/** Removes `key` of a plain bucket. Returns KV_OK, KV_UNCHANGED when it was not there, KV_ERR_INCOMPATIBLE on a
 * dup-sort one. */
int kv_bucket_delete(kv_bucket *bucket, kv_slice key);

/** Removes one pair; on a plain bucket only when the value is equal. Returns KV_OK or KV_UNCHANGED. */
int kv_bucket_delete_pair(kv_bucket *bucket, kv_slice key, kv_slice value);

/** Removes `key` with all its values, of any bucket. Returns KV_OK or KV_UNCHANGED. */
int kv_bucket_delete_all(kv_bucket *bucket, kv_slice key);

/** One change of a batch. */
typedef struct kv_change {
    kv_slice key;
    kv_slice value;  /**< what to store, of any size; */
    int is_deletion; /**< or non-zero: remove the key with all its values */
} kv_change;

/** Applies `count` changes in their order; a change that removes nothing or stores what is there is done.
 * Returns KV_OK; on a negative status the transaction holds the changes before the one that failed. */
int kv_bucket_apply(kv_bucket *bucket, const kv_change *changes, size_t count);

/* ---- The same by name: a missing bucket is KV_NOT_FOUND for reads, KV_UNCHANGED for deletions, and is made (plain) by
 * puts; all of them KV_ERR_UNKNOWN_BUCKET on a strict store. -------------------------------------------------------- */

int kv_txn_get(kv_txn *txn, const char *bucket, kv_slice key, kv_slice *ret_value);
int kv_txn_has(kv_txn *txn, const char *bucket, kv_slice key);
int kv_txn_put(kv_txn *txn, const char *bucket, kv_slice key, kv_slice value);
int kv_txn_put_new(kv_txn *txn, const char *bucket, kv_slice key, kv_slice value);
int kv_txn_append(kv_txn *txn, const char *bucket, kv_slice key, kv_slice value);
int kv_txn_delete(kv_txn *txn, const char *bucket, kv_slice key);
int kv_txn_delete_pair(kv_txn *txn, const char *bucket, kv_slice key, kv_slice value);
int kv_txn_delete_all(kv_txn *txn, const char *bucket, kv_slice key);
int kv_txn_count(kv_txn *txn, const char *bucket, uint64_t *ret_count);
int kv_txn_bucket_size(kv_txn *txn, const char *bucket, uint64_t *ret_size);

#ifdef __cplusplus
}
#endif
#endif
