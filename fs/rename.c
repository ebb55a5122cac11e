#include "fs/rename.h"

#include <stdio.h>
#include <string.h>

#include "fs/file.h"
#include "fs/log.h"
#include "fs/lookup.h"
#include "fs/place.h"
#include "fs/publish.h"
#include "fs/tree.h"

/* One end: a directory, a name, who has it now, and what its pair holds. */
struct end {
    struct kvfs_node *directory;
    const char *name;
    struct kvfs_node *node;
    bool is_draft;
    bool is_in_store; /* and `value` is the pair of `node` */
    bool is_leftover; /* the store has a pair of the name, which `node` has replaced and will publish over */
    kv_slice key;
    kv_slice value;
    kv_kind order;
    struct timespec time; /* what the name shows before */
    enum kvfs_time_source source;
};

static void drop_end(struct end *end)
{
    kvfs_node_drop(end->node, 1);
}

static int find_pair(kv_txn *txn, struct end *end)
{
    if (!end->node || end->node->is_draft) {
        return KV_OK;
    }
    int status = kvfs_place_value(txn, end->node, &end->value);
    end->is_leftover = status == KV_OK && atomic_load(&end->node->is_extra);
    end->is_in_store = status == KV_OK && !end->is_leftover;
    return status < 0 ? status : KV_OK;
}

/* Stores `value` under the end's key, or (NULL) removes what is there. */
static int set_pair(kv_txn *txn, const struct end *end, const kv_slice *value)
{
    kv_bucket *bucket = NULL;
    const char *name = kvfs_place_bucket(end->directory);
    if (end->is_draft) {
        return KV_OK;
    }
    int status = kv_bucket_open(txn, name, &bucket);
    if (status == KV_NOT_FOUND && value) {
        status = kv_bucket_create(txn, name, KV_PLAIN, &bucket);
    }
    if (status != KV_OK) {
        return status < 0 ? status : KV_OK;
    }
    status = value ? kv_bucket_put(bucket, end->key, *value) : kv_bucket_delete(bucket, end->key);
    return status < 0 ? status : KV_OK;
}

/* The change of the store, in one transaction: none when only the mount knows the files. */
static int change_store(const struct end *from, const struct end *to, bool is_exchange)
{
    struct kvfs_view *view = from->directory->view;
    bool is_from_stored = from->is_in_store || from->is_leftover;
    bool is_to_changed = from->is_in_store || (is_exchange && (to->is_in_store || to->is_leftover));
    if (!is_from_stored && !is_to_changed) {
        return KV_OK;
    }
    __attribute__((cleanup(kv_txn_free_scoped))) kv_txn *txn = NULL;
    int status = kvfs_view_write(view, &txn);
    if (status == KV_OK) {
        status = set_pair(txn, from, is_exchange && to->is_in_store ? &to->value : NULL);
    }
    if (status == KV_OK && is_to_changed) {
        status = set_pair(txn, to, from->is_in_store ? &from->value : NULL);
    }
    if (status == KV_OK) {
        kv_txn *done = txn;
        txn = NULL;
        status = kvfs_view_apply(view, done);
    }
    return status < 0 ? status : KV_OK;
}

