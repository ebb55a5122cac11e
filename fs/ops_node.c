#include <sys/statvfs.h>
#include <unistd.h>

#include "fs/attr.h"
#include "fs/file.h"
#include "fs/log.h"
#include "fs/lookup.h"
#include "fs/ops.h"
#include "fs/reply.h"

static void lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
    struct kvfs_node *directory = kvfs_node_of(request, parent);
    struct kvfs_node *node = NULL;
    struct stat attributes;
    KVFS_LOOKING(directory->view);
    int status = kvfs_lookup(directory, name, &node, &attributes);
    if (status == KV_OK) {
        kvfs_reply_entry(request, node, &attributes);
    } else {
        kvfs_reply_status(request, &(struct kvfs_subject){"lookup", directory, name}, status);
    }
}

static void forget_multi(fuse_req_t request, size_t count, struct fuse_forget_data *forgets)
{
    KVFS_LOOKING(kvfs_daemon_of(request)->view);
    for (size_t i = 0; i < count; i++) {
        kvfs_node_drop(kvfs_node_of(request, forgets[i].ino), forgets[i].nlookup);
    }
    kvfs_reply_none(request);
}

static void forget(fuse_req_t request, fuse_ino_t ino, uint64_t count)
{
    KVFS_LOOKING(kvfs_daemon_of(request)->view);
    kvfs_node_drop(kvfs_node_of(request, ino), count);
    kvfs_reply_none(request);
}

static void getattr(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *info)
{
    (void)info; /* all descriptors of a node see one content */
    struct kvfs_node *node = kvfs_node_of(request, ino);
    struct stat attributes;
    KVFS_LOOKING(node->view);
    int status = kvfs_attr_get(node, &attributes);
    if (status == KV_OK) {
        kvfs_reply_attr(request, &attributes);
    } else {
        kvfs_reply_status(request, &(struct kvfs_subject){"getattr", node, NULL}, status);
    }
}

/* S29: what is already so succeeds, the rest is refused or, asked for, ignored. */
static int set_owner_and_mode(struct kvfs_node *node, const struct stat *wanted, int which)
{
    struct stat present;
    int status = kvfs_attr_get(node, &present);
    if (status != KV_OK || node->view->options->is_quiet) {
        return status;
    }
    /* A file that is being made may have, or be given back, the mode that it will show. */
    mode_t mode = wanted->st_mode & 07777;
    bool is_other =
        ((which & FUSE_SET_ATTR_MODE) && mode != (present.st_mode & 07777) && mode != kvfs_attr_mode(node)) ||
        ((which & FUSE_SET_ATTR_UID) && wanted->st_uid != present.st_uid) ||
        ((which & FUSE_SET_ATTR_GID) && wanted->st_gid != present.st_gid);
    if (is_other) {
        kvfs_reason("a store keeps no modes and owners; -o quiet ignores this");
        return KVFS_ERRNO(EPERM);
    }
    if ((which & FUSE_SET_ATTR_MODE) && mode == kvfs_attr_mode(node) && !kvfs_node_is_directory(node)) {
        kvfs_file_clear_mode(node);
    }
    return KV_OK;
}

static void set_time(struct kvfs_node *node, const struct stat *wanted, int which)
{
    if (which & FUSE_SET_ATTR_MTIME_NOW) {
        kvfs_attr_set_time(node, kvfs_clock_wall());
    } else if (which & FUSE_SET_ATTR_MTIME) {
        kvfs_attr_set_time(node, wanted->st_mtim);
    }
}

static int change(struct kvfs_node *node, const struct stat *wanted, int which, const struct fuse_file_info *info)
{
    int status = KV_OK;
    if (which & (FUSE_SET_ATTR_MODE | FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) {
        status = set_owner_and_mode(node, wanted, which);
    }
    if (status == KV_OK && (which & FUSE_SET_ATTR_SIZE)) {
        status = kvfs_node_is_directory(node)
                     ? KVFS_ERRNO(EISDIR)
                     : kvfs_file_truncate(node, info ? info->fh : 0, (uint64_t)wanted->st_size);
    }
    if (status == KV_OK) {
        set_time(node, wanted, which);
    }
    return status;
}

static void setattr(fuse_req_t request, fuse_ino_t ino, struct stat *wanted, int which, struct fuse_file_info *info)
{
    struct kvfs_node *node = kvfs_node_of(request, ino);
    struct stat attributes;
    KVFS_LOOKING(node->view);
    int status = change(node, wanted, which, info);
    if (status == KV_OK) {
        status = kvfs_attr_get(node, &attributes);
    }
    if (status == KV_OK) {
        kvfs_reply_attr(request, &attributes);
    } else {
        kvfs_reply_status(request, &(struct kvfs_subject){"setattr", node, NULL}, status);
    }
}

/* S27: the store's size, use, and room to grow: to its limit, or as far as the disk goes. */
static void statfs(fuse_req_t request, fuse_ino_t ino)
{
    struct kvfs_view *view = kvfs_node_of(request, ino ? ino : FUSE_ROOT_ID)->view;
    kv_store_stat store;
    int status = kv_store_statistics(view->base, &store);
    if (status < 0) {
        kvfs_reply_status(request, &(struct kvfs_subject){"statfs", NULL, NULL}, status);
        return;
    }
    uint64_t block = store.page_size ? store.page_size : 4096;
    uint64_t limit = store.size_limit > store.used_size ? store.size_limit : store.used_size;
    uint64_t room = limit - store.used_size;
    struct statvfs disk;
    const char *location = view->options->store;
    if (location[0] == '/' && statvfs(location, &disk) == 0) {
        uint64_t inside = store.disk_size > store.used_size ? store.disk_size - store.used_size : 0;
        uint64_t free_size = (uint64_t)disk.f_bavail * disk.f_frsize + inside;
        room = free_size < room ? free_size : room;
    }
    kvfs_reply_statfs(request, &(struct statvfs){.f_bsize = block,
                                                 .f_frsize = block,
                                                 .f_blocks = (store.used_size + room) / block,
                                                 .f_bfree = room / block,
                                                 .f_bavail = room / block,
                                                 .f_files = store.root_pairs + store.bucket_count,
                                                 .f_namemax = KV_NAME_PART_MAX});
}

void kvfs_ops_fill_nodes(struct fuse_lowlevel_ops *ops)
{
    ops->lookup = lookup;
    ops->forget = forget;
    ops->forget_multi = forget_multi;
    ops->getattr = getattr;
    ops->setattr = setattr;
    ops->statfs = statfs;
}
