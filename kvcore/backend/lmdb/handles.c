#include "kvcore/backend/lmdb/handles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/objects.h"
#include "kvcore/backend/lmdb/record.h"
#include "kvcore/backend/lmdb/sibling.h"
#include "kvcore/backend/lmdb/slots.h"
#include "kvcore/base/cleanup.h"

enum {
    /* Nobody's table changes under one caller as often as this. */
    TRIES = 16,
    /* Slots below the first that can be taken, each of a bucket that was dropped and is still read. */
    PLUGS_MAX = 64
};

int kvi_lmdb_handles_init(struct kvi_lmdb_handles *handles, unsigned max)
{
    handles->open = calloc(max, sizeof(handles->open[0]));
    handles->is_taken = calloc(max + KVI_LMDB_FIRST_SLOT, sizeof(handles->is_taken[0]));
    if (handles->open == NULL || handles->is_taken == NULL) {
        free(handles->open);
        free(handles->is_taken);
        return KV_ERR_NO_MEMORY;
    }
    handles->max = max;
    pthread_mutex_init(&handles->lock, NULL);
    pthread_cond_init(&handles->writer_ended, NULL);
    kvi_lmdb_handles_clear(handles);
    return KV_OK;
}

void kvi_lmdb_handles_clear(struct kvi_lmdb_handles *handles)
{
    while (handles->count > 0) {
        struct kvi_lmdb_handle *handle = handles->open[--handles->count];
        handles->is_taken[handle->dbi] = false;
        free(handle);
    }
    handles->slots = KVI_LMDB_FIRST_SLOT;
    atomic_store(&handles->seen_entries, KVI_LMDB_NEVER_SEEN);
}

void kvi_lmdb_handles_done(struct kvi_lmdb_handles *handles)
{
    kvi_lmdb_handles_clear(handles);
    while (handles->closed != NULL) {
        struct kvi_lmdb_handle *handle = handles->closed;
        handles->closed = handle->next_closed;
        free(handle);
    }
    pthread_cond_destroy(&handles->writer_ended);
    pthread_mutex_destroy(&handles->lock);
    free(handles->is_taken);
    free(handles->open);
}

/* Opens a bucket of the newest snapshot for all transactions that begin from now on. KV_ERR_TXN_BUSY when that has to
 * wait for the open read-write transaction. */
static int open_published(struct kvi_lmdb_env *env, const char *name, unsigned flags)
{
    struct kvi_lmdb_handles *handles = &env->handles;
    struct kvi_lmdb_handle *handle = NULL;
    MDB_txn *mdb = NULL;
    unsigned newest_flags = 0;
    MDB_dbi slot = 0;
    if (atomic_load(&handles->ending_id) != 0) {
        return KV_ERR_TXN_BUSY;
    }
    int status = kvi_lmdb_short_begin(env, &mdb);
    if (status != KV_OK) {
        return status;
    }
    status = kvi_lmdb_short_find(mdb, name, &newest_flags);
    if (status == KV_OK && newest_flags == flags) {
        status = kvi_lmdb_slot_prepare(env, handles->slots, handles->writer == NULL, flags, &slot);
    } else if (status >= 0) {
        status = KV_ERR_STALE; /* it is another one by now, or gone */
    }
    if (status == KV_OK) {
        status = kvi_lmdb_handle_open_in(env, mdb, name, flags, false, slot, &handle);
    }
    if (status != KV_OK) {
        mdb_txn_abort(mdb);
        return status;
    }
    mdb_txn_commit(mdb);
    kvi_lmdb_handle_publish(handles, handle);
    atomic_fetch_add(&handles->epoch, 1);
    handles->changes++;
    return KV_OK;
}

/* Opens or makes a bucket in the slot that is its turn. KV_ERR_BUSY when that has comparators of others. */
static int open_in_turn(struct kvi_lmdb_txn *txn, const char *name, unsigned flags, bool is_creation,
                        struct kvi_lmdb_handle **ret_handle, MDB_dbi *ret_slot)
{
    struct kvi_lmdb_handle *handle = NULL;
    int status = kvi_lmdb_slot_prepare(txn->env, txn->slots, true, flags, ret_slot);
    if (status == KV_OK) {
        status = kvi_lmdb_handle_open_in(txn->env, txn->mdb, name, flags, is_creation, *ret_slot, &handle);
    }
    if (status == KV_OK) {
        handle->owner = txn;
        txn->slots = txn->slots > handle->dbi ? txn->slots : handle->dbi + 1;
        *ret_handle = handle;
    }
    return status;
}

