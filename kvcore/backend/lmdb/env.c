#include "kvcore/backend/lmdb/env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/idle.h"
#include "kvcore/backend/lmdb/precheck.h"
#include "kvcore/backend/lmdb/record.h"
#include "kvcore/backend/lmdb/reserve.h"
#include "kvcore/base/clock.h"
#include "kvcore/base/directory.h"
#include "kvcore/base/message.h"

enum {
    /* Room for bucket handles where the user does not say. */
    HANDLES_LEAST = 512,
    HANDLES_MOST = 4096,
    /* Entries of the main database that are looked at to find how many buckets there are. */
    HANDLES_LOOK = 16384,
    /* How long open transactions are waited for before the map is exchanged, in milliseconds. */
    GATHER_MS = 1000
};

/* How often dead readers are looked for, in nanoseconds. */
#define CHECK_EVERY ((int64_t)10 * 1000000000)

/* Makes the files that LMDB does not make itself, and looks at those that are there. */
static int prepare_files(struct kvi_lmdb_env *env, struct kvi_lmdb_facts *ret_facts, kv_message *message)
{
    const struct kvi_lmdb_location *location = &env->location;
    const struct kvi_lmdb_wish *wish = &env->wish;
    bool is_writable = wish->may_create && !wish->is_read_only;
    *ret_facts = (struct kvi_lmdb_facts){.is_empty = true};
    if (location->is_there) {
        int status = kvi_lmdb_precheck(location->data, ret_facts, message);
        if (status == KV_OK && ret_facts->is_empty && !is_writable) {
            kvi_message_format(message, "%s: empty: its making was cut short; open it with leave to create",
                               location->data);
            return KV_ERR_NOT_A_STORE;
        }
        return status;
    }
    if (!is_writable) {
        kvi_message_format(message, "%s: there is no LMDB environment", location->path);
        return KV_ERR_NO_STORE;
    }
    /* Who may read the data may search the directory. */
    mode_t mode = (wish->mode & 0777) | ((wish->mode & 0444) >> 2);
    if (!location->is_single && !location->is_directory_there && mkdir(location->path, mode) != 0 && errno != EEXIST) {
        kvi_message_format(message, "%s: %s", location->path, strerror(errno));
        return errno == ENOENT ? KV_ERR_NO_STORE : kv_status_from_errno(errno);
    }
    return KV_OK;
}

static int open_once(struct kvi_lmdb_env *env, unsigned flags, uint64_t map_size, MDB_env **ret_mdb)
{
    MDB_env *mdb = NULL;
    int code = mdb_env_create(&mdb);
    if (code != 0) {
        return code;
    }
    code = mdb_env_set_maxdbs(mdb, env->handles_max);
    if (code == 0 && env->wish.readers > 0) {
        code = mdb_env_set_maxreaders(mdb, env->wish.readers);
    }
    if (code == 0) {
        code = mdb_env_set_mapsize(mdb, map_size);
    }
    if (code == 0) {
        code = mdb_env_open(mdb, env->location.path, flags, env->wish.mode);
    }
    if (code != 0) {
        mdb_env_close(mdb);
        return code;
    }
    *ret_mdb = mdb;
    return 0;
}

static bool is_too_big_a_map(int code)
{
    return code == ENOMEM || code == EINVAL || code == EOVERFLOW || code == EFBIG;
}

/* Without a lock file a reader is safe only where nobody can write: a writer that cannot be told of it takes the pages
 * that it reads. */
static bool is_on_read_only_media(const struct kvi_lmdb_env *env)
{
    struct statvfs about;
    return statvfs(env->location.data, &about) == 0 && (about.f_flag & ST_RDONLY) != 0;
}

