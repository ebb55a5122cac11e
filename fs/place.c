#include "fs/place.h"

#include <stdio.h>
#include <string.h>

#include "fs/log.h"

/* Integers are 4 or 8 bytes; which, the first one tells. */
static kv_name_form integer_form(kv_bucket *bucket, bool is_value)
{
    __attribute__((cleanup(kv_cursor_close_scoped))) kv_cursor *cursor = NULL;
    kv_slice key, value;
    if (kv_cursor_open(bucket, &cursor) == KV_OK && kv_cursor_first(cursor, &key, &value) == KV_OK) {
        return (is_value ? value.size : key.size) == sizeof(uint32_t) ? KV_NAME_UINT32 : KV_NAME_UINT64;
    }
    return KV_NAME_UINT64;
}

/* The order of a bucket's values, said as the order of keys. */
static kv_kind value_order(kv_kind kind)
{
    return (kind & KV_INTEGER_DUP ? KV_INTEGER_KEY : 0u) | (kind & KV_REVERSE_DUP ? KV_REVERSE_KEY : 0u);
}

static void choose_form(struct kvfs_place *place)
{
    if (place->owner->kind == KVFS_ROOT) {
        place->form = KV_NAME_ROOT_ENTRY;
        place->order = KV_PLAIN;
    } else if (place->owner->kind == KVFS_KEY) {
        place->order = value_order(place->kind);
        place->form = place->kind & KV_INTEGER_DUP ? integer_form(place->bucket, true) : KV_NAME_BYTES;
    } else {
        place->order = place->kind & (KV_INTEGER_KEY | KV_REVERSE_KEY);
        place->form = place->kind & KV_INTEGER_KEY ? integer_form(place->bucket, false) : KV_NAME_BYTES;
    }
}

/* A bucket that was made after the transaction began cannot be opened in it: then it begins again. */
static int open_bucket(kv_txn *txn, const char *name, kv_bucket **ret_bucket)
{
    int status = kv_bucket_open(txn, name, ret_bucket);
    for (int tries = 0; status == KV_ERR_STALE && tries < 100; tries++) {
        status = kv_txn_reset(txn);
        status = status < 0 ? status : kv_txn_renew(txn);
        status = status < 0 ? status : kv_bucket_open(txn, name, ret_bucket);
    }
    return status;
}

int kvfs_place_open(kv_txn *txn, struct kvfs_node *directory, struct kvfs_place *ret_place)
{
    struct kvfs_place place = {.txn = txn,
                               .directory = directory,
                               .owner = kvfs_node_owner(directory),
                               .bucket_name = kvfs_place_bucket(directory),
                               .path = directory->kind == KVFS_PART ? directory->path : "",
                               .prefix = directory->kind == KVFS_PART ? directory->key : kv_slice_of("", 0)};
    bool is_root = place.owner->kind == KVFS_ROOT;
    if (!is_root || (directory->view->capabilities & KV_CAN_ROOT_MAP)) {
        int status = open_bucket(txn, place.bucket_name, &place.bucket);
        if (status < 0 || (status == KV_NOT_FOUND && !is_root)) {
            return status;
        }
    }
    if (place.bucket) {
        place.kind = kv_bucket_kind(place.bucket);
    }
    choose_form(&place);
    *ret_place = place;
    return KV_OK;
}

const char *kvfs_place_bucket(struct kvfs_node *directory)
{
    struct kvfs_node *owner = kvfs_node_owner(directory);
    if (owner->kind == KVFS_KEY) {
        owner = kvfs_node_owner(owner->parent);
    }
    return owner->kind == KVFS_ROOT ? "" : owner->key.data;
}

