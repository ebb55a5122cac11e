#include "fs/lookup.h"

#include <string.h>

#include "fs/attr.h"
#include "fs/file.h"
#include "fs/place.h"

int kvfs_lookup_found(struct kvfs_node *directory, const struct kvfs_identity *identity, kv_slice value, uint64_t txid,
                      struct kvfs_node **ret_node)
{
    struct kvfs_node *node = NULL;
    int status = kvfs_node_take(directory, identity, &node);
    if (status == KV_OK && node->kind == KVFS_FILE && !kvfs_file_is_current(node, value, txid)) {
        kvfs_node_unlink(node);
        kvfs_node_drop(node, 1);
        status = kvfs_node_take(directory, identity, &node);
    }
    if (status == KV_OK) {
        *ret_node = node;
    }
    return status;
}

/* A file whose name leads to it by the mount alone: new, or written again after others removed its pair. */
static bool is_in_mount(struct kvfs_node *node)
{
    if (!node || atomic_load(&node->is_extra)) {
        return node != NULL;
    }
    pthread_mutex_lock(&node->view->files);
    bool is_written = node->file && (node->file->writers > 0 || atomic_load(&node->file->is_unpublished));
    pthread_mutex_unlock(&node->view->files);
    return is_written;
}

static int find_in_store(struct kvfs_node *directory, const char *name, struct kvfs_node **ret_node, size_t *ret_size)
{
    KVFS_READING(reading, directory->view);
    struct kvfs_place place;
    struct kvfs_found found;
    int status = kvfs_view_read(directory->view, &reading.txn);
    if (status == KV_OK) {
        status = kvfs_place_open(reading.txn, directory, &place);
    }
    if (status == KV_OK) {
        status = kvfs_place_resolve(&place, name, &found);
    }
    if (status != KV_OK) {
        return status;
    }
    bool is_file = found.kind == KVFS_FILE;
    *ret_size = is_file ? found.value.size : 0;
    return kvfs_lookup_found(
        directory,
        &(struct kvfs_identity){
            .name = name, .path = found.kind == KVFS_PART ? found.path : NULL, .key = found.key, .kind = found.kind},
        is_file ? found.value : kv_slice_of("", 0), kv_txn_id(reading.txn), ret_node);
}

int kvfs_lookup(struct kvfs_node *directory, const char *name, struct kvfs_node **ret_node, struct stat *ret_status)
{
    if (!kvfs_node_is_directory(directory)) {
        return KVFS_ERRNO(ENOTDIR);
    }
    if (strlen(name) > KV_NAME_PART_MAX) {
        return KVFS_ERRNO(ENAMETOOLONG);
    }
    if (directory->kind == KVFS_ROOT && strcmp(name, ".kvfs") == 0) {
        return KV_NOT_FOUND; /* the control directory's name, and no key's */
    }
    size_t size = 0;
    struct kvfs_node *node = kvfs_node_find(directory, name);
    if (!is_in_mount(node)) {
        struct kvfs_node *known = node;
        int status = find_in_store(directory, name, &node, &size);
        if (status == KV_NOT_FOUND && known) {
            kvfs_node_unlink(known);
        }
        kvfs_node_drop(known, 1);
        if (status != KV_OK) {
            return status;
        }
    }
    if (ret_status) {
        kvfs_attr_fill(node, size, ret_status);
    }
    *ret_node = node;
    return KV_OK;
}
