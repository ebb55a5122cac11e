/*
 * A cursor: a place in the ordered pairs of one bucket.
 *
 * A cursor is made unpositioned. `next` then goes to the first pair and `prev` to the last. At either end it answers
 * KV_NOT_FOUND and stays on the last (first) pair. A lower-bound seek past everything rests after the end. Removing
 * the current pair leaves the cursor in the gap before its successor: `current` and the first `next` give that
 * successor, `prev` the predecessor. In a dup-sort bucket a step goes from pair to pair, key by key and value by
 * value. `ret_key` and `ret_value` may be NULL everywhere; they are lent as txn.h says.
 *
 * Thread rule: the transaction's. A cursor sees the writes of its own transaction. What people get wrong: using
 * `current` on a fresh cursor (KV_ERR_NOT_POSITIONED); using seek where seek_exact or navigate is meant.
 *
 * Moves return KV_OK, or KV_NOT_FOUND; dup moves KV_ERR_INCOMPATIBLE on a plain bucket. Every function may also return
 * what bucket.h lists for all. A cursor on a missing bucket finds nothing and becomes live when the bucket is made.
 */
#ifndef KVCORE_CURSOR_H
#define KVCORE_CURSOR_H

#include "kvcore/bucket.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Opens a cursor; end it with kv_cursor_close, or let the end of the transaction close it: then only
 * kv_cursor_close may still be called, once. Returns KV_OK, KV_ERR_NO_MEMORY. */
int kv_cursor_open(kv_bucket *bucket, kv_cursor **ret_cursor);

/** The same by bucket name (NULL or "": the root map). On a strict store a missing one is KV_ERR_UNKNOWN_BUCKET. */
int kv_txn_cursor(kv_txn *txn, const char *bucket, kv_cursor **ret_cursor);

/** The same, bound to the pairs of exactly `key` (borrowed; kept as a copy). A missing key yields nothing. */
int kv_txn_navigate(kv_txn *txn, const char *bucket, kv_slice key, kv_cursor **ret_cursor);

/** Closes a cursor (taken; NULL is nothing). Every cursor is closed once, before or after its transaction's end. */
void kv_cursor_close(kv_cursor *cursor);

/** kv_cursor_close for __attribute__((cleanup)). */
static inline void kv_cursor_close_scoped(kv_cursor **cursor)
{
    kv_cursor_close(*cursor);
}

/** Bounds every move to the keys that begin with `prefix` (borrowed; kept as a copy), and makes the cursor
 * unpositioned. The empty prefix removes the bound. KV_ERR_INCOMPATIBLE where keys are not ordered bytewise. */
int kv_cursor_set_prefix(kv_cursor *cursor, kv_slice prefix);

/** Tells the store that values are not wanted: moves give an empty value. 0 wants them again. */
int kv_cursor_set_keys_only(kv_cursor *cursor, int is_keys_only);

/** Hints how many pairs a store with latency should fetch ahead; nothing locally. */
int kv_cursor_set_prefetch(kv_cursor *cursor, unsigned pairs);

/** Makes the cursor unpositioned, as it was when opened. */
void kv_cursor_rewind(kv_cursor *cursor);

int kv_cursor_first(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);
int kv_cursor_last(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);
int kv_cursor_next(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);
int kv_cursor_prev(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);

/** Goes to the first pair whose key is at or after `key`. */
int kv_cursor_seek(kv_cursor *cursor, kv_slice key, kv_slice *ret_key, kv_slice *ret_value);

/** Goes to the first pair of exactly `key`; on KV_NOT_FOUND the cursor rests where kv_cursor_seek would. */
int kv_cursor_seek_exact(kv_cursor *cursor, kv_slice key, kv_slice *ret_value);

/** Gives the current pair again. KV_ERR_NOT_POSITIONED on a fresh cursor and after the end. */
int kv_cursor_current(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);

/** Gives the number of pairs within the cursor's bound (prefix or key). Does not move it. */
int kv_cursor_count(kv_cursor *cursor, uint64_t *ret_count);

/* Writes through a cursor: as in bucket.h, and the cursor then stands on the pair written. On KV_EXISTS of put_new and
 * append nothing is stored and the cursor stays. */
int kv_cursor_put(kv_cursor *cursor, kv_slice key, kv_slice value);
int kv_cursor_put_new(kv_cursor *cursor, kv_slice key, kv_slice value);
int kv_cursor_append(kv_cursor *cursor, kv_slice key, kv_slice value);

/** Replaces the value of the current pair. `key` must be the current key, else KV_ERR_KEY_MISMATCH. A dup value that
 * sorts elsewhere is moved there. KV_UNCHANGED when the value is the same, KV_EXISTS when the new pair is another one
 * that is there already (nothing changed), KV_ERR_NOT_POSITIONED. */
