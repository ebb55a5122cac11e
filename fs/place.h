/*
 * A place: where in the store the children of a directory are, and how their names are spelled.
 *
 * Where it sits: between names (the kernel's) and keys (the library's). A directory shows the buckets and the root
 * map's pairs (the root), the pairs of a bucket, or the values of one key; a directory of long names shows those of
 * them whose names begin with its path (S11).
 *
 * Thread rule: a place belongs to the transaction that it was opened in; needs the view's `tree`. What people get
 * wrong: decoding a name without the directory's path before it.
 */
#ifndef KVFS_PLACE_H
#define KVFS_PLACE_H

#include "fs/node.h"

/** Longest name with the directories before it that is looked at. */
enum { KVFS_NAME_ROOM = 16384 };

struct kvfs_place {
    kv_txn *txn;
    struct kvfs_node *directory;
    struct kvfs_node *owner; /* KVFS_ROOT, KVFS_BUCKET or KVFS_KEY */
    const char *bucket_name; /* "" is the root map */
    kv_bucket *bucket;       /* NULL: a root map that is not there */
    kv_kind kind;            /* of the bucket */
    kv_kind order;           /* how the children are ordered: the kind, or for values what their order is as keys */
    kv_name_form form;
    const char *path; /* the components between owner and directory, "" when they are one */
    kv_slice prefix;  /* the bytes with which all children's keys begin */
};

/** Opens the place of a directory. May renew the transaction: what it lent before is gone then. Returns KV_OK, or
 * KV_NOT_FOUND when the bucket is gone. */
int kvfs_place_open(kv_txn *txn, struct kvfs_node *directory, struct kvfs_place *ret_place);

/** What is found under a name. */
struct kvfs_found {
    enum kvfs_kind kind;
    kv_slice key;   /* in `room`; of a part its leading bytes */
    kv_slice value; /* of a file; lent by the transaction */
    char *path;     /* of a part: its components, in `text` */
    char text[KVFS_NAME_ROOM];
    char room[KVFS_NAME_ROOM + 1];
};

/** Decodes `name` in a place: gives kind KVFS_PART or KVFS_FILE, key and path, and says nothing of what exists.
 * Returns KV_OK, KV_ERR_NAME (no key has it), KVFS_ERRNO(ENAMETOOLONG). */
int kvfs_place_decode(const struct kvfs_place *place, const char *name, struct kvfs_found *ret_found);

/** Looks `name` up in the store. Returns KV_OK, KV_NOT_FOUND. */
int kvfs_place_resolve(const struct kvfs_place *place, const char *name, struct kvfs_found *ret_found);

/** Tells (KV_OK or KV_NOT_FOUND) whether the store has a key in the directory of long names `path`, `prefix`. */
int kvfs_place_has_part(const struct kvfs_place *place, const char *path, kv_slice prefix);

/** Lends the present value of a file's pair. May renew the transaction. Returns KV_OK or KV_NOT_FOUND. */
int kvfs_place_value(kv_txn *txn, struct kvfs_node *file, kv_slice *ret_value);

/** Lends the name of the bucket that a directory is in ("" for the root). */
const char *kvfs_place_bucket(struct kvfs_node *directory);

/** Refuses what cannot be written: KV_ERR_READ_ONLY (the view, or a dup-sort bucket for now), else KV_OK. */
int kvfs_place_check_writable(struct kvfs_node *node);

/** Refuses keys that the store cannot hold (S12): KV_ERR_KEY_TOO_BIG, KV_ERR_KEY_EMPTY, else KV_OK. */
int kvfs_place_check_key(const struct kvfs_place *place, kv_slice key);

#endif
