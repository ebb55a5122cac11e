/*
 * File names of keys: a bijection between keys and the names that a file system can hold (S9 to S12).
 *
 * A name is one or more path components joined by '/', each of 1 to 255 bytes. Most keys are their own name;
 * what a component cannot hold is escaped as '%' and two upper-case hex digits. A name longer than one component
 * is cut into several, each but the last ending in KV_NAME_MORE; where a cut falls depends only on the bytes
 * before it (in a row of broken UTF-8, on the next three too), so all keys that begin alike share the directory.
 *
 * Thread rule: pure functions. What people get wrong: decoding a name "leniently". Only the canonical spelling
 * of a key is its name; every other spelling is the name of no key (KV_ERR_NAME).
 */
#ifndef KVCORE_NAME_H
#define KVCORE_NAME_H

#include <stddef.h>

#include "kvcore/kind.h"
#include "kvcore/slice.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest path component in bytes, without its NUL: what every disk file system takes. */
#define KV_NAME_PART_MAX 255

/** Ends every component of a cut name but the last. */
#define KV_NAME_MORE "%+"

/** The name of the empty key. */
#define KV_NAME_EMPTY "%empty"

/** How keys of a bucket are spelled. */
typedef enum kv_name_form {
    KV_NAME_BYTES,      /**< keys are bytes */
    KV_NAME_ROOT_ENTRY, /**< bytes, in the root of a mount: `.kvfs` is escaped as well */
    KV_NAME_UINT32,     /**< keys are native 4-byte unsigned integers, spelled in decimal */
    KV_NAME_UINT64      /**< keys are native 8-byte unsigned integers, spelled in decimal */
} kv_name_form;

/** Room that the name of a key of `key_size` bytes never exceeds, its NUL included. */
size_t kv_name_bound(size_t key_size);

/**
 * Writes the name of `key` (borrowed), NUL-terminated, into `buffer` of `buffer_size` bytes, and its length
 * without the NUL into `*ret_length`.
 * Returns KV_OK; KV_ERR_WRONG_SIZE for a key whose size is not that of an integer form; KV_ERR_INVALID when the
 * buffer is too small (kv_name_bound is always enough).
 */
int kv_name_encode(kv_name_form form, kv_slice key, char *buffer, size_t buffer_size, size_t *ret_length);

/**
 * Writes the key whose canonical name is `name` (borrowed, NUL-terminated) into `buffer` and its size into
 * `*ret_size`. A key is never longer than its name, except the integers (4 or 8 bytes).
 * Returns KV_OK; KV_ERR_NAME when no key has this name; KV_ERR_INVALID when the buffer is too small.
 */
int kv_name_decode(kv_name_form form, const char *name, void *buffer, size_t buffer_size, size_t *ret_size);

/**
 * Decodes the leading components of a cut name: `path` is one or more components joined by '/', each ending in
 * KV_NAME_MORE (a directory of long names). Writes the bytes with which every key below it begins. Not every key
 * that begins so is below it: one whose name needs no cut there is not. Encode a key and compare to know.
 * Returns KV_OK; KV_ERR_NAME when no key's name begins with these components; KV_ERR_INVALID for a small buffer.
 */
int kv_name_decode_directory(kv_name_form form, const char *path, void *buffer, size_t buffer_size, size_t *ret_size);

/** Tells (1 or 0) whether one component ends in KV_NAME_MORE, so that it can only be a directory of long names. */
int kv_name_is_directory(const char *component);

#ifdef __cplusplus
}
#endif
#endif
