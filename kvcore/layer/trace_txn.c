/* Traced transactions: begin, end, reset and renew. */
#include <stdlib.h>

#include "kvcore/layer/trace_parts.h"

static const struct kvi_backend *ops_of(const struct trace_txn *txn)
{
    return txn->below->store->backend;
}

static void require_begin(struct trace_call *call, struct kvi_store *store, struct trace_txn *parent, unsigned flags)
{
    bool is_write = (flags & KV_TXN_WRITE) != 0;
    kvi_trace_require(call, (flags & ~(unsigned)(KV_TXN_WRITE | KV_TXN_NO_SYNC)) == 0,
                      "the core began with unknown flags");
    kvi_trace_require(call, !is_write || (store->capabilities & KV_CAN_WRITE),
                      "the core began to write a read-only store");
    if (!parent)
        return;
    kvi_trace_require(call, store->capabilities & KV_CAN_NEST, "the core nested in a store that cannot");
    kvi_trace_require(call, parent->txn.is_write && is_write, "the core nested a read-only transaction");
    kvi_trace_require(call, !parent->cursors, "the core left a cursor open over the begin of a child");
}

/* Makes the trace's object around a transaction of the store below (taken). */
static int wrap(struct trace *trace, struct kvi_txn *below, struct trace_txn *parent, struct kvi_txn **ret_txn)
{
    struct trace_txn *txn = calloc(1, sizeof *txn);
    struct trace_view *view = kvi_trace_view_of(trace, below->store);
    if (!txn || !view) {
        free(txn);
        below->store->backend->txn_abort(below);
        return KV_ERR_NO_MEMORY;
    }
    txn->txn.store = &view->store;
    txn->txn.is_write = below->is_write;
    txn->life = TRACE_LIVE;
    txn->trace = trace;
    txn->below = below;
    txn->parent = parent;
    txn->thread = pthread_self();
    atomic_flag_clear(&txn->turn);
    if (parent)
        parent->child = txn;
    atomic_fetch_add(&trace->open_txns, 1);
    *ret_txn = &txn->txn;
    return KV_OK;
}

int kvi_trace_txn_begin(struct kvi_store *store, struct kvi_txn *parent_txn, unsigned flags, kv_deadline deadline,
                        struct kvi_txn **ret_txn)
{
    struct trace *trace = ((struct trace_view *)store)->trace;
    struct trace_txn *parent = (struct trace_txn *)parent_txn;
    TRACE_SCOPED_CALL call =
        parent ? kvi_trace_call_txn(parent, "txn_begin", TRACE_READS) : kvi_trace_call_store(trace, "txn_begin");
    call.event.detail = flags;
    require_begin(&call, store, parent, flags);
    if (call.is_refused)
        return KV_ERR_INVALID;
    struct kvi_store *below = parent && store != &trace->view.store ? parent->below->store : trace->below;
    struct kvi_txn *txn = NULL;
    kvi_trace_start(&call);
    int status = below->backend->txn_begin(below, parent ? parent->below : NULL, flags, deadline, &txn);
    kvi_trace_stop(&call, status, KV_OK, 0);
    kvi_trace_expect_output(&call, status, txn != NULL);
    if (status != KV_OK || !txn)
        return status != KV_OK ? status : KV_ERR_IO;
    kvi_trace_expect(&call, txn->is_write == ((flags & KV_TXN_WRITE) != 0),
                     "the backend began another kind of transaction");
    return wrap(trace, txn, parent, ret_txn);
}

/* Before the store below ends a transaction or its snapshot. */
static void prepare_end(struct trace_call *call, struct trace_txn *txn)
{
    kvi_trace_expect(call, !txn->cursors, "the core left a cursor open over the end of a transaction");
    kvi_trace_cursors_end(txn);
    kvi_trace_buckets_end(txn);
}

/* After it: the object is kept only to notice that it is used again. */
static void retire(struct trace_call *call, struct trace_txn *txn)
{
    if (txn->parent) {
        txn->parent->child = NULL;
        txn->parent->children++;
    }
    txn->life = TRACE_ENDED;
    call->txn = NULL;
    atomic_fetch_sub(&txn->trace->open_txns, 1);
    kvi_trace_retire(txn->trace, txn);
}

int kvi_trace_txn_commit(struct kvi_txn *base)
{
    struct trace_txn *txn = (struct trace_txn *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_txn(txn, "txn_commit", TRACE_ENDS);
    if (call.is_refused)
        return KV_ERR_INVALID;
    prepare_end(&call, txn);
    kvi_trace_start(&call);
    int status = kvi_trace_stop(&call, ops_of(txn)->txn_commit(txn->below), KV_OK, 0);
    retire(&call, txn);
    return status;
}

void kvi_trace_txn_abort(struct kvi_txn *base)
{
    struct trace_txn *txn = (struct trace_txn *)base;
    bool is_reset = txn->life == TRACE_RESET;
    TRACE_SCOPED_CALL call =
        kvi_trace_call_txn(txn, "txn_abort", is_reset ? (unsigned)TRACE_MAY_RESET : (unsigned)TRACE_ENDS);
    if (call.is_refused)
        return;
    prepare_end(&call, txn);
    kvi_trace_start(&call);
    ops_of(txn)->txn_abort(txn->below);
    kvi_trace_stop_void(&call);
    retire(&call, txn);
}

void kvi_trace_txn_reset(struct kvi_txn *base)
{
    struct trace_txn *txn = (struct trace_txn *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_txn(txn, "txn_reset", TRACE_ENDS);
    kvi_trace_require(&call, !base->is_write, "the core reset a read-write transaction");
    if (call.is_refused)
        return;
    prepare_end(&call, txn);
    kvi_trace_start(&call);
    ops_of(txn)->txn_reset(txn->below);
    kvi_trace_stop_void(&call);
    txn->life = TRACE_RESET;
}

int kvi_trace_txn_renew(struct kvi_txn *base)
{
    struct trace_txn *txn = (struct trace_txn *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_txn(txn, "txn_renew", TRACE_MAY_RESET);
    kvi_trace_require(&call, txn->life == TRACE_RESET, "the core renewed a transaction that was not reset");
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    int status = kvi_trace_stop(&call, ops_of(txn)->txn_renew(txn->below), KV_OK, 0);
    if (status == KV_OK)
        txn->life = TRACE_LIVE;
    return status;
}

/* Not under the turn: it says something that does not change, and the transaction is const. */
uint64_t kvi_trace_txn_id(const struct kvi_txn *base)
{
    const struct trace_txn *txn = (const struct trace_txn *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_store(txn->trace, "txn_id");
    kvi_trace_require(&call, txn->life == TRACE_LIVE, "the core used a transaction that has ended");
    if (call.is_refused)
        return 0;
    kvi_trace_start(&call);
    uint64_t id = ops_of(txn)->txn_id(txn->below);
    kvi_trace_stop_void(&call);
    return id;
}
