/*
 * An open directory: where its listing stands, by keys (S7).
 *
 * The kernel resumes a listing by a number, and 64 bits cannot name a key. So the handle counts what it gave, and keeps
 * the mark of each child of the last answer and of the beginning of each answer before. Seeking back goes through the
 * answer that the number lies in. What it keeps is bounded: of very long listings every second answer's beginning is
 * forgotten again.
 *
 * Thread rule: its own lock; `tree` is held by the caller. What people get wrong: keeping a cursor, and with it a
 * transaction, for as long as somebody looks at a listing.
 */
#ifndef KVFS_DIR_H
#define KVFS_DIR_H

#include "fs/listing.h"

struct kvfs_dir;

/** Opens a handle on a directory (referred to). Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvfs_dir_open(struct kvfs_node *node, struct kvfs_dir **ret_dir);

/** Closes a handle (taken). Needs `tree`. */
void kvfs_dir_close(struct kvfs_dir *dir);

/** Takes one child into an answer; `offset` is what the kernel resumes by behind it, `txid` the state that it is from.
 * Returns KV_OK, KV_NOT_FOUND when the answer is full, or a failure. */
typedef int kvfs_dir_taker(void *argument, const struct kvfs_entry *entry, uint64_t offset, uint64_t txid);

/** Gives the children behind `offset` to `take`, as many as it takes. Returns KV_OK, KV_NOT_FOUND when the bucket is
 * gone, or what `take` failed with. */
int kvfs_dir_read(struct kvfs_dir *dir, uint64_t offset, bool wants_values, kvfs_dir_taker *take, void *argument);

/** The first numbers are "." and ".."; the caller gives them. */
enum { KVFS_DIR_FIRST = 2 };

#endif
