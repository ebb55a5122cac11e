#include "fs/tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/file.h"
#include "fs/listing.h"
#include "fs/log.h"
#include "fs/lookup.h"
#include "fs/place.h"

/* S9: a name that is no key of the store may still be a draft, if it begins with a dot. */
static int plan_draft(struct kvfs_plan *plan, const char *name, int status)
{
    bool is_no_key = status == KV_ERR_NAME || status == KV_ERR_KEY_TOO_BIG || status == KV_ERR_KEY_EMPTY;
    if (is_no_key && name[0] == '.' && strlen(name) <= KV_NAME_PART_MAX && !kv_name_is_directory(name)) {
        kvfs_reason_clear();
        plan->kind = KVFS_FILE;
        plan->is_draft = true;
        plan->key = kv_slice_of("", 0);
        return KV_OK;
    }
    if (status == KV_ERR_NAME) {
        kvfs_reason("no key is spelled like this: '%%' and two hex digits, or '%%+' at the end, mean something");
    }
    return status;
}

int kvfs_tree_plan(kv_txn *txn, struct kvfs_node *directory, const char *name, struct kvfs_plan *ret_plan)
{
    struct kvfs_place place;
    struct kvfs_found found;
    int status = kvfs_place_check_writable(directory);
    if (status == KV_OK && directory->kind == KVFS_ROOT && strcmp(name, ".kvfs") == 0) {
        kvfs_reason("this name is the mount's own; the key .kvfs is called %%2Ekvfs");
        status = KVFS_ERRNO(EPERM);
    }
    if (status == KV_OK) {
        status = kvfs_place_open(txn, directory, &place);
    }
    if (status != KV_OK) {
        return status;
    }
    *ret_plan->room = '\0';
    ret_plan->is_draft = false;
    ret_plan->order = place.order;
    status = kvfs_place_decode(&place, name, &found);
    if (status == KV_OK) {
        status = kvfs_place_check_key(&place, found.key);
    }
    if (status == KV_OK) {
        ret_plan->kind = found.kind;
        memcpy(ret_plan->room, found.room, found.key.size + 1);
        ret_plan->key = kv_slice_of(ret_plan->room, found.key.size);
        snprintf(ret_plan->text, sizeof ret_plan->text, "%s", found.kind == KVFS_PART ? found.path : "");
        ret_plan->path = ret_plan->text;
    } else {
        ret_plan->path = NULL;
        status = plan_draft(ret_plan, name, status);
    }
    return status;
}

static int plan_now(struct kvfs_node *directory, const char *name, struct kvfs_plan *ret_plan)
{
    KVFS_READING(reading, directory->view);
    int status = kvfs_view_read(directory->view, &reading.txn);
    return status == KV_OK ? kvfs_tree_plan(reading.txn, directory, name, ret_plan) : status;
}

static int add_child(struct kvfs_node *directory, const char *name, const struct kvfs_plan *plan,
                     struct kvfs_node **ret_node)
{
    return kvfs_node_take(
        directory,
        &(struct kvfs_identity){
            .name = name, .path = plan->path, .key = plan->key, .kind = plan->kind, .is_draft = plan->is_draft},
        ret_node);
}

static void touch_directory(const struct kvfs_node *directory)
{
    kvfs_times_set(&directory->view->times, directory->hash, kvfs_clock_wall(), KVFS_TIME_OF_CHANGE);
}

/* Another process was faster than the kernel's lookup: then create means open. */
static int open_present(struct kvfs_node *node, int flags, uint64_t *ret_handle)
{
    if (kvfs_node_is_directory(node)) {
        return KVFS_ERRNO(EISDIR);
    }
    return flags & O_EXCL ? KV_EXISTS : kvfs_file_open(node, flags, ret_handle);
}