/* Tries flags from the best on: read-write; then read-only, without a lock file on read-only media. */
static int open_somehow(struct kvi_lmdb_env *env, unsigned flags, uint64_t map_size, uint64_t least)
{
    for (;;) {
        int code = open_once(env, flags, map_size, &env->mdb);
        bool is_refused = code == EROFS || code == EACCES || code == EPERM;
        if (is_too_big_a_map(code) && env->wish.map_size == 0 && map_size / 2 >= least) {
            map_size /= 2;
        } else if (is_refused && env->location.is_there && (flags & MDB_RDONLY) == 0) {
            flags |= MDB_RDONLY;
            env->is_forced_read_only = true;
        } else if (is_refused && (flags & (MDB_RDONLY | MDB_NOLOCK)) == MDB_RDONLY && is_on_read_only_media(env)) {
            flags |= MDB_NOLOCK;
        } else {
            env->mdb_flags = flags;
            env->reserved = map_size;
            return code;
        }
    }
}

static unsigned flags_of(const struct kvi_lmdb_env *env)
{
    unsigned flags = MDB_NOTLS;
    flags |= env->location.is_single ? MDB_NOSUBDIR : 0;
    flags |= env->wish.is_read_only ? MDB_RDONLY : 0;
    flags |= env->wish.is_unsynced ? MDB_NOSYNC : 0;
    flags |= env->wish.is_scratch ? MDB_NOSYNC | MDB_NOMETASYNC : 0;
    flags |= env->wish.has_no_readahead ? MDB_NORDAHEAD : 0;
    return flags;
}

/* Sets the comparators of the main database; LMDB does it nowhere else. */
static int open_main(struct kvi_lmdb_env *env)
{
    MDB_txn *txn = NULL;
    MDB_dbi dbi;
    unsigned flags = 0;
    int dead;
    mdb_reader_check(env->mdb, &dead);
    int code = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn);
    if (code != 0) {
        return code;
    }
    code = mdb_dbi_open(txn, NULL, 0, &dbi);
    if (code == 0) {
        code = mdb_dbi_flags(txn, dbi, &flags);
        atomic_store(&env->main_flags, flags);
    }
    mdb_txn_abort(txn);
    return code;
}

/* Gives how many handles to have room for. LMDB clears that room at every begin of a transaction, so it is not simply
 * as large as can be. */
static int choose_handles(struct kvi_lmdb_env *env, unsigned *ret_handles)
{
    MDB_txn *txn = NULL;
    unsigned count = 0;
    int code = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn);
    if (code == 0) {
        code = kvi_lmdb_records_count(txn, HANDLES_LOOK, &count);
        mdb_txn_abort(txn);
    }
    count += count / 2 + HANDLES_LEAST / 2;
    *ret_handles = count < HANDLES_LEAST ? HANDLES_LEAST : count < HANDLES_MOST ? count : HANDLES_MOST;
    return code;
}

/* After the first open: LMDB takes the number only before. Nobody else knows the environment yet. */
static int make_room_for_handles(struct kvi_lmdb_env *env)
{
    unsigned handles = env->wish.handles;
    int code = 0;
    if (handles == 0) {
        code = choose_handles(env, &handles);
    }
    if (code == 0 && handles > env->handles_max) {
        env->handles_max = handles;
        mdb_env_close(env->mdb);
        env->mdb = NULL;
        code = open_once(env, env->mdb_flags, env->reserved, &env->mdb);
        code = code == 0 ? open_main(env) : code;
    }
    return code;
}

static int identify(struct kvi_lmdb_env *env)
{
    struct stat stat_of;
    int fd;
    int code = mdb_env_get_fd(env->mdb, &fd);
    if (code == 0 && (fstat(fd, &stat_of) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)) {
        code = errno;
    }
    if (code == 0) {
        env->device = stat_of.st_dev;
        env->inode = stat_of.st_ino;
    }
    return code;
}

static int report_open(const struct kvi_lmdb_env *env, int code, kv_message *message)
{
    int status = kvi_lmdb_status(code);
    const char *path = env->location.path;
    if (code == MDB_INVALID || code == MDB_VERSION_MISMATCH) {
        /* The data file is known to be good, so it is the other one. */
        kvi_message_format(message, "%s: not the lock file of this version of LMDB; end its users and remove it",
                           env->location.lock);
        return KV_ERR_VERSION;
    }
    if (is_too_big_a_map(code)) {
        kvi_message_format(message, "%s: no room in memory for a map of %llu bytes; set a smaller map_size", path,
                           (unsigned long long)env->reserved);
        return KV_ERR_NO_MEMORY;
    }
    kvi_message_format(message, "%s: %s", path, mdb_strerror(code));
    return status < 0 ? status : KV_ERR_IO;
}

