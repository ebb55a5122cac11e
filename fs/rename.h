/*
 * rename(2), in one transaction of the session (S22): files within and across buckets, drafts to pairs and back,
 * empty buckets.
 *
 * Where it sits: called by ops with the view's `tree` lock held for writing. What people get wrong: deleting the value
 * under the new name when a file that is still being written takes it: until that one is closed the old value is what
 * a commit publishes.
 */
#ifndef KVFS_RENAME_H
#define KVFS_RENAME_H

#include "fs/node.h"

/** Renames; `flags` are RENAME_NOREPLACE and RENAME_EXCHANGE. Returns KV_OK, KV_NOT_FOUND, KV_EXISTS, what planning the
 * new name gives, KV_ERR_NOT_EMPTY, KVFS_ERRNO(EXDEV) for a directory that is not empty, KVFS_ERRNO(EISDIR),
 * KVFS_ERRNO(ENOTDIR), KV_ERR_INVALID. */
int kvfs_rename(struct kvfs_node *from, const char *from_name, struct kvfs_node *to, const char *to_name,
                unsigned flags);

#endif
