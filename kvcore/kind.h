/*
 * The kind of a bucket: whether a key has one value or a sorted set of them, and how keys and values are ordered.
 *
 * The numbers are this library's; a backend maps them to its own flags. The kind is stored with the bucket.
 */
#ifndef KVCORE_KIND_H
#define KVCORE_KIND_H

#include <stddef.h>

#include "kvcore/slice.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A set of KV_KIND_ bits. 0 is a plain bucket: one value a key, unsigned bytewise order, shorter first. */
typedef unsigned kv_kind;

enum {
    KV_PLAIN = 0,
    KV_DUP_SORT = 1u << 0,    /**< a key has a sorted set of values */
    KV_DUP_FIXED = 1u << 1,   /**< all values have one size (implies KV_DUP_SORT) */
    KV_INTEGER_KEY = 1u << 2, /**< keys are native unsigned int or size_t, all of one size */
    KV_INTEGER_DUP = 1u << 3, /**< values likewise (implies KV_DUP_FIXED) */
    KV_REVERSE_KEY = 1u << 4, /**< keys are compared from their last byte */
    KV_REVERSE_DUP = 1u << 5, /**< values likewise (implies KV_DUP_SORT) */
    KV_KIND_ALL = (1u << 6) - 1
};

/** Longest text that kv_kind_format writes, with its NUL. */
#define KV_KIND_TEXT_MAX 64

/**
 * Adds what a kind implies (dup-fixed is dup-sort, integer-dup is dup-fixed) and gives it in `*ret_kind`.
 * Returns KV_OK, or KV_ERR_INVALID for unknown bits or for integer and reverse of the same side.
 */
int kv_kind_complete(kv_kind kind, kv_kind *ret_kind);

/**
 * Reads "plain", or one or more of "dup-sort", "dup-fixed", "integer-key", "integer-dup", "reverse-key",
 * "reverse-dup" joined by '+' or ','; the result is complete. Returns KV_OK or KV_ERR_INVALID.
 */
int kv_kind_parse(const char *text, kv_kind *ret_kind);

/** Writes the shortest text that kv_kind_parse reads back, with its NUL, into `text` of KV_KIND_TEXT_MAX bytes. */
void kv_kind_format(kv_kind kind, char *text);

/** Compares two keys in the order of a bucket of `kind`: below, equal to or above 0. */
int kv_key_compare(kv_kind kind, kv_slice a, kv_slice b);

/** Compares two values of one key in the order of a bucket of `kind`: below, equal to or above 0. */
int kv_value_compare(kv_kind kind, kv_slice a, kv_slice b);

#ifdef __cplusplus
}
#endif
#endif
