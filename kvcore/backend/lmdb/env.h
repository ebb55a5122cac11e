/*
 * One LMDB environment as this process has it open: shared by every store that names the same data file.
 *
 * Where it sits: under store.c (which holds references) and txn.c (which enters it for each transaction).
 *
 * Thread rule: any thread. kvi_lmdb_env_open and _close hold a lock of the whole process, since an environment that is
 * open twice in one process loses its locks at the first close.
 *
 * What people get wrong: changing the map while a transaction reads it. Whoever is about to begin a transaction enters
 * the environment first; the map is exchanged only when nobody else has entered.
 */
#ifndef KVCORE_BACKEND_LMDB_ENV_H
#define KVCORE_BACKEND_LMDB_ENV_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kvcore/backend/lmdb/handles.h"
#include "kvcore/backend/lmdb/location.h"

/* How an environment is opened. */
struct kvi_lmdb_wish {
    bool is_read_only;
    bool is_unsynced;
    bool may_create;
    bool is_scratch; /* of a memory store: its files are unlinked, it is never shared */
    bool has_no_readahead;
    mode_t mode;       /* of files that are made */
    unsigned readers;  /* slots when the lock file is made; 0: LMDB's number */
    unsigned handles;  /* most bucket handles at once */
    uint64_t map_size; /* exactly this; 0: chosen */
};

struct kvi_lmdb_env {
    MDB_env *mdb;
    struct kvi_lmdb_handles handles;
    atomic_uint main_flags; /* LMDB's, that the comparators of the main database were set by; set by the table's lock */

    /* Constant once open. */
    struct kvi_lmdb_location location;
    struct kvi_lmdb_wish wish;
    unsigned mdb_flags;
    bool is_read_only;
    bool is_forced_read_only; /* nobody asked for it: the media are */
    unsigned handles_max;     /* that LMDB has room for */
    uint64_t reserved;        /* the size of the map at open */
    dev_t device;             /* of the data file, */
    ino_t inode;              /* and its number there */
    pid_t process;            /* that opened it */

    /* By the lock of the whole process. */
    unsigned refs;
    struct kvi_lmdb_env *next;

    pthread_mutex_t idle_lock;
    struct kvi_lmdb_txn *idle; /* read transactions that are over; by idle_lock */
    unsigned idle_count;

    pthread_mutex_t gate;         /* held while the map is exchanged */
    atomic_int entered;           /* transactions open or about to begin; -1: the map is being exchanged */
    atomic_bool is_gathering;     /* somebody waits until nobody has entered; others wait for the gate */
    atomic_uint recoveries;       /* grows with each exchange of the map */
    atomic_int txns;              /* LMDB transactions that exist, those reset included */
    _Atomic int64_t checked_at;   /* when the readers were last looked through */
    atomic_bool is_dead;          /* the map is gone; only closing is left */
    _Atomic uint64_t empty_txnid; /* the newest snapshot known to have no buckets, plus 1; 0: none */
};

/**
 * Opens the environment at `location`, or takes a reference to it when this process has it open.
 *   message  receives a sentence on failure
 * Returns KV_OK, KV_ERR_NO_STORE, KV_ERR_NOT_A_STORE, KV_ERR_VERSION, KV_ERR_CORRUPT, KV_ERR_BUSY (open here for
 * reading only), KV_ERR_ACCESS, KV_ERR_READ_ONLY, KV_ERR_READERS_FULL, KV_ERR_NO_MEMORY, KV_ERR_DISK_FULL, KV_ERR_IO.
 */
int kvi_lmdb_env_open(const struct kvi_lmdb_location *location, const struct kvi_lmdb_wish *wish,
                      struct kvi_lmdb_env **ret_env, kv_message *message);

/* Gives back one reference, and closes the environment with the last. */
void kvi_lmdb_env_close(struct kvi_lmdb_env *env);

/* Opens an environment of nobody else's; kvi_lmdb_env_free ends it. For share.c and memory stores. */
int kvi_lmdb_env_new(const struct kvi_lmdb_location *location, const struct kvi_lmdb_wish *wish,
                     struct kvi_lmdb_env **ret_env, kv_message *message);

/* Closes and frees. No transaction is open. */
void kvi_lmdb_env_free(struct kvi_lmdb_env *env);

/* Keeps the map in its place until kvi_lmdb_env_leave. Returns KV_OK, or KV_ERR_IO when it is gone. */
int kvi_lmdb_env_enter(struct kvi_lmdb_env *env);
void kvi_lmdb_env_leave(struct kvi_lmdb_env *env);

/**
 * After `code` from LMDB's begin or renew, by who has entered and has no LMDB transaction: exchanges the map that
 * another process outgrew (MDB_MAP_RESIZED), opens the environment anew after a failed write of a meta page
 * (MDB_PANIC), or frees the slots of readers that died (MDB_READERS_FULL).
 * Returns KV_OK (begin once more), KV_ERR_BUSY (transactions of this process are in the way), KV_ERR_READERS_FULL,
 * KV_ERR_IO.
 */
int kvi_lmdb_env_recover(struct kvi_lmdb_env *env, int code);

/** Opens the environment anew, by who has entered and has no LMDB transaction, because its lock file does not know of the
 * newest commit. Returns KV_OK (begin once more), KV_ERR_UNLOCKED_WRITER (other transactions are in the way), KV_ERR_IO. */
int kvi_lmdb_env_renumber(struct kvi_lmdb_env *env);

/* Frees the slots of readers that died, now and then: the pages that they saw keep the file growing. */
void kvi_lmdb_env_check_readers(struct kvi_lmdb_env *env);

/* After a failed write: LMDB calls a write that came out short an I/O error, and mostly that is a full disk. Gives the
 * better one of both statuses. */
int kvi_lmdb_env_explain(const struct kvi_lmdb_env *env, int status);

#endif
