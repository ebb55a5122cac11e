/*
 * Managed transactions: begin, the caller's work, commit or abort.
 *
 * An update with a deadline on a store that cannot bound its wait for another writer (LMDB's lock is a mutex of
 * another process) is queued, and a thread of the store waits for the lock. Whoever's deadline passes first takes its
 * work out of the queue and leaves. The thread goes on waiting, for whatever is queued by then; when it gets the lock and
 * nothing is, it lets go of it at once. There is at most one such thread a store.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "kvcore/core/core.h"

static int run(kv_txn *txn, kv_txn_work *work, void *argument)
{
    int status = work(txn, argument);
    if (status >= 0) {
        int committed = kv_txn_commit(txn, KV_FOREVER);
        status = committed == KV_OK ? status : committed;
    }
    kv_txn_free(txn);
    return status;
}

int kv_store_view(kv_store *store, kv_txn_work *work, void *argument)
{
    kv_txn *txn;
    int status = kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
    if (status != KV_OK)
        return status;
    status = work(txn, argument);
    kv_txn_free(txn);
    return status;
}

/* Work that waits for the writer's lock. Its caller's; in the queue only while WAITING, under the store's lock. */
struct kvi_update {
    struct kvi_update *next;
    kv_txn_work *work;
    void *argument;
    enum { WAITING, RUNNING, DONE } state;
    int status;
};

static void take_out(kv_store *store, const struct kvi_update *update)
{
    struct kvi_update **at = &store->updates;
    while (*at != update)
        at = &(*at)->next;
    *at = update->next;
}

/* Takes the first of the queue; NULL when everybody has left. */
static struct kvi_update *take_first(kv_store *store)
{
    pthread_mutex_lock(&store->lock);
    struct kvi_update *update = store->updates;
    if (update) {
        store->updates = update->next;
        update->state = RUNNING;
        store->open_txns++; /* its transaction's */
    }
    pthread_mutex_unlock(&store->lock);
    return update;
}

static void finish(kv_store *store, struct kvi_update *update, int status)
{
    pthread_mutex_lock(&store->lock);
    update->status = status;
    update->state = DONE;
    pthread_cond_broadcast(&store->updated);
    pthread_mutex_unlock(&store->lock);
}

/* Gets the lock for the first of the queue, whose caller may leave meanwhile. */
static void serve_one(kv_store *store)
{
    kv_txn *txn = NULL;
    int status = kvi_txn_begin_uncounted(store, KV_TXN_WRITE, KV_FOREVER, &txn);
    struct kvi_update *update = take_first(store);
    if (!update) {
        if (status == KV_OK)
            kvi_txn_free_uncounted(txn);
        return;
    }
    if (status == KV_OK)
        status = run(txn, update->work, update->argument);
    else
        kvi_store_leave(store);
    finish(store, update, status);
}

/* The owner may have closed the store since: the reference keeps it until here. */
static void *serve(void *argument)
{
    kv_store *store = argument;
    bool is_serving = true;
    while (is_serving) {
        serve_one(store);
        pthread_mutex_lock(&store->lock);
        is_serving = store->updates != NULL;
        store->is_served = is_serving;
        pthread_mutex_unlock(&store->lock);
    }
    kvi_store_unref(store);
    return NULL;
}

/* With the lock held. */
static int start_serving(kv_store *store)
{
    pthread_t thread;
    if (store->is_served)
        return KV_OK;
    store->refs++;
    int error = pthread_create(&thread, NULL, serve, store);
    if (error != 0) {
        store->refs--;
        return kv_status_from_errno(error);
    }
    pthread_detach(thread);
    store->is_served = true;
    return KV_OK;
}

/* Waits until the work is done, or has not begun at the deadline. With the lock held. */
static int await(kv_store *store, struct kvi_update *update, kv_deadline deadline)
{
    const struct timespec until = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    int waited = 0;
    while (update->state == WAITING && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&store->updated, &store->lock, &until);
    if (update->state == WAITING) {
        take_out(store, update);
        return KV_ERR_TIMEOUT;
    }
    while (update->state != DONE)
        pthread_cond_wait(&store->updated, &store->lock);
    return update->status;
}

static int update_on_thread(kv_store *store, kv_deadline deadline, kv_txn_work *work, void *argument)
{
    struct kvi_update update = {.work = work, .argument = argument};
    pthread_mutex_lock(&store->lock);
    int status = start_serving(store);
    if (status == KV_OK) {
        struct kvi_update **end = &store->updates;
        while (*end)
            end = &(*end)->next;
        *end = &update;
        status = await(store, &update, deadline);
    }
    pthread_mutex_unlock(&store->lock);
    return status;
}

int kv_store_update(kv_store *store, kv_deadline deadline, kv_txn_work *work, void *argument)
{
    kv_txn *txn;
    if (deadline != KV_FOREVER && !(kv_store_capabilities(store) & KV_CAN_BEGIN_LATE)) {
        int status = kvi_store_enter(store);
        if (status != KV_OK)
            return status;
        status = kv_store_is_read_only(store) ? KV_ERR_READ_ONLY : update_on_thread(store, deadline, work, argument);
        kvi_store_leave(store);
        return status;
    }
    int status = kv_txn_begin(store, NULL, KV_TXN_WRITE, deadline, &txn);
    return status == KV_OK ? run(txn, work, argument) : status;
}
