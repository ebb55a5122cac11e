/*
 * A sorted source: pairs and tombstones in the order of one bucket kind, to be merged with others.
 *
 * Floor 1. A table of a stack, a write set, a base store: each is a source to the merge. An entry is identified by its
 * key, in dup-sort buckets by its key and value; a source gives each at most once.
 *
 * Thread rule: one thread at a time. Entries are lent until the next move of the source they came from.
 */
#ifndef KVCORE_ITER_SOURCE_H
#define KVCORE_ITER_SOURCE_H

#include <stdbool.h>

#include "kvcore/kind.h"
#include "kvcore/slice.h"
#include "kvcore/status.h"

struct kvi_entry {
    kv_slice key;
    kv_slice value;
    bool is_tombstone; /* hides the entry of the same identity in every older source */
};

enum kvi_source_move {
    KVI_SOURCE_FIRST,
    KVI_SOURCE_LAST,
    KVI_SOURCE_NEXT,      /* only after a move that answered KV_OK */
    KVI_SOURCE_PREV,      /* likewise */
    KVI_SOURCE_SEEK,      /* the first entry at or after (key, value) */
    KVI_SOURCE_SEEK_AFTER /* the first entry whose key is greater than key */
};

struct kvi_source;

/* Moves and gives the entry: KV_OK, KV_NOT_FOUND (the place is then undefined), or a failure. */
typedef int kvi_source_mover(struct kvi_source *source, enum kvi_source_move move, kv_slice key, kv_slice value,
                             struct kvi_entry *ret_entry);

/* What embeds this as its first member is a source. */
struct kvi_source {
    kvi_source_mover *move;
};

#endif