static uint64_t round_up(uint64_t size, uint64_t unit)
{
    return (size + unit - 1) / unit * unit;
}

static int open_files(struct kvi_lmdb_env *env, kv_message *message)
{
    struct kvi_lmdb_facts facts;
    int status = prepare_files(env, &facts, message);
    if (status != KV_OK) {
        return status;
    }
    bool is_new = facts.is_empty;
    if (env->wish.readers == 0) {
        env->wish.readers = is_new ? KVI_LMDB_READERS : KVI_LMDB_READERS_USUAL;
    }
    if (!env->wish.is_read_only &&
        kvi_lmdb_lock_file_reserve(env->location.lock, env->wish.readers, env->wish.mode) != KV_OK) {
        kvi_message_format(message, "%s: the disk is full", env->location.lock);
        return KV_ERR_DISK_FULL;
    }
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t least = round_up(facts.used > facts.size ? facts.used : facts.size, page);
    uint64_t size = env->wish.map_size != 0 ? round_up(env->wish.map_size, page)
                                            : kvi_lmdb_map_size(facts.map_size, facts.size, env->wish.is_scratch);
    size = round_up(size < least ? least : size, page);
    int code = open_somehow(env, flags_of(env), size, least > 16 * page ? least : 16 * page);
    if (code == 0) {
        code = open_main(env);
    }
    if (code == 0) {
        code = make_room_for_handles(env);
    }
    if (code == 0) {
        code = identify(env);
    }
    if (code != 0) {
        return report_open(env, code, message);
    }
    env->is_read_only = (env->mdb_flags & MDB_RDONLY) != 0;
    if (is_new && !env->wish.is_scratch && !env->wish.is_unsynced) {
        kvi_directory_sync_of(env->location.data);
        kvi_directory_sync_of(env->location.path);
    }
    kvi_lmdb_locate_firmly(&env->location);
    return KV_OK;
}

int kvi_lmdb_env_new(const struct kvi_lmdb_location *location, const struct kvi_lmdb_wish *wish,
                     struct kvi_lmdb_env **ret_env, kv_message *message)
{
    struct kvi_lmdb_env *env = calloc(1, sizeof *env);
    if (env == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    env->location = *location;
    env->wish = *wish;
    env->handles_max = wish->handles != 0 ? wish->handles : HANDLES_LEAST;
    env->process = getpid();
    env->refs = 1;
    int status = open_files(env, message);
    if (status == KV_OK) {
        status = kvi_lmdb_handles_init(&env->handles, env->handles_max);
    }
    if (status != KV_OK) {
        mdb_env_close(env->mdb);
        free(env);
        return status;
    }
    pthread_mutex_init(&env->gate, NULL);
    pthread_mutex_init(&env->idle_lock, NULL);
    *ret_env = env;
    return KV_OK;
}

void kvi_lmdb_env_free(struct kvi_lmdb_env *env)
{
    kvi_lmdb_idle_free(env);
    mdb_env_close(env->mdb);
    kvi_lmdb_handles_done(&env->handles);
    pthread_mutex_destroy(&env->gate);
    pthread_mutex_destroy(&env->idle_lock);
    free(env);
}

int kvi_lmdb_env_enter(struct kvi_lmdb_env *env)
{
    int entered = atomic_load(&env->entered);
    for (;;) {
        if (entered < 0 || atomic_load(&env->is_gathering)) {
            pthread_mutex_lock(&env->gate);
            pthread_mutex_unlock(&env->gate);
            entered = atomic_load(&env->entered);
        } else if (atomic_compare_exchange_weak(&env->entered, &entered, entered + 1)) {
            break;
        }
    }
    if (atomic_load(&env->is_dead)) {
        kvi_lmdb_env_leave(env);
        return KV_ERR_IO;
    }
    return KV_OK;
}

void kvi_lmdb_env_leave(struct kvi_lmdb_env *env)
{
    atomic_fetch_sub(&env->entered, 1);
}

/* LMDB refuses everything after a meta page could not be written, until the environment is opened again. */
static int reopen(struct kvi_lmdb_env *env)
{
    kvi_lmdb_idle_free(env);
    if (env->wish.is_scratch || atomic_load(&env->txns) > 0) {
        return KV_ERR_IO;
    }
    dev_t device = env->device;
    ino_t inode = env->inode;
    mdb_env_close(env->mdb);
    env->mdb = NULL;
    kvi_lmdb_handles_clear(&env->handles);
    int code = open_once(env, env->mdb_flags, env->reserved, &env->mdb);
    if (code == 0) {
        code = open_main(env);
    }
    if (code == 0) {
        code = identify(env);
    }
    if (code == 0 && (env->device != device || env->inode != inode)) {
        code = ESTALE; /* somebody put another environment in the place */
    }
    if (code != 0) {
        atomic_store(&env->is_dead, true);
        return KV_ERR_IO;
    }
    return KV_OK;
}

static int exchange_map(struct kvi_lmdb_env *env)
{
    if (mdb_env_set_mapsize(env->mdb, 0) != 0) {
        atomic_store(&env->is_dead, true); /* it has unmapped the old one */
        return KV_ERR_IO;
    }
    return KV_OK;
}

int kvi_lmdb_env_renumber(struct kvi_lmdb_env *env)
{
    int status = kvi_lmdb_env_recover(env, MDB_PANIC);
    return status == KV_OK || atomic_load(&env->is_dead) ? status : KV_ERR_UNLOCKED_WRITER;
}

/* Waits a while for the transactions that are open, so that nobody is in the environment. With the gate held, which
 * keeps others from entering. */
static bool gather(struct kvi_lmdb_env *env)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    for (int i = 0; i < GATHER_MS; i++) {
        int nobody = 0;
        if (atomic_compare_exchange_strong(&env->entered, &nobody, -1)) {
            return true;
        }
        nanosleep(&pause, NULL);
    }
    return false;
}

