#include "fs/attr.h"
#include "fs/file.h"
#include "fs/log.h"
#include "fs/ops.h"
#include "fs/rename.h"
#include "fs/reply.h"
#include "fs/tree.h"

static void create(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *info)
{
    struct kvfs_node *directory = kvfs_node_of(request, parent);
    struct kvfs_node *node = NULL;
    struct stat attributes;
    KVFS_CHANGING(directory->view);
    int status = kvfs_tree_create(directory, name, mode, info->flags, &node, &info->fh);
    if (status == KV_OK) {
        status = kvfs_attr_get(node, &attributes);
    }
    if (status != KV_OK) {
        kvfs_reply_status(request, &(struct kvfs_subject){"create", directory, name}, status);
        return;
    }
    info->noflush = 1;
    if (kvfs_reply_create(request, node, &attributes, info) < 0) {
        kvfs_file_release(info->fh);
        kvfs_node_drop(node, 1);
    }
}

static void mknod_file(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, dev_t device)
{
    (void)device;
    struct kvfs_node *directory = kvfs_node_of(request, parent);
    struct kvfs_subject subject = {"mknod", directory, name};
    struct kvfs_node *node = NULL;
    struct stat attributes;
    uint64_t handle = 0;
    KVFS_CHANGING(directory->view);
    int status = KV_OK;
    if (!S_ISREG(mode) && (mode & S_IFMT)) {
        kvfs_reason("a store holds no special files");
        status = KVFS_ERRNO(EPERM);
    }
    if (status == KV_OK) {
        status = kvfs_tree_create(directory, name, mode, O_WRONLY | O_EXCL, &node, &handle);
    }
    if (status == KV_OK) {
        /* Nobody has it open, so it is closed. */
        status = kvfs_file_release(handle);
        status = status == KV_OK ? kvfs_attr_get(node, &attributes) : status;
        if (status != KV_OK) {
            kvfs_node_drop(node, 1);
        }
    }
    if (status == KV_OK) {
        kvfs_reply_entry(request, node, &attributes);
    } else {
        kvfs_reply_status(request, &subject, status);
    }
}

static void add_directory(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode)
{
    (void)mode;
    struct kvfs_node *directory = kvfs_node_of(request, parent);
    struct kvfs_node *node = NULL;
    struct stat attributes;
    KVFS_CHANGING(directory->view);
    int status = kvfs_tree_mkdir(directory, name, &node);
    if (status == KV_OK) {
        kvfs_attr_fill(node, 0, &attributes);
        kvfs_reply_entry(request, node, &attributes);
    } else {
        kvfs_reply_status(request, &(struct kvfs_subject){"mkdir", directory, name}, status);
    }
}

static void unlink_file(fuse_req_t request, fuse_ino_t parent, const char *name)
{
    struct kvfs_node *directory = kvfs_node_of(request, parent);
    KVFS_CHANGING(directory->view);
    int status = kvfs_tree_unlink(directory, name);
    kvfs_reply_status(request, &(struct kvfs_subject){"unlink", directory, name}, status);
}

static void remove_directory(fuse_req_t request, fuse_ino_t parent, const char *name)
{
    struct kvfs_node *directory = kvfs_node_of(request, parent);
    KVFS_CHANGING(directory->view);
    int status = kvfs_tree_rmdir(directory, name);
    kvfs_reply_status(request, &(struct kvfs_subject){"rmdir", directory, name}, status);
}

static void rename_entry(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
                         const char *new_name, unsigned flags)
{
    struct kvfs_node *directory = kvfs_node_of(request, parent);
    KVFS_CHANGING(directory->view);
    int status = kvfs_rename(directory, name, kvfs_node_of(request, new_parent), new_name, flags);
    kvfs_reply_status(request, &(struct kvfs_subject){"rename", directory, name}, status);
}

static void refuse_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name)
{
    (void)target;
    struct kvfs_node *directory = kvfs_node_of(request, parent);
    KVFS_LOOKING(directory->view);
    kvfs_reason("a store holds no symbolic links");
    kvfs_reply_status(request, &(struct kvfs_subject){"symlink", directory, name}, KVFS_ERRNO(EPERM));
}

static void refuse_link(fuse_req_t request, fuse_ino_t ino, fuse_ino_t parent, const char *name)
{
    (void)ino;
    struct kvfs_node *directory = kvfs_node_of(request, parent);
    KVFS_LOOKING(directory->view);
    kvfs_reason("a store holds no hard links");
    kvfs_reply_status(request, &(struct kvfs_subject){"link", directory, name}, KVFS_ERRNO(EPERM));
}

void kvfs_ops_fill_tree(struct fuse_lowlevel_ops *ops)
{
    ops->create = create;
    ops->mknod = mknod_file;
    ops->mkdir = add_directory;
    ops->unlink = unlink_file;
    ops->rmdir = remove_directory;
    ops->rename = rename_entry;
    ops->symlink = refuse_symlink;
    ops->link = refuse_link;
}
