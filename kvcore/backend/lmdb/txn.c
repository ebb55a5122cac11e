#include "kvcore/backend/lmdb/txn.h"

#include <stdlib.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/mark.h"
#include "kvcore/backend/lmdb/sibling.h"
#include "kvcore/base/cleanup.h"
#include "kvcore/base/clock.h"
#include "kvcore/txn.h"

enum {
    /* A begin is tried again after the environment recovered, or when handles were opened meanwhile. */
    TRIES = 16
};

int kvi_lmdb_txn_records(struct kvi_lmdb_txn *txn, MDB_cursor **ret_cursor)
{
    int code = 0;
    if (txn->records == NULL) {
        code = mdb_cursor_open(txn->mdb, KVI_LMDB_MAIN_DBI, &txn->records);
    } else if (txn->are_records_old) {
        code = mdb_cursor_renew(txn->mdb, txn->records);
    }
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    txn->are_records_old = false;
    *ret_cursor = txn->records;
    return KV_OK;
}

static void close_records(struct kvi_lmdb_txn *txn)
{
    if (txn->records != NULL) {
        mdb_cursor_close(txn->records);
        txn->records = NULL;
    }
    txn->are_records_old = false;
}

/* LMDB frees a read-write transaction's cursors at its end and moves them at the begin of a nested one. Ours are made
 * again when needed. */
static void close_cursors(struct kvi_lmdb_txn *txn)
{
    close_records(txn);
    for (struct kvi_lmdb_bucket *bucket = txn->buckets; bucket != NULL; bucket = bucket->next) {
        if (bucket->writer != NULL) {
            mdb_cursor_close(bucket->writer);
            bucket->writer = NULL;
        }
    }
}

static bool is_past(kv_deadline deadline)
{
    return deadline != KV_FOREVER && kvi_clock_ns() >= deadline;
}

static int learn_main(struct kvi_lmdb_txn *txn)
{
    unsigned flags = 0;
    int code = mdb_dbi_flags(txn->mdb, KVI_LMDB_MAIN_DBI, &flags);
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    if (flags != atomic_load_explicit(&txn->env->main_flags, memory_order_relaxed)) {
        KVI_SCOPED_LOCK(&txn->env->handles.lock);
        int status = kvi_lmdb_main_learn(txn->env, txn->mdb, &flags);
        if (status != KV_OK) {
            return status;
        }
    }
    if (flags != txn->main_flags) {
        close_records(txn);
        txn->main_flags = flags;
    }
    return KV_OK;
}

static void forget_mdb(struct kvi_lmdb_txn *txn)
{
    close_records(txn);
    mdb_txn_abort(txn->mdb);
    txn->mdb = NULL;
    atomic_fetch_sub(&txn->env->txns, 1);
}

/* Begins, or renews what was reset. The environment is entered. */
static int take_snapshot(struct kvi_lmdb_txn *txn)
{
    struct kvi_lmdb_env *env = txn->env;
    int status = KV_OK;
    for (int i = 0; i < TRIES && status == KV_OK; i++) {
        int code;
        kvi_lmdb_handles_refresh(env);
        txn->epoch = atomic_load_explicit(&env->handles.epoch, memory_order_acquire);
        if (txn->mdb != NULL) {
            code = mdb_txn_renew(txn->mdb);
        } else {
            code = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn->mdb);
            atomic_fetch_add(&env->txns, code == 0);
        }
        if (code == 0) {
            return learn_main(txn);
        }
        if (code == MDB_PANIC && txn->mdb != NULL) {
            forget_mdb(txn);
        }
        status = kvi_lmdb_env_recover(env, code);
    }
    return status == KV_OK ? KV_ERR_BUSY : status;
}

static int begin_read(struct kvi_lmdb_txn *txn)
{
    int status = take_snapshot(txn);
    if (status != KV_OK && txn->mdb != NULL) {
        forget_mdb(txn);
    }
    return status;
}

/* Makes `txn` the process's read-write transaction. False when LMDB's has begun without knowing what has become of the
 * handles meanwhile. */
static bool settle_in(struct kvi_lmdb_txn *txn, uint64_t changes)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    KVI_SCOPED_LOCK(&handles->lock);
    while (handles->writer != NULL) {
        /* The one before has let go of LMDB's lock, and is about to publish its handles. */
        pthread_cond_wait(&handles->writer_ended, &handles->lock);
    }
    if (handles->changes != changes) {
        return false;
    }
    handles->writer = txn;
    handles->writer_thread = pthread_self();
    txn->slots = handles->slots;
    txn->epoch = atomic_load(&handles->epoch);
    return true;
}

