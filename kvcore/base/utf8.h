/*
 * Recognises well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
 *
 * Floor 0. Pure functions.
 */
#ifndef KVCORE_BASE_UTF8_H
#define KVCORE_BASE_UTF8_H

#include <stddef.h>

/**
 * Gives the length, 2 to 4, of the well-formed sequence of several bytes that `bytes` begin with, or 0.
 *   size           bytes there are, 1 at least
 *   ret_matching   how many bytes from the first on are as in some well-formed sequence: the length, or fewer when
 *                  a byte further on breaks it or is not there; 0 when no sequence begins with the first byte
 */
size_t kvi_utf8_length(const unsigned char *bytes, size_t size, size_t *ret_matching);

#endif