int kvfs_tree_create(struct kvfs_node *directory, const char *name, mode_t mode, int flags, struct kvfs_node **ret_node,
                     uint64_t *ret_handle)
{
    struct kvfs_plan plan;
    struct kvfs_node *node = NULL;
    int status = kvfs_lookup(directory, name, &node, NULL);
    if (status == KV_OK) {
        status = open_present(node, flags, ret_handle);
    } else if (status == KV_NOT_FOUND) {
        status = plan_now(directory, name, &plan);
        if (status == KV_OK && plan.kind == KVFS_PART) {
            kvfs_reason("a name that ends in %s is a directory of long names", KV_NAME_MORE);
            status = KV_ERR_NAME;
        }
        if (status == KV_OK) {
            status = add_child(directory, name, &plan, &node);
        }
        if (status == KV_OK) {
            status = kvfs_extra_add(node, plan.order);
        }
        if (status == KV_OK) {
            status = kvfs_file_create(node, mode, flags, ret_handle);
            touch_directory(directory);
        }
    }
    if (status != KV_OK) {
        if (node && status < 0 && atomic_load(&node->is_extra) && !node->file) {
            kvfs_extra_remove(node);
        }
        kvfs_node_drop(node, 1);
        return status;
    }
    *ret_node = node;
    return KV_OK;
}

static int create_bucket(struct kvfs_node *directory, struct kvfs_plan *plan)
{
    struct kvfs_view *view = directory->view;
    if (kvfs_node_owner(directory)->kind != KVFS_ROOT || !(view->capabilities & KV_CAN_BUCKETS)) {
        kvfs_reason("a bucket holds pairs and no directories: copy a tree's files into one bucket, or each directory "
                    "into one of its own");
        return KV_ERR_INVALID;
    }
    if (plan->is_draft || plan->key.size == 0 || strlen(plan->room) != plan->key.size) {
        kvfs_reason("a bucket's name is a key without NUL bytes that the store can hold");
        return KV_ERR_NAME;
    }
    if (plan->key.size > view->limits.bucket_name_max || plan->key.size >= KV_BUCKET_NAME_SIZE) {
        return KV_ERR_KEY_TOO_BIG;
    }
    __attribute__((cleanup(kv_txn_free_scoped))) kv_txn *txn = NULL;
    int status = kvfs_view_write(view, &txn);
    if (status == KV_OK) {
        status = kv_bucket_create(txn, plan->room, KV_PLAIN, NULL);
    }
    if (status == KV_OK) {
        kv_txn *done = txn;
        txn = NULL;
        status = kvfs_view_apply(view, done);
    }
    return status;
}

int kvfs_tree_mkdir(struct kvfs_node *directory, const char *name, struct kvfs_node **ret_node)
{
    struct kvfs_plan plan;
    struct kvfs_node *node = NULL;
    int status = kvfs_lookup(directory, name, &node, NULL);
    if (status == KV_OK) {
        kvfs_node_drop(node, 1);
        return KV_EXISTS;
    }
    status = status == KV_NOT_FOUND ? plan_now(directory, name, &plan) : status;
    bool is_bucket = status == KV_OK && plan.kind != KVFS_PART;
    if (is_bucket) {
        plan.kind = KVFS_BUCKET;
        plan.path = NULL;
        status = create_bucket(directory, &plan);
    }
    if (status == KV_OK) {
        status = add_child(directory, name, &plan, &node);
    }
    if (status == KV_OK && !is_bucket) {
        status = kvfs_extra_add(node, plan.order);
    }
    if (status != KV_OK) {
        kvfs_node_drop(node, 1);
        return status;
    }
    touch_directory(directory);
    kvfs_times_set(&node->view->times, node->hash, kvfs_clock_wall(), KVFS_TIME_OF_CHANGE);
    *ret_node = node;
    return KV_OK;
}

int kvfs_tree_keep_parts(struct kvfs_node *directory, kv_kind order)
{
    int status = KV_OK;
    while (status == KV_OK && directory->kind == KVFS_PART && atomic_load(&directory->is_linked)) {
        status = kvfs_extra_add(directory, order);
        directory = directory->parent;
    }
    return status;
}

