/*
 * A slice: bytes that somebody else owns.
 *
 * Every key and value that crosses this library's interface is a slice. The comment of each function says
 * whether it borrows (reads during the call, keeps nothing) or lends (the bytes stay the store's, valid until
 * the moment the comment names).
 *
 * What people get wrong: a missing value is a status (KV_NOT_FOUND), never a NULL slice; a slice of size 0 is a
 * value of no bytes and its pointer may be anything.
 */
#ifndef KVCORE_SLICE_H
#define KVCORE_SLICE_H

#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes at `data`, `size` of them. Not NUL-terminated; never owned through this type. */
typedef struct kv_slice {
    const void *data;
    size_t size;
} kv_slice;

/** Gives the slice of `size` bytes at `data`. The bytes must outlive the slice. */
static inline kv_slice kv_slice_of(const void *data, size_t size)
{
    kv_slice slice;
    slice.data = data;
    slice.size = size;
    return slice;
}

/** Gives the bytes of the C string `text`, without its NUL. NULL gives the empty slice. */
static inline kv_slice kv_slice_text(const char *text)
{
    return kv_slice_of(text, text ? strlen(text) : 0);
}

/** Tells (1 or 0) whether two slices hold the same bytes. */
static inline int kv_slice_equal(kv_slice a, kv_slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

#ifdef __cplusplus
}
#endif
#endif
