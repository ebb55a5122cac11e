#include "fs/listing.h"

#include <stdlib.h>
#include <string.h>

void kvfs_parts_done(struct kvfs_parts *parts)
{
    free(parts->items);
    *parts = (struct kvfs_parts){0};
}

static int parts_reserve(struct kvfs_parts *parts, size_t count)
{
    if (count > parts->capacity) {
        size_t capacity = parts->capacity * 2 > count ? parts->capacity * 2 : count;
        struct kvfs_part *items = reallocarray(parts->items, capacity, sizeof *items);
        if (!items) {
            return KV_ERR_NO_MEMORY;
        }
        parts->items = items;
        parts->capacity = capacity;
    }
    return KV_OK;
}

int kvfs_parts_copy(struct kvfs_parts *to, const struct kvfs_parts *from)
{
    int status = parts_reserve(to, from->count);
    if (status == KV_OK) {
        to->count = from->count;
        if (from->count > 0) {
            memcpy(to->items, from->items, from->count * sizeof *from->items);
        }
    }
    return status;
}

/* Bytewise, all keys behind a part are together: one that does not begin like it ends it. */
static void end_parts(struct kvfs_listing *listing, kv_slice key)
{
    struct kvfs_parts *parts = listing->parts;
    size_t skipped = listing->place.prefix.size;
    while (parts->count > 0 && listing->place.order == KV_PLAIN) {
        const struct kvfs_part *part = &parts->items[parts->count - 1];
        if (key.size >= skipped + part->size &&
            memcmp((const char *)key.data + skipped, part->bytes, part->size) == 0) {
            return;
        }
        parts->count--;
    }
}

