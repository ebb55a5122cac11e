#include "fs/reply.h"

#include "fs/log.h"

void kvfs_reply_status(fuse_req_t request, const struct kvfs_subject *subject, int status)
{
    int error = kvfs_status_errno(status);
    /* ENOTTY only tells who asked that this is no terminal. */
    if (status < 0 && error != ENOTTY) {
        char path[1024];
        if (subject->node) {
            kvfs_node_path(subject->node, subject->name, path, sizeof path);
        }
        kvfs_log_failure(subject->operation, subject->node ? path : subject->name, error);
    }
    kvfs_reason_clear();
    fuse_reply_err(request, error);
}

void kvfs_reply_none(fuse_req_t request)
{
    fuse_reply_none(request);
}

double kvfs_reply_timeout(const struct stat *status)
{
    return S_ISDIR(status->st_mode) && status->st_ino != FUSE_ROOT_ID ? 0.1 : 0;
}

static struct fuse_entry_param entry_of(struct kvfs_node *node, const struct stat *status)
{
    /* Names are looked up at every use, so others' commits show at once. */
    return (struct fuse_entry_param){
        .ino = (uintptr_t)node, .attr = *status, .attr_timeout = kvfs_reply_timeout(status)};
}

void kvfs_reply_entry(fuse_req_t request, struct kvfs_node *node, const struct stat *status)
{
    struct fuse_entry_param entry = entry_of(node, status);
    if (fuse_reply_entry(request, &entry) < 0) {
        kvfs_node_drop(node, 1);
    }
}

int kvfs_reply_create(fuse_req_t request, struct kvfs_node *node, const struct stat *status,
                      const struct fuse_file_info *info)
{
    struct fuse_entry_param entry = entry_of(node, status);
    return fuse_reply_create(request, &entry, info) < 0 ? KV_ERR_CANCELLED : KV_OK;
}

int kvfs_reply_open(fuse_req_t request, const struct fuse_file_info *info)
{
    return fuse_reply_open(request, info) < 0 ? KV_ERR_CANCELLED : KV_OK;
}

void kvfs_reply_attr(fuse_req_t request, const struct stat *status)
{
    fuse_reply_attr(request, status, kvfs_reply_timeout(status));
}

void kvfs_reply_written(fuse_req_t request, size_t size)
{
    fuse_reply_write(request, size);
}

int kvfs_reply_bytes(fuse_req_t request, const void *data, size_t size)
{
    return fuse_reply_buf(request, data, size) < 0 ? KV_ERR_CANCELLED : KV_OK;
}

void kvfs_reply_descriptor(fuse_req_t request, int fd, off_t offset, size_t size)
{
    struct fuse_bufvec buffers = FUSE_BUFVEC_INIT(size);
    buffers.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
    buffers.buf[0].fd = fd;
    buffers.buf[0].pos = offset;
    fuse_reply_data(request, &buffers, FUSE_BUF_NO_SPLICE);
}

void kvfs_reply_statfs(fuse_req_t request, const struct statvfs *status)
{
    fuse_reply_statfs(request, status);
}

void kvfs_reply_control(fuse_req_t request, const void *data, size_t size)
{
    fuse_reply_ioctl(request, 0, data, size);
}
