/*
 * The merge: several sorted sources as one, the newest winning.
 *
 * Floor 1. One idea carries the library: a sorted sequence merged over another. A session over its base, a writable
 * store over tablets, a stack of tablets are this merge with different sources. Sources are given newest first; an
 * entry hides those of the same identity in all that come after it; a tombstone hides and is not given.
 *
 * Moves go both ways and may turn anywhere. When `next` finds nothing more, the merge rests on its last entry, and
 * `prev` on its first, as a cursor does.
 *
 * Thread rule: one thread at a time. Entries are lent until the next move.
 * What people get wrong: moving a source behind the merge's back.
 */
#ifndef KVCORE_ITER_MERGE_H
#define KVCORE_ITER_MERGE_H

#include "kvcore/iter/source.h"

/* Where one source stands. */
struct kvi_merge_head {
    struct kvi_source *source;
    struct kvi_entry entry;
    bool is_here; /* `entry` is valid: the source has not run out in the present direction */
};

struct kvi_merge {
    kv_kind kind;
    unsigned count;
    unsigned top;    /* the head that holds the present entry */
    unsigned runner; /* the one whose entry would come next, or `count`: no other has any */
    bool is_alone;   /* no other head has the present entry too, and `runner` is known */
    bool is_forward;
    struct kvi_merge_head *heads; /* newest first */
};

/** Begins a merge of `count` sources over the array `heads` (borrowed until the merge is no longer used), whose
 * `source` members are set. The merge is unpositioned. */
void kvi_merge_init(struct kvi_merge *merge, kv_kind kind, struct kvi_merge_head *heads, unsigned count);

/** Goes to the first, the last, the first at or after (key, value), the first with a key greater than `key`.
 * KV_OK and the entry, KV_NOT_FOUND, or the failure of a source. */
int kvi_merge_first(struct kvi_merge *merge, struct kvi_entry *ret_entry);
int kvi_merge_last(struct kvi_merge *merge, struct kvi_entry *ret_entry);
int kvi_merge_seek(struct kvi_merge *merge, kv_slice key, kv_slice value, struct kvi_entry *ret_entry);
int kvi_merge_seek_after(struct kvi_merge *merge, kv_slice key, struct kvi_entry *ret_entry);

/** Steps from the present entry. On KV_NOT_FOUND the merge is on that entry again. */
int kvi_merge_next(struct kvi_merge *merge, struct kvi_entry *ret_entry);
int kvi_merge_prev(struct kvi_merge *merge, struct kvi_entry *ret_entry);

/** Lends the present entry. */
static inline const struct kvi_entry *kvi_merge_current(const struct kvi_merge *merge)
{
    return &merge->heads[merge->top].entry;
}

#endif
