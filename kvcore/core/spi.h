/*
 * The service provider interface: what a backend or a layer gives to the core.
 *
 * A backend is one constant `struct kvi_backend` with designated initialisers, listed in the registry. Its objects
 * embed the structs below as first member and are cast down by the backend; the core (and a layer above) owns the
 * order of calls:
 *
 *   store_open → { txn_begin → { bucket_open → { get put … ; cursor_open → cursor_move … → cursor_close } }
 *                  → txn_commit | txn_abort }… → store_close
 *
 * The core guarantees: live objects, one thread at a time a transaction, every cursor closed before its bucket is
 * dropped, before its transaction ends or is reset; no write through a read-only transaction; sizes within the
 * limits, sizes of fixed and integer kinds, operations that fit the bucket's kind; a parent is left alone while it has
 * a child. Keys that are looked for by a seek may be longer than the limit. Backends contain no such checks.
 *
 * A backend guarantees: only codes of status.h; outputs untouched unless KV_OK (or where said); lent memory valid
 * until the end of a read-only transaction, in a read-write one until its next write (its own and its children's);
 * a failed write that leaves the transaction unusable answers a negative status to everything after it, commit
 * included.
 *
 * A slot that is NULL is not supported unless its comment says what the core does instead.
 */
#ifndef KVCORE_CORE_SPI_H
#define KVCORE_CORE_SPI_H

#include <stdbool.h>
#include <stdint.h>

#include "kvcore/base/option.h"
#include "kvcore/kind.h"
#include "kvcore/slice.h"
#include "kvcore/status.h"
#include "kvcore/store.h"
#include "kvcore/txn.h"

struct kvi_backend;

/* An open store of a backend. Limits and capabilities are filled in by store_open and then constant. */
struct kvi_store {
    const struct kvi_backend *backend;
    unsigned capabilities; /* KV_CAN_ */
    kv_limits limits;
};

/* A transaction of a backend. */
struct kvi_txn {
    struct kvi_store *store;
    bool is_write;
};

/* A bucket as one transaction sees it. `kind` is complete and constant. */
struct kvi_bucket {
    struct kvi_txn *txn;
    kv_kind kind;
};

/* A place in a bucket. */
struct kvi_cursor {
    struct kvi_bucket *bucket;
};

/* Moves of a cursor. The numbers are the wire's opcodes too.
 *
 * A backend must do the first eight. The state machine of cursor.h (fresh, gap, after the end, bounds) is the core's:
 * it asks NEXT, PREV, CURRENT and the dup moves only while the last move that answered KV_OK still stands. On
 * KV_NOT_FOUND from NEXT, PREV and the dup moves the cursor stays where it was; after KV_NOT_FOUND from the others, and
 * after any write in the transaction to the cursor's bucket or begin of a child, the core positions anew by an
 * absolute move before it asks for a relative one. So a backend need not carry a place across a write; it must only
 * not break when a cursor stays open over one. */
enum kvi_move {
    KVI_FIRST = 1,
    KVI_LAST = 2,
    KVI_NEXT = 3,
    KVI_PREV = 4,
    KVI_CURRENT = 5,    /* the pair again: its memory may have moved */
    KVI_SEEK = 6,       /* the first pair with a key >= key */
    KVI_SEEK_AFTER = 7, /* the first pair with a key > key */
    KVI_SEEK_PAIR = 8,  /* the first pair >= (key, value) of the bucket; in a plain bucket the same as SEEK */
    /* Below: only moves that the backend lists in `native_moves`; the core makes the others of the first eight. */
    KVI_FIRST_DUP = 9,
    KVI_LAST_DUP = 10,
    KVI_NEXT_DUP = 11,
    KVI_PREV_DUP = 12,
    KVI_NEXT_KEY = 13, /* the first pair of the next key */
    KVI_PREV_KEY = 14, /* the last pair of the previous key */
    KVI_MOVE_END
};

#define KVI_MOVE_BIT(move) (1u << (move))

/* How a put treats what is there. */
enum kvi_put_mode {
    KVI_PUT,       /* KV_OK, or KV_UNCHANGED when this very pair was there */
    KVI_PUT_NEW,   /* KV_OK, or KV_EXISTS: plain: the key has a value; dup-sort: this very pair is there */
    KVI_APPEND,    /* KV_OK, or KV_EXISTS when the pair does not sort after the last pair of the bucket */
    KVI_APPEND_DUP /* KV_OK, or KV_EXISTS when the value does not sort after the last value of the key */
};

/* What store_open is asked. All borrowed. */
struct kvi_open_request {
    const char *location;                   /* without the scheme */
    unsigned flags;                         /* KV_OPEN_ */
    const union kvi_option_value *settings; /* indexed as the backend's option table */
    kv_message *message;                    /* never NULL: a sentence on failure */
};