/* A second one of the same thread would wait for itself. */
static int look_before_waiting(struct kvi_lmdb_env *env, uint64_t *ret_changes)
{
    struct kvi_lmdb_handles *handles = &env->handles;
    kvi_lmdb_handles_refresh(env);
    KVI_SCOPED_LOCK(&handles->lock);
    if (handles->writer != NULL && pthread_equal(handles->writer_thread, pthread_self())) {
        return KV_ERR_BUSY;
    }
    *ret_changes = handles->changes;
    return KV_OK;
}

static void end_writer(struct kvi_lmdb_txn *txn)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    KVI_SCOPED_LOCK(&handles->lock);
    handles->writer = NULL;
    pthread_cond_broadcast(&handles->writer_ended);
}

static int begin_write(struct kvi_lmdb_txn *txn, kv_deadline deadline)
{
    struct kvi_lmdb_env *env = txn->env;
    int status = KV_OK;
    for (int i = 0; i < TRIES && status == KV_OK; i++) {
        uint64_t changes = 0;
        status = is_past(deadline) ? KV_ERR_TIMEOUT : look_before_waiting(env, &changes);
        if (status != KV_OK) {
            return status;
        }
        int code = mdb_txn_begin(env->mdb, NULL, 0, &txn->mdb);
        if (code != 0) {
            status = kvi_lmdb_env_recover(env, code);
            continue;
        }
        if (!settle_in(txn, changes)) {
            mdb_txn_abort(txn->mdb);
            continue;
        }
        atomic_fetch_add(&env->txns, 1);
        status = is_past(deadline) ? KV_ERR_TIMEOUT : learn_main(txn);
        if (status != KV_OK) {
            forget_mdb(txn);
            end_writer(txn);
        }
        return status;
    }
    return status == KV_OK ? KV_ERR_BUSY : status;
}

static int begin_child(struct kvi_lmdb_txn *txn)
{
    struct kvi_lmdb_txn *parent = txn->parent;
    close_cursors(parent);
    txn->epoch = parent->epoch;
    txn->slots = parent->slots;
    txn->main_flags = parent->main_flags;
    return kvi_lmdb_status(mdb_txn_begin(txn->env->mdb, parent->mdb, 0, &txn->mdb));
}

int kvi_lmdb_txn_begin(struct kvi_store *store, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                       struct kvi_txn **ret_txn)
{
    KVI_SCOPED_MEMORY struct kvi_lmdb_txn *txn = calloc(1, sizeof *txn);
    if (txn == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    txn->base.store = store;
    txn->base.is_write = (flags & KV_TXN_WRITE) != 0;
    txn->env = kvi_lmdb_store_of(store)->env;
    int status;
    if (parent != NULL) {
        txn->parent = kvi_lmdb_txn_of(parent);
        status = begin_child(txn);
    } else {
        status = kvi_lmdb_env_enter(txn->env);
        if (status != KV_OK) {
            return status;
        }
        status = txn->base.is_write ? begin_write(txn, deadline) : begin_read(txn);
        if (status != KV_OK) {
            kvi_lmdb_env_leave(txn->env);
        }
    }
    if (status == KV_OK) {
        *ret_txn = &KVI_TAKE(txn)->base;
    }
    return status;
}

/* Takes the buckets of `list` apart; locked. */
static void release_all(struct kvi_lmdb_handles *handles, struct kvi_lmdb_bucket **list)
{
    while (*list != NULL) {
        struct kvi_lmdb_bucket *bucket = *list;
        *list = bucket->next;
        if (bucket->handle != NULL) {
            kvi_lmdb_handle_release(handles, bucket->handle);
        }
        free(bucket);
    }
}

/* Lets go of what a read-only transaction holds besides its snapshot. */
static void release_buckets(struct kvi_lmdb_txn *txn)
{
    if (txn->buckets != NULL) {
        KVI_SCOPED_LOCK(&txn->env->handles.lock);
        release_all(&txn->env->handles, &txn->buckets);
    }
}

static void hand_up(struct kvi_lmdb_bucket **list, struct kvi_lmdb_txn *parent)
{
    while (*list != NULL) {
        struct kvi_lmdb_bucket *bucket = *list;
        *list = bucket->next;
        bucket->next = parent->kept;
        parent->kept = bucket;
    }
}

/* The records of what was dropped go now. */
static int carry_out_drops(struct kvi_lmdb_txn *txn)
{
    int status = KV_OK;
    struct kvi_lmdb_mark *next;
    for (struct kvi_lmdb_mark *mark = txn->marks; mark != NULL && status == KV_OK; mark = next) {
        next = mark->next;
        if (mark->is_dropped) {
            status = kvi_lmdb_mark_carry_out(txn, mark);
        }
    }
    return status;
}

/* After LMDB's read-write transaction has ended: what becomes of the handles. Locked. */
static void settle_up(struct kvi_lmdb_txn *txn, bool is_committed)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    kvi_lmdb_handles_settle(handles, txn, txn->parent, is_committed);
    if (txn->parent != NULL && is_committed) {
        kvi_lmdb_marks_hand_up(txn);
        hand_up(&txn->buckets, txn->parent);
        hand_up(&txn->kept, txn->parent);
    }
    kvi_lmdb_marks_free(txn);
    release_all(handles, &txn->buckets);
    release_all(handles, &txn->kept);
    if (txn->parent == NULL) {
        handles->writer = NULL;
        handles->is_writer_ending = false;
        pthread_cond_broadcast(&handles->writer_ended);
    }
}

