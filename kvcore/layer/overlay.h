/*
 * The overlay: a store that merges another one, the upper, over a base that it never changes.
 *
 * Floor 2; speaks spi.h on both sides. Reads merge the two, newest wins. Writes go to the upper store:
 *
 *   bucket "."    one record a touched bucket: key '=' and the name, value what overlay_layout.h says
 *   bucket "=B"   pairs put in B
 *   bucket "-B"   pairs removed from B: keys without values, in dup-sort buckets (key, value)
 *   bucket "~B"   dup-sort buckets: keys of which everything in the base is hidden
 *
 * A pair put is in "=B" and then counts, whatever the others say. These buckets have the order of B. The base is read by
 * a read-only transaction, so nothing is locked in it.
 *
 * Thread rule: as any store. What people get wrong: closing the upper or the base before the overlay; the overlay
 * owns neither.
 */
#ifndef KVCORE_LAYER_OVERLAY_H
#define KVCORE_LAYER_OVERLAY_H

#include "kvcore/core/spi.h"

/* Called when a transaction of the overlay has ended, on its thread. Another thread may have closed the overlay by then. */
typedef void kvi_overlay_ended(void *argument, bool is_write);

/** Makes an overlay of `upper` over `base` (both borrowed until it is closed). `ended` may be NULL.
 * Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvi_overlay_open(struct kvi_store *upper, struct kvi_store *base, kvi_overlay_ended *ended, void *argument,
                     struct kvi_store **ret_store);

/** Tells whether no transaction of the overlay is open, so that it can be closed. */
bool kvi_overlay_is_idle(struct kvi_store *overlay);

/* What the upper store says of one bucket. */
struct kvi_overlay_change {
    const char *name; /* "" is the root map */
    kv_kind kind;
    bool is_created; /* it exists whatever the base says */
    bool is_dropped; /* it exists no longer: to be dropped if it is empty by then, or at once with is_hiding */
    bool is_hiding;  /* nothing of the base shows */
};

/* Called by kvi_overlay_visit: for the bucket itself (`key` NULL), then for each removal, then for each pair put.
 * `value` NULL with a key: the key with all its values is removed. A non-zero answer ends the visit. */
typedef int kvi_overlay_visitor(void *argument, const struct kvi_overlay_change *change, const kv_slice *key,
                                const kv_slice *value, bool is_removed);

/** Visits what a read transaction of the upper store holds, bucket by bucket in the order of names, each in the order of
 * keys. Pairs of the root map and buckets may share their names, so its removals come before all buckets and its puts after
 * them: it is visited twice. Returns the visitor's non-zero answer, KV_OK, or a failure to read. */
int kvi_overlay_visit(struct kvi_txn *upper, kvi_overlay_visitor *visit, void *argument);

/** Writes what a read transaction of one upper store holds over what a read-write one of another holds, as the newer
 * changes. Whether a base has what is removed, or other things of the same names, is not asked.
 * Returns KV_OK, or the failure of either store. */
int kvi_overlay_fold(struct kvi_txn *newer, struct kvi_txn *upper);

/** Counts the changes in a read transaction of the upper store, and the bytes of the pages that hold them. */
int kvi_overlay_measure(struct kvi_txn *upper, uint64_t *ret_changes, uint64_t *ret_bytes);

#endif
