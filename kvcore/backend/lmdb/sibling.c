#include "kvcore/backend/lmdb/sibling.h"

#include <stdlib.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/record.h"

int kvi_lmdb_main_learn(struct kvi_lmdb_env *env, MDB_txn *mdb, unsigned *ret_flags)
{
    MDB_dbi dbi;
    int code = mdb_dbi_flags(mdb, KVI_LMDB_MAIN_DBI, ret_flags);
    if (code == 0 && *ret_flags != atomic_load(&env->main_flags)) {
        code = mdb_dbi_open(mdb, NULL, 0, &dbi);
        atomic_store(&env->main_flags, *ret_flags);
    }
    return kvi_lmdb_status(code);
}

int kvi_lmdb_short_begin(struct kvi_lmdb_env *env, MDB_txn **ret_mdb)
{
    MDB_txn *mdb = NULL;
    unsigned flags;
    int code = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &mdb);
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    int status = kvi_lmdb_main_learn(env, mdb, &flags);
    if (status != KV_OK) {
        mdb_txn_abort(mdb);
        return status;
    }
    *ret_mdb = mdb;
    return KV_OK;
}

int kvi_lmdb_short_find(MDB_txn *mdb, const char *name, unsigned *ret_flags)
{
    MDB_cursor *cursor = NULL;
    unsigned main_flags;
    int code = mdb_dbi_flags(mdb, KVI_LMDB_MAIN_DBI, &main_flags);
    if (code == 0 && !kvi_lmdb_can_hold_buckets(main_flags)) {
        return KV_NOT_FOUND;
    }
    if (code == 0) {
        code = mdb_cursor_open(mdb, KVI_LMDB_MAIN_DBI, &cursor);
    }
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    int status = kvi_lmdb_record_find(cursor, name, ret_flags);
    mdb_cursor_close(cursor);
    return status;
}

int kvi_lmdb_sibling_find(struct kvi_lmdb_txn *txn, uint64_t epoch, MDB_txn **ret_mdb)
{
    for (struct kvi_lmdb_sibling *sibling = txn->siblings; sibling != NULL; sibling = sibling->next) {
        if (sibling->epoch >= epoch) {
            *ret_mdb = sibling->mdb;
            return KV_OK;
        }
    }
    struct kvi_lmdb_sibling *sibling = calloc(1, sizeof *sibling);
    if (sibling == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    sibling->epoch = atomic_load(&txn->env->handles.epoch);
    int status = kvi_lmdb_status(mdb_txn_begin(txn->env->mdb, NULL, MDB_RDONLY, &sibling->mdb));
    if (status == KV_OK && mdb_txn_id(sibling->mdb) != mdb_txn_id(txn->mdb)) {
        mdb_txn_abort(sibling->mdb);
        status = KV_ERR_STALE;
    }
    if (status != KV_OK) {
        free(sibling);
        return status;
    }
    sibling->next = txn->siblings;
    txn->siblings = sibling;
    *ret_mdb = sibling->mdb;
    return KV_OK;
}

void kvi_lmdb_siblings_end(struct kvi_lmdb_txn *txn)
{
    while (txn->siblings != NULL) {
        struct kvi_lmdb_sibling *sibling = txn->siblings;
        txn->siblings = sibling->next;
        mdb_txn_abort(sibling->mdb);
        free(sibling);
    }
}