/* Ends LMDB's transaction under the table's lock: what LMDB then closes must not be opened before it is settled. For
 * all ends that do not wait for the disk. */
static int end_locked(struct kvi_lmdb_txn *txn, bool is_commit)
{
    int code = 0;
    KVI_SCOPED_LOCK(&txn->env->handles.lock);
    if (is_commit) {
        code = mdb_txn_commit(txn->mdb);
    } else {
        mdb_txn_abort(txn->mdb);
    }
    settle_up(txn, is_commit && code == 0);
    return kvi_lmdb_status(code);
}

static int commit_top(struct kvi_lmdb_txn *txn)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    int status = carry_out_drops(txn);
    if (status != KV_OK) {
        end_locked(txn, false);
        return status;
    }
    kvi_lmdb_handles_writer_ends(handles);
    status = kvi_lmdb_env_explain(txn->env, kvi_lmdb_status(mdb_txn_commit(txn->mdb)));
    KVI_SCOPED_LOCK(&handles->lock);
    settle_up(txn, status == KV_OK);
    return status;
}

/* Ends a read-write transaction, and frees it. */
static int end_write(struct kvi_lmdb_txn *txn, bool is_commit)
{
    bool is_top = txn->parent == NULL;
    close_cursors(txn);
    int status = is_commit && is_top ? commit_top(txn) : end_locked(txn, is_commit);
    if (is_top) {
        atomic_fetch_sub(&txn->env->txns, 1);
        kvi_lmdb_env_leave(txn->env);
    }
    free(txn);
    return status;
}

static void end_read(struct kvi_lmdb_txn *txn)
{
    bool is_open = txn->mdb != NULL && !txn->is_reset;
    release_buckets(txn);
    kvi_lmdb_siblings_end(txn);
    if (txn->mdb != NULL) {
        forget_mdb(txn);
    }
    if (is_open) {
        kvi_lmdb_env_leave(txn->env);
    }
    free(txn);
}

int kvi_lmdb_txn_commit(struct kvi_txn *base)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    if (txn->base.is_write) {
        return end_write(txn, true);
    }
    end_read(txn);
    return KV_OK;
}

void kvi_lmdb_txn_abort(struct kvi_txn *base)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    if (txn->base.is_write) {
        end_write(txn, false);
    } else {
        end_read(txn);
    }
}

void kvi_lmdb_txn_reset(struct kvi_txn *base)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    release_buckets(txn);
    kvi_lmdb_siblings_end(txn);
    mdb_txn_reset(txn->mdb);
    txn->are_records_old = txn->records != NULL;
    txn->is_reset = true;
    kvi_lmdb_env_leave(txn->env);
}

int kvi_lmdb_txn_renew(struct kvi_txn *base)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    int status = kvi_lmdb_env_enter(txn->env);
    if (status != KV_OK) {
        return status;
    }
    status = take_snapshot(txn);
    if (status != KV_OK) {
        if (txn->mdb != NULL) {
            mdb_txn_reset(txn->mdb); /* nothing, unless it had begun */
        }
        kvi_lmdb_env_leave(txn->env);
        return status;
    }
    txn->is_reset = false;
    return KV_OK;
}

uint64_t kvi_lmdb_txn_id(const struct kvi_txn *base)
{
    const struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    uint64_t id = mdb_txn_id(txn->mdb);
    return base->is_write ? id - 1 : id; /* LMDB gives a read-write one the number that its commit will have */
}
