/*
 * Nodes: what the kernel calls inodes. One is alive while the kernel or we refer to it.
 *
 * The kernel's number of a node is its address; the number that users see (st_ino) is a hash of the path of names,
 * stable across mounts, and kept by a node that is renamed while it lives (S27). The table finds a live node by
 * directory and name. A node that lost its name (unlinked, replaced, or changed by another process while somebody
 * reads it) is not in the table and goes on living for who has it open.
 *
 * Thread rule: names, parents and keys are read under the view's `tree` lock and changed only by who holds it for
 * writing. References are counted atomically; dropping one needs `tree` held either way. What people get wrong:
 * counting a node for the kernel when the reply did not reach it.
 */
#ifndef KVFS_NODE_H
#define KVFS_NODE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/extra.h"
#include "fs/view.h"

enum kvfs_kind {
    KVFS_ROOT,
    KVFS_BUCKET,
    KVFS_PART, /* a directory of long names (S11), in the root, a bucket or a key */
    KVFS_KEY,  /* a key of a dup-sort bucket, holding its values */
    KVFS_FILE  /* a pair, or a draft */
};

struct kvfs_node {
    struct kvfs_view *view;
    struct kvfs_node *parent;     /* referred to; NULL for the root */
    struct kvfs_node *chain;      /* next in its slot of the table, or of the nodes without a name */
    struct kvfs_node *before;     /* of the nodes without a name */
    struct kvfs_node *next_moved; /* of those that show another number than their hash */
    uint64_t hash;                /* of the path of names */
    uint64_t number;              /* st_ino */
    atomic_uint_fast64_t refs;
    atomic_bool is_linked; /* its name leads to it */
    atomic_bool is_extra;  /* it is among its parent's unpublished children */
    bool is_draft;         /* a file whose name is no key that the store can hold */
    enum kvfs_kind kind;
    struct kvfs_file *file; /* open or unpublished content; under `files` */
    struct kvfs_extras extras;

    char *name;   /* one component; the next two lie behind it in one allocation */
    char *path;   /* KVFS_PART: the components from the bucket (key, root) down to here, else "" */
    kv_slice key; /* the pair's key (in a KVFS_KEY its value), the bucket's name, the part's leading bytes */
};

static inline bool kvfs_node_is_directory(const struct kvfs_node *node)
{
    return node->kind != KVFS_FILE;
}

/** What a node is, told when it is made or renamed; all borrowed. */
struct kvfs_identity {
    const char *name;
    const char *path; /* NULL: "" */
    kv_slice key;
    enum kvfs_kind kind;
    bool is_draft;
};

/** Makes the table and the root node. Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvfs_table_new(struct kvfs_view *view, struct kvfs_table **ret_table, struct kvfs_node **ret_root);

/** Frees the table with all nodes in it (taken; NULL is nothing). Nobody else may be using them. */
void kvfs_table_free(struct kvfs_table *table);

/** Gives a reference to the live node `name` of `parent`, or NULL. */
struct kvfs_node *kvfs_node_find(struct kvfs_node *parent, const char *name);

/** Gives a reference to the node, made when it is not alive or of another kind. Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvfs_node_take(struct kvfs_node *parent, const struct kvfs_identity *identity, struct kvfs_node **ret_node);

/** Adds a reference. */
struct kvfs_node *kvfs_node_ref(struct kvfs_node *node);

/** Drops `count` references (of a live node; NULL is nothing). */
void kvfs_node_drop(struct kvfs_node *node, uint64_t count);

/** Takes the node's name from it: it is not found any more. */
void kvfs_node_unlink(struct kvfs_node *node);

/** Gives the node another name. `tree` is held for writing, and no linked node has the name. Returns KV_OK or
 * KV_ERR_NO_MEMORY, and then the node has its old name. */
int kvfs_node_rename(struct kvfs_node *node, struct kvfs_node *parent, const struct kvfs_identity *identity);

/** Gives the hash that the child `name` of `parent` has: its st_ino when it is not alive. */
uint64_t kvfs_node_hash(const struct kvfs_node *parent, const char *name);

/** Writes the path of `name` (NULL: of the node itself) in `node` for the log, cut to `size` bytes. */
void kvfs_node_path(const struct kvfs_node *node, const char *name, char *text, size_t size);

/** Gives the directory that a KVFS_PART divides: the root, a bucket or a key. Any other is its own. */
struct kvfs_node *kvfs_node_owner(struct kvfs_node *directory);

#endif
