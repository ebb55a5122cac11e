#include "tests/model/run.h"

/* Names lie between the keys of the root map, and none is one of them: 'x' is in no key. */
const char *const bucket_names[BUCKETS] = {"",      "axplain",  "bxdup",    "bxfixed", "bxinteger",
                                           "cxrev", "cxrevdup", "dxintdup", "dxother", "xlast"};
const kv_kind bucket_kinds[BUCKETS] = {
    KV_PLAIN,
    KV_PLAIN,
    KV_DUP_SORT,
    KV_DUP_SORT | KV_DUP_FIXED,
    KV_INTEGER_KEY,
    KV_REVERSE_KEY,
    KV_DUP_SORT | KV_REVERSE_DUP,
    KV_DUP_SORT | KV_DUP_FIXED | KV_INTEGER_DUP | KV_INTEGER_KEY,
    KV_PLAIN,
    KV_DUP_SORT | KV_REVERSE_KEY,
};

enum { LONGEST_KEY = 511, LONGEST_VALUE = 9000, SLOTS = 4 };

/* xorshift64*: the same numbers from the same seed on every machine. */
unsigned any(struct run *run, unsigned end)
{
    run->random ^= run->random >> 12;
    run->random ^= run->random << 25;
    run->random ^= run->random >> 27;
    return (unsigned)((run->random * 2685821657736338717u) >> 33) % end;
}

bool one_in(struct run *run, unsigned n)
{
    return any(run, n) == 0;
}

static kv_slice short_text(struct run *run, unsigned char *room, unsigned most)
{
    static const char letters[] = "abcd";
    size_t size = 1 + any(run, most);
    for (size_t i = 0; i < size; i++) {
        room[i] = (unsigned char)letters[any(run, 4)];
    }
    return kv_slice_of(room, size);
}

/* Differs from its like at its two ends only, so that comparing goes through all of it. */
static kv_slice long_text(struct run *run, unsigned char *room)
{
    size_t size = one_in(run, 2) ? LONGEST_KEY : LONGEST_KEY - 1 - any(run, 3);
    memset(room, 'c', size);
    room[0] = (unsigned char)('a' + any(run, 3));
    room[size - 1] = (unsigned char)('a' + any(run, 3));
    return kv_slice_of(room, size);
}

static kv_slice number(struct run *run, unsigned char *room, bool is_half)
{
    static const uint64_t numbers[] = {0,     1,     2,        255,        256,        257,
                                       65535, 65536, 1u << 24, 0x7fffffff, 0x80000000, 0xffffffff};
    uint64_t whole = numbers[any(run, 12)];
    uint32_t half = (uint32_t)whole;
    if (is_half) {
        memcpy(room, &half, sizeof half);
        return kv_slice_of(room, sizeof half);
    }
    whole = one_in(run, 3) ? whole << 32 | whole : whole;
    memcpy(room, &whole, sizeof whole);
    return kv_slice_of(room, sizeof whole);
}

kv_slice any_key(struct run *run, int bucket)
{
    static unsigned char rooms[SLOTS][LONGEST_KEY];
    static unsigned turn;
    unsigned char *room = rooms[turn++ % SLOTS];
    if ((bucket_kinds[bucket] & KV_INTEGER_KEY) != 0) {
        return number(run, room, (bucket_kinds[bucket] & KV_DUP_SORT) != 0);
    }
    return one_in(run, 40) ? long_text(run, room) : short_text(run, room, map_is_dup(top_map(run, bucket)) ? 2 : 3);
}

kv_slice any_value(struct run *run, int bucket)
{
    static unsigned char rooms[SLOTS][LONGEST_VALUE];
    static unsigned turn;
    unsigned char *room = rooms[turn++ % SLOTS];
    kv_kind kind = bucket_kinds[bucket];
    if ((kind & KV_INTEGER_DUP) != 0) {
        return number(run, room, false);
    }
    if ((kind & KV_DUP_FIXED) != 0) {
        for (int i = 0; i < 3; i++) {
            room[i] = (unsigned char)('0' + any(run, i == 0 ? 3 : 10));
        }
        return kv_slice_of(room, 3);
    }
    if (one_in(run, 12)) {
        return kv_slice_of(room, 0);
    }
    if ((kind & KV_DUP_SORT) == 0 && one_in(run, 60)) {
        size_t size = any(run, LONGEST_VALUE);
        memset(room, (int)('A' + any(run, 26)), size);
        return kv_slice_of(room, size);
    }
    return one_in(run, 60) ? long_text(run, room) : short_text(run, room, 3);
}

kv_slice likely_key(struct run *run, int bucket)
{
    const struct map *map = top_map(run, bucket);
    if (map->count > 0 && one_in(run, 2)) {
        return entry_key(map->entries[any(run, (unsigned)map->count)]);
    }
    return any_key(run, bucket);
}

void likely_pair(struct run *run, int bucket, kv_slice *ret_key, kv_slice *ret_value)
{
    const struct map *map = top_map(run, bucket);
    *ret_key = any_key(run, bucket);
    *ret_value = any_value(run, bucket);
    if (map->count > 0 && one_in(run, 2)) {
        const struct entry *entry = map->entries[any(run, (unsigned)map->count)];
        *ret_key = entry_key(entry);
        if (one_in(run, 2)) {
            *ret_value = entry_value(entry);
        }
    }
}

const char *shown(kv_slice slice)
{
    static char rooms[8][64];
    static unsigned turn;
    char *room = rooms[turn++ % 8];
    const unsigned char *bytes = slice.data;
    size_t used = 0;
    for (size_t i = 0; i < slice.size && i < 10; i++) {
        bool is_letter = bytes[i] > ' ' && bytes[i] < 0x7f;
        used += (size_t)snprintf(room + used, sizeof rooms[0] - used, is_letter ? "%c" : "\\%02x", bytes[i]);
    }
    if (slice.size > 10) {
        snprintf(room + used, sizeof rooms[0] - used, "...(%zu)", slice.size);
    } else {
        room[used] = '\0';
    }
    return room;
}
