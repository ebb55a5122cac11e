/*
 * A transaction: one snapshot of a store, and in a read-write one the changes over it.
 *
 * Lifetimes: bytes lent by a read-only transaction hold until it ends (end, reset, close); by a read-write one
 * until the next write in it or in a child. Bucket handles and cursors end with their transaction.
 *
 * Thread rule: a transaction, its buckets and its cursors are used by one thread at a time; a read-write one stays
 * on the thread that began it. Any number of read-only ones run beside one read-write one.
 *
 * What people get wrong: keeping a read transaction open for long (the store cannot reuse what it sees); taking a
 * lent value past a write; expecting kv_txn_close to abort (it commits; kv_txn_free aborts).
 */
#ifndef KVCORE_TXN_H
#define KVCORE_TXN_H

#include "kvcore/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kv_bucket kv_bucket;
typedef struct kv_cursor kv_cursor;

/** How a transaction begins. */
enum {
    KV_TXN_READ = 0,         /**< a snapshot */
    KV_TXN_WRITE = 1u << 0,  /**< a snapshot with changes; one at a time, others wait */
    KV_TXN_NO_SYNC = 1u << 1 /**< this commit need not wait for the disk, where the store can do that */
};

/**
 * Begins a transaction on `store` and gives it in `*ret_txn`; end it with kv_txn_close or kv_txn_free.
 *   parent    NULL, or the open read-write transaction that this one is nested in (`flags` then has KV_TXN_WRITE)
 *   deadline  bounds the wait for another writer where the store can (KV_CAN_BEGIN_LATE); elsewhere it is only
 *             looked at before and after the wait. kv_store_update bounds it everywhere.
 * Returns KV_OK, KV_ERR_READ_ONLY, KV_ERR_CLOSED, KV_ERR_TIMEOUT, KV_ERR_TXN_BUSY (the parent has a child),
 * KV_ERR_TXN_ENDED (the parent has), KV_ERR_INVALID (a read-only parent or child), KV_ERR_READERS_FULL,
 * KV_ERR_NOT_SUPPORTED (nesting), KV_ERR_UNLOCKED_WRITER (a program that ignores the store's locks has committed, and
 * transactions that are open here stand in the way of opening the store anew), KV_ERR_NO_MEMORY.
 */
int kv_txn_begin(kv_store *store, kv_txn *parent, unsigned flags, kv_deadline deadline, kv_txn **ret_txn);

/**
 * Commits a read-write transaction (into its parent, where it has one), or ends a read-only one. The transaction is
 * over afterwards whatever the answer; a failed commit leaves nothing behind. Free it with kv_txn_close.
 * Returns KV_OK, KV_ERR_TXN_ENDED, KV_ERR_TXN_BUSY (still open), KV_ERR_TIMEOUT (the deadline had passed before it
 * began: aborted), KV_ERR_TXN_BROKEN, KV_ERR_STORE_FULL, KV_ERR_DISK_FULL, KV_ERR_IO.
 */
int kv_txn_commit(kv_txn *txn, kv_deadline deadline);

/** Ends the transaction without its changes. Nothing when it has ended already. An active child ends first. */
void kv_txn_abort(kv_txn *txn);

/** Commits (read-write) or ends (read-only) what is still open and frees `txn` (taken; NULL is nothing). Returns the
 * commit's status; KV_ERR_TXN_BUSY when a child is open: then both are aborted. */
int kv_txn_close(kv_txn *txn);

/** Aborts what is still open and frees `txn` (taken; NULL is nothing): for cleanup. */
void kv_txn_free(kv_txn *txn);

/** kv_txn_free for __attribute__((cleanup)). */
static inline void kv_txn_free_scoped(kv_txn **txn)
{
    kv_txn_free(*txn);
}

/** Lets go of a read-only transaction's snapshot but keeps the object: kv_txn_renew is cheaper than a new one. All
 * its cursors are closed and its bucket handles end. Returns KV_OK, KV_ERR_INVALID on a read-write one. */
int kv_txn_reset(kv_txn *txn);

/** Takes the newest snapshot into a transaction that was reset. Returns as kv_txn_begin. */
int kv_txn_renew(kv_txn *txn);

/** Gives the number of the committed transaction that this one's snapshot is. */
uint64_t kv_txn_id(const kv_txn *txn);

/** Lends the store. */
kv_store *kv_txn_store(const kv_txn *txn);

/** Tells (1 or 0) whether the transaction is read-write. */
int kv_txn_is_write(const kv_txn *txn);

/* ---- Buckets of a store ---------------------------------------------------------------------------------------
 * `name` is the bucket's name as bytes without NUL, NUL-terminated (borrowed); NULL or "" is the root map.
 */

/**
 * Gives the handle of an existing bucket, lent until the transaction ends or the bucket is dropped. The same
 * bucket gives the same handle. Returns KV_OK, KV_NOT_FOUND, KV_ERR_UNKNOWN_BUCKET in its place when the store is
 * strict, KV_ERR_STALE (too late to open it in this old snapshot: begin again), KV_ERR_TOO_MANY_BUCKETS.
 */
int kv_bucket_open(kv_txn *txn, const char *name, kv_bucket **ret_bucket);

/**
 * Makes sure that a bucket of `kind` exists, and gives its handle when `ret_bucket` is not NULL.
 * Returns KV_OK (made), KV_EXISTS (it was there with that kind; the handle is given), KV_ERR_INCOMPATIBLE (it is
 * there with another kind), KV_ERR_NAME_TAKEN (a pair of the root map has the name), KV_ERR_READ_ONLY,
 * KV_ERR_NOT_SUPPORTED (the store has no such kind), KV_ERR_INVALID.
 */
int kv_bucket_create(kv_txn *txn, const char *name, kv_kind kind, kv_bucket **ret_bucket);

/** Removes a bucket with all its pairs; its handle and cursors become those of a missing bucket. The root map
 * cannot be dropped (KV_ERR_INVALID). Returns KV_OK, KV_NOT_FOUND, KV_ERR_READ_ONLY. */
int kv_bucket_drop(kv_txn *txn, const char *name);

/** Removes all pairs of a bucket and keeps it and its kind. On the root map the buckets stay.
 * Returns KV_OK, KV_NOT_FOUND, KV_ERR_READ_ONLY. */
int kv_bucket_clear(kv_txn *txn, const char *name);

/** Answers KV_OK when the bucket exists, else KV_NOT_FOUND. */
int kv_bucket_exists(kv_txn *txn, const char *name);

/** Longest bucket name that kv_bucket_next gives, with its NUL. */
#define KV_BUCKET_NAME_SIZE 512

/**
 * Gives the first bucket whose name is greater (bytewise) than `after` (NULL: the first of all; the root map is not
 * among them) in `name` of KV_BUCKET_NAME_SIZE bytes, which may be `after` itself. Each call costs one lookup.
 * Returns KV_OK or KV_NOT_FOUND.
 */
int kv_bucket_next(kv_txn *txn, const char *after, char *name);

/**
 * Adds `add` to the sequence number kept under `name` and gives the value before; 0 reads it. It starts at 0 and
 * is kept in the bucket "sequence" as 8 bytes, most significant first, under the name as key. Rolled back with the
 * transaction. Returns KV_OK, KV_ERR_READ_ONLY (add > 0), KV_ERR_INVALID (it would overflow), KV_ERR_CORRUPT,
 * KV_ERR_INCOMPATIBLE (a bucket of that name is there that is no such thing).
 */
int kv_txn_sequence(kv_txn *txn, const char *name, uint64_t add, uint64_t *ret_before);

#ifdef __cplusplus
}
#endif
#endif