/* Hangs `node` under the name of `end`, and publishes it there if that is due. */
static int move_node(struct kvfs_node *node, const struct end *old, const struct end *end, bool is_in_store)
{
    struct kvfs_times *times = &node->view->times;
    struct timespec time = old->time;
    /* A file keeps its time, unless the name would show another value with the time that it had (S28). */
    if (old->source != KVFS_TIME_OF_USER && time.tv_sec == end->time.tv_sec) {
        time = kvfs_clock_after(time);
    }
    kvfs_extra_remove(node);
    int status = kvfs_node_rename(
        node, end->directory,
        &(struct kvfs_identity){.name = end->name, .key = end->key, .kind = KVFS_FILE, .is_draft = end->is_draft});
    if (status == KV_OK && (end->is_draft || !is_in_store)) {
        status = kvfs_extra_add(node, end->order);
    }
    if (status < 0) {
        return status;
    }
    kvfs_times_set(times, node->hash, time, old->source ? old->source : KVFS_TIME_OF_CHANGE);
    kvfs_times_set(times, end->directory->hash, kvfs_clock_wall(), KVFS_TIME_OF_CHANGE);
    pthread_mutex_lock(&node->view->files);
    struct kvfs_file *file = node->file && node->file->writers == 0 ? node->file : NULL;
    if (file) {
        kvfs_file_hold(file);
    }
    pthread_mutex_unlock(&node->view->files);
    if (file) {
        /* A failure is no failure of the rename: the next commit tries again and reports it. */
        int published = kvfs_file_publish(file, KVFS_WHEN_CLOSED);
        if (published < 0) {
            kvfs_log_failure("publish", end->name, kvfs_status_errno(published));
        }
        kvfs_file_let_go(file);
    }
    return KV_OK;
}

static int move_files(struct end *from, struct end *to, bool is_exchange)
{
    struct kvfs_node *replaced = to->node;
    int status = KV_OK;
    /* Who becomes a draft keeps its value in the mount. */
    if (to->is_draft && from->is_in_store) {
        status = kvfs_file_keep(from->node, from->value);
    }
    if (status == KV_OK && is_exchange && from->is_draft && to->is_in_store) {
        status = kvfs_file_keep(replaced, to->value);
    }
    if (status == KV_OK) {
        status = change_store(from, to, is_exchange);
    }
    if (status == KV_OK) {
        status = kvfs_tree_keep_parts(from->directory, from->order);
    }
    if (status < 0) {
        return status;
    }
    if (replaced) {
        kvfs_extra_remove(replaced);
        kvfs_node_unlink(replaced);
        if (!is_exchange) {
            kvfs_file_forsake(replaced);
        }
    }
    struct kvfs_node *hung = from->directory;
    status = move_node(from->node, from, to, from->is_in_store && !to->is_draft);
    if (status == KV_OK && is_exchange) {
        status = move_node(replaced, to, from, to->is_in_store && !from->is_draft);
    }
    kvfs_times_set(&hung->view->times, hung->hash, kvfs_clock_wall(), KVFS_TIME_OF_CHANGE);
    return status;
}

static void look_at_time(struct end *end)
{
    end->time = kvfs_times_get(&end->directory->view->times, kvfs_node_hash(end->directory, end->name), &end->source);
}

static int rename_file(struct end *from, struct end *to, bool is_exchange)
{
    struct kvfs_view *view = from->directory->view;
    struct kvfs_plan here, there;
    /* One for each value: opening a bucket may renew the transaction. */
    KVFS_READING(reading, view);
    KVFS_READING(other, view);
    int status = kvfs_view_read(view, &reading.txn);
    status = status < 0 ? status : kvfs_view_read(view, &other.txn);
    if (status == KV_OK) {
        status = kvfs_tree_plan(reading.txn, from->directory, from->name, &here);
    }
    if (status == KV_OK) {
        status = kvfs_tree_plan(other.txn, to->directory, to->name, &there);
    }
    if (status == KV_OK && there.kind != KVFS_FILE) {
        kvfs_reason("a name that ends in %s is a directory of long names", KV_NAME_MORE);
        status = KV_ERR_NAME;
    }
    if (status == KV_OK) {
        status = find_pair(reading.txn, from);
    }
    if (status == KV_OK) {
        status = find_pair(other.txn, to);
    }
    if (status != KV_OK) {
        return status;
    }
    from->is_draft = here.is_draft;
    from->key = here.key;
    from->order = here.order;
    to->is_draft = there.is_draft;
    to->key = there.key;
    to->order = there.order;
    look_at_time(from);
    look_at_time(to);
    return move_files(from, to, is_exchange);
}