static bool is_given(const struct kvfs_parts *parts, const char *name)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (strcmp(parts->items[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int remember_part(struct kvfs_listing *listing, const char *name, kv_slice prefix)
{
    size_t skipped = listing->place.prefix.size;
    int status = parts_reserve(listing->parts, listing->parts->count + 1);
    if (status == KV_OK) {
        struct kvfs_part *part = &listing->parts->items[listing->parts->count++];
        part->size = prefix.size - skipped < sizeof part->bytes ? prefix.size - skipped : sizeof part->bytes;
        memcpy(part->bytes, (const char *)prefix.data + skipped, part->size);
        strncpy(part->name, name, sizeof part->name - 1);
        part->name[sizeof part->name - 1] = '\0';
    }
    return status;
}

static bool is_inside(const struct kvfs_listing *listing, kv_slice key)
{
    kv_slice prefix = listing->place.prefix;
    return key.size >= prefix.size && (prefix.size == 0 || memcmp(key.data, prefix.data, prefix.size) == 0);
}

/* Ends the pairs at the first that is not in the directory, where the order allows. */
static void take_pair(struct kvfs_listing *listing, int status, kv_slice key, kv_slice value)
{
    bool is_value = listing->place.owner->kind == KVFS_KEY;
    listing->pair_key = is_value ? value : key;
    listing->pair_value = value;
    if (status == KV_OK && listing->place.order == KV_PLAIN && !is_inside(listing, listing->pair_key)) {
        status = KV_NOT_FOUND;
    }
    listing->pair_status = status;
}

static void next_pair(struct kvfs_listing *listing)
{
    kv_slice key = {0};
    kv_slice value = {0};
    int status = listing->place.owner->kind == KVFS_KEY ? kv_cursor_next(listing->cursor, &key, &value)
                                                        : kv_cursor_next_no_dup(listing->cursor, &key, &value);
    take_pair(listing, status, key, value);
}

/* Goes to the first pair at or after `from`. */
static void seek_pair(struct kvfs_listing *listing, kv_slice from, bool is_from_start)
{
    const struct kvfs_place *place = &listing->place;
    kv_slice key = {0};
    kv_slice value = {0};
    int status;
    if (is_from_start) {
        status = kv_cursor_first(listing->cursor, &key, &value);
    } else if (place->owner->kind == KVFS_KEY) {
        status = kv_cursor_seek_both_range(listing->cursor, place->owner->key, from, &value);
    } else {
        status = kv_cursor_seek(listing->cursor, from, &key, &value);
    }
    take_pair(listing, status, key, value);
}

static int open_pairs(struct kvfs_listing *listing, const struct kvfs_mark *mark, bool wants_values)
{
    const struct kvfs_place *place = &listing->place;
    listing->pair_status = KV_NOT_FOUND;
    if (!place->bucket) {
        return KV_OK;
    }
    bool is_value = place->owner->kind == KVFS_KEY;
    int status = is_value ? kv_txn_navigate(place->txn, place->bucket_name, place->owner->key, &listing->cursor)
                          : kv_cursor_open(place->bucket, &listing->cursor);
    if (status < 0) {
        return status;
    }
    if (!is_value && !wants_values) {
        kv_cursor_set_keys_only(listing->cursor, 1);
    }
    if (mark->phase == KVFS_IN_KEYS) {
        seek_pair(listing, mark->key, false);
        if (listing->pair_status == KV_OK && mark->rank >= KVFS_RANK_PAIR &&
            kv_slice_equal(listing->pair_key, mark->key)) {
            next_pair(listing);
        }
    } else {
        seek_pair(listing, place->prefix, place->order != KV_PLAIN || place->prefix.size == 0);
    }
    return listing->pair_status < 0 ? listing->pair_status : KV_OK;
}

static void next_bucket(struct kvfs_listing *listing)
{
    int status = kv_bucket_next(listing->place.txn, listing->bucket, listing->bucket);
    listing->bucket_status =
        status == KV_OK && !is_inside(listing, kv_slice_text(listing->bucket)) ? KV_NOT_FOUND : status;
}

static int open_buckets(struct kvfs_listing *listing, const struct kvfs_mark *mark)
{
    const struct kvfs_place *place = &listing->place;
    listing->bucket_status = KV_NOT_FOUND;
    if (place->owner->kind != KVFS_ROOT || !(place->directory->view->capabilities & KV_CAN_BUCKETS)) {
        return KV_OK;
    }
    kv_slice from = mark->phase == KVFS_IN_KEYS ? mark->key : place->prefix;
    size_t size = from.size < sizeof listing->bucket ? from.size : sizeof listing->bucket - 1;
    memcpy(listing->bucket, size ? from.data : "", size);
    listing->bucket[size] = '\0';
    /* A part's mark lies before the bucket of that very name. */
    if (mark->phase == KVFS_IN_KEYS && mark->rank < KVFS_RANK_BUCKET && strlen(listing->bucket) == from.size &&
        from.size > 0) {
        listing->bucket_status = kv_bucket_exists(place->txn, listing->bucket);
    }
    if (listing->bucket_status == KV_NOT_FOUND) {
        next_bucket(listing);
    }
    return listing->bucket_status < 0 ? listing->bucket_status : KV_OK;
}

static void open_extras(struct kvfs_listing *listing, const struct kvfs_mark *mark)
{
    const struct kvfs_extras *extras = &listing->place.directory->extras;
    while (listing->extra < extras->count && mark->phase != KVFS_AT_START) {
        const struct kvfs_node *node = extras->nodes[listing->extra];
        bool is_behind =
            node->is_draft
                ? mark->phase == KVFS_IN_DRAFTS && kv_key_compare(KV_PLAIN, kv_slice_text(node->name), mark->key) > 0
                : mark->phase == KVFS_IN_DRAFTS ||
                      kvfs_extra_compare(extras->kind, node->key, kvfs_extra_rank(node), mark->key, mark->rank) > 0;
        if (is_behind) {
            return;
        }
        listing->extra++;
    }
}

int kvfs_listing_open(struct kvfs_listing *listing, kv_txn *txn, struct kvfs_node *directory,
                      const struct kvfs_mark *mark, struct kvfs_parts *parts, bool wants_values)
{
    listing->parts = parts;
    listing->extra = 0;
    listing->cursor = NULL;
    listing->name = NULL;
    listing->name_room = 0;
    listing->is_pair_used = listing->is_bucket_used = false;
    int status = kvfs_place_open(txn, directory, &listing->place);
    if (status == KV_OK) {
        open_extras(listing, mark);
        status = open_buckets(listing, mark);
    }
    return status == KV_OK ? open_pairs(listing, mark, wants_values) : status;
}

void kvfs_listing_close(struct kvfs_listing *listing)
{
    kv_cursor_close(listing->cursor);
    free(listing->name);
}

static int encode(struct kvfs_listing *listing, kv_slice key, size_t *ret_length)
{
    size_t bound = kv_name_bound(key.size);
    if (bound > listing->name_room) {
        char *name = realloc(listing->name, bound);
        if (!name) {
            return KV_ERR_NO_MEMORY;
        }
        listing->name = name;
        listing->name_room = bound;
    }
    return kv_name_encode(listing->place.form, key, listing->name, listing->name_room, ret_length);
}

/* Makes the entry of the part `name` (in listing->name, the path before it included). */
static int give_part(struct kvfs_listing *listing, const char *name, struct kvfs_entry *entry)
{
    size_t length = (size_t)(name - listing->name) + strlen(name);
    size_t size = 0;
    if (length >= sizeof listing->part_path) {
        return KVFS_ERRNO(ENAMETOOLONG);
    }
    memcpy(listing->part_path, listing->name, length + 1);
    int status = kv_name_decode_directory(listing->place.form, listing->part_path, listing->part_key,
                                          sizeof listing->part_key, &size);
    if (status < 0) {
        return status;
    }
    entry->identity.kind = KVFS_PART;
    entry->identity.path = listing->part_path;
    entry->identity.key = kv_slice_of(listing->part_key, size);
    return remember_part(listing, name, entry->identity.key);
}

/* Makes the entry of a key of the store. KV_NOT_FOUND: the directory does not show it, or not again. */
static int give_key(struct kvfs_listing *listing, kv_slice key, enum kvfs_kind kind, struct kvfs_entry *entry)
{
    size_t length = 0;
    end_parts(listing, key);
    int status = encode(listing, key, &length);
    if (status == KV_ERR_WRONG_SIZE) {
        return KV_NOT_FOUND; /* no integer of the bucket's size: nothing that its names can spell */
    }
    if (status < 0) {
        return status;
    }
    const char *path = listing->place.path;
    size_t skipped = strlen(path);
    if (skipped > 0 &&
        (length <= skipped || memcmp(listing->name, path, skipped) != 0 || listing->name[skipped++] != '/')) {
        return KV_NOT_FOUND;
    }
    char *name = listing->name + skipped;
    entry->identity = (struct kvfs_identity){.name = name, .key = key, .kind = kind};
    char *more = strchr(name, '/');
    if (!more) {
        return KV_OK;
    }
    *more = '\0';
    return is_given(listing->parts, name) ? KV_NOT_FOUND : give_part(listing, name, entry);
}

static int give_extra(struct kvfs_listing *listing, struct kvfs_node *node, struct kvfs_entry *entry)
{
    *entry = (struct kvfs_entry){
        .identity = {node->name, node->path, node->key, node->kind, node->is_draft},
        .mark = {KVFS_IN_KEYS, kvfs_extra_rank(node), node->key},
        .node = node,
    };
    if (node->is_draft) {
        entry->mark = (struct kvfs_mark){KVFS_IN_DRAFTS, 0, kv_slice_text(node->name)};
        return KV_OK;
    }
    end_parts(listing, node->key);
    if (node->kind != KVFS_PART) {
        return KV_OK;
    }
    return is_given(listing->parts, node->name) ? KV_NOT_FOUND : remember_part(listing, node->name, node->key);
}

/* Which source is next: compares by key and rank, the unpublished one before its equal in the store. */
static int step(struct kvfs_listing *listing, struct kvfs_entry *entry)
{
    const struct kvfs_extras *extras = &listing->place.directory->extras;
    struct kvfs_node *extra = listing->extra < extras->count ? extras->nodes[listing->extra] : NULL;
    bool has_bucket = listing->bucket_status == KV_OK;
    bool has_pair = listing->pair_status == KV_OK;
    kv_kind order = listing->place.order;
    kv_slice name = kv_slice_text(has_bucket ? listing->bucket : "");
    int between = has_bucket && has_pair ? kv_key_compare(order, listing->pair_key, name) : 0;
    /* A pending pair hides the bucket that another process has made of its name. */
    bool is_hidden = has_bucket && has_pair && between == 0;
    has_bucket = has_bucket && !(has_pair && between <= 0);
    has_pair = has_pair && !has_bucket;
    kv_slice key = has_bucket ? name : listing->pair_key;
    int rank = has_bucket ? KVFS_RANK_BUCKET : KVFS_RANK_PAIR;
    int against = !extra                      ? 1
                  : !(has_bucket || has_pair) ? -1
                  : extra->is_draft           ? -1
                                    : kvfs_extra_compare(order, extra->key, kvfs_extra_rank(extra), key, rank);
    if (against > 0 && !has_bucket && !has_pair) {
        return listing->bucket_status < 0 ? listing->bucket_status : listing->pair_status;
    }
    int status;
    if (against <= 0) {
        listing->extra++;
        status = give_extra(listing, extra, entry);
    } else {
        *entry = (struct kvfs_entry){.mark = {KVFS_IN_KEYS, rank, key}, .value = listing->pair_value};
        bool is_key = has_pair && listing->place.owner->kind != KVFS_KEY && (listing->place.kind & KV_DUP_SORT);
        status = give_key(listing, key, has_bucket ? KVFS_BUCKET : is_key ? KVFS_KEY : KVFS_FILE, entry);
    }
    /* The store's next is taken at the next step: the entry still points to this one. */
    listing->is_bucket_used = against >= 0 && (has_bucket || is_hidden);
    listing->is_pair_used = against >= 0 && has_pair;
    return status == KV_NOT_FOUND ? KV_UNCHANGED : status;
}

int kvfs_listing_next(struct kvfs_listing *listing, struct kvfs_entry *ret_entry)
{
    int status = KV_UNCHANGED;
    while (status == KV_UNCHANGED) {
        if (listing->is_bucket_used) {
            next_bucket(listing);
        }
        if (listing->is_pair_used) {
            next_pair(listing);
        }
        listing->is_bucket_used = listing->is_pair_used = false;
        status = step(listing, ret_entry);
    }
    return status;
}
