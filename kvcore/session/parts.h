/*
 * A session's own objects, shared by its files: opening and the merged store (session.c), the stack of layers
 * (stack.c), the commit (commit.c), applying changes to the base (apply.c).
 *
 * The pending changes lie in generations, scratch stores in files without a name. Each is the upper store of an
 * overlay, and the overlays stand on one another, the lowest on the base. The top one takes new writes.
 *
 * A commit puts a new generation on top, so that the one below takes no more, applies that one to the base in one
 * transaction, and then puts the top on the base alone. After a failed commit the stack stays. The next commit folds
 * what was written since into the lowest generation: what was removed since is then no longer tried.
 *
 * Overlays and generations that are no longer on the stack are retired: closed when the last transaction that still
 * reads them has ended, the uppermost first.
 */
#ifndef KVCORE_SESSION_PARTS_H
#define KVCORE_SESSION_PARTS_H

#include <pthread.h>

#include "kvcore/core/core.h"
#include "kvcore/layer/overlay.h"
#include "kvcore/session.h"

/* The generation to be committed, one to be folded into it, and the top. */
#define SESSION_DEPTH_MAX 3

struct generation {
    kv_session *session;
    struct kvi_store *store;
    unsigned refs;
};

struct layer {
    kv_session *session;
    struct kvi_store *overlay;
    struct generation *generation;
    unsigned pins;      /* transactions about to begin */
    struct layer *next; /* in the queue of retired ones */
};

/* The merged store as the SPI knows it: its transactions are those of the top overlay. */
struct merged_store {
    struct kvi_store store;
    kv_session *session;
};

struct kv_session {
    kv_store *base;
    char *spool; /* settings of scratch stores, or NULL */
    struct merged_store merged;
    kv_store *public;     /* the merged view as users know stores */
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct layer *stack[SESSION_DEPTH_MAX];
    unsigned depth;
    unsigned replacements;    /* of layers below the top: grows with each */
    struct generation *spare; /* NULL, or an empty one for the next commit */
    bool is_closing;          /* no more spares */
    struct layer *retired;    /* oldest first */
    unsigned writers;         /* open read-write transactions */
    bool is_freezing;         /* no new ones */
    bool is_committing;
    int64_t frozen; /* when the top was last put on */
    int64_t since;  /* 0, or when the first transaction that may have changed something began */
    uint64_t commits;
    uint64_t failures;
    int last_failure;
};

static inline struct layer *session_top(const kv_session *session)
{
    return session->stack[session->depth - 1];
}

/* ---- stack.c ---- */

/* Opens a new generation and gives it with one reference. */
int kvi_session_generation_open(kv_session *session, struct generation **ret_generation, kv_message *message);

/* With the lock held: the last reference closes the generation, or empties it and makes it the spare. */
void kvi_session_generation_unref(struct generation *generation);

/* Makes a layer of a generation (a reference is added) over `below`, NULL for the base. */
int kvi_session_layer_open(kv_session *session, struct generation *generation, struct layer *below,
                           struct layer **ret_layer);

/* Closes a layer that nobody reads. */
void kvi_session_layer_close(struct layer *layer);

/* Replaces what stands at `from` and above by one layer; what was there is retired. With the lock held. */
void kvi_session_stack_replace(kv_session *session, unsigned from, struct layer *layer);

/* Closes retired layers that nobody reads any more. With the lock held. */
void kvi_session_retired_sweep(kv_session *session);

/* Waits until no read-write transaction is open and lets none begin, until kvi_session_thaw. With the lock held.
 * KV_OK or KV_ERR_TIMEOUT. */
int kvi_session_freeze(kv_session *session, kv_deadline deadline);
void kvi_session_thaw(kv_session *session);

/* Counts what a generation holds. */
int kvi_session_generation_measure(struct generation *generation, uint64_t *ret_changes, uint64_t *ret_bytes);

/* ---- commit.c ---- */

/* Waits for the commit of another thread, so that only this one changes the stack, until kvi_session_turn_end.
 * KV_OK or KV_ERR_TIMEOUT. */
int kvi_session_turn_take(kv_session *session, kv_deadline deadline);
void kvi_session_turn_end(kv_session *session);

/* In one's turn: gathers all that is pending in the lowest generation, with a new one on top.
 * KV_OK, KV_UNCHANGED when nothing is pending, KV_ERR_TIMEOUT, KV_ERR_DISK_FULL, … */
int kvi_session_gather(kv_session *session, kv_deadline deadline, kv_message *message);

/* ---- apply.c ---- */

/* What is applied, in a transaction of the base. */
struct apply_request {
    struct generation *generation;
    kv_message *message; /* NULL, or receives the reason of a failure */
};

int kvi_session_apply(kv_txn *base, void *apply_request);

#endif