/* Renames a bucket that is empty: a new one of its kind takes its place. */
static int rename_bucket(struct end *from, struct end *to)
{
    struct kvfs_view *view = from->directory->view;
    struct kvfs_plan plan;
    struct kvfs_place place;
    KVFS_READING(reading, view);
    int status = kvfs_view_read(view, &reading.txn);
    if (status == KV_OK) {
        status = kvfs_tree_plan(reading.txn, to->directory, to->name, &plan);
    }
    if (status == KV_OK) {
        status = kvfs_place_open(reading.txn, from->node, &place);
    }
    if (status != KV_OK) {
        return status;
    }
    if (kvfs_node_owner(to->directory)->kind != KVFS_ROOT || plan.kind != KVFS_FILE || plan.is_draft ||
        strlen(plan.room) != plan.key.size || plan.key.size > view->limits.bucket_name_max) {
        kvfs_reason("a bucket is a directory of the root, named by a key without NUL bytes");
        return KV_ERR_INVALID;
    }
    __attribute__((cleanup(kv_txn_free_scoped))) kv_txn *txn = NULL;
    status = kvfs_view_write(view, &txn);
    if (status == KV_OK && to->node) {
        status = kv_bucket_drop(txn, plan.room);
    }
    status = status < 0 ? status : kv_bucket_drop(txn, from->node->key.data);
    status = status < 0 ? status : kv_bucket_create(txn, plan.room, place.kind, NULL);
    if (status != KV_OK) {
        return status;
    }
    kv_txn *done = txn;
    txn = NULL;
    status = kvfs_view_apply(view, done);
    if (status == KV_OK && to->node) {
        kvfs_node_unlink(to->node);
    }
    return status < 0
               ? status
               : kvfs_node_rename(from->node, to->directory,
                                  &(struct kvfs_identity){.name = to->name, .key = plan.key, .kind = KVFS_BUCKET});
}

static int rename_directory(struct end *from, struct end *to, bool is_exchange)
{
    if (to->node && !kvfs_node_is_directory(to->node)) {
        return KVFS_ERRNO(ENOTDIR);
    }
    if (is_exchange) {
        kvfs_reason("directories cannot be exchanged");
        return KV_ERR_INVALID;
    }
    int status = kvfs_tree_check_empty(from->node);
    if (status == KV_ERR_NOT_EMPTY || from->node->kind != KVFS_BUCKET || (to->node && to->node->kind != KVFS_BUCKET)) {
        kvfs_reason("only an empty bucket is renamed at once; mv copies others and deletes them");
        return KVFS_ERRNO(EXDEV);
    }
    if (status == KV_OK && to->node) {
        status = kvfs_tree_check_empty(to->node);
    }
    return status == KV_OK ? rename_bucket(from, to) : status;
}

int kvfs_rename(struct kvfs_node *from, const char *from_name, struct kvfs_node *to, const char *to_name,
                unsigned flags)
{
    __attribute__((cleanup(drop_end))) struct end source = {.directory = from, .name = from_name};
    __attribute__((cleanup(drop_end))) struct end target = {.directory = to, .name = to_name};
    bool is_exchange = flags & RENAME_EXCHANGE;
    if (flags & ~(unsigned)(RENAME_EXCHANGE | RENAME_NOREPLACE)) {
        return KV_ERR_INVALID;
    }
    int status = kvfs_lookup(from, from_name, &source.node, NULL);
    if (status != KV_OK) {
        return status;
    }
    status = kvfs_place_check_writable(source.node);
    if (status < 0) {
        return status;
    }
    status = kvfs_lookup(to, to_name, &target.node, NULL);
    if (status < 0 || (is_exchange && status != KV_OK)) {
        return status;
    }
    if (target.node && (flags & RENAME_NOREPLACE)) {
        return KV_EXISTS;
    }
    if (target.node == source.node) {
        return KV_OK;
    }
    if (kvfs_node_is_directory(source.node)) {
        return rename_directory(&source, &target, is_exchange);
    }
    if (target.node && kvfs_node_is_directory(target.node)) {
        return KVFS_ERRNO(EISDIR);
    }
    return rename_file(&source, &target, is_exchange);
}