int kvfs_place_decode(const struct kvfs_place *place, const char *name, struct kvfs_found *ret_found)
{
    if (strlen(name) > KV_NAME_PART_MAX) {
        kvfs_reason("a name has at most %d bytes; longer keys are split over directories", KV_NAME_PART_MAX);
        return KVFS_ERRNO(ENAMETOOLONG);
    }
    int length =
        snprintf(ret_found->text, sizeof ret_found->text, "%s%s%s", place->path, place->path[0] ? "/" : "", name);
    if (length >= (int)sizeof ret_found->text) {
        return KVFS_ERRNO(ENAMETOOLONG);
    }
    size_t size = 0;
    int status;
    if (kv_name_is_directory(name)) {
        ret_found->kind = KVFS_PART;
        ret_found->path = ret_found->text;
        status = kv_name_decode_directory(place->form, ret_found->text, ret_found->room, KVFS_NAME_ROOM, &size);
    } else {
        ret_found->kind = KVFS_FILE;
        ret_found->path = NULL;
        status = kv_name_decode(place->form, ret_found->text, ret_found->room, KVFS_NAME_ROOM, &size);
    }
    if (status == KV_OK) {
        ret_found->room[size] = '\0';
        ret_found->key = kv_slice_of(ret_found->room, size);
    }
    return status;
}

static bool is_prefix(kv_slice prefix, kv_slice key)
{
    return key.size >= prefix.size && (prefix.size == 0 || memcmp(key.data, prefix.data, prefix.size) == 0);
}

/* Tells whether the name of `key` leads into the directory `path`. */
static bool leads_into(const struct kvfs_place *place, const char *path, kv_slice key)
{
    char name[KVFS_NAME_ROOM];
    size_t length = 0;
    size_t path_length = strlen(path);
    return kv_name_encode(place->form, key, name, sizeof name, &length) == KV_OK && length > path_length &&
           memcmp(name, path, path_length) == 0 && name[path_length] == '/';
}

static int has_bucket_part(const struct kvfs_place *place, const char *path, kv_slice prefix)
{
    char name[KV_BUCKET_NAME_SIZE];
    if (prefix.size >= sizeof name) {
        return KV_NOT_FOUND;
    }
    memcpy(name, prefix.data, prefix.size);
    name[prefix.size] = '\0';
    int status;
    while ((status = kv_bucket_next(place->txn, name, name)) == KV_OK && is_prefix(prefix, kv_slice_text(name))) {
        if (leads_into(place, path, kv_slice_text(name))) {
            return KV_OK;
        }
    }
    return status < 0 ? status : KV_NOT_FOUND;
}

static int has_pair_part(const struct kvfs_place *place, const char *path, kv_slice prefix)
{
    __attribute__((cleanup(kv_cursor_close_scoped))) kv_cursor *cursor = NULL;
    bool is_value = place->owner->kind == KVFS_KEY;
    bool is_bytewise = place->order == KV_PLAIN;
    int status = is_value ? kv_txn_navigate(place->txn, place->bucket_name, place->owner->key, &cursor)
                          : kv_cursor_open(place->bucket, &cursor);
    kv_slice key, value;
    if (status == KV_OK && is_bytewise && is_value) {
        status = kv_cursor_seek_both_range(cursor, place->owner->key, prefix, &value);
    } else if (status == KV_OK && is_bytewise) {
        status = kv_cursor_seek(cursor, prefix, &key, &value);
    } else if (status == KV_OK) {
        status = kv_cursor_first(cursor, &key, &value);
    }
    while (status == KV_OK) {
        kv_slice at = is_value ? value : key;
        if (is_bytewise && !is_prefix(prefix, at)) {
            return KV_NOT_FOUND;
        }
        if (leads_into(place, path, at)) {
            return KV_OK;
        }
        status = is_value ? kv_cursor_next(cursor, &key, &value) : kv_cursor_next_no_dup(cursor, &key, &value);
    }
    return status;
}

int kvfs_place_has_part(const struct kvfs_place *place, const char *path, kv_slice prefix)
{
    int status = KV_NOT_FOUND;
    if (place->owner->kind == KVFS_ROOT && (place->directory->view->capabilities & KV_CAN_BUCKETS)) {
        status = has_bucket_part(place, path, prefix);
    }
    if (status == KV_NOT_FOUND && place->bucket) {
        status = has_pair_part(place, path, prefix);
    }
    return status;
}