int kv_cursor_put_current(kv_cursor *cursor, kv_slice key, kv_slice value);

/** Removes the current pair; see the top for where that leaves the cursor. KV_ERR_NOT_POSITIONED also in a gap. */
int kv_cursor_delete_current(kv_cursor *cursor);

/** Removes `key` as kv_bucket_delete does; the cursor keeps its place (a gap, when it stood on the key). */
int kv_cursor_delete(kv_cursor *cursor, kv_slice key);

/* ---- Dup-sort buckets ------------------------------------------------------------------------------------------- */

/** Goes to exactly this pair; on KV_NOT_FOUND rests at the first pair after it. */
int kv_cursor_seek_both_exact(kv_cursor *cursor, kv_slice key, kv_slice value);

/** Goes to the first value of exactly `key` that is at or after `value`; never to another key. On KV_NOT_FOUND rests at
 * the first pair after (key, value). */
int kv_cursor_seek_both_range(kv_cursor *cursor, kv_slice key, kv_slice value, kv_slice *ret_value);

/** Moves among the values of the current key. KV_ERR_NOT_POSITIONED when there is none, except that next_dup and
 * prev_dup of a fresh cursor begin like next and prev. On KV_NOT_FOUND the cursor stays. */
int kv_cursor_first_dup(kv_cursor *cursor, kv_slice *ret_value);
int kv_cursor_last_dup(kv_cursor *cursor, kv_slice *ret_value);
int kv_cursor_next_dup(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);
int kv_cursor_prev_dup(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);

/** Goes to the first value of the next key. On a plain bucket the same as next. */
int kv_cursor_next_no_dup(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);

/** Goes to the last value of the previous key. On a plain bucket the same as prev. */
int kv_cursor_prev_no_dup(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value);

/** Gives the number of values of the current key. */
int kv_cursor_count_dups(kv_cursor *cursor, uint64_t *ret_count);

/** Removes the current key with all its values and leaves the cursor in the gap. */
int kv_cursor_delete_current_dups(kv_cursor *cursor);

int kv_cursor_append_dup(kv_cursor *cursor, kv_slice key, kv_slice value);

/** Adds a pair unless this very pair is there: KV_EXISTS. */
int kv_cursor_put_no_dup(kv_cursor *cursor, kv_slice key, kv_slice value);

/* ---- Dup-fixed buckets: values of one key packed one after another, `size` bytes each ----------------------------- */

/** Lends a page of the current key's values from the current one on and rests on the last of them. `*ret_values` is a
 * multiple of the value size. Returns KV_OK, KV_ERR_NOT_POSITIONED, KV_ERR_INCOMPATIBLE (not dup-fixed). */
int kv_cursor_get_multi(kv_cursor *cursor, kv_slice *ret_values);

/** The same from the value after the current one; a fresh cursor begins at the first pair. KV_NOT_FOUND after the
 * key's last value: each value is given exactly once by get_multi and then next_multi until then. */
int kv_cursor_next_multi(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_values);

/** Adds `page`, values of `stride` bytes in any order, to the values of `key` (a union).
 * KV_ERR_WRONG_SIZE when the page is no multiple of the stride or the stride not the bucket's value size. */
int kv_cursor_put_multi(kv_cursor *cursor, kv_slice key, kv_slice page, size_t stride);

/* ---- Ranges ------------------------------------------------------------------------------------------------------ */

/** Which pairs a range gives, and in which order. All zero: everything, forward. Slices are kept as copies. */
typedef struct kv_range_options {
    const kv_slice *from;   /**< NULL, or the first key, included (forward: the lowest; reverse: the highest) */
    const kv_slice *to;     /**< NULL, or where to end, not included */
    const kv_slice *prefix; /**< NULL, or what every key begins with */
    uint64_t limit;         /**< at most so many pairs; 0: no limit */
    int is_reverse;         /**< from the highest key down */
    int is_keys_only;
    kv_deadline deadline; /**< kv_range_next answers KV_ERR_TIMEOUT after it */
} kv_range_options;

typedef struct kv_range kv_range;

/** Opens a range over a bucket by name (missing: empty range). End it with kv_range_close. Returns KV_OK,
 * KV_ERR_INVALID when `from` is past `to` in the range's direction, KV_ERR_NO_MEMORY. */
int kv_range_open(kv_txn *txn, const char *bucket, const kv_range_options *options, kv_range **ret_range);

/** Gives the next pair, lent until the next call on the range. Returns KV_OK, KV_NOT_FOUND at the end (and again). */
int kv_range_next(kv_range *range, kv_slice *ret_key, kv_slice *ret_value);

/** Closes a range (taken; NULL is nothing), before or after its transaction's end. */
void kv_range_close(kv_range *range);

#ifdef __cplusplus
}
#endif
#endif
