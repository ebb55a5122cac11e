/*
 * A directory's unpublished children: new files that are not yet in the session, drafts (S9), and directories of
 * long names that hold nothing in the store. Listings merge them with the store's keys.
 *
 * Drafts have no key and come first, by name; the others are in the order of the bucket's keys.
 *
 * Thread rule: the view's `extras` lock. What people get wrong: looking here after renewing the read transaction: a
 * file that is published in between is then in neither.
 */
#ifndef KVFS_EXTRA_H
#define KVFS_EXTRA_H

#include <stddef.h>

#include "kvcore/kvcore.h"

struct kvfs_node;

struct kvfs_extras {
    struct kvfs_node **nodes; /* each referred to */
    size_t count, capacity;
    size_t draft_count; /* the first so many are drafts */
    kv_kind kind;       /* the order of the others */
};

/** Frees the list; it holds no references any more or its nodes are going as well. */
void kvfs_extras_done(struct kvfs_extras *extras);

/** Adds `node` to its parent's list, which then refers to it; `kind` is the kind of the bucket. Nothing when it is
 * there. Takes the lock. Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvfs_extra_add(struct kvfs_node *node, kv_kind kind);

/** Takes `node` out of its parent's list, if it is there. Takes the lock; needs `tree` held. */
void kvfs_extra_remove(struct kvfs_node *node);

/** Compares places in a listing: key, then directories of long names before pairs. */
int kvfs_extra_compare(kv_kind kind, kv_slice a, int a_rank, kv_slice b, int b_rank);

/** The ranks of what can have the same key in one directory. */
enum { KVFS_RANK_PART, KVFS_RANK_BUCKET, KVFS_RANK_PAIR };

/** Gives the rank of a node. */
int kvfs_extra_rank(const struct kvfs_node *node);

#endif
