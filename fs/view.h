/*
 * A view: what one tree of the mount shows. Its base store, and where it can be written the session over it.
 *
 * Where it sits: below the nodes, above the library. The mount has one view now; a snapshot or a private session will
 * be one more. Every node knows its view.
 *
 * Requests read in a transaction of the view's store that they borrow for their duration (kvfs_view_read and
 * kvfs_view_done): renewed, not begun, so that a request costs no allocation and no lock of the store outlives it.
 *
 * Thread rule: any thread. Locks, outermost first: `tree`, a directory handle's, `extras`, a file's content, `files`,
 * then those inside the table, the times and the pool. `tree` is held for reading by whoever looks at what a node is
 * called and where it hangs, for writing by whoever changes that. What people get wrong: holding `tree` over a commit;
 * renewing the transaction before looking for unpublished files (one that is being published is then seen nowhere).
 */
#ifndef KVFS_VIEW_H
#define KVFS_VIEW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "fs/option.h"
#include "fs/status.h"
#include "fs/times.h"

struct kvfs_dir;
struct kvfs_file;
struct kvfs_node;
struct kvfs_table;

enum { KVFS_POOL_SIZE = 32 };

struct kvfs_view {
    const struct kvfs_options *options;
    kv_store *base;
    kv_session *session; /* NULL where the view is read-only */
    kv_store *store;     /* what is shown: the session's merged store, or the base */
    kv_limits limits;
    unsigned capabilities;

    pthread_rwlock_t tree;
    struct kvfs_table *table;
    struct kvfs_node *root;
    pthread_mutex_t extras; /* every directory's unpublished children */
    pthread_mutex_t files;  /* which node has which open file, its counts, and the list of all */
    struct kvfs_file *first_file;
    struct kvfs_dir *first_dir; /* open handles: the kernel need not say that it closed them all */

    pthread_mutex_t pool_lock;
    kv_txn *pool[KVFS_POOL_SIZE];
    unsigned pool_count;

    struct kvfs_times times;
    atomic_uint_fast64_t changes; /* write transactions done on the session */
    atomic_uint pins;             /* read transactions that open files keep */
    unsigned pins_max;
    atomic_size_t memory; /* bytes of unpublished content that are in memory */
};

/** Opens the view of `options->store`. Returns KV_OK or the failure, and then `ret_message` says what to do. */
int kvfs_view_open(const struct kvfs_options *options, struct kvfs_view **ret_view, kv_message *ret_message);

/** Closes the view and its stores (taken; NULL is nothing). Pending changes are gone: commit first. */
void kvfs_view_close(struct kvfs_view *view);

/** Tells (1 or 0) whether the view refuses every write. */
static inline int kvfs_view_is_read_only(const struct kvfs_view *view)
{
    return view->session == NULL;
}

/** Lends a transaction on the newest state, to be given back with kvfs_view_done. Returns as kv_txn_renew. */
int kvfs_view_read(struct kvfs_view *view, kv_txn **ret_txn);

/** Ends what kvfs_view_read lent (NULL is nothing), with everything that was lent from it. */
void kvfs_view_done(struct kvfs_view *view, kv_txn *txn);

/** Begins a change of the session. End it with kvfs_view_apply or kv_txn_free. Returns as kv_txn_begin;
 * KV_ERR_READ_ONLY on a view that refuses writes. */
int kvfs_view_write(struct kvfs_view *view, kv_txn **ret_txn);

/** Applies a change begun with kvfs_view_write (taken whatever the answer). Returns as kv_txn_commit. */
int kvfs_view_apply(struct kvfs_view *view, kv_txn *txn);

/** Gives the moment at which a request that begins now must have ended (S38). */
kv_deadline kvfs_view_deadline(const struct kvfs_view *view);

/** A borrowed transaction that a scope gives back. */
struct kvfs_reading {
    struct kvfs_view *view;
    kv_txn *txn;
};

static inline void kvfs_reading_end(struct kvfs_reading *reading)
{
    kvfs_view_done(reading->view, reading->txn);
}

/** Declares a reading that ends with its scope: kvfs_view_read(view, &NAME.txn). */
#define KVFS_READING(name, of) __attribute__((cleanup(kvfs_reading_end))) struct kvfs_reading name = {(of), NULL}

#endif