/* Takes a slot out of the way: makes a bucket with the comparators that are in use there, under a name that nobody
 * has. */
static int plug(struct kvi_lmdb_txn *txn, MDB_dbi slot, struct kvi_lmdb_handle **ret_handle)
{
    char name[32];
    unsigned flags, at, number = 0;
    int status;
    do {
        snprintf(name, sizeof name, "\001kvcore %u", number++);
        status = kvi_lmdb_short_find(txn->mdb, name, &flags);
    } while (status == KV_OK || status == KV_EXISTS || kvi_lmdb_handle_find(&txn->env->handles, name, &at) != NULL);
    if (status != KV_NOT_FOUND) {
        return status;
    }
    return open_in_turn(txn, name, kvi_lmdb_slot_flags(&txn->env->handles, slot), true, ret_handle, &slot);
}

/* Removes the buckets that took slots out of the way, which leaves nothing of them. */
static int unplug(struct kvi_lmdb_txn *txn, struct kvi_lmdb_handle *const *plugs, unsigned count)
{
    int code = 0;
    while (count > 0 && code == 0) {
        code = mdb_drop(txn->mdb, plugs[--count]->dbi, 1);
        if (code == 0) {
            kvi_lmdb_handle_forget(&txn->env->handles, plugs[count]);
        }
    }
    return kvi_lmdb_status(code);
}

/* Opens or makes a bucket in a read-write transaction: its alone until the commit. */
static int open_private(struct kvi_lmdb_txn *txn, const char *name, unsigned flags, bool is_creation,
                        struct kvi_lmdb_handle **ret_handle)
{
    struct kvi_lmdb_handle *plugs[PLUGS_MAX];
    unsigned count = 0;
    MDB_dbi slot = 0;
    int status = open_in_turn(txn, name, flags, is_creation, ret_handle, &slot);
    while (status == KV_ERR_BUSY && count < PLUGS_MAX) {
        status = plug(txn, slot, &plugs[count]);
        if (status == KV_OK) {
            count++;
            status = open_in_turn(txn, name, flags, is_creation, ret_handle, &slot);
        }
    }
    int unplugged = unplug(txn, plugs, count);
    return status == KV_OK ? unplugged : status;
}

static bool is_known_to(const struct kvi_lmdb_handle *handle, const struct kvi_lmdb_txn *txn)
{
    if (handle->owner == NULL) {
        return handle->epoch <= txn->epoch;
    }
    while (txn != NULL && txn != handle->owner) {
        txn = txn->parent;
    }
    return txn != NULL;
}

/* Takes a use, and looks the bucket up while its name cannot go away: mdb_stat does it as a side effect. */
static int use(struct kvi_lmdb_handles *handles, struct kvi_lmdb_handle *handle, MDB_txn *mdb)
{
    MDB_stat stat;
    if (mdb_stat(mdb, handle->dbi, &stat) != 0) {
        return KV_ERR_TXN_BROKEN;
    }
    handle->users++;
    handle->used_at = ++handles->clock;
    return KV_OK;
}

/* Waits until the read-write transaction is over that is in the way. */
static int wait_for_writer(struct kvi_lmdb_handles *handles)
{
    const struct kvi_lmdb_txn *writer = handles->writer;
    if (writer != NULL && pthread_equal(handles->writer_thread, pthread_self())) {
        return KV_ERR_BUSY;
    }
    while (writer != NULL && handles->writer == writer) {
        pthread_cond_wait(&handles->writer_ended, &handles->lock);
    }
    return KV_OK;
}

/* What is in the way of `txn`: a handle of that name which it cannot use. Makes way, so that it can be tried again.
 * Closing does not hurt those who have looked the bucket up, except the open read-write transaction. */
static int clear_way(struct kvi_lmdb_txn *txn, struct kvi_lmdb_handle *handle)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    if (handle->owner != NULL) {
        return wait_for_writer(handles);
    }
    if (handle->users > 0 && !txn->base.is_write && handles->writer != NULL) {
        return KV_ERR_BUSY;
    }
    handles->changes++;
    kvi_lmdb_handle_shut(txn->env, handle);
    return KV_OK;
}

static int open_missing(struct kvi_lmdb_txn *txn, const char *name, unsigned flags)
{
    struct kvi_lmdb_handle *handle;
    if (txn->base.is_write) {
        return open_private(txn, name, flags, false, &handle);
    }
    int status = open_published(txn->env, name, flags);
    return status == KV_ERR_TXN_BUSY ? wait_for_writer(&txn->env->handles) : status;
}