static int find_value(const struct kvfs_place *place, kv_slice key, kv_slice *ret_value)
{
    if (!place->bucket) {
        return KV_NOT_FOUND;
    }
    if (place->owner->kind != KVFS_KEY) {
        return kv_bucket_get(place->bucket, key, ret_value);
    }
    __attribute__((cleanup(kv_cursor_close_scoped))) kv_cursor *cursor = NULL;
    kv_slice value;
    int status = kv_cursor_open(place->bucket, &cursor);
    if (status == KV_OK) {
        status = kv_cursor_seek_both_exact(cursor, place->owner->key, key);
    }
    if (status == KV_OK) {
        status = kv_cursor_current(cursor, NULL, &value);
    }
    if (status == KV_OK) {
        *ret_value = value;
    }
    return status;
}

static int find_bucket(const struct kvfs_place *place, struct kvfs_found *ret_found)
{
    kv_slice key = ret_found->key;
    bool has_buckets = place->owner->kind == KVFS_ROOT && (place->directory->view->capabilities & KV_CAN_BUCKETS) != 0;
    if (!has_buckets || key.size == 0 || key.size >= KV_BUCKET_NAME_SIZE || strlen(ret_found->room) != key.size) {
        return KV_NOT_FOUND;
    }
    ret_found->kind = KVFS_BUCKET;
    return kv_bucket_exists(place->txn, ret_found->room);
}

int kvfs_place_resolve(const struct kvfs_place *place, const char *name, struct kvfs_found *ret_found)
{
    int status = kvfs_place_decode(place, name, ret_found);
    if (status == KV_ERR_NAME) {
        return KV_NOT_FOUND;
    }
    if (status < 0) {
        return status;
    }
    if (ret_found->kind == KVFS_PART) {
        return kvfs_place_has_part(place, ret_found->path, ret_found->key);
    }
    kv_slice key = ret_found->key;
    if (place->owner->kind != KVFS_KEY && (place->kind & KV_DUP_SORT)) {
        ret_found->kind = KVFS_KEY;
        status = kv_bucket_has(place->bucket, key);
    } else {
        status = find_value(place, key, &ret_found->value);
    }
    bool is_no_key = status == KV_ERR_KEY_TOO_BIG || status == KV_ERR_KEY_EMPTY || status == KV_ERR_WRONG_SIZE;
    /* A pending pair hides the bucket that another process has made of its name, so that it can be removed (S19). */
    return status == KV_NOT_FOUND || is_no_key ? find_bucket(place, ret_found) : status;
}

int kvfs_place_value(kv_txn *txn, struct kvfs_node *file, kv_slice *ret_value)
{
    struct kvfs_place place;
    int status = kvfs_place_open(txn, file->parent, &place);
    return status == KV_OK ? find_value(&place, file->key, ret_value) : status;
}

int kvfs_place_check_writable(struct kvfs_node *node)
{
    struct kvfs_view *view = node->view;
    if (kvfs_view_is_read_only(view)) {
        kvfs_reason("the store is open read-only");
        return KV_ERR_READ_ONLY;
    }
    const struct kvfs_node *directory = kvfs_node_is_directory(node) ? node : node->parent;
    while (directory->kind == KVFS_PART) {
        directory = directory->parent;
    }
    if (directory->kind == KVFS_KEY) {
        kvfs_reason("buckets with several values to a key are shown read-only");
        return KV_ERR_READ_ONLY;
    }
    return KV_OK;
}

int kvfs_place_check_key(const struct kvfs_place *place, kv_slice key)
{
    const struct kvfs_view *view = place->directory->view;
    if (place->kind & KV_DUP_SORT) {
        kvfs_reason("buckets with several values to a key are shown read-only");
        return KV_ERR_READ_ONLY;
    }
    if (key.size > view->limits.key_max) {
        kvfs_reason("the store's keys have at most %zu bytes, this one has %zu", view->limits.key_max, key.size);
        return KV_ERR_KEY_TOO_BIG;
    }
    if (key.size == 0 && !(view->capabilities & KV_CAN_EMPTY_KEY)) {
        kvfs_reason("the store holds no empty key");
        return KV_ERR_KEY_EMPTY;
    }
    return KV_OK;
}
