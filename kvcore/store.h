/*
 * A store: an ordered, transactional set of buckets, opened by path or URL.
 *
 * Where it sits: the top of the library. Transactions (txn.h) begin on it; sessions (session.h) give another
 * store that merges pending changes over it.
 *
 * Thread rule: a store may be used by any number of threads at once. Open it after fork(): no store crosses one.
 *
 * What people get wrong: opening one LMDB environment twice in a process (the second open shares the first);
 * closing a store from a callback of its own managed transaction (it waits for that transaction: a deadlock).
 */
#ifndef KVCORE_STORE_H
#define KVCORE_STORE_H

#include <stdint.h>

#include "kvcore/kind.h"
#include "kvcore/slice.h"
#include "kvcore/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kv_store kv_store;
typedef struct kv_txn kv_txn;

/** A moment on the monotonic clock in nanoseconds, after which a wait is given up; 0 waits without end. */
typedef int64_t kv_deadline;

/** No deadline. */
#define KV_FOREVER ((kv_deadline)0)

/** Gives the deadline `milliseconds` from now. */
kv_deadline kv_deadline_after(int64_t milliseconds);

/** How a store is opened: a set of these. */
enum {
    KV_OPEN_READ_ONLY = 1u << 0, /**< refuse every write; a store on read-only media opens so by itself */
    KV_OPEN_CREATE = 1u << 1,    /**< make the store when there is none */
    KV_OPEN_STRICT = 1u << 2,    /**< a put never creates a bucket: KV_ERR_UNKNOWN_BUCKET */
    KV_OPEN_NO_SYNC = 1u << 3    /**< a commit does not wait for the disk; kv_store_sync does */
};

/**
 * Opens the store `location`: a path (an LMDB environment: directory or single file), or "SCHEME:REST" with a
 * scheme of kv_backend_list ("lmdb:PATH", "mem:").
 *   flags      a set of KV_OPEN_
 *   settings   the backend's options as "name=value,name=value" (kv_backend_list tells them), or NULL
 *   ret_store  gives the store; end it with kv_store_close
 *   ret_message  NULL, or receives on failure a sentence that names the file and the reason
 * Returns KV_OK, KV_ERR_NO_STORE, KV_ERR_NOT_A_STORE, KV_ERR_VERSION, KV_ERR_CORRUPT, KV_ERR_ACCESS, KV_ERR_SCHEME,
 * KV_ERR_OPTION, KV_ERR_NO_MEMORY, KV_ERR_TOO_MANY_FILES, KV_ERR_IO, …: a store that cannot be opened says why.
 */
int kv_store_open(const char *location, unsigned flags, const char *settings, kv_store **ret_store,
                  kv_message *ret_message);

/**
 * Ends the store (taken; NULL is nothing). New transactions are refused from now on with KV_ERR_CLOSED; open ones
 * of other threads are waited for. Returns KV_OK, or the status of the last flush of a KV_OPEN_NO_SYNC store.
 */
int kv_store_close(kv_store *store);

/** Makes everything committed so far durable. Returns KV_OK, KV_ERR_DISK_FULL, KV_ERR_IO. */
int kv_store_sync(kv_store *store);

/** Gives the number of the last committed transaction, which grows with every commit of any process. */
int kv_store_txid(kv_store *store, uint64_t *ret_txid);

/** What a store can do. */
enum {
    KV_CAN_WRITE = 1u << 0,     /**< read-write transactions */
    KV_CAN_NEST = 1u << 1,      /**< nested ones */
    KV_CAN_ROOT_MAP = 1u << 2,  /**< pairs in an unnamed root map beside the buckets */
    KV_CAN_BUCKETS = 1u << 3,   /**< named buckets */
    KV_CAN_BACKUP = 1u << 4,    /**< kv_store_backup */
    KV_CAN_RESERVE = 1u << 5,   /**< kv_bucket_reserve */
    KV_CAN_EMPTY_KEY = 1u << 6, /**< the empty key */
    KV_CAN_EMPTY_DUP = 1u << 7, /**< an empty value among several of one key */
    KV_CAN_SHARE = 1u << 8,     /**< other processes may write the store while it is open */
    KV_CAN_BEGIN_LATE = 1u << 9 /**< begin of a read-write transaction honours its deadline by itself */
};

