/*
 * Cursors of an overlay: the merge of the pairs put, the removals, and what shows of the base.
 *
 * Where nothing was changed in a bucket its cursor is the base's, and costs one branch more.
 */
#include <stdlib.h>

#include "kvcore/base/order.h"
#include "kvcore/layer/overlay_parts.h"

#define NOTHING kv_slice_of(NULL, 0)

/* A cursor of a bucket below, as a source of the merge. */
struct below {
    struct kvi_source source;
    const struct kvi_backend *ops;
    struct kvi_cursor *cursor;
    bool is_tombstones;
    struct overlay_bucket *hides; /* the base: whose hidden keys are to be stepped over; else NULL */
    struct kvi_buffer checked;    /* the key that was last looked up among them */
    bool is_checked;
    bool is_hidden; /* and the answer */
};

enum { PUTS, REMOVALS, BASE, SOURCES };

struct overlay_cursor {
    struct kvi_cursor cursor;
    const struct kvi_backend *direct; /* not NULL: the base's cursor alone, in sources[BASE] */
    struct below sources[SOURCES];
    struct kvi_merge_head heads[SOURCES];
    struct kvi_merge merge;
    unsigned version; /* of the bucket when the sources were opened */
};

static int hides_key(struct below *below, kv_slice key, bool *ret_hidden)
{
    struct kvi_bucket *hidden = below->hides ? below->hides->parts[OVERLAY_HIDDEN_KEYS] : NULL;
    kv_slice value;
    *ret_hidden = false;
    if (!hidden)
        return KV_OK;
    if (!below->is_checked || !kv_slice_equal(kvi_buffer_slice(&below->checked), key)) {
        int status = hidden->txn->store->backend->get(hidden, key, &value);
        if (status < 0)
            return status;
        below->is_hidden = status == KV_OK;
        status = kvi_buffer_assign(&below->checked, key);
        if (status != KV_OK)
            return status;
        below->is_checked = true;
    }
    *ret_hidden = below->is_hidden;
    return KV_OK;
}

/* Steps over a hidden key as a whole: to the first pair after it, or the last before it. */
static int leave_key(struct below *below, bool is_forward, kv_slice *ret_key, kv_slice *ret_value)
{
    kv_slice own = kvi_buffer_slice(&below->checked);
    enum kvi_move move = is_forward ? KVI_SEEK_AFTER : KVI_SEEK;
    int status = below->ops->cursor_move(below->cursor, move, own, NOTHING, ret_key, ret_value);
    if (is_forward || status != KV_OK)
        return status;
    return below->ops->cursor_move(below->cursor, KVI_PREV, NOTHING, NOTHING, ret_key, ret_value);
}

static int move_below(struct kvi_source *source, enum kvi_source_move move, kv_slice key, kv_slice value,
                      struct kvi_entry *ret_entry)
{
    static const enum kvi_move moves[] = {
        [KVI_SOURCE_FIRST] = KVI_FIRST, [KVI_SOURCE_LAST] = KVI_LAST,      [KVI_SOURCE_NEXT] = KVI_NEXT,
        [KVI_SOURCE_PREV] = KVI_PREV,   [KVI_SOURCE_SEEK] = KVI_SEEK_PAIR, [KVI_SOURCE_SEEK_AFTER] = KVI_SEEK_AFTER,
    };
    struct below *below = (struct below *)source;
    bool is_forward = move != KVI_SOURCE_LAST && move != KVI_SOURCE_PREV;
    bool is_hidden = false;
    enum kvi_move raw = moves[move];
    if (raw == KVI_SEEK_PAIR && value.size == 0)
        raw = KVI_SEEK;
    if (raw == KVI_SEEK && key.size == 0)
        raw = KVI_FIRST;
    int status = below->ops->cursor_move(below->cursor, raw, key, value, &ret_entry->key, &ret_entry->value);
    while (status == KV_OK && (status = hides_key(below, ret_entry->key, &is_hidden)) == KV_OK && is_hidden)
        status = leave_key(below, is_forward, &ret_entry->key, &ret_entry->value);
    ret_entry->is_tombstone = below->is_tombstones;
    return status;
}

static void close_sources(struct overlay_cursor *cursor)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        struct below *below = &cursor->sources[i];
        if (below->cursor)
            below->ops->cursor_close(below->cursor);
        kvi_buffer_free(&below->checked);
        *below = (struct below){0};
    }
}

