#include "kvcore/iter/merge.h"

#include "kvcore/base/order.h"

#define NOTHING kv_slice_of(NULL, 0)

static int compare(const struct kvi_merge *merge, const struct kvi_entry *a, const struct kvi_entry *b)
{
    int order = kvi_key_compare(merge->kind, a->key, b->key);
    if (order != 0 || !(merge->kind & KV_DUP_SORT))
        return order;
    return kvi_value_compare(merge->kind, a->value, b->value);
}

void kvi_merge_init(struct kvi_merge *merge, kv_kind kind, struct kvi_merge_head *heads, unsigned count)
{
    *merge = (struct kvi_merge){.kind = kind, .count = count, .heads = heads, .is_forward = true};
}

static int move_head(struct kvi_merge_head *head, enum kvi_source_move move, kv_slice key, kv_slice value)
{
    int status = head->source->move(head->source, move, key, value, &head->entry);
    head->is_here = status == KV_OK;
    return status < 0 ? status : KV_OK;
}

static int move_all(struct kvi_merge *merge, enum kvi_source_move move, kv_slice key, kv_slice value)
{
    int status = KV_OK;
    for (unsigned i = 0; i < merge->count && status == KV_OK; i++)
        status = move_head(&merge->heads[i], move, key, value);
    return status;
}

/* Tells whether the entry of one head comes before that of another in the present direction. */
static bool is_before(const struct kvi_merge *merge, unsigned a, unsigned b)
{
    int order = compare(merge, &merge->heads[a].entry, &merge->heads[b].entry);
    return merge->is_forward ? order < 0 : order > 0;
}

/* Finds the head that comes first, of equals the newest, `but` one. Gives `count` when there is none. */
static unsigned find_first(const struct kvi_merge *merge, unsigned but)
{
    unsigned first = merge->count;
    for (unsigned i = 0; i < merge->count; i++)
        if (i != but && merge->heads[i].is_here && (first == merge->count || is_before(merge, i, first)))
            first = i;
    return first;
}

/* Finds the head that comes first, and the one that would come then: as long as the first goes on coming first, a step
 * compares it with that one only. A session's base does for most of a scan. */
static bool choose(struct kvi_merge *merge)
{
    unsigned first = find_first(merge, merge->count);
    merge->is_alone = false;
    if (first == merge->count)
        return false;
    merge->top = first;
    merge->runner = find_first(merge, merge->top);
    merge->is_alone = merge->runner == merge->count || is_before(merge, merge->top, merge->runner);
    return true;
}

/* Moves every head off the present entry. The top one is moved last: the entry is lent by it. */
static int pass(struct kvi_merge *merge)
{
    enum kvi_source_move move = merge->is_forward ? KVI_SOURCE_NEXT : KVI_SOURCE_PREV;
    struct kvi_merge_head *top = &merge->heads[merge->top];
    for (unsigned i = 0; i < merge->count && !merge->is_alone; i++) {
        struct kvi_merge_head *head = &merge->heads[i];
        if (head == top || !head->is_here || compare(merge, &head->entry, &top->entry) != 0)
            continue;
        int status = move_head(head, move, NOTHING, NOTHING);
        if (status != KV_OK)
            return status;
    }
    return move_head(top, move, NOTHING, NOTHING);
}

/* Tells whether the head that was moved on alone still comes first. */
static bool is_ahead(const struct kvi_merge *merge)
{
    return merge->is_alone && merge->heads[merge->top].is_here &&
           (merge->runner == merge->count || is_before(merge, merge->top, merge->runner));
}

/* Chooses until what is chosen is no tombstone. */
static int settle(struct kvi_merge *merge, struct kvi_entry *ret_entry)
{
    while (choose(merge)) {
        const struct kvi_entry *entry = &merge->heads[merge->top].entry;
        if (!entry->is_tombstone) {
            *ret_entry = *entry;
            return KV_OK;
        }
        int status = pass(merge);
        if (status != KV_OK)
            return status;
    }
    return KV_NOT_FOUND;
}

int kvi_merge_first(struct kvi_merge *merge, struct kvi_entry *ret_entry)
{
    merge->is_forward = true;
    int status = move_all(merge, KVI_SOURCE_FIRST, NOTHING, NOTHING);
    return status == KV_OK ? settle(merge, ret_entry) : status;
}

int kvi_merge_last(struct kvi_merge *merge, struct kvi_entry *ret_entry)
{
    merge->is_forward = false;
    int status = move_all(merge, KVI_SOURCE_LAST, NOTHING, NOTHING);
    return status == KV_OK ? settle(merge, ret_entry) : status;
}

int kvi_merge_seek(struct kvi_merge *merge, kv_slice key, kv_slice value, struct kvi_entry *ret_entry)
{
    merge->is_forward = true;
    int status = move_all(merge, KVI_SOURCE_SEEK, key, value);
    return status == KV_OK ? settle(merge, ret_entry) : status;
}

int kvi_merge_seek_after(struct kvi_merge *merge, kv_slice key, struct kvi_entry *ret_entry)
{
    merge->is_forward = true;
    int status = move_all(merge, KVI_SOURCE_SEEK_AFTER, key, NOTHING);
    return status == KV_OK ? settle(merge, ret_entry) : status;
}

/* Puts a head that stood on one side of `entry` on the other: on the first entry at or beyond it. */
static int turn_head(struct kvi_merge *merge, struct kvi_merge_head *head, const struct kvi_entry *entry)
{
    int status = move_head(head, KVI_SOURCE_SEEK, entry->key, entry->value);
    if (status != KV_OK || merge->is_forward)
        return status;
    /* Backward: the entry itself may stay, pass() moves it; anything after it must be stepped over. */
    if (!head->is_here)
        return move_head(head, KVI_SOURCE_LAST, NOTHING, NOTHING);
    if (compare(merge, &head->entry, entry) > 0)
        return move_head(head, KVI_SOURCE_PREV, NOTHING, NOTHING);
    return KV_OK;
}

static int turn(struct kvi_merge *merge)
{
    merge->is_forward = !merge->is_forward;
    merge->is_alone = false;
    for (unsigned i = 0; i < merge->count; i++) {
        if (i == merge->top)
            continue;
        int status = turn_head(merge, &merge->heads[i], &merge->heads[merge->top].entry);
        if (status != KV_OK)
            return status;
    }
    return KV_OK;
}

static int step(struct kvi_merge *merge, bool is_forward, struct kvi_entry *ret_entry)
{
    int status = merge->is_forward == is_forward ? KV_OK : turn(merge);
    if (status == KV_OK)
        status = pass(merge);
    if (status != KV_OK || !is_ahead(merge) || merge->heads[merge->top].entry.is_tombstone)
        return status == KV_OK ? settle(merge, ret_entry) : status;
    *ret_entry = merge->heads[merge->top].entry;
    return KV_OK;
}

int kvi_merge_next(struct kvi_merge *merge, struct kvi_entry *ret_entry)
{
    struct kvi_entry end;
    int status = step(merge, true, ret_entry);
    if (status != KV_NOT_FOUND)
        return status;
    /* What there is nothing after is the last. */
    status = kvi_merge_last(merge, &end);
    return status == KV_OK ? KV_NOT_FOUND : status;
}

int kvi_merge_prev(struct kvi_merge *merge, struct kvi_entry *ret_entry)
{
    struct kvi_entry end;
    int status = step(merge, false, ret_entry);
    if (status != KV_NOT_FOUND)
        return status;
    status = kvi_merge_first(merge, &end);
    return status == KV_OK ? KV_NOT_FOUND : status;
}
