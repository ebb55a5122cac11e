/*
 * Attributes: what stat shows of a node.
 *
 * Thread rule: any thread, with the view's `tree` held. What people get wrong: taking the size from the store for a
 * file that has open content; the content is what its readers see.
 */
#ifndef KVFS_ATTR_H
#define KVFS_ATTR_H

#include <sys/stat.h>

#include "fs/node.h"

/** Fills `*ret_status` for a live node. `size` is the value's size, unless open content knows better. */
void kvfs_attr_fill(struct kvfs_node *node, uint64_t size, struct stat *ret_status);

/** Gives the present attributes, looked up in the store. Returns KV_OK, or KV_ERR_STALE when the pair or bucket is
 * gone. */
int kvfs_attr_get(struct kvfs_node *node, struct stat *ret_status);

/** Gives the permission bits that a node has once it is published. */
mode_t kvfs_attr_mode(const struct kvfs_node *node);

/** Holds `time` as the node's modification time (S29). */
void kvfs_attr_set_time(struct kvfs_node *node, struct timespec time);

#endif
