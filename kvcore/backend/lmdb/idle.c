#include "kvcore/backend/lmdb/idle.h"

#include <stdlib.h>

#include "kvcore/backend/lmdb/txn.h"
#include "kvcore/base/cleanup.h"

enum { IDLE_MAX = 4 };

struct kvi_lmdb_txn *kvi_lmdb_idle_take(struct kvi_lmdb_env *env)
{
    KVI_SCOPED_LOCK(&env->idle_lock);
    struct kvi_lmdb_txn *txn = env->idle;
    if (txn != NULL) {
        env->idle = txn->next_idle;
        env->idle_count--;
    }
    return txn;
}

static bool keep(struct kvi_lmdb_txn *txn)
{
    struct kvi_lmdb_env *env = txn->env;
    KVI_SCOPED_LOCK(&env->idle_lock);
    if (env->idle_count >= IDLE_MAX) {
        return false;
    }
    txn->next_idle = env->idle;
    env->idle = txn;
    env->idle_count++;
    return true;
}

void kvi_lmdb_idle_keep(struct kvi_lmdb_txn *txn)
{
    if (!keep(txn)) {
        kvi_lmdb_txn_forget_mdb(txn);
        free(txn);
    }
}

void kvi_lmdb_idle_free(struct kvi_lmdb_env *env)
{
    struct kvi_lmdb_txn *txn;
    while ((txn = kvi_lmdb_idle_take(env)) != NULL) {
        kvi_lmdb_txn_forget_mdb(txn);
        free(txn);
    }
}