static int open_source(struct overlay_cursor *cursor, unsigned which, struct kvi_bucket *bucket, unsigned *count)
{
    struct below *below = &cursor->sources[which];
    if (!bucket)
        return KV_OK;
    below->source.move = move_below;
    below->ops = bucket->txn->store->backend;
    below->is_tombstones = which == REMOVALS;
    below->hides = which == BASE ? (struct overlay_bucket *)cursor->cursor.bucket : NULL;
    int status = below->ops->cursor_open(bucket, &below->cursor);
    if (status == KV_OK)
        cursor->heads[(*count)++].source = &below->source;
    return status;
}

static int open_sources(struct overlay_cursor *cursor)
{
    struct overlay_bucket *bucket = (struct overlay_bucket *)cursor->cursor.bucket;
    unsigned count = 0;
    close_sources(cursor);
    int status = open_source(cursor, PUTS, bucket->parts[OVERLAY_PUTS], &count);
    if (status == KV_OK)
        status = open_source(cursor, REMOVALS, bucket->base ? bucket->parts[OVERLAY_REMOVALS] : NULL, &count);
    if (status == KV_OK)
        status = open_source(cursor, BASE, bucket->base, &count);
    if (status != KV_OK)
        return status;
    cursor->direct = overlay_is_plain_view(bucket) ? cursor->sources[BASE].ops : NULL;
    cursor->version = bucket->version;
    kvi_merge_init(&cursor->merge, bucket->bucket.kind, cursor->heads, count);
    return KV_OK;
}

int kvi_overlay_cursor_open(struct kvi_bucket *bucket, struct kvi_cursor **ret_cursor)
{
    struct overlay_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        return KV_ERR_NO_MEMORY;
    cursor->cursor.bucket = bucket;
    int status = open_sources(cursor);
    if (status != KV_OK) {
        kvi_overlay_cursor_close(&cursor->cursor);
        return status;
    }
    *ret_cursor = &cursor->cursor;
    return KV_OK;
}

void kvi_overlay_cursor_close(struct kvi_cursor *base)
{
    struct overlay_cursor *cursor = (struct overlay_cursor *)base;
    close_sources(cursor);
    free(cursor);
}

static bool is_absolute(enum kvi_move move)
{
    return move != KVI_NEXT && move != KVI_PREV && move != KVI_CURRENT;
}

/* Sees what was written since the sources were opened: other sources, other hidden keys. */
static int refresh(struct overlay_cursor *cursor)
{
    const struct overlay_bucket *bucket = (struct overlay_bucket *)cursor->cursor.bucket;
    cursor->sources[BASE].is_checked = false;
    return cursor->version == bucket->version ? KV_OK : open_sources(cursor);
}

static int move_merge(struct overlay_cursor *cursor, enum kvi_move move, kv_slice key, kv_slice value,
                      struct kvi_entry *ret_entry)
{
    switch (move) {
    case KVI_FIRST:
        return kvi_merge_first(&cursor->merge, ret_entry);
    case KVI_LAST:
        return kvi_merge_last(&cursor->merge, ret_entry);
    case KVI_NEXT:
        return kvi_merge_next(&cursor->merge, ret_entry);
    case KVI_PREV:
        return kvi_merge_prev(&cursor->merge, ret_entry);
    case KVI_SEEK:
        return kvi_merge_seek(&cursor->merge, key, NOTHING, ret_entry);
    case KVI_SEEK_AFTER:
        return kvi_merge_seek_after(&cursor->merge, key, ret_entry);
    case KVI_SEEK_PAIR:
        return kvi_merge_seek(&cursor->merge, key, value, ret_entry);
    default:
        *ret_entry = *kvi_merge_current(&cursor->merge);
        return KV_OK;
    }
}

int kvi_overlay_cursor_move(struct kvi_cursor *base, enum kvi_move move, kv_slice key, kv_slice value,
                            kv_slice *ret_key, kv_slice *ret_value)
{
    struct overlay_cursor *cursor = (struct overlay_cursor *)base;
    struct kvi_entry entry;
    int status = is_absolute(move) && base->bucket->txn->is_write ? refresh(cursor) : KV_OK;
    if (status != KV_OK)
        return status;
    if (cursor->direct)
        return cursor->direct->cursor_move(cursor->sources[BASE].cursor, move, key, value, ret_key, ret_value);
    status = move_merge(cursor, move, key, value, &entry);
    if (status == KV_OK) {
        *ret_key = entry.key;
        *ret_value = entry.value;
    }
    return status;
}
