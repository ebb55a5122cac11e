/* Where a move may arrive. */
#include "kvcore/layer/trace_parts.h"

/* The order of two pairs. With `is_keys_only` an empty value may stand for any. */
static int compare(kv_kind kind, struct trace_pair a, struct trace_pair b)
{
    int order = kv_key_compare(kind, a.key, b.key);
    return order != 0 || !(kind & KV_DUP_SORT) ? order : kv_value_compare(kind, a.value, b.value);
}

static bool seek_fits(kv_kind kind, enum kvi_move move, struct trace_pair sought, struct trace_pair to,
                      bool is_value_known)
{
    int keys = kv_key_compare(kind, to.key, sought.key);
    if (move == KVI_SEEK_AFTER)
        return keys > 0;
    if (keys != 0 || move == KVI_SEEK || !(kind & KV_DUP_SORT) || !is_value_known)
        return keys >= 0;
    return kv_value_compare(kind, to.value, sought.value) >= 0;
}

bool kvi_trace_move_fits(kv_kind kind, enum kvi_move move, struct trace_pair from, struct trace_pair to,
                         bool is_keys_only)
{
    bool is_value_known = !is_keys_only || (to.value.size > 0 && from.value.size > 0);
    if (move == KVI_SEEK || move == KVI_SEEK_AFTER || move == KVI_SEEK_PAIR)
        return seek_fits(kind, move, from, to, is_value_known);
    int keys = kv_key_compare(kind, to.key, from.key);
    int pairs = is_value_known ? compare(kind, to, from) : keys;
    switch (move) {
    case KVI_NEXT:
        return is_value_known ? pairs > 0 : keys >= 0;
    case KVI_PREV:
        return is_value_known ? pairs < 0 : keys <= 0;
    case KVI_CURRENT:
        return keys == 0 && (!is_value_known || kv_slice_equal(to.value, from.value));
    case KVI_FIRST_DUP:
        return keys == 0 && pairs <= 0;
    case KVI_LAST_DUP:
        return keys == 0 && pairs >= 0;
    case KVI_NEXT_DUP:
        return keys == 0 && (!is_value_known || pairs > 0);
    case KVI_PREV_DUP:
        return keys == 0 && (!is_value_known || pairs < 0);
    case KVI_NEXT_KEY:
        return keys > 0;
    case KVI_PREV_KEY:
        return keys < 0;
    default: /* first and last: from anywhere to anywhere */
        return true;
    }
}
