/*
 * Splits a store's name, as a user writes it, into scheme and rest.
 *
 * Floor 0. "lmdb:DIR", "mem:", "tablets:DIR", "kv://host:port", "kvs://host", "kv+unix:PATH" have a scheme; anything
 * else is a path. Which schemes exist the registry knows.
 *
 * What people get wrong: looking for a colon anywhere. "./a:b" and "/x:y" are paths, and so is "C:x".
 */
#ifndef KVCORE_BASE_URL_H
#define KVCORE_BASE_URL_H

#include "kvcore/slice.h"

/**
 * Splits `name` (borrowed; both outputs point into it).
 *   ret_scheme  the scheme without its colon: a lower-case letter, then lower-case letters, digits and '+'; of size 0
 *               when `name` is a path
 *   ret_rest    what follows the colon ("//host:port", "" of "mem:"); the whole name when it is a path
 */
void kvi_url_split(const char *name, kv_slice *ret_scheme, const char **ret_rest);

#endif
