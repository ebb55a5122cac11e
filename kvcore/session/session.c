/* A session's life, and its merged store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kvcore/base/cleanup.h"
#include "kvcore/base/clock.h"
#include "kvcore/base/message.h"
#include "kvcore/session/parts.h"

/* ---- the merged store: everything but the begin of a transaction is the top overlay's ---- */

static kv_session *session_of(struct kvi_store *store)
{
    return ((struct merged_store *)store)->session;
}

static struct kvi_store *base_of(struct kvi_store *store)
{
    return session_of(store)->base->spi;
}

static void free_session(kv_session *session)
{
    pthread_mutex_lock(&session->lock);
    session->is_closing = true;
    kvi_session_retired_sweep(session);
    while (session->depth > 0)
        kvi_session_layer_close(session->stack[--session->depth]);
    if (session->spare)
        kvi_session_generation_unref(session->spare);
    pthread_mutex_unlock(&session->lock);
    pthread_cond_destroy(&session->changed);
    pthread_mutex_destroy(&session->lock);
    kvi_store_unref(session->base);
    free(session->spool);
    free(session);
}

/* The last use of the merged store ends the session: a thread that waited for a writer's turn in vain may still be
 * on its way out when the owner has closed it. */
static int merged_close(struct kvi_store *store)
{
    free_session(session_of(store));
    return KV_OK;
}

static int merged_sync(struct kvi_store *store)
{
    return kv_store_sync(session_of(store)->base);
}

static int merged_txid(struct kvi_store *store, uint64_t *ret_txid)
{
    return base_of(store)->backend->store_txid(base_of(store), ret_txid);
}

static int merged_statistics(struct kvi_store *store, kv_store_stat *ret_stat)
{
    return base_of(store)->backend->store_statistics(base_of(store), ret_stat);
}

/* Lends the top layer, pinned. Of writers, one that may not begin now waits. */
static struct layer *pin_top(kv_session *session, bool is_write, unsigned *ret_replacements)
{
    pthread_mutex_lock(&session->lock);
    while (is_write && session->is_freezing)
        pthread_cond_wait(&session->changed, &session->lock);
    struct layer *layer = session_top(session);
    layer->pins++;
    *ret_replacements = session->replacements;
    if (is_write) {
        session->writers++;
        if (!session->since)
            session->since = kvi_clock_ns();
    }
    pthread_mutex_unlock(&session->lock);
    return layer;
}

/* Tells whether the stack is still what it was when the layer was pinned. */
static bool unpin(struct layer *layer, bool is_failed_writer, unsigned replacements)
{
    kv_session *session = layer->session;
    pthread_mutex_lock(&session->lock);
    bool is_same = session->replacements == replacements;
    layer->pins--;
    if (is_failed_writer) {
        session->writers--;
        pthread_cond_broadcast(&session->changed);
    }
    kvi_session_retired_sweep(session);
    pthread_mutex_unlock(&session->lock);
    return is_same;
}

static int merged_begin(struct kvi_store *store, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                        struct kvi_txn **ret_txn)
{
    bool is_write = (flags & KV_TXN_WRITE) != 0;
    if (parent)
        return parent->store->backend->txn_begin(parent->store, parent, flags, deadline, ret_txn);
    for (;;) {
        struct kvi_txn *txn = NULL;
        unsigned replacements;
        struct layer *layer = pin_top(session_of(store), is_write, &replacements);
        int status = layer->overlay->backend->txn_begin(layer->overlay, NULL, flags, deadline, &txn);
        bool is_same = unpin(layer, is_write && status != KV_OK, replacements);
        /* A reader that was overtaken by a commit and the next ones may have a base that is newer than what it has
         * above: it looks again. A writer is waited for by the commit that comes after. */
        if (status != KV_OK || is_write || is_same) {
            if (status == KV_OK)
                *ret_txn = txn;
            return status;
        }
        txn->store->backend->txn_abort(txn);
    }
}

static const struct kvi_backend merged_backend = {
    .scheme = "session",
    .summary = "pending changes over a store",
    .store_close = merged_close,
    .store_sync = merged_sync,
    .store_txid = merged_txid,
    .store_statistics = merged_statistics,
    .txn_begin = merged_begin,
};

/* ---- life ---- */

/* Settings of scratch stores: the directory, with what separates settings escaped. */
static char *settings_of(const char *spool)
{
    char *settings = malloc(2 * strlen(spool) + sizeof "dir=");
    if (!settings)
        return NULL;
    char *end = stpcpy(settings, "dir=");
    for (; *spool; spool++) {
        if (*spool == ',' || *spool == '\\')
            *end++ = '\\';
        *end++ = *spool;
    }
    *end = '\0';
    return settings;
}

static int open_first_layer(kv_session *session, kv_message *message)
{
    struct generation *generation;
    int status = kvi_session_generation_open(session, &generation, message);
    if (status != KV_OK)
        return status;
    status = kvi_session_layer_open(session, generation, NULL, &session->stack[0]);
    kvi_session_generation_unref(generation);
    session->depth = status == KV_OK;
    return status;
}

