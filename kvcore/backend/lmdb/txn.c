#include "kvcore/backend/lmdb/txn.h"

#include <stdlib.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/idle.h"
#include "kvcore/backend/lmdb/sibling.h"
#include "kvcore/backend/lmdb/writer.h"
#include "kvcore/base/cleanup.h"

enum {
    /* A begin is tried again after the environment recovered. */
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

void kvi_lmdb_txn_records_close(struct kvi_lmdb_txn *txn)
{
    if (txn->records != NULL) {
        mdb_cursor_close(txn->records);
        txn->records = NULL;
    }
    txn->are_records_old = false;
}

int kvi_lmdb_txn_learn_main(struct kvi_lmdb_txn *txn)
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
        kvi_lmdb_txn_records_close(txn);
        txn->main_flags = flags;
    }
    return KV_OK;
}

void kvi_lmdb_txn_forget_mdb(struct kvi_lmdb_txn *txn)
{
    kvi_lmdb_txn_records_close(txn);
    mdb_txn_abort(txn->mdb);
    txn->mdb = NULL;
    atomic_fetch_sub(&txn->env->txns, 1);
}

/* Tells whether the snapshot was taken with all handles that it can use: LMDB shows a commit before the table has
 * published what the commit opened, and without these a bucket that it made could be opened too late. */
static bool knows_handles(const struct kvi_lmdb_txn *txn)
{
    struct kvi_lmdb_handles *handles = &txn->env->handles;
    uint64_t ending = atomic_load(&handles->ending_id);
    if (ending != 0 && ending <= mdb_txn_id(txn->mdb)) {
        KVI_SCOPED_LOCK(&handles->lock);
        while (atomic_load(&handles->ending_id) == ending) {
            pthread_cond_wait(&handles->writer_ended, &handles->lock);
        }
    }
    return txn->epoch == atomic_load(&handles->epoch);
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
        if (code == 0 && i < TRIES - 1 && !knows_handles(txn)) {
            mdb_txn_reset(txn->mdb);
            continue;
        }
        if (code == 0) {
            return kvi_lmdb_txn_learn_main(txn);
        }
        if (code == MDB_PANIC && txn->mdb != NULL) {
            kvi_lmdb_txn_forget_mdb(txn);
        }
        status = kvi_lmdb_env_recover(env, code);
    }
    return status == KV_OK ? KV_ERR_BUSY : status;
}

static int begin_read(struct kvi_store *store, struct kvi_lmdb_env *env, struct kvi_txn **ret_txn)
{
    int status = kvi_lmdb_env_enter(env);
    if (status != KV_OK) {
        return status;
    }
    struct kvi_lmdb_txn *txn = kvi_lmdb_idle_take(env);
    if (txn == NULL) {
        txn = calloc(1, sizeof *txn);
        status = txn == NULL ? KV_ERR_NO_MEMORY : KV_OK;
    }
    if (status == KV_OK) {
        txn->base.store = store;
        txn->env = env;
        txn->is_reset = false;
        status = take_snapshot(txn);
    }
    if (status == KV_OK) {
        *ret_txn = &txn->base;
        return KV_OK;
    }
    if (txn != NULL && txn->mdb != NULL) {
        kvi_lmdb_txn_forget_mdb(txn);
    }
    free(txn);
    kvi_lmdb_env_leave(env);
    return status;
}

int kvi_lmdb_txn_begin(struct kvi_store *store, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                       struct kvi_txn **ret_txn)
{
    struct kvi_lmdb_env *env = kvi_lmdb_store_of(store)->env;
    bool is_write = (flags & KV_TXN_WRITE) != 0;
    if (!is_write) {
        return begin_read(store, env, ret_txn);
    }
    KVI_SCOPED_MEMORY struct kvi_lmdb_txn *txn = calloc(1, sizeof *txn);
    if (txn == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    txn->base.store = store;
    txn->base.is_write = true;
    txn->env = env;
    int status;
    if (parent != NULL) {
        txn->parent = kvi_lmdb_txn_of(parent);
        status = kvi_lmdb_writer_begin_nested(txn);
    } else {
        status = kvi_lmdb_env_enter(env);
        if (status != KV_OK) {
            return status;
        }
        status = kvi_lmdb_writer_begin(txn, deadline);
        if (status != KV_OK) {
            kvi_lmdb_env_leave(env);
        }
    }
    if (status == KV_OK) {
        *ret_txn = &KVI_TAKE(txn)->base;
    }
    return status;
}

void kvi_lmdb_buckets_release(struct kvi_lmdb_handles *handles, struct kvi_lmdb_bucket **list)
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

static void release_snapshot(struct kvi_lmdb_txn *txn)
{
    if (txn->buckets != NULL) {
        KVI_SCOPED_LOCK(&txn->env->handles.lock);
        kvi_lmdb_buckets_release(&txn->env->handles, &txn->buckets);
    }
    kvi_lmdb_siblings_end(txn);
    mdb_txn_reset(txn->mdb);
    txn->are_records_old = txn->records != NULL;
}

static void end_read(struct kvi_lmdb_txn *txn)
{
    struct kvi_lmdb_env *env = txn->env;
    bool is_reset = txn->is_reset;
    if (!is_reset) {
        release_snapshot(txn);
    }
    if (txn->mdb != NULL) {
        kvi_lmdb_idle_keep(txn);
    } else {
        free(txn); /* renewing it has failed */
    }
    if (!is_reset) {
        kvi_lmdb_env_leave(env);
    }
}

int kvi_lmdb_txn_commit(struct kvi_txn *base)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    if (txn->base.is_write) {
        return kvi_lmdb_writer_end(txn, true);
    }
    end_read(txn);
    return KV_OK;
}

void kvi_lmdb_txn_abort(struct kvi_txn *base)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    if (txn->base.is_write) {
        kvi_lmdb_writer_end(txn, false);
    } else {
        end_read(txn);
    }
}

void kvi_lmdb_txn_reset(struct kvi_txn *base)
{
    struct kvi_lmdb_txn *txn = kvi_lmdb_txn_of(base);
    release_snapshot(txn);
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
