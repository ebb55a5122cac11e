#include "kvcore/backend/lmdb/writer.h"

#include <stdlib.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/mark.h"
#include "kvcore/backend/lmdb/txn.h"
#include "kvcore/base/cleanup.h"
#include "kvcore/base/clock.h"

enum {
    /* A begin is tried again after the environment recovered, or when handles were opened meanwhile. */
    TRIES = 16
};

static bool is_past(kv_deadline deadline)
{
    return deadline != KV_FOREVER && kvi_clock_ns() >= deadline;
}

/* LMDB frees a read-write transaction's cursors at its end and moves them at the begin of a nested one. Ours are made
 * again when needed. */
static void close_cursors(struct kvi_lmdb_txn *txn)
{
    kvi_lmdb_txn_records_close(txn);
    for (struct kvi_lmdb_bucket *bucket = txn->buckets; bucket != NULL; bucket = bucket->next) {
        if (bucket->writer != NULL) {
            mdb_cursor_close(bucket->writer);
            bucket->writer = NULL;
        }
    }
}

/* The table as it was before the wait for LMDB's lock. */
struct glance {
    uint64_t changes;
    uint64_t epoch;
    MDB_dbi slots;
};

/* Makes `txn` the process's read-write transaction. False when it cannot be told which slots LMDB's knows. */
static bool settle_in(struct kvi_lmdb_txn *txn, const struct glance *before)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    KVI_SCOPED_LOCK(&handles->lock);
    while (handles->writer != NULL) {
        /* The one before has let go of LMDB's lock, and is about to publish its handles. */
        pthread_cond_wait(&handles->writer_ended, &handles->lock);
    }
    bool is_same = handles->changes == before->changes;
    if (!is_same && handles->slots != before->slots) {
        return false;
    }
    handles->writer = txn;
    handles->writer_thread = pthread_self();
    txn->slots = handles->slots;
    /* Others published handles meanwhile: perhaps too late for this transaction, so it takes none of them for known. */
    txn->epoch = is_same ? atomic_load(&handles->epoch) : before->epoch;
    return true;
}

/* A second transaction of the same thread would wait for itself. */
static int look_before_waiting(struct kvi_lmdb_env *env, struct glance *ret_glance)
{
    struct kvi_lmdb_handles *handles = &env->handles;
    kvi_lmdb_env_check_readers(env);
    kvi_lmdb_handles_refresh(env);
    KVI_SCOPED_LOCK(&handles->lock);
    if (handles->writer != NULL && pthread_equal(handles->writer_thread, pthread_self())) {
        return KV_ERR_BUSY;
    }
    *ret_glance = (struct glance){handles->changes, atomic_load(&handles->epoch), handles->slots};
    return KV_OK;
}

static void end_writer(struct kvi_lmdb_txn *txn)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    KVI_SCOPED_LOCK(&handles->lock);
    handles->writer = NULL;
    pthread_cond_broadcast(&handles->writer_ended);
}

/* Tells whether LMDB's transaction is built on the newest commit. It is not where a program that opens the environment
 * without locks has committed (Postfix's postmap does): that leaves the number in the lock file as it was, and our commit
 * would undo the other one. */
static bool is_newest(const struct kvi_lmdb_txn *txn)
{
    MDB_envinfo info;
    return mdb_env_info(txn->env->mdb, &info) != 0 || info.me_last_txnid < mdb_txn_id(txn->mdb);
}

int kvi_lmdb_writer_begin(struct kvi_lmdb_txn *txn, kv_deadline deadline)
{
    struct kvi_lmdb_env *env = txn->env;
    int status = KV_OK;
    bool is_renumbered = false;
    for (int i = 0; i < TRIES && status == KV_OK; i++) {
        struct glance before;
        status = is_past(deadline) ? KV_ERR_TIMEOUT : look_before_waiting(env, &before);
        if (status != KV_OK) {
            return status;
        }
        int code = mdb_txn_begin(env->mdb, NULL, 0, &txn->mdb);
        if (code != 0) {
            status = kvi_lmdb_env_recover(env, code);
            continue;
        }
        if (!is_newest(txn)) {
            mdb_txn_abort(txn->mdb);
            /* Opening anew sets the number only where no other process has the lock file open. */
            status = is_renumbered ? KV_ERR_UNLOCKED_WRITER : kvi_lmdb_env_renumber(env);
            is_renumbered = true;
            continue;
        }
        if (!settle_in(txn, &before)) {
            mdb_txn_abort(txn->mdb);
            continue;
        }
        atomic_fetch_add(&env->txns, 1);
        status = is_past(deadline) ? KV_ERR_TIMEOUT : kvi_lmdb_txn_learn_main(txn);
        if (status != KV_OK) {
            kvi_lmdb_txn_forget_mdb(txn);
            end_writer(txn);
        }
        return status;
    }
    return status == KV_OK ? KV_ERR_BUSY : status;
}

int kvi_lmdb_writer_begin_nested(struct kvi_lmdb_txn *txn)
{
    struct kvi_lmdb_txn *parent = txn->parent;
    close_cursors(parent);
    txn->epoch = parent->epoch;
    txn->slots = parent->slots;
    txn->main_flags = parent->main_flags;
    return kvi_lmdb_status(mdb_txn_begin(txn->env->mdb, parent->mdb, 0, &txn->mdb));
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
    kvi_lmdb_buckets_release(handles, &txn->buckets);
    kvi_lmdb_buckets_release(handles, &txn->kept);
    if (txn->parent == NULL) {
        handles->writer = NULL;
        atomic_store(&handles->ending_id, 0);
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
    kvi_lmdb_handles_writer_ends(handles, txn);
    status = kvi_lmdb_env_explain(txn->env, kvi_lmdb_status(mdb_txn_commit(txn->mdb)));
    KVI_SCOPED_LOCK(&handles->lock);
    settle_up(txn, status == KV_OK);
    return status;
}

/* Ends a read-write transaction, and frees it. */
int kvi_lmdb_writer_end(struct kvi_lmdb_txn *txn, bool is_commit)
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