int kvi_lmdb_handle_acquire(struct kvi_lmdb_txn *txn, const char *name, unsigned flags,
                            struct kvi_lmdb_handle **ret_handle, MDB_txn **ret_mdb)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    KVI_SCOPED_LOCK(&handles->lock);
    int status = KV_OK;
    for (int i = 0; i < TRIES && status == KV_OK; i++) {
        unsigned at;
        struct kvi_lmdb_handle *handle = kvi_lmdb_handle_find(handles, name, &at);
        MDB_txn *mdb = txn->mdb;
        if (handle == NULL) {
            status = open_missing(txn, name, flags);
            continue;
        }
        bool is_known = is_known_to(handle, txn);
        if (handle->flags != flags || (!is_known && (txn->base.is_write || handle->owner != NULL))) {
            status = clear_way(txn, handle);
            continue;
        }
        if (!is_known) {
            status = kvi_lmdb_sibling_find(txn, handle->epoch, &mdb);
        }
        if (status == KV_OK) {
            status = use(handles, handle, mdb);
        }
        if (status == KV_OK) {
            *ret_handle = handle;
            *ret_mdb = mdb;
            return KV_OK;
        }
    }
    return status == KV_OK ? KV_ERR_BUSY : status;
}

int kvi_lmdb_handle_create(struct kvi_lmdb_txn *txn, const char *name, unsigned flags,
                           struct kvi_lmdb_handle **ret_handle)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    KVI_SCOPED_LOCK(&handles->lock);
    unsigned at;
    struct kvi_lmdb_handle *handle = kvi_lmdb_handle_find(handles, name, &at);
    if (handle != NULL) {
        /* Of a bucket that is gone. Who uses it in an older snapshot has looked it up and goes on. */
        kvi_lmdb_handle_shut(txn->env, handle);
    }
    int status = open_private(txn, name, flags, true, &handle);
    if (status == KV_OK) {
        status = use(handles, handle, txn->mdb);
    }
    if (status == KV_OK) {
        *ret_handle = handle;
    }
    return status;
}

int kvi_lmdb_handle_drop(struct kvi_lmdb_txn *txn, struct kvi_lmdb_handle *handle)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    KVI_SCOPED_LOCK(&handles->lock);
    int code = mdb_drop(txn->mdb, handle->dbi, 1);
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    kvi_lmdb_handle_forget(handles, handle);
    atomic_store(&handles->seen_entries, KVI_LMDB_NEVER_SEEN); /* it may come back by an abort */
    return KV_OK;
}

void kvi_lmdb_handle_release(struct kvi_lmdb_handles *handles, struct kvi_lmdb_handle *handle)
{
    if (--handle->users > 0 || !handle->is_closed) {
        return;
    }
    for (struct kvi_lmdb_handle **at = &handles->closed; *at != NULL; at = &(*at)->next_closed) {
        if (*at == handle) {
            *at = handle->next_closed;
            break;
        }
    }
    free(handle);
}

bool kvi_lmdb_handles_is_writing(struct kvi_lmdb_handles *handles)
{
    KVI_SCOPED_LOCK(&handles->lock);
    return handles->writer != NULL && pthread_equal(handles->writer_thread, pthread_self());
}

void kvi_lmdb_handles_writer_ends(struct kvi_lmdb_handles *handles, const struct kvi_lmdb_txn *writer)
{
    KVI_SCOPED_LOCK(&handles->lock);
    atomic_store(&handles->ending_id, (uint64_t)mdb_txn_id(writer->mdb));
}

void kvi_lmdb_handles_settle(struct kvi_lmdb_handles *handles, struct kvi_lmdb_txn *txn, struct kvi_lmdb_txn *heir,
                             bool is_committed)
{
    bool is_published = false;
    for (unsigned i = handles->count; i-- > 0;) {
        struct kvi_lmdb_handle *handle = handles->open[i];
        if (handle->owner != txn) {
            continue;
        }
        if (!is_committed) {
            kvi_lmdb_handle_forget(handles, handle);
        } else if (heir != NULL) {
            handle->owner = heir;
        } else {
            kvi_lmdb_handle_publish(handles, handle);
            is_published = true;
        }
    }
    if (is_committed && heir != NULL) {
        heir->slots = txn->slots;
    } else if (is_committed) {
        handles->slots = handles->slots > txn->slots ? handles->slots : txn->slots;
    }
    if (is_published) {
        atomic_fetch_add(&handles->epoch, 1);
    }
}
