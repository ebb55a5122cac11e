/*
 * The names of integer keys: native unsigned integers of 4 or 8 bytes in decimal, without leading zeros.
 *
 * Floor 0, below name.c. Pure functions; `size` is 4 or 8.
 *
 * What people get wrong: the byte order. The bytes are this machine's, as in the store's pages.
 */
#ifndef KVCORE_BASE_DECIMAL_H
#define KVCORE_BASE_DECIMAL_H

#include <stddef.h>

#include "kvcore/slice.h"

/** kv_name_encode for keys of `size` bytes. KV_OK, KV_ERR_WRONG_SIZE, KV_ERR_INVALID. */
int kvi_decimal_encode(kv_slice key, size_t size, char *buffer, size_t buffer_size, size_t *ret_length);

/** kv_name_decode for keys of `size` bytes. KV_OK, KV_ERR_NAME, KV_ERR_INVALID. */
int kvi_decimal_decode(const char *name, size_t size, void *buffer, size_t buffer_size, size_t *ret_size);

#endif