static int recover_alone(struct kvi_lmdb_env *env, int code)
{
    if (!gather(env)) {
        return code == MDB_PANIC ? KV_ERR_IO : KV_ERR_BUSY;
    }
    int status = code == MDB_PANIC ? reopen(env) : exchange_map(env);
    atomic_fetch_add(&env->recoveries, 1);
    atomic_store(&env->entered, 0);
    return status;
}

int kvi_lmdb_env_recover(struct kvi_lmdb_env *env, int code)
{
    int dead = 0;
    if (code == MDB_READERS_FULL) {
        int status = kvi_lmdb_status(mdb_reader_check(env->mdb, &dead));
        return status == KV_OK && dead > 0 ? KV_OK : KV_ERR_READERS_FULL;
    }
    if (code != MDB_MAP_RESIZED && code != MDB_PANIC) {
        return kvi_lmdb_status(code);
    }
    /* All who failed like this one come here: nobody would get on if each kept its entry. */
    unsigned recoveries = atomic_load(&env->recoveries);
    kvi_lmdb_env_leave(env);
    pthread_mutex_lock(&env->gate);
    int status = KV_OK;
    if (atomic_load(&env->recoveries) == recoveries) {
        atomic_store(&env->is_gathering, true);
        status = recover_alone(env, code);
        atomic_store(&env->is_gathering, false);
    }
    atomic_fetch_add(&env->entered, 1);
    pthread_mutex_unlock(&env->gate);
    return status;
}

void kvi_lmdb_env_check_readers(struct kvi_lmdb_env *env)
{
    int64_t now = kvi_clock_ns(), last = atomic_load(&env->checked_at);
    int dead;
    if (now - last >= CHECK_EVERY && atomic_compare_exchange_strong(&env->checked_at, &last, now)) {
        mdb_reader_check(env->mdb, &dead);
    }
}

int kvi_lmdb_env_explain(const struct kvi_lmdb_env *env, int status)
{
    struct statvfs about;
    int fd;
    if (status != KV_ERR_IO || mdb_env_get_fd(env->mdb, &fd) != 0 || fstatvfs(fd, &about) != 0) {
        return status;
    }
    return about.f_bavail == 0 ? KV_ERR_DISK_FULL : status;
}