/* Takes a pair out of the session. */
static int delete_pair(struct kvfs_node *node)
{
    __attribute__((cleanup(kv_txn_free_scoped))) kv_txn *txn = NULL;
    int status = kvfs_view_write(node->view, &txn);
    kv_bucket *bucket = NULL;
    if (status == KV_OK) {
        status = kv_bucket_open(txn, kvfs_place_bucket(node->parent), &bucket);
    }
    if (status == KV_OK) {
        status = kv_bucket_delete(bucket, node->key);
    }
    if (status == KV_OK) {
        kv_txn *done = txn;
        txn = NULL;
        status = kvfs_view_apply(node->view, done);
    }
    return status < 0 ? status : KV_OK; /* positive: it was not there */
}

int kvfs_tree_unlink(struct kvfs_node *directory, const char *name)
{
    struct kvfs_node *node = NULL;
    int status = kvfs_lookup(directory, name, &node, NULL);
    if (status != KV_OK) {
        return status;
    }
    if (kvfs_node_is_directory(node)) {
        status = KVFS_ERRNO(EISDIR);
    } else {
        status = kvfs_place_check_writable(node);
    }
    if (status == KV_OK && !node->is_draft) {
        status = delete_pair(node);
    }
    if (status == KV_OK) {
        status = kvfs_tree_keep_parts(directory, directory->extras.kind);
    }
    if (status == KV_OK) {
        kvfs_file_forsake(node);
        kvfs_extra_remove(node);
        kvfs_node_unlink(node);
        touch_directory(directory);
    }
    kvfs_node_drop(node, 1);
    return status;
}

int kvfs_tree_check_empty(struct kvfs_node *directory)
{
    struct kvfs_listing *listing = malloc(sizeof *listing);
    if (!listing) {
        return KV_ERR_NO_MEMORY;
    }
    struct kvfs_parts parts = {0};
    struct kvfs_entry entry;
    KVFS_READING(reading, directory->view);
    pthread_mutex_lock(&directory->view->extras);
    int status = kvfs_view_read(directory->view, &reading.txn);
    if (status == KV_OK) {
        status = kvfs_listing_open(listing, reading.txn, directory, &(struct kvfs_mark){.phase = KVFS_AT_START}, &parts,
                                   false);
        if (status == KV_OK) {
            status = kvfs_listing_next(listing, &entry);
        }
        kvfs_listing_close(listing);
    }
    pthread_mutex_unlock(&directory->view->extras);
    kvfs_parts_done(&parts);
    free(listing);
    return status == KV_OK ? KV_ERR_NOT_EMPTY : status == KV_NOT_FOUND ? KV_OK : status;
}

static int drop_bucket(struct kvfs_node *node)
{
    __attribute__((cleanup(kv_txn_free_scoped))) kv_txn *txn = NULL;
    int status = kvfs_view_write(node->view, &txn);
    if (status == KV_OK) {
        status = kv_bucket_drop(txn, node->key.data);
    }
    if (status == KV_OK) {
        kv_txn *done = txn;
        txn = NULL;
        status = kvfs_view_apply(node->view, done);
    }
    return status;
}

int kvfs_tree_rmdir(struct kvfs_node *directory, const char *name)
{
    struct kvfs_node *node = NULL;
    int status = kvfs_lookup(directory, name, &node, NULL);
    if (status != KV_OK) {
        return status;
    }
    if (!kvfs_node_is_directory(node)) {
        status = KVFS_ERRNO(ENOTDIR);
    } else {
        status = kvfs_place_check_writable(node);
    }
    if (status == KV_OK) {
        status = kvfs_tree_check_empty(node);
    }
    if (status == KV_OK && node->kind == KVFS_BUCKET) {
        status = drop_bucket(node);
    }
    if (status == KV_OK) {
        kvfs_extra_remove(node);
        kvfs_node_unlink(node);
        touch_directory(directory);
    }
    kvfs_node_drop(node, 1);
    return status;
}
