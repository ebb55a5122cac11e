/*
 * The tree's verbs: making and removing names.
 *
 * Where it sits: called by ops with the view's `tree` lock held for writing.
 *
 * What people get wrong: putting a new file into the session at once. It joins when it is closed (S15); until then it
 * is among its directory's unpublished children.
 */
#ifndef KVFS_TREE_H
#define KVFS_TREE_H

#include "fs/node.h"

/** What a name would be if it were made in a directory. */
struct kvfs_plan {
    enum kvfs_kind kind; /* KVFS_FILE or KVFS_PART */
    bool is_draft;
    kv_kind order;    /* of the directory's children */
    kv_slice key;     /* in `room` */
    const char *path; /* of a part, in `text` */
    char text[16384];
    char room[16385];
};

/** Plans `name` in `directory`: decodes it and refuses what cannot be. Returns KV_OK, KV_ERR_READ_ONLY, KV_ERR_NAME,
 * KV_ERR_KEY_TOO_BIG, KV_ERR_KEY_EMPTY, KVFS_ERRNO(EPERM) for what no key can be called, KVFS_ERRNO(ENAMETOOLONG). */
int kvfs_tree_plan(kv_txn *txn, struct kvfs_node *directory, const char *name, struct kvfs_plan *ret_plan);

/** Makes a file, open with `flags`. Gives a reference and the handle. Returns KV_OK, KV_EXISTS, or as the plan. */
int kvfs_tree_create(struct kvfs_node *directory, const char *name, mode_t mode, int flags, struct kvfs_node **ret_node,
                     uint64_t *ret_handle);

/** Makes a bucket, or an empty directory of long names. Gives a reference. Returns as kvfs_tree_create. */
int kvfs_tree_mkdir(struct kvfs_node *directory, const char *name, struct kvfs_node **ret_node);

/** Removes a file. Returns KV_OK, KV_NOT_FOUND, KVFS_ERRNO(EISDIR). */
int kvfs_tree_unlink(struct kvfs_node *directory, const char *name);

/** Removes an empty directory. Returns KV_OK, KV_NOT_FOUND, KV_ERR_NOT_EMPTY, KVFS_ERRNO(ENOTDIR). */
int kvfs_tree_rmdir(struct kvfs_node *directory, const char *name);

/** Tells (KV_OK or KV_ERR_NOT_EMPTY) whether a directory shows nothing. */
int kvfs_tree_check_empty(struct kvfs_node *directory);

/** Keeps a directory of long names alive although its last file is going (`rm -r` must find it). */
int kvfs_tree_keep_parts(struct kvfs_node *directory, kv_kind order);

#endif