static int open_merged(kv_session *session)
{
    session->merged.store = *session_top(session)->overlay; /* capabilities and limits: all layers have the same */
    session->merged.store.backend = &merged_backend;
    session->merged.session = session;
    return kvi_store_wrap(&session->merged.store, kv_store_location(session->base), session->base->flags,
                          &session->public);
}

static void init_locks(kv_session *session)
{
    pthread_condattr_t monotonic;
    pthread_mutex_init(&session->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&session->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

int kv_session_open(kv_store *base, const char *spool, kv_session **ret_session, kv_message *ret_message)
{
    if (kv_store_is_read_only(base)) {
        kvi_message_format(ret_message, "%s: the store is read-only", kv_store_location(base));
        return KV_ERR_READ_ONLY;
    }
    kv_session *session = calloc(1, sizeof *session);
    if (!session)
        return KV_ERR_NO_MEMORY;
    session->base = base;
    kvi_store_ref(base);
    init_locks(session);
    session->spool = spool ? settings_of(spool) : NULL;
    int status = spool && !session->spool ? KV_ERR_NO_MEMORY : open_first_layer(session, ret_message);
    if (status != KV_OK) {
        free_session(session);
        return status;
    }
    status = open_merged(session); /* a failure of which frees the session */
    if (status == KV_OK)
        *ret_session = session;
    return status;
}

void kv_session_close(kv_session *session)
{
    if (!session)
        return;
    pthread_mutex_lock(&session->lock);
    while (session->is_committing)
        pthread_cond_wait(&session->changed, &session->lock);
    pthread_mutex_unlock(&session->lock);
    kv_store_close(session->public);
}

kv_store *kv_session_store(kv_session *session)
{
    return session->public;
}

int kv_session_discard(kv_session *session)
{
    struct generation *generation;
    struct layer *layer = NULL;
    pthread_mutex_lock(&session->lock);
    bool is_busy = session->is_committing;
    session->is_committing = true; /* nobody else changes the stack now */
    pthread_mutex_unlock(&session->lock);
    if (is_busy)
        return KV_ERR_BUSY;
    int status = kvi_session_generation_open(session, &generation, NULL);
    if (status == KV_OK) {
        pthread_mutex_lock(&session->lock);
        status = kvi_session_layer_open(session, generation, NULL, &layer);
        kvi_session_generation_unref(generation);
        pthread_mutex_unlock(&session->lock);
    }
    if (status == KV_OK) {
        pthread_mutex_lock(&session->lock);
        kvi_session_freeze(session, KV_FOREVER);
        kvi_session_stack_replace(session, 0, layer);
        session->since = 0;
        kvi_session_thaw(session);
        pthread_mutex_unlock(&session->lock);
    }
    kvi_session_turn_end(session);
    return status;
}

void kv_session_statistics(kv_session *session, kv_session_stat *ret_stat)
{
    KVI_SCOPED_LOCK(&session->lock);
    kv_session_stat stat = {.commits = session->commits,
                            .failures = session->failures,
                            .last_failure = session->last_failure,
                            .since = session->since};
    for (unsigned i = 0; i < session->depth; i++) {
        uint64_t changes = 0, bytes = 0;
        if (kvi_session_generation_measure(session->stack[i]->generation, &changes, &bytes) != KV_OK)
            continue;
        stat.changes += changes;
        stat.bytes += bytes;
    }
    if (stat.changes == 0 && session->writers == 0)
        session->since = 0;
    if (stat.changes == 0)
        stat.since = 0;
    *ret_stat = stat;
}

/* ---- visiting ---- */

struct visit {
    kv_session_visitor *call;
    void *argument;
    kv_session_bucket bucket;
};

static int visit_change(void *argument, const struct kvi_overlay_change *change, const kv_slice *key,
                        const kv_slice *value, bool is_removed)
{
    struct visit *visit = argument;
    if (!key) {
        snprintf(visit->bucket.name, sizeof visit->bucket.name, "%s", change->name);
        visit->bucket.kind = change->kind;
        visit->bucket.is_dropped = change->is_dropped;
        visit->bucket.is_cleared = change->is_hiding;
        visit->bucket.is_created = change->is_created;
    }
    return visit->call(visit->argument, &visit->bucket, key, value, is_removed);
}

int kv_session_visit(kv_session *session, kv_session_visitor *visitor, void *argument)
{
    struct visit visit = {.call = visitor, .argument = argument};
    struct kvi_txn *txn;
    kvi_session_turn_take(session, KV_FOREVER);
    int status = kvi_session_gather(session, KV_FOREVER, NULL);
    if (status == KV_OK) {
        struct kvi_store *store = session->stack[0]->generation->store;
        status = store->backend->txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
    }
    if (status == KV_OK) {
        const struct kvi_backend *ops = txn->store->backend;
        status = kvi_overlay_visit(txn, visit_change, &visit);
        ops->txn_abort(txn);
    }
    kvi_session_turn_end(session);
    return status == KV_UNCHANGED ? KV_OK : status;
}