/** Limits of a store, in bytes. A limit that does not exist is SIZE_MAX. */
typedef struct kv_limits {
    size_t key_max;         /**< longest key */
    size_t value_max;       /**< longest value in a bucket without duplicates */
    size_t dup_max;         /**< longest value in a dup-sort bucket */
    size_t bucket_name_max; /**< longest bucket name, its NUL not counted */
    kv_kind kinds;          /**< every kind bit that a bucket may have */
} kv_limits;

/** Gives the set of KV_CAN_ of the store as it was opened (a read-only one lacks KV_CAN_WRITE). */
unsigned kv_store_capabilities(const kv_store *store);

/** Gives the store's limits. */
void kv_store_limits(const kv_store *store, kv_limits *ret_limits);

/** What is known of a store as a whole. Sizes are in bytes; unknown numbers are 0. */
typedef struct kv_store_stat {
    uint64_t txid;       /**< last committed transaction */
    uint64_t disk_size;  /**< of the store's files */
    uint64_t used_size;  /**< in use by data and structure */
    uint64_t size_limit; /**< what the store may grow to */
    uint64_t bucket_count;
    uint64_t root_pairs; /**< pairs in the root map, buckets not counted */
    unsigned page_size;
    unsigned readers_max; /**< how many read transactions of all processes fit at once */
    unsigned readers_now;
} kv_store_stat;

/** Gives the store's numbers. Returns KV_OK or the failure of the read transaction it needs. */
int kv_store_statistics(kv_store *store, kv_store_stat *ret_stat);

/** Gives the size of the store's files in bytes. Returns KV_OK or KV_ERR_IO. */
int kv_store_disk_size(kv_store *store, uint64_t *ret_size);

/** Lends the scheme of the store's backend ("lmdb"), for ever. */
const char *kv_store_scheme(const kv_store *store);

/** Lends the location that the store was opened by, until it is closed. */
const char *kv_store_location(const kv_store *store);

/** Tells (1 or 0) whether writes are refused. */
int kv_store_is_read_only(const kv_store *store);

/** How kv_store_backup writes. */
enum {
    KV_BACKUP_COMPACT = 1u << 0 /**< leave free pages out: smaller, slower */
};

/**
 * Writes one consistent snapshot of the store as a single file that kv_store_open opens again, durable when the
 * call returns. To `path` (borrowed): made new, KV_EXISTS when something is there; removed again on failure.
 * Returns KV_OK, KV_EXISTS, KV_ERR_NOT_SUPPORTED, KV_ERR_DISK_FULL, KV_ERR_ACCESS, KV_ERR_IO.
 */
int kv_store_backup(kv_store *store, const char *path, unsigned flags);

/** The same to the open descriptor `fd` (borrowed), from its present offset: a pipe or a socket will do. */
int kv_store_backup_fd(kv_store *store, int fd, unsigned flags);

/**
 * Work in a managed transaction; `argument` is what the caller gave. What it returns decides: KV_OK or a positive
 * status commits, a negative one aborts. It must not end `txn`.
 */
typedef int kv_txn_work(kv_txn *txn, void *argument);

/** Runs `work` in a read-only transaction. Returns what it returned, or the failure to begin. */
int kv_store_view(kv_store *store, kv_txn_work *work, void *argument);

/**
 * Runs `work` in a read-write transaction, commits it unless `work` failed, and returns what it returned, or the
 * failure to begin or commit. With a deadline, waiting for another writer ends there with KV_ERR_TIMEOUT (the
 * work has then not run and will not run). Where the store cannot bound its own wait (KV_CAN_BEGIN_LATE is
 * missing) the work runs on another thread, and that thread may be left waiting for the other writer.
 */
int kv_store_update(kv_store *store, kv_deadline deadline, kv_txn_work *work, void *argument);

/** One kind of store, as kv_backend_list tells it. All lent for ever. */
typedef struct kv_backend_info {
    const char *scheme;  /**< "lmdb" */
    const char *summary; /**< one line */
    const char *options; /**< its settings, one a line: "name=ARGUMENT  what it does" */
} kv_backend_info;

/** Gives the `index`th kind of store. Returns KV_OK, or KV_NOT_FOUND past the last. */
int kv_backend_list(unsigned index, kv_backend_info *ret_info);

#ifdef __cplusplus
}
#endif
#endif
