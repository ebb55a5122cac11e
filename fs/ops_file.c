#include "fs/commit.h"
#include "fs/file.h"
#include "fs/log.h"
#include "fs/ops.h"
#include "fs/publish.h"
#include "fs/reply.h"

/* Content that takes long enough to store for others to be served meanwhile. */
enum { LARGE = 1 << 20 };

static void open_file(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *info)
{
    struct kvfs_node *node = kvfs_node_of(request, ino);
    KVFS_LOOKING(node->view);
    int status = kvfs_file_open(node, info->flags, &info->fh);
    if (status != KV_OK) {
        kvfs_reply_status(request, &(struct kvfs_subject){"open", node, NULL},
                          status == KV_NOT_FOUND ? KV_ERR_STALE : status);
        return;
    }
    info->noflush = 1;
    if (kvfs_reply_open(request, info) < 0) {
        kvfs_file_release(info->fh);
    }
}

static void read_file(fuse_req_t request, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *info)
{
    struct kvfs_file *file = kvfs_handle_file(info->fh);
    const struct kvfs_content *content = &file->content;
    KVFS_LOOKING(kvfs_node_of(request, ino)->view);
    kvfs_file_hold(file);
    pthread_rwlock_rdlock(&file->lock);
    size_t at = (size_t)offset < content->size ? (size_t)offset : content->size;
    size_t count = size < content->size - at ? size : content->size - at;
    if (file->is_expired) {
        kvfs_reason("the value was replaced, and this reader stayed on the old one for longer than -o pin");
        kvfs_reply_status(request, &(struct kvfs_subject){"read", NULL, NULL}, KV_ERR_STALE);
    } else if (content->shape == KVFS_SPOOLED) {
        kvfs_reply_descriptor(request, content->fd, (off_t)at, count);
    } else {
        kvfs_reply_bytes(request, count ? content->data + at : NULL, count);
    }
    pthread_rwlock_unlock(&file->lock);
    kvfs_file_let_go(file);
}

static void write_file(fuse_req_t request, fuse_ino_t ino, const char *data, size_t size, off_t offset,
                       struct fuse_file_info *info)
{
    struct kvfs_node *node = kvfs_node_of(request, ino);
    bool is_append = (info->flags & O_APPEND) && !info->writepage;
    int status = kvfs_file_write(info->fh, data, size, (uint64_t)offset, is_append);
    if (status == KV_OK && (info->fh & KVFS_HANDLE_SYNCS)) {
        pthread_rwlock_rdlock(&node->view->tree);
        status = kvfs_file_publish(kvfs_handle_file(info->fh), KVFS_WHEN_ASKED);
        pthread_rwlock_unlock(&node->view->tree);
        status = status < 0 ? status : kvfs_commit(kvfs_daemon_of(request));
    }
    if (status == KV_OK) {
        kvfs_reply_written(request, size);
    } else {
        KVFS_LOOKING(node->view);
        kvfs_reply_status(request, &(struct kvfs_subject){"write", node, NULL}, status);
    }
}

static void release(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *info)
{
    struct kvfs_node *node = kvfs_node_of(request, ino);
    KVFS_LOOKING(node->view);
    struct kvfs_look look;
    if ((info->fh & KVFS_HANDLE_WRITES) && kvfs_file_look(node, &look) && look.size > LARGE) {
        kvfs_loop_hand_over(kvfs_daemon_of(request)->loop);
    }
    int status = kvfs_file_release(info->fh);
    kvfs_reply_status(request, &(struct kvfs_subject){"release", node, NULL}, status);
}

static void fsync_file(fuse_req_t request, fuse_ino_t ino, int is_data_only, struct fuse_file_info *info)
{
    (void)is_data_only;
    struct kvfs_daemon *daemon = kvfs_daemon_of(request);
    struct kvfs_node *node = kvfs_node_of(request, ino);
    kvfs_loop_hand_over(daemon->loop);
    pthread_rwlock_rdlock(&node->view->tree);
    int status = kvfs_file_publish(kvfs_handle_file(info->fh), KVFS_WHEN_ASKED);
    pthread_rwlock_unlock(&node->view->tree);
    if (status == KV_OK) {
        status = kvfs_commit(daemon);
    }
    KVFS_LOOKING(node->view);
    kvfs_reply_status(request, &(struct kvfs_subject){"fsync", node, NULL}, status);
}

static void allocate(fuse_req_t request, fuse_ino_t ino, int mode, off_t offset, off_t length,
                     struct fuse_file_info *info)
{
    struct kvfs_node *node = kvfs_node_of(request, ino);
    KVFS_LOOKING(node->view);
    int status = kvfs_file_allocate(info->fh, mode, (uint64_t)offset, (uint64_t)length);
    kvfs_reply_status(request, &(struct kvfs_subject){"fallocate", node, NULL}, status);
}

/* Not here, so that the kernel does without: flush, getxattr, listxattr (each costs a request a file), lseek,
 * copy_file_range (it reads and writes instead), and locks (they are local to the mount). */
void kvfs_ops_fill_files(struct fuse_lowlevel_ops *ops)
{
    ops->open = open_file;
    ops->read = read_file;
    ops->write = write_file;
    ops->release = release;
    ops->fsync = fsync_file;
    ops->fallocate = allocate;
}
