/* The environments that this process has open: none is ever opened twice. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kvcore/backend/lmdb/env.h"
#include "kvcore/base/cleanup.h"
#include "kvcore/base/message.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kvi_lmdb_env *envs;

/* An environment that a parent process opened is none of this one's: LMDB does not survive a fork. */
static struct kvi_lmdb_env *find(const struct stat *stat_of)
{
    pid_t process = getpid();
    for (struct kvi_lmdb_env *env = envs; env != NULL; env = env->next) {
        if (env->device == stat_of->st_dev && env->inode == stat_of->st_ino && env->process == process) {
            return env;
        }
    }
    return NULL;
}

/* Opening a lock file again would end the locks on it when either is closed. */
static bool holds_lock_file(const char *path)
{
    pid_t process = getpid();
    struct stat wanted, held;
    if (stat(path, &wanted) != 0) {
        return false;
    }
    for (const struct kvi_lmdb_env *env = envs; env != NULL; env = env->next) {
        if (env->process == process && stat(env->location.lock, &held) == 0 && held.st_dev == wanted.st_dev &&
            held.st_ino == wanted.st_ino) {
            return true;
        }
    }
    return false;
}

static int share(struct kvi_lmdb_env *env, const struct kvi_lmdb_wish *wish, kv_message *message)
{
    if (env->is_read_only && !env->is_forced_read_only && !wish->is_read_only) {
        kvi_message_format(message, "%s: open for reading only in this process; close that store first",
                           env->location.path);
        return KV_ERR_BUSY;
    }
    if (kvi_lmdb_env_enter(env) != KV_OK) {
        kvi_message_format(message, "%s: could not be opened again after a failure; close the stores that have it open",
                           env->location.path);
        return KV_ERR_IO;
    }
    if (!wish->is_unsynced) {
        /* Whoever was promised durable commits gets them. */
        mdb_env_set_flags(env->mdb, MDB_NOSYNC, 0);
        env->mdb_flags &= ~(unsigned)MDB_NOSYNC;
    }
    kvi_lmdb_env_leave(env);
    env->refs++;
    return KV_OK;
}

int kvi_lmdb_env_open(const struct kvi_lmdb_location *location, const struct kvi_lmdb_wish *wish,
                      struct kvi_lmdb_env **ret_env, kv_message *message)
{
    KVI_SCOPED_LOCK(&lock);
    struct kvi_lmdb_location now = *location;
    struct stat stat_of;
    now.is_there = stat(now.data, &stat_of) == 0;
    struct kvi_lmdb_env *env = now.is_there ? find(&stat_of) : NULL;
    if (env != NULL) {
        int status = share(env, wish, message);
        if (status == KV_OK) {
            *ret_env = env;
        }
        return status;
    }
    if (holds_lock_file(now.lock)) {
        kvi_message_format(message, "%s: its data file was replaced while this process has it open; close it first",
                           now.path);
        return KV_ERR_BUSY;
    }
    int status = kvi_lmdb_env_new(&now, wish, &env, message);
    if (status == KV_OK) {
        env->next = envs;
        envs = env;
        *ret_env = env;
    }
    return status;
}

void kvi_lmdb_env_close(struct kvi_lmdb_env *env)
{
    KVI_SCOPED_LOCK(&lock);
    if (--env->refs > 0) {
        return;
    }
    for (struct kvi_lmdb_env **at = &envs; *at != NULL; at = &(*at)->next) {
        if (*at == env) {
            *at = env->next;
            break;
        }
    }
    kvi_lmdb_env_free(env);
}
