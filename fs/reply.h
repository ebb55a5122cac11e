/*
 * Replies: the only place that answers the kernel, and where a status becomes an errno and a line in the log (S37).
 *
 * Each function ends its request. Thread rule: any thread. What people get wrong: forgetting that a reply can fail
 * when the request was interrupted: the kernel then has not taken the reference or the handle.
 */
#ifndef KVFS_REPLY_H
#define KVFS_REPLY_H

#include "fs/daemon.h"
#include "fs/node.h"

/** What a request is about, for the log; `name` is a child's or NULL. */
struct kvfs_subject {
    const char *operation;
    const struct kvfs_node *node;
    const char *name;
};

/** Gives for how many seconds the kernel may keep attributes. Those of files not at all: with the size of one state and
 * the content of another a read would be torn. Those of directories as long as others' commits may take to show (S31),
 * or every permission check on a path would be a request; but of the root not at all, so that a dead mount shows. */
double kvfs_reply_timeout(const struct stat *status);

/** Answers success or failure; a failure is logged. `tree` is held when there is a node to name. */
void kvfs_reply_status(fuse_req_t request, const struct kvfs_subject *subject, int status);

/** Answers nothing: for forget. */
void kvfs_reply_none(fuse_req_t request);

/** Gives a node with the caller's reference to the kernel; when the reply fails it is dropped. */
void kvfs_reply_entry(fuse_req_t request, struct kvfs_node *node, const struct stat *status);

/** The same with an open handle. Returns KV_OK, or KV_ERR_CANCELLED: then the caller ends handle and reference. */
int kvfs_reply_create(fuse_req_t request, struct kvfs_node *node, const struct stat *status,
                      const struct fuse_file_info *info);

/** Answers open. Returns as kvfs_reply_create. */
int kvfs_reply_open(fuse_req_t request, const struct fuse_file_info *info);

void kvfs_reply_attr(fuse_req_t request, const struct stat *status);
void kvfs_reply_written(fuse_req_t request, size_t size);

/** Answers with bytes. Returns as kvfs_reply_create. */
int kvfs_reply_bytes(fuse_req_t request, const void *data, size_t size);

void kvfs_reply_descriptor(fuse_req_t request, int fd, off_t offset, size_t size);
void kvfs_reply_statfs(fuse_req_t request, const struct statvfs *status);
void kvfs_reply_control(fuse_req_t request, const void *data, size_t size);

#endif
