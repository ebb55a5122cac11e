#include "kvcore/backend/lmdb/store.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kvcore/backend/lmdb/error.h"

/* LMDB's own limit for a value: 32 bits. */
#define VALUE_MAX 0xffffffffu

static void limit(struct kvi_lmdb_store *store)
{
    size_t key_max = (size_t)mdb_env_get_maxkeysize(store->env->mdb);
    store->base.limits = (kv_limits){
        .key_max = key_max,
        .value_max = VALUE_MAX,
        .dup_max = key_max,
        .bucket_name_max = key_max < KV_BUCKET_NAME_SIZE ? key_max : KV_BUCKET_NAME_SIZE - 1,
        .kinds = KV_KIND_ALL,
    };
}

int kvi_lmdb_store_new(const struct kvi_backend *backend, struct kvi_lmdb_env *env, unsigned flags,
                       struct kvi_store **ret_store)
{
    struct kvi_lmdb_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        kvi_lmdb_env_close(env);
        return KV_ERR_NO_MEMORY;
    }
    store->env = env;
    store->is_read_only = env->is_read_only || (flags & KV_OPEN_READ_ONLY) != 0;
    store->is_unsynced = (flags & KV_OPEN_NO_SYNC) != 0;
    store->base.backend = backend;
    store->base.capabilities = KV_CAN_NEST | KV_CAN_ROOT_MAP | KV_CAN_BACKUP | KV_CAN_RESERVE;
    store->base.capabilities |= store->is_read_only ? 0u : KV_CAN_WRITE;
    store->base.capabilities |= env->wish.is_scratch ? 0u : KV_CAN_SHARE;
    store->base.capabilities |= kvi_lmdb_can_hold_buckets(atomic_load(&env->main_flags)) ? KV_CAN_BUCKETS : 0u;
    limit(store);
    *ret_store = &store->base;
    return KV_OK;
}

int kvi_lmdb_store_sync(struct kvi_store *base)
{
    struct kvi_lmdb_env *env = kvi_lmdb_store_of(base)->env;
    if (env->is_read_only || env->wish.is_scratch) {
        return KV_OK;
    }
    int status = kvi_lmdb_env_enter(env);
    if (status == KV_OK) {
        status = kvi_lmdb_status(mdb_env_sync(env->mdb, 1));
        kvi_lmdb_env_leave(env);
    }
    return status;
}

int kvi_lmdb_store_close(struct kvi_store *base)
{
    struct kvi_lmdb_store *store = kvi_lmdb_store_of(base);
    int status = store->is_unsynced ? kvi_lmdb_store_sync(base) : KV_OK;
    kvi_lmdb_env_close(store->env);
    free(store);
    return status;
}

int kvi_lmdb_store_txid(struct kvi_store *base, uint64_t *ret_txid)
{
    struct kvi_lmdb_env *env = kvi_lmdb_store_of(base)->env;
    MDB_envinfo info;
    int status = kvi_lmdb_env_enter(env);
    if (status != KV_OK) {
        return status;
    }
    status = kvi_lmdb_status(mdb_env_info(env->mdb, &info));
    if (status == KV_OK) {
        *ret_txid = info.me_last_txnid;
    }
    kvi_lmdb_env_leave(env);
    return status;
}

/* LMDB writes a line of text for each reader in use, after a heading. */
static int count_reader(const char *line, void *count)
{
    while (*line == ' ') {
        line++;
    }
    if (*line >= '0' && *line <= '9') {
        (*(unsigned *)count)++;
    }
    return 0;
}

static int fill_statistics(const struct kvi_lmdb_env *env, kv_store_stat *stat)
{
    MDB_envinfo info;
    MDB_stat main_stat;
    struct stat file;
    int fd = -1;
    int code = mdb_env_info(env->mdb, &info);
    if (code == 0) {
        code = mdb_env_stat(env->mdb, &main_stat);
    }
    if (code == 0) {
        code = mdb_env_get_fd(env->mdb, &fd);
    }
    if (code == 0 && fstat(fd, &file) != 0) {
        code = errno;
    }
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    stat->txid = info.me_last_txnid;
    stat->disk_size = (uint64_t)file.st_size;
    stat->used_size = (info.me_last_pgno + 1) * (uint64_t)main_stat.ms_psize;
    stat->size_limit = info.me_mapsize;
    stat->page_size = main_stat.ms_psize;
    stat->readers_max = info.me_maxreaders;
    mdb_reader_list(env->mdb, count_reader, &stat->readers_now);
    return KV_OK;
}

int kvi_lmdb_store_statistics(struct kvi_store *base, kv_store_stat *ret_stat)
{
    struct kvi_lmdb_env *env = kvi_lmdb_store_of(base)->env;
    kv_store_stat stat = {0};
    int status = kvi_lmdb_env_enter(env);
    if (status != KV_OK) {
        return status;
    }
    status = fill_statistics(env, &stat);
    kvi_lmdb_env_leave(env);
    if (status == KV_OK) {
        *ret_stat = stat;
    }
    return status;
}

int kvi_lmdb_store_backup(struct kvi_store *base, int fd, unsigned flags)
{
    struct kvi_lmdb_env *env = kvi_lmdb_store_of(base)->env;
    int status = kvi_lmdb_env_enter(env);
    if (status != KV_OK) {
        return status;
    }
    if ((flags & KV_BACKUP_COMPACT) == 0 && kvi_lmdb_handles_is_writing(&env->handles)) {
        kvi_lmdb_env_leave(env);
        return KV_ERR_BUSY; /* LMDB stops writers for a moment, and would wait for this one */
    }
    int code = mdb_env_copyfd2(env->mdb, fd, (flags & KV_BACKUP_COMPACT) != 0 ? MDB_CP_COMPACT : 0);
    kvi_lmdb_env_leave(env);
    /* The compacting copy found fewer pages in use than are not free. */
    return code == MDB_INCOMPATIBLE ? KV_ERR_CORRUPT : kvi_lmdb_status(code);
}
