/*
 * Managed transactions: begin, the caller's work, commit or abort.
 *
 * An update with a deadline on a store that cannot bound its wait for another writer (LMDB's lock is a mutex of
 * another process) works on a thread of its own. If the deadline passes first, the caller leaves; the thread goes on
 * waiting, and when it gets the lock at last it lets go of it at once.
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

/* What the caller and the thread share; the last of the two frees it. */
struct update {
    kv_store *store;
    kv_txn_work *work;
    void *argument;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum { WAITING, RUNNING, DONE, LEFT } state;
    int status;
};

static void free_update(struct update *update)
{
    pthread_cond_destroy(&update->changed);
    pthread_mutex_destroy(&update->lock);
    free(update);
}

static void set_done(struct update *update, int status)
{
    pthread_mutex_lock(&update->lock);
    bool is_left = update->state == LEFT;
    update->state = DONE;
    update->status = status;
    pthread_cond_signal(&update->changed);
    pthread_mutex_unlock(&update->lock);
    if (is_left)
        free_update(update);
}

/* The caller may be gone, and even the store closed by its owner: the reference keeps it until here. */
static void *wait_and_run(void *argument)
{
    struct update *update = argument;
    kv_store *store = update->store;
    kv_txn *txn;
    int status = kvi_txn_begin_uncounted(store, KV_TXN_WRITE, KV_FOREVER, &txn);
    pthread_mutex_lock(&update->lock);
    bool is_left = update->state == LEFT;
    if (!is_left)
        update->state = RUNNING;
    pthread_mutex_unlock(&update->lock);
    if (status == KV_OK) {
        pthread_mutex_lock(&store->lock);
        store->open_txns++;
        pthread_mutex_unlock(&store->lock);
        if (is_left)
            kv_txn_free(txn);
        else
            status = run(txn, update->work, update->argument);
    }
    set_done(update, status);
    kvi_store_unref(store);
    return NULL;
}

/* Waits until the work is done, or has not begun at the deadline. */
static int await(struct update *update, kv_deadline deadline)
{
    const struct timespec until = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    pthread_mutex_lock(&update->lock);
    int waited = 0;
    while (update->state == WAITING && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&update->changed, &update->lock, &until);
    if (update->state == WAITING) {
        update->state = LEFT;
        pthread_mutex_unlock(&update->lock);
        return KV_ERR_TIMEOUT;
    }
    while (update->state != DONE)
        pthread_cond_wait(&update->changed, &update->lock);
    int status = update->status;
    pthread_mutex_unlock(&update->lock);
    free_update(update);
    return status;
}

static int update_on_thread(kv_store *store, kv_deadline deadline, kv_txn_work *work, void *argument)
{
    struct update *update = calloc(1, sizeof *update);
    if (!update)
        return KV_ERR_NO_MEMORY;
    *update = (struct update){.store = store, .work = work, .argument = argument};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&update->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&update->lock, NULL);
    pthread_t thread;
    kvi_store_ref(store);
    int error = pthread_create(&thread, NULL, wait_and_run, update);
    if (error != 0) {
        kvi_store_unref(store);
        free_update(update);
        return kv_status_from_errno(error);
    }
    pthread_detach(thread);
    return await(update, deadline);
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
