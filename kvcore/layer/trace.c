/* The trace as a store, and the descriptors that it answers by. */
#include "kvcore/layer/trace.h"

#include <stdlib.h>

#include "kvcore/layer/trace_parts.h"

static struct trace *trace_of(const struct kvi_store *store)
{
    return ((const struct trace_view *)store)->trace;
}

uint64_t kvi_trace_violations(const struct kvi_store *trace)
{
    return atomic_load(&trace_of(trace)->violations);
}

void kvi_trace_retire(struct trace *trace, void *object)
{
    pthread_mutex_lock(&trace->lock);
    unsigned place = trace->retirements++ % TRACE_RETIRED;
    void *oldest = trace->retired[place];
    trace->retired[place] = object;
    pthread_mutex_unlock(&trace->lock);
    free(oldest);
}

/* ---- slots of the store ---- */

static int store_close(struct kvi_store *store)
{
    struct trace *trace = trace_of(store);
    int status;
    {
        TRACE_SCOPED_CALL call = kvi_trace_call_store(trace, "store_close");
        kvi_trace_expect(&call, atomic_load(&trace->open_txns) == 0, "the core closed a store with open transactions");
        kvi_trace_start(&call);
        status = kvi_trace_stop(&call, trace->below->backend->store_close(trace->below), KV_OK, 0);
    }
    for (unsigned i = 0; i < TRACE_RETIRED; i++)
        free(trace->retired[i]);
    while (trace->view.next) {
        struct trace_view *view = trace->view.next;
        trace->view.next = view->next;
        free(view);
    }
    pthread_mutex_destroy(&trace->lock);
    free(trace);
    return status;
}

static int store_sync(struct kvi_store *store)
{
    struct trace *trace = trace_of(store);
    TRACE_SCOPED_CALL call = kvi_trace_call_store(trace, "store_sync");
    kvi_trace_start(&call);
    return kvi_trace_stop(&call, trace->below->backend->store_sync(trace->below), KV_OK, 0);
}

static int store_txid(struct kvi_store *store, uint64_t *ret_txid)
{
    struct trace *trace = trace_of(store);
    TRACE_SCOPED_CALL call = kvi_trace_call_store(trace, "store_txid");
    uint64_t txid = TRACE_UNWRITTEN_NUMBER;
    kvi_trace_start(&call);
    int status = kvi_trace_stop(&call, trace->below->backend->store_txid(trace->below, &txid), KV_OK, 0);
    kvi_trace_expect_output(&call, status, txid != TRACE_UNWRITTEN_NUMBER);
    if (status == KV_OK)
        *ret_txid = txid;
    return status;
}

static bool is_same_stat(const kv_store_stat *a, const kv_store_stat *b)
{
    return a->txid == b->txid && a->disk_size == b->disk_size && a->used_size == b->used_size &&
           a->size_limit == b->size_limit && a->bucket_count == b->bucket_count && a->root_pairs == b->root_pairs &&
           a->page_size == b->page_size && a->readers_max == b->readers_max && a->readers_now == b->readers_now;
}

static int store_statistics(struct kvi_store *store, kv_store_stat *ret_stat)
{
    struct trace *trace = trace_of(store);
    TRACE_SCOPED_CALL call = kvi_trace_call_store(trace, "store_statistics");
    kv_store_stat stat = *ret_stat;
    kvi_trace_start(&call);
    int status = kvi_trace_stop(&call, trace->below->backend->store_statistics(trace->below, &stat), KV_OK, 0);
    if (status != KV_OK)
        kvi_trace_expect_output(&call, status, !is_same_stat(&stat, ret_stat));
    else
        *ret_stat = stat;
    return status;
}

static int store_backup(struct kvi_store *store, int fd, unsigned flags)
{
    struct trace *trace = trace_of(store);
    TRACE_SCOPED_CALL call = kvi_trace_call_store(trace, "store_backup");
    call.event.detail = flags;
    kvi_trace_require(&call, fd >= 0, "the core asked for a backup without a file");
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    return kvi_trace_stop(&call, trace->below->backend->store_backup(trace->below, fd, flags), KV_OK, 0);
}