struct kvi_backend {
    const char *scheme;
    const char *summary;
    const struct kvi_option *options; /* ends with a name of NULL; NULL: none */
    unsigned native_moves;            /* KVI_MOVE_BIT of moves above KVI_SEEK_PAIR */

    /* ---- store ---- */
    int (*store_open)(const struct kvi_open_request *request, struct kvi_store **ret_store);
    int (*store_close)(struct kvi_store *store); /* no transaction is open; frees the store whatever it answers */
    int (*store_sync)(struct kvi_store *store);  /* NULL: KV_OK */
    int (*store_txid)(struct kvi_store *store, uint64_t *ret_txid);
    int (*store_statistics)(struct kvi_store *store, kv_store_stat *ret_stat); /* bucket_count, root_pairs: the core */
    int (*store_backup)(struct kvi_store *store, int fd, unsigned flags);

    /* ---- transaction ---- */
    int (*txn_begin)(struct kvi_store *store, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                     struct kvi_txn **ret_txn);
    int (*txn_commit)(struct kvi_txn *txn); /* frees the transaction and its buckets whatever it answers */
    void (*txn_abort)(struct kvi_txn *txn); /* frees them too */
    void (*txn_reset)(struct kvi_txn *txn); /* frees the buckets; NULL (with renew): the core ends and begins */
    int (*txn_renew)(struct kvi_txn *txn);
    uint64_t (*txn_id)(const struct kvi_txn *txn); /* of the snapshot */

    /* ---- bucket: `name` "" is the root map ---- */
    /* Lends the bucket until the transaction ends or drops it: KV_OK or KV_NOT_FOUND. Asked again it lends the same one
     * again; the core does so after every end of a child, which may have made, dropped or remade the bucket. No cursor
     * is open while a child is active. */
    int (*bucket_open)(struct kvi_txn *txn, const char *name, struct kvi_bucket **ret_bucket);
    /* Called when it is missing: makes it and lends it. KV_ERR_NAME_TAKEN when a root pair has the name. */
    int (*bucket_create)(struct kvi_txn *txn, const char *name, kv_kind kind, struct kvi_bucket **ret_bucket);
    int (*bucket_drop)(struct kvi_bucket *bucket); /* ends the lent bucket on KV_OK */
    int (*bucket_clear)(struct kvi_bucket *bucket);
    /* As kv_bucket_next: the first bucket with a name > after (NULL: of all). */
    int (*bucket_next)(struct kvi_txn *txn, const char *after, char *name);
    int (*bucket_count)(struct kvi_bucket *bucket, uint64_t *ret_count); /* NULL: the core counts by a scan */
    int (*bucket_size)(struct kvi_bucket *bucket, uint64_t *ret_size);   /* NULL: 0 */

    /* ---- pair ---- */
    int (*get)(struct kvi_bucket *bucket, kv_slice key, kv_slice *ret_value); /* smallest value; KV_NOT_FOUND */
    int (*put)(struct kvi_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode);
    /* `value` NULL: the key with all its values. Else only that pair (plain: only when equal). KV_OK, KV_UNCHANGED. */
    int (*del)(struct kvi_bucket *bucket, kv_slice key, const kv_slice *value);
    int (*reserve)(struct kvi_bucket *bucket, kv_slice key, size_t size, void **ret_data);

    /* ---- cursor ---- */
    int (*cursor_open)(struct kvi_bucket *bucket, struct kvi_cursor **ret_cursor);
    void (*cursor_close)(struct kvi_cursor *cursor);
    /* `ret_key` and `ret_value` are never NULL; a cursor that is told keys_only may give empty
     * values where a key has only one. */
    int (*cursor_move)(struct kvi_cursor *cursor, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                       kv_slice *ret_value);
    /* Number of values of the current key. NULL: the core counts. */
    int (*cursor_count_dups)(struct kvi_cursor *cursor, uint64_t *ret_count);
    /* Dup-fixed: a packed run of the current key's values from the current one on; rests on the last of them.
     * NULL: the core gives one value at a time. */
    int (*cursor_multi)(struct kvi_cursor *cursor, kv_slice *ret_values);
    /* Dup-fixed: adds values of `stride` bytes; KV_OK; KV_UNCHANGED where it is known that all were there. NULL: the core puts one by one. */
    int (*put_multi)(struct kvi_bucket *bucket, kv_slice key, kv_slice values, size_t stride);
    /* Hints; NULL: nothing. */
    void (*cursor_hint)(struct kvi_cursor *cursor, bool is_keys_only, unsigned prefetch, kv_slice prefix);
};

#endif
