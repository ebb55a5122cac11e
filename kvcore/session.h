/*
 * A session: pending changes over the newest committed state of a store, committed as one transaction.
 *
 * kv_session_store gives a store like any other. Its read transactions see the base's newest committed state with
 * the pending changes merged over it; its read-write transactions put changes into the write set (in a scratch
 * file, so a session may be larger than memory). Nothing reaches the base before kv_session_commit; the base is not
 * locked meanwhile, and other programs read and write it.
 *
 * A commit applies the changes to the base's then newest state, key by key, last writer wins, all or none. Writes
 * made while a commit runs belong to the next one. A failed commit leaves the base as it was and the session as it
 * is, to be tried again.
 *
 * Thread rule: any thread. What people get wrong: closing the session without a commit (its changes are gone); committing on a
 * thread that has a read-write transaction of the merged store open (the commit waits for it to end).
 */
#ifndef KVCORE_SESSION_H
#define KVCORE_SESSION_H

#include "kvcore/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kv_session kv_session;

/**
 * Opens a session over `base` (borrowed: it must stay open longer than the session).
 *   spool  the directory for pending changes (borrowed), NULL for the system's place for large temporary files
 * Returns KV_OK, KV_ERR_READ_ONLY, KV_ERR_ACCESS, KV_ERR_DISK_FULL, KV_ERR_NO_MEMORY; `ret_message` as kv_store_open.
 */
int kv_session_open(kv_store *base, const char *spool, kv_session **ret_session, kv_message *ret_message);

/** Lends the merged store, until the session is closed. Do not close it. Its transaction numbers (kv_store_txid,
 * kv_txn_id) are the base's: they tell what others committed, and pending changes do not raise them. */
kv_store *kv_session_store(kv_session *session);

/**
 * Commits everything that was written before the call as one transaction of the base, durable when it returns KV_OK.
 * Waits for another writer of the base until `deadline`, then KV_ERR_TIMEOUT and the session stays. Calls of several
 * threads share commits: when one returns, what was written before it was called is in.
 *   ret_message  NULL, or on failure the sentence that names bucket and key and the reason
 * Returns KV_OK, KV_UNCHANGED (nothing was pending), KV_ERR_TIMEOUT, KV_ERR_NAME_TAKEN (a pair where a bucket has come
 * to be, or the other way round), KV_ERR_INCOMPATIBLE (a bucket has now another kind), KV_ERR_STORE_FULL,
 * KV_ERR_DISK_FULL, KV_ERR_VALUE_EMPTY, KV_ERR_IO, …
 */
int kv_session_commit(kv_session *session, kv_deadline deadline, kv_message *ret_message);

/** Gives up all pending changes. Returns KV_OK, KV_ERR_BUSY while a commit runs, KV_ERR_IO. */
int kv_session_discard(kv_session *session);

/** What is pending. */
typedef struct kv_session_stat {
    uint64_t changes;  /**< pairs put or removed and buckets made, cleared or dropped */
    uint64_t bytes;    /**< of keys and values pending */
    int64_t since;     /**< monotonic nanoseconds at the first pending change; 0 when nothing is */
    uint64_t commits;  /**< done so far */
    uint64_t failures; /**< commits that failed */
    int last_failure;  /**< status of the last failed commit; KV_OK after a good one */
} kv_session_stat;

/** Gives what is pending now. */
void kv_session_statistics(kv_session *session, kv_session_stat *ret_stat);

/** How a bucket that has pending changes differs from the base. */
typedef struct kv_session_bucket {
    char name[512]; /**< "" is the root map */
    kv_kind kind;
    int is_dropped; /**< the bucket will be removed if it is empty then */
    int is_cleared; /**< all pairs of the base are hidden */
    int is_created;
} kv_session_bucket;

/** What kv_session_visit calls: for a bucket (`key` NULL), a pair put (`value` given) or a pair removed (`value` NULL
 * removes the key with all its values; `is_removed` with a value removes that pair). A non-zero answer ends the visit. */
typedef int kv_session_visitor(void *argument, const kv_session_bucket *bucket, const kv_slice *key,
                               const kv_slice *value, int is_removed);

/** Visits all pending changes, bucket by bucket, in order: to list, dump or rescue them. The root map is visited twice:
 * what is removed from it before all buckets, what is put after them, as pairs and buckets may share their names. Changes
 * made meanwhile are not visited; a commit of another thread is waited for. Returns the visitor's non-zero answer, KV_OK, or
 * a failure to read. */
int kv_session_visit(kv_session *session, kv_session_visitor *visit, void *argument);

/** Ends the session (taken; NULL is nothing) and gives up what is pending. */
void kv_session_close(kv_session *session);

#ifdef __cplusplus
}
#endif
#endif
