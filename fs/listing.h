/*
 * A listing: the children of a directory in order, merged from the store and from what is unpublished (S7).
 *
 * First drafts by name, then everything else in the order of the keys: buckets, pairs and unpublished children. A key
 * whose name is longer than one component shows as the directory of long names that it lies in, once.
 *
 * Where it sits: a request opens one at a mark, takes what fits into its answer and closes it; a directory handle
 * (dir.h) keeps marks, never a listing.
 *
 * Thread rule: one request; `tree` and `extras` are held from before the transaction was renewed until the end. What
 * people get wrong: resuming without the parts that were given before: they would be given twice.
 */
#ifndef KVFS_LISTING_H
#define KVFS_LISTING_H

#include "fs/place.h"

/** Where a listing stands: after this child. */
struct kvfs_mark {
    enum { KVFS_AT_START, KVFS_IN_DRAFTS, KVFS_IN_KEYS } phase;
    int rank;
    kv_slice key; /* of a draft its name */
};

/** A directory of long names that was given. */
struct kvfs_part {
    char name[KV_NAME_PART_MAX + 1];
    size_t size;
    char bytes[KV_NAME_PART_MAX + 1]; /* of the prefix, behind the listed directory's own */
};

/** Those given whose keys may not be over yet: nested cuts, so rarely more than one. */
struct kvfs_parts {
    struct kvfs_part *items;
    size_t count, capacity;
};

/** Frees the items. */
void kvfs_parts_done(struct kvfs_parts *parts);

/** Makes `*to` a copy. Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvfs_parts_copy(struct kvfs_parts *to, const struct kvfs_parts *from);

/** A child. Everything is lent until the next step. */
struct kvfs_entry {
    struct kvfs_identity identity;
    struct kvfs_mark mark;
    kv_slice value;
    struct kvfs_node *node; /* an unpublished child, else NULL */
};

struct kvfs_listing {
    struct kvfs_place place;
    struct kvfs_parts *parts; /* borrowed */
    size_t extra;             /* next in the directory's list */
    kv_cursor *cursor;
    int pair_status; /* KV_OK: the next pair is in the two slices */
    kv_slice pair_key, pair_value;
    int bucket_status;
    bool is_pair_used, is_bucket_used; /* given by the last step */
    char bucket[KV_BUCKET_NAME_SIZE];
    char *name; /* encoded */
    size_t name_room;
    char part_path[KVFS_NAME_ROOM];
    char part_key[KVFS_NAME_ROOM];
};

/** Opens a listing behind `mark`; `parts` (borrowed, kept up to date) are those given before it. `wants_values` of a
 * plain listing tells sizes. End it with kvfs_listing_close, also when this failed. */
int kvfs_listing_open(struct kvfs_listing *listing, kv_txn *txn, struct kvfs_node *directory,
                      const struct kvfs_mark *mark, struct kvfs_parts *parts, bool wants_values);

/** Gives the next child. Returns KV_OK, KV_NOT_FOUND at the end. */
int kvfs_listing_next(struct kvfs_listing *listing, struct kvfs_entry *ret_entry);

/** Closes a listing. */
void kvfs_listing_close(struct kvfs_listing *listing);

#endif
