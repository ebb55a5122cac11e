#include "fs/attr.h"

#include "fs/file.h"
#include "fs/place.h"

static bool is_read_only(const struct kvfs_node *node)
{
    bool is_value = !kvfs_node_is_directory(node) && kvfs_node_owner(node->parent)->kind == KVFS_KEY;
    return kvfs_view_is_read_only(node->view) || node->kind == KVFS_KEY || is_value;
}

void kvfs_attr_fill(struct kvfs_node *node, uint64_t size, struct stat *ret_status)
{
    const struct kvfs_options *options = node->view->options;
    bool is_directory = kvfs_node_is_directory(node);
    struct kvfs_look look = {.size = size};
    if (!is_directory) {
        kvfs_file_look(node, &look);
    }
    if (!look.is_timed) {
        look.time = kvfs_times_get(&node->view->times, node->hash, NULL);
    }
    mode_t mode = is_directory ? S_IFDIR | (0777 & ~options->dmask)
                  : look.mode  ? S_IFREG | look.mode
                               : S_IFREG | (0666 & ~options->fmask);
    *ret_status = (struct stat){.st_ino = node->number,
                                .st_mode = is_read_only(node) ? mode & ~(mode_t)0222 : mode,
                                .st_nlink = is_directory ? 2 : !look.is_forsaken,
                                .st_uid = options->uid,
                                .st_gid = options->gid,
                                .st_size = is_directory ? 0 : (off_t)look.size,
                                .st_blksize = 4096,
                                .st_blocks = is_directory ? 0 : (blkcnt_t)((look.size + 511) / 512),
                                .st_atim = look.time,
                                .st_mtim = look.time,
                                .st_ctim = look.time};
}

int kvfs_attr_get(struct kvfs_node *node, struct stat *ret_status)
{
    size_t size = 0;
    struct kvfs_look look;
    int status = KV_OK;
    if (node->kind == KVFS_FILE && !kvfs_file_look(node, &look)) {
        KVFS_READING(reading, node->view);
        kv_slice value;
        status = kvfs_view_read(node->view, &reading.txn);
        status = status == KV_OK ? kvfs_place_value(reading.txn, node, &value) : status;
        size = status == KV_OK ? value.size : 0;
    }
    /* A file that was removed just now, between the kernel's lookup and this. */
    bool is_removed = status == KV_NOT_FOUND && !atomic_load(&node->is_linked);
    if (status == KV_OK || is_removed) {
        kvfs_attr_fill(node, size, ret_status);
        ret_status->st_nlink = is_removed ? 0 : ret_status->st_nlink;
        return KV_OK;
    }
    return status == KV_NOT_FOUND ? KV_ERR_STALE : status;
}

mode_t kvfs_attr_mode(const struct kvfs_node *node)
{
    const struct kvfs_options *options = node->view->options;
    mode_t mode = kvfs_node_is_directory(node) ? 0777 & ~options->dmask : 0666 & ~options->fmask;
    return is_read_only(node) ? mode & ~(mode_t)0222 : mode;
}

void kvfs_attr_set_time(struct kvfs_node *node, struct timespec time)
{
    if (node->kind != KVFS_FILE || !kvfs_file_set_time(node, time)) {
        kvfs_times_set(&node->view->times, node->hash, time, KVFS_TIME_OF_USER);
    }
}
