#include "fs/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/dir.h"
#include "fs/node.h"

enum { PINS_LEAST = 8 };

static struct timespec store_time(const char *location)
{
    const char *path = strncmp(location, "lmdb:", 5) == 0 ? location + 5 : location;
    char file[4096];
    struct stat status;
    snprintf(file, sizeof file, "%s/data.mdb", path);
    if (stat(file, &status) == 0 || (stat(path, &status) == 0 && S_ISREG(status.st_mode))) {
        return status.st_mtim;
    }
    return kvfs_clock_wall();
}

static int open_stores(struct kvfs_view *view, const struct kvfs_options *options, kv_message *ret_message)
{
    unsigned flags = (options->is_read_only ? KV_OPEN_READ_ONLY : 0u) | (options->may_create ? KV_OPEN_CREATE : 0u);
    int status = kv_store_open(options->store, flags, options->settings, &view->base, ret_message);
    if (status < 0) {
        return status;
    }
    view->store = view->base;
    if (!kv_store_is_read_only(view->base)) {
        status = kv_session_open(view->base, options->spool, &view->session, ret_message);
        if (status < 0) {
            return status;
        }
        view->store = kv_session_store(view->session);
    }
    kv_store_stat store;
    status = kv_store_statistics(view->base, &store);
    if (status < 0) {
        snprintf(ret_message->text, sizeof ret_message->text, "%s: %s", options->store, kv_status_text(status));
        return status;
    }
    /* Most of the places for readers, of all processes, stay free for those who read briefly. */
    view->pins_max = store.readers_max / 4 > PINS_LEAST ? store.readers_max / 4 : PINS_LEAST;
    kv_store_limits(view->store, &view->limits);
    view->capabilities = kv_store_capabilities(view->store);
    return KV_OK;
}

static void init_locks(struct kvfs_view *view)
{
    pthread_rwlockattr_t kind;
    pthread_rwlockattr_init(&kind);
    /* The default lets a stream of readers keep a writer out for ever. */
    pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&view->tree, &kind);
    pthread_rwlockattr_destroy(&kind);
    pthread_mutex_init(&view->extras, NULL);
    pthread_mutex_init(&view->files, NULL);
    pthread_mutex_init(&view->pool_lock, NULL);
}

int kvfs_view_open(const struct kvfs_options *options, struct kvfs_view **ret_view, kv_message *ret_message)
{
    struct kvfs_view *view = calloc(1, sizeof *view);
    if (!view) {
        snprintf(ret_message->text, sizeof ret_message->text, "out of memory");
        return KV_ERR_NO_MEMORY;
    }
    view->options = options;
    init_locks(view);
    kvfs_times_init(&view->times, store_time(options->store));
    int status = open_stores(view, options, ret_message);
    if (status == KV_OK) {
        status = kvfs_table_new(view, &view->table, &view->root);
    }
    if (status < 0) {
        kvfs_view_close(view);
        return status;
    }
    uint64_t txid = 0;
    kv_store_txid(view->base, &txid);
    kvfs_times_begin(&view->times, txid);
    *ret_view = view;
    return KV_OK;
}

void kvfs_view_close(struct kvfs_view *view)
{
    if (!view) {
        return;
    }
    while (view->first_dir) {
        kvfs_dir_close(view->first_dir);
    }
    kvfs_table_free(view->table);
    for (unsigned i = 0; i < view->pool_count; i++) {
        kv_txn_free(view->pool[i]);
    }
    kv_session_close(view->session);
    kv_store_close(view->base);
    kvfs_times_done(&view->times);
    pthread_rwlock_destroy(&view->tree);
    pthread_mutex_destroy(&view->extras);
    pthread_mutex_destroy(&view->files);
    pthread_mutex_destroy(&view->pool_lock);
    free(view);
}

int kvfs_view_read(struct kvfs_view *view, kv_txn **ret_txn)
{
    kv_txn *txn = NULL;
    pthread_mutex_lock(&view->pool_lock);
    if (view->pool_count > 0) {
        txn = view->pool[--view->pool_count];
    }
    pthread_mutex_unlock(&view->pool_lock);
    int status = txn ? kv_txn_renew(txn) : kv_txn_begin(view->store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
    if (status < 0) {
        kv_txn_free(txn);
        return status;
    }
    kvfs_times_see(&view->times, kv_txn_id(txn));
    *ret_txn = txn;
    return KV_OK;
}

void kvfs_view_done(struct kvfs_view *view, kv_txn *txn)
{
    if (!txn) {
        return;
    }
    if (kv_txn_reset(txn) < 0) {
        kv_txn_free(txn);
        return;
    }
    pthread_mutex_lock(&view->pool_lock);
    if (view->pool_count < KVFS_POOL_SIZE) {
        view->pool[view->pool_count++] = txn;
        txn = NULL;
    }
    pthread_mutex_unlock(&view->pool_lock);
    kv_txn_free(txn);
}

int kvfs_view_write(struct kvfs_view *view, kv_txn **ret_txn)
{
    if (kvfs_view_is_read_only(view)) {
        return KV_ERR_READ_ONLY;
    }
    return kv_txn_begin(view->store, NULL, KV_TXN_WRITE, kvfs_view_deadline(view), ret_txn);
}

int kvfs_view_apply(struct kvfs_view *view, kv_txn *txn)
{
    int status = kv_txn_close(txn);
    atomic_fetch_add(&view->changes, 1);
    return status;
}

kv_deadline kvfs_view_deadline(const struct kvfs_view *view)
{
    return kv_deadline_after((int64_t)view->options->timeout * 1000);
}
