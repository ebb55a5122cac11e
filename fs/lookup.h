/*
 * Lookup: from a directory and a name to a live node.
 *
 * Where it sits: what LOOKUP, READDIRPLUS and every verb that names a child go through.
 *
 * Thread rule: needs the view's `tree`. What people get wrong: giving a reader of an old state the new one: when
 * another process has changed a pair that somebody reads, the name gets a new node and the reader keeps the old.
 */
#ifndef KVFS_LOOKUP_H
#define KVFS_LOOKUP_H

#include <sys/stat.h>

#include "fs/node.h"

/** Gives a reference to the child `name`, and (unless NULL) its attributes. Returns KV_OK, KV_NOT_FOUND. */
int kvfs_lookup(struct kvfs_node *directory, const char *name, struct kvfs_node **ret_node, struct stat *ret_status);

/** The same for a child that the store has, as a transaction at `txid` sees it. */
int kvfs_lookup_found(struct kvfs_node *directory, const struct kvfs_identity *identity, kv_slice value, uint64_t txid,
                      struct kvfs_node **ret_node);

#endif
