/*
 * The orders of keys and values, inline: every step of a merge compares.
 *
 * Floor 0. Pure functions. Each order is the one LMDB's flag of that name gives, so that what is merged from several
 * stores comes in the order in which each of them holds it.
 *
 * What people get wrong: loading an integer key through a cast pointer. Keys inside a page are aligned to 2 bytes.
 */
#ifndef KVCORE_BASE_ORDER_H
#define KVCORE_BASE_ORDER_H

#include <stdint.h>
#include <string.h>

#include "kvcore/kind.h"
#include "kvcore/slice.h"

/** Unsigned bytes from the first on, shorter first. */
static inline int kvi_bytes_compare(kv_slice a, kv_slice b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0; /* memcmp takes no NULL, not even of size 0 */
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/** Unsigned bytes from the last on, shorter first. */
static inline int kvi_reverse_compare(kv_slice a, kv_slice b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    for (size_t i = 1; i <= common; i++) {
        int order = ((const unsigned char *)a.data)[a.size - i] - ((const unsigned char *)b.data)[b.size - i];
        if (order != 0) {
            return order;
        }
    }
    return (a.size > b.size) - (a.size < b.size);
}

/**
 * Native unsigned integers of 4 or 8 bytes. Other sizes and unequal ones are in no bucket, but a comparison must
 * order whatever it is given: the shorter comes first, then bytes decide.
 */
static inline int kvi_integer_compare(kv_slice a, kv_slice b)
{
    if (a.size == sizeof(uint32_t) && b.size == sizeof(uint32_t)) {
        uint32_t left, right;
        memcpy(&left, a.data, sizeof left);
        memcpy(&right, b.data, sizeof right);
        return (left > right) - (left < right);
    }
    if (a.size == sizeof(uint64_t) && b.size == sizeof(uint64_t)) {
        uint64_t left, right;
        memcpy(&left, a.data, sizeof left);
        memcpy(&right, b.data, sizeof right);
        return (left > right) - (left < right);
    }
    return a.size != b.size ? (a.size > b.size) - (a.size < b.size) : kvi_bytes_compare(a, b);
}

/** kv_key_compare, inline. */
static inline int kvi_key_compare(kv_kind kind, kv_slice a, kv_slice b)
{
    if ((kind & (KV_INTEGER_KEY | KV_REVERSE_KEY)) == 0) {
        return kvi_bytes_compare(a, b);
    }
    return (kind & KV_INTEGER_KEY) != 0 ? kvi_integer_compare(a, b) : kvi_reverse_compare(a, b);
}

/** kv_value_compare, inline. */
static inline int kvi_value_compare(kv_kind kind, kv_slice a, kv_slice b)
{
    if ((kind & (KV_INTEGER_DUP | KV_REVERSE_DUP)) == 0) {
        return kvi_bytes_compare(a, b);
    }
    return (kind & KV_INTEGER_DUP) != 0 ? kvi_integer_compare(a, b) : kvi_reverse_compare(a, b);
}

#endif
