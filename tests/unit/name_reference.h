/*
 * What the tests of names know of them, written a second time and another way than the library does it: slowly, from
 * the sentences of the contract; and keys that are hard to spell.
 */
#ifndef TESTS_UNIT_NAME_REFERENCE_H
#define TESTS_UNIT_NAME_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "kvcore/name.h"
#include "tests/unit/random.h"

/* Longest key that random_key makes. */
enum { KEY_MAX = 1100, NAME_MAX_LENGTH = 4 * KEY_MAX };

/* Gives the length of the well-formed UTF-8 sequence, of one byte too, at the start of `bytes`; 0: there is none. */
size_t reference_utf8_length(const unsigned char *bytes, size_t size);

/* Writes the spelling of `key` as one component of any length, NUL-terminated. */
size_t reference_spelling(kv_name_form form, kv_slice key, char *text);

/* Tells whether a canonical name of several components is one, joined without its cuts. */
bool is_cut_of(const char *name, const char *spelling);

/* Tells whether every component of `name` is one that ext4, xfs, btrfs and tmpfs take, and is well-formed UTF-8. */
bool is_path(const char *name);

/* Fills `key`, of KEY_MAX bytes, with one that is hard to spell or to cut; gives its size. */
size_t random_key(struct random *random, unsigned char *key);

/* Spoils `name`, of NAME_MAX_LENGTH, in one to three places; never longer than by 20 bytes. */
void random_change(struct random *random, char *name);

#endif