/* ---- descriptors ---- */

/* Every slot that the store below has, and no other: what is NULL the core does itself. */
static void fill_descriptor(struct kvi_backend *own, const struct kvi_backend *below)
{
    *own = *below;
    own->store_open = NULL;
#define WRAP(slot, function) own->slot = below->slot ? (function) : NULL
    WRAP(store_close, store_close);
    WRAP(store_sync, store_sync);
    WRAP(store_txid, store_txid);
    WRAP(store_statistics, store_statistics);
    WRAP(store_backup, store_backup);
    WRAP(txn_begin, kvi_trace_txn_begin);
    WRAP(txn_commit, kvi_trace_txn_commit);
    WRAP(txn_abort, kvi_trace_txn_abort);
    WRAP(txn_reset, kvi_trace_txn_reset);
    WRAP(txn_renew, kvi_trace_txn_renew);
    WRAP(txn_id, kvi_trace_txn_id);
    WRAP(bucket_open, kvi_trace_bucket_open);
    WRAP(bucket_create, kvi_trace_bucket_create);
    WRAP(bucket_drop, kvi_trace_bucket_drop);
    WRAP(bucket_clear, kvi_trace_bucket_clear);
    WRAP(bucket_next, kvi_trace_bucket_next);
    WRAP(bucket_count, kvi_trace_bucket_count);
    WRAP(bucket_size, kvi_trace_bucket_size);
    WRAP(get, kvi_trace_get);
    WRAP(put, kvi_trace_put);
    WRAP(del, kvi_trace_del);
    WRAP(reserve, kvi_trace_reserve);
    WRAP(put_multi, kvi_trace_put_multi);
    WRAP(cursor_open, kvi_trace_cursor_open);
    WRAP(cursor_close, kvi_trace_cursor_close);
    WRAP(cursor_move, kvi_trace_cursor_move);
    WRAP(cursor_count_dups, kvi_trace_cursor_count_dups);
    WRAP(cursor_multi, kvi_trace_cursor_multi);
    WRAP(cursor_hint, kvi_trace_cursor_hint);
#undef WRAP
}

static void fill_view(struct trace_view *view, struct trace *trace, const struct kvi_store *below)
{
    view->store = *below;
    view->store.backend = &view->backend;
    view->below = below->backend;
    view->trace = trace;
    fill_descriptor(&view->backend, below->backend);
}

static bool is_view_of(const struct trace_view *view, const struct kvi_store *below)
{
    const kv_limits *a = &view->store.limits, *b = &below->limits;
    return view->below == below->backend && view->store.capabilities == below->capabilities &&
           a->key_max == b->key_max && a->value_max == b->value_max && a->dup_max == b->dup_max &&
           a->bucket_name_max == b->bucket_name_max && a->kinds == b->kinds;
}

struct trace_view *kvi_trace_view_of(struct trace *trace, const struct kvi_store *below)
{
    KVI_SCOPED_LOCK(&trace->lock);
    struct trace_view *view = &trace->view;
    while (view && !is_view_of(view, below))
        view = view->next;
    if (view)
        return view;
    view = calloc(1, sizeof *view);
    if (!view)
        return NULL;
    fill_view(view, trace, below);
    view->next = trace->view.next;
    trace->view.next = view;
    return view;
}

int kvi_trace_open(struct kvi_store *below, kvi_trace_sink *sink, void *argument, struct kvi_store **ret_store)
{
    struct trace *trace = calloc(1, sizeof *trace);
    if (!trace) {
        below->backend->store_close(below);
        return KV_ERR_NO_MEMORY;
    }
    fill_view(&trace->view, trace, below);
    trace->below = below;
    trace->sink = sink;
    trace->argument = argument;
    pthread_mutex_init(&trace->lock, NULL);
    *ret_store = &trace->view.store;
    return KV_OK;
}
