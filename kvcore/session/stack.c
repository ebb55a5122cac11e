/* Generations and layers: how they are opened, stacked, frozen and retired. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "kvcore/base/cleanup.h"
#include "kvcore/registry/registry.h"
#include "kvcore/session/parts.h"

/* A scratch store that holds no more than this is emptied and used again: a commit of little, as an fsync of each file
 * makes it, would otherwise cost more by the making of files than by the commit. */
#define SPARE_MAX (1u << 20)

static struct generation *take_spare(kv_session *session)
{
    KVI_SCOPED_LOCK(&session->lock);
    struct generation *spare = session->spare;
    session->spare = NULL;
    return spare;
}

int kvi_session_generation_open(kv_session *session, struct generation **ret_generation, kv_message *message)
{
    struct generation *generation = take_spare(session);
    if (generation) {
        *ret_generation = generation;
        return KV_OK;
    }
    generation = calloc(1, sizeof *generation);
    if (!generation)
        return KV_ERR_NO_MEMORY;
    const struct kvi_backend *scratch = kvi_registry_find(kv_slice_text("mem"));
    int status = kvi_registry_open(scratch, "", KV_OPEN_CREATE, session->spool, &generation->store, message);
    if (status != KV_OK) {
        free(generation);
        return status;
    }
    generation->session = session;
    generation->refs = 1;
    *ret_generation = generation;
    return KV_OK;
}

static int drop_all(struct kvi_txn *txn)
{
    const struct kvi_backend *ops = txn->store->backend;
    struct kvi_bucket *bucket;
    char name[KV_BUCKET_NAME_SIZE];
    int status;
    while ((status = ops->bucket_next(txn, NULL, name)) == KV_OK) {
        status = ops->bucket_open(txn, name, &bucket);
        if (status == KV_OK)
            status = ops->bucket_drop(bucket);
        if (status != KV_OK)
            return status;
    }
    return status < 0 ? status : KV_OK;
}

/* Empties a scratch store, unless it has grown so that a new one is cheaper. */
static bool empty(struct kvi_store *store)
{
    kv_store_stat stat = {0};
    struct kvi_txn *txn;
    if (store->backend->store_statistics(store, &stat) != KV_OK || stat.used_size > SPARE_MAX ||
        store->backend->txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn) != KV_OK)
        return false;
    if (drop_all(txn) == KV_OK)
        return store->backend->txn_commit(txn) == KV_OK;
    store->backend->txn_abort(txn);
    return false;
}

void kvi_session_generation_unref(struct generation *generation)
{
    kv_session *session = generation->session;
    if (--generation->refs > 0)
        return;
    if (!session->spare && !session->is_closing && empty(generation->store)) {
        generation->refs = 1;
        session->spare = generation;
        return;
    }
    generation->store->backend->store_close(generation->store);
    free(generation);
}

int kvi_session_generation_measure(struct generation *generation, uint64_t *ret_changes, uint64_t *ret_bytes)
{
    struct kvi_store *store = generation->store;
    struct kvi_txn *txn;
    int status = store->backend->txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
    if (status != KV_OK)
        return status;
    status = kvi_overlay_measure(txn, ret_changes, ret_bytes);
    store->backend->txn_abort(txn);
    return status;
}

/* A transaction of a layer has ended, on whatever thread; the layer may be gone already. */
static void ended(void *argument, bool is_write)
{
    kv_session *session = argument;
    pthread_mutex_lock(&session->lock);
    if (is_write) {
        session->writers--;
        pthread_cond_broadcast(&session->changed);
    }
    if (session->retired)
        kvi_session_retired_sweep(session);
    pthread_mutex_unlock(&session->lock);
}

int kvi_session_layer_open(kv_session *session, struct generation *generation, struct layer *below,
                           struct layer **ret_layer)
{
    struct layer *layer = calloc(1, sizeof *layer);
    if (!layer)
        return KV_ERR_NO_MEMORY;
    struct kvi_store *base = below ? below->overlay : session->base->spi;
    int status = kvi_overlay_open(generation->store, base, ended, session, &layer->overlay);
    if (status != KV_OK) {
        free(layer);
        return status;
    }
    layer->session = session;
    layer->generation = generation;
    generation->refs++;
    *ret_layer = layer;
    return KV_OK;
}

void kvi_session_layer_close(struct layer *layer)
{
    layer->overlay->backend->store_close(layer->overlay);
    kvi_session_generation_unref(layer->generation);
    free(layer);
}

void kvi_session_retired_sweep(kv_session *session)
{
    /* In the order of retiring, which is from the uppermost down: no layer goes before one that stands on it. */
    while (session->retired && session->retired->pins == 0 && kvi_overlay_is_idle(session->retired->overlay)) {
        struct layer *layer = session->retired;
        session->retired = layer->next;
        kvi_session_layer_close(layer);
    }
}

static void retire(kv_session *session, struct layer *layer)
{
    struct layer **end = &session->retired;
    while (*end)
        end = &(*end)->next;
    layer->next = NULL;
    *end = layer;
}

void kvi_session_stack_replace(kv_session *session, unsigned from, struct layer *layer)
{
    while (session->depth > from)
        retire(session, session->stack[--session->depth]);
    session->stack[session->depth++] = layer;
    session->replacements++;
    kvi_session_retired_sweep(session);
}

int kvi_session_freeze(kv_session *session, kv_deadline deadline)
{
    const struct timespec until = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    session->is_freezing = true;
    int waited = 0;
    while (session->writers > 0 && waited != ETIMEDOUT)
        waited = deadline ? pthread_cond_timedwait(&session->changed, &session->lock, &until)
                          : pthread_cond_wait(&session->changed, &session->lock);
    if (session->writers == 0)
        return KV_OK;
    kvi_session_thaw(session);
    return KV_ERR_TIMEOUT;
}

void kvi_session_thaw(kv_session *session)
{
    session->is_freezing = false;
    pthread_cond_broadcast(&session->changed);
}
