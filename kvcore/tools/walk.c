#include "kvcore/tools/walk.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* More problems of one bucket are counted, not told. */
enum { TOLD_OF_A_BUCKET = 10 };

/* What one direction met. The sum of the pairs' hashes is the same in any order. */
struct passage {
    uint64_t pairs;
    uint64_t sum;
};

__attribute__((format(printf, 3, 4))) static void tell(tool_walk *walk, const kv_slice *key, const char *format, ...)
{
    walk->problems++;
    if (++walk->bucket_problems > TOLD_OF_A_BUCKET) {
        return;
    }
    const tool_place *place = walk->place;
    char bucket[TOOL_NAME_SIZE];
    char named[TOOL_NAME_SIZE] = "";
    char reason[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    if (key != NULL) {
        tool_spelling_name(place->spelling.key_form, *key, named);
    }
    tool_say(place->location, "%s: %s%s%s%s", tool_spelling_bucket(place->name, bucket), key != NULL ? "key " : "",
             named, key != NULL ? ": " : "", reason);
}

/* FNV-1a: what is compared is two walks over the same bytes, not an adversary's. */
static uint64_t hash(uint64_t hash, kv_slice bytes)
{
    const unsigned char *data = bytes.data;
    for (size_t i = 0; i < bytes.size; i++) {
        hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
    }
    return (hash ^ bytes.size) * UINT64_C(0x100000001b3);
}

static void count(struct passage *passage, kv_slice key, kv_slice value)
{
    passage->pairs++;
    passage->sum += hash(hash(UINT64_C(0xcbf29ce484222325), key), value);
}

static void check_key_name(tool_walk *walk, kv_slice key)
{
    tool_buffer name __attribute__((cleanup(tool_buffer_done_scoped))) = {0};
    tool_buffer back __attribute__((cleanup(tool_buffer_done_scoped))) = {0};
    kv_name_form form = walk->place->spelling.key_form;
    size_t length;
    if (tool_buffer_reserve(&name, kv_name_bound(key.size)) != KV_OK ||
        tool_buffer_reserve(&back, name.room + sizeof(uint64_t)) != KV_OK) {
        tell(walk, &key, "%s", kv_status_text(KV_ERR_NO_MEMORY));
        return;
    }
    int status = kv_name_encode(form, key, name.data, name.room, &length);
    if (status == KV_OK) {
        status = kv_name_decode(form, name.data, back.data, back.room, &back.size);
    }
    if (status != KV_OK) {
        tell(walk, &key, "it has no name: %s", kv_status_text(status));
    } else if (!kv_slice_equal(key, tool_buffer_slice(&back))) {
        tell(walk, &key, "its name is that of another key");
    }
}

void tool_walk_check_name(tool_walk *walk)
{
    char text[TOOL_NAME_SIZE];
    char back[KV_BUCKET_NAME_SIZE];
    const char *name = walk->place->name;
    walk->bucket_problems = 0;
    tool_spelling_name(KV_NAME_ROOT_ENTRY, kv_slice_text(name), text);
    if (tool_spelling_read_bucket(text, back) != KV_OK || strcmp(back, name) != 0) {
        tell(walk, NULL, "its name does not lead back to it");
    }
}

/* A key that the walk comes to for the first time: found by get, with this value as its smallest, and named. */
static int check_key(tool_walk *walk, kv_slice key, kv_slice value)
{
    kv_slice found;
    int status = kv_bucket_get(walk->place->bucket, key, &found);
    if (status == KV_NOT_FOUND) {
        tell(walk, &key, "it is met on the way but not found by get");
    } else if (status == KV_OK && !kv_slice_equal(found, value)) {
        tell(walk, &key, "get gives another value than the first that is met");
    }
    check_key_name(walk, key);
    return status < 0 ? status : KV_OK;
}

/* Looks at the place of a pair after the one before it; `direction` is 1 forward and -1 backward. */
static void check_order(tool_walk *walk, int direction, const kv_slice before[2], kv_slice key, kv_slice value)
{
    kv_kind kind = kv_bucket_kind(walk->place->bucket);
    int keys = direction * kv_key_compare(kind, before[0], key);
    if (keys > 0 || (keys == 0 && (kind & KV_DUP_SORT) == 0)) {
        tell(walk, &key, keys == 0 ? "it is met twice" : "it is out of order");
    } else if (keys == 0 && !walk->has_own_order && direction * kv_value_compare(kind, before[1], value) >= 0) {
        /* Told once: OpenLDAP's dn2i is nothing but this. */
        walk->has_own_order = 1;
        tell(walk, &key, "its values are out of order, or in an order of the program that wrote them");
    }
}

/* Walks until the end, many problems, or more pairs than there are: damage can lead in circles. */
static int walk_once(tool_walk *walk, int direction, uint64_t expected, struct passage *passage)
{
    kv_cursor *cursor __attribute__((cleanup(kv_cursor_close_scoped))) = NULL;
    kv_slice before[2];
    kv_slice key;
    kv_slice value;
    int status = kv_cursor_open(walk->place->bucket, &cursor);
    while (status == KV_OK && walk->bucket_problems <= TOLD_OF_A_BUCKET && passage->pairs <= expected) {
        status = (direction > 0 ? kv_cursor_next : kv_cursor_prev)(cursor, &key, &value);
        if (status != KV_OK) {
            break;
        }
        int is_new_key = passage->pairs == 0 || !kv_slice_equal(before[0], key);
        if (passage->pairs > 0) {
            check_order(walk, direction, before, key, value);
        }
        if (direction > 0 && is_new_key) {
            status = check_key(walk, key, value);
        }
        count(passage, key, value);
        before[0] = key;
        before[1] = value;
    }
    return status < 0 ? status : KV_OK;
}

int tool_walk_bucket(tool_walk *walk)
{
    struct passage forward = {0};
    struct passage backward = {0};
    uint64_t expected = 0;
    walk->bucket_problems = 0;
    walk->has_own_order = 0;
    int status = kv_bucket_count(walk->place->bucket, &expected);
    if (status == KV_OK) {
        status = walk_once(walk, 1, expected, &forward);
    }
    if (status == KV_OK) {
        status = walk_once(walk, -1, expected, &backward);
    }
    if (status != KV_OK) {
        return status;
    }
    walk->pairs += forward.pairs;
    if (walk->bucket_problems > TOLD_OF_A_BUCKET) {
        char text[TOOL_NAME_SIZE];
        tool_say(walk->place->location, "%s: and more; the rest of it was not looked at",
                 tool_spelling_bucket(walk->place->name, text));
        return KV_OK;
    }
    if (forward.pairs != expected) {
        tell(walk, NULL, "%" PRIu64 " pairs%s are met and %" PRIu64 " are counted", forward.pairs,
             forward.pairs > expected ? " and more" : "", expected);
    }
    if (forward.pairs != backward.pairs || forward.sum != backward.sum) {
        tell(walk, NULL, "the pairs met backward are not those met forward");
    }
    return KV_OK;
}
