/*
 * One component of a key's name: how bytes are spelled in it and where it ends.
 *
 * Floor 0, below name.c, which joins components and knows the few whole names that are special. Pure functions.
 *
 * The spelling. A key is read from its first byte on as a row of units:
 *
 *   a byte 20-7E but '/' and '%'                            itself
 *   a well-formed UTF-8 sequence                            itself
 *   any other byte but '%'                                  '%' and two upper-case hex digits
 *   a '%' and two upper-case hex digits that together
 *     would read as the escape of one of those bytes or '%' "%25" and the two digits
 *   a '%' and a '+' that end the key                        "%25+" (a last component never ends as the others do)
 *   any other '%'                                           itself
 *
 * The cut. What is longer than 255 bytes is cut between two units, and the rest is spelled as the next component. The
 * cut is at the first boundary where the text has KVI_CUT_FROM bytes and which is settled: no byte after it could have
 * made the bytes before it read otherwise, as happens behind half a UTF-8 sequence ("C3") or escape ("%", "%2"). So
 * the cut depends on the bytes before it only. Where no boundary is settled (a row of such halves) the cut is at the
 * first one where the text has KVI_CUT_ANYWAY bytes.
 */
#ifndef KVCORE_BASE_PART_H
#define KVCORE_BASE_PART_H

#include <stdbool.h>

#include "kvcore/name.h"

enum {
    KVI_UNIT_MAX = 5, /* "%25" and two digits */
    KVI_CUT_FROM = 240,
    /* The least that keeps a text, its last unit and KV_NAME_MORE within KV_NAME_PART_MAX. */
    KVI_CUT_ANYWAY = KV_NAME_PART_MAX - 2 - KVI_UNIT_MAX + 1
};

struct kvi_part {
    size_t length;
    char text[KV_NAME_PART_MAX + KVI_UNIT_MAX]; /* not NUL-terminated; the room behind is for the unit too many */
};

/**
 * Spells the first component of `rest` (borrowed), the bytes of a key from a cut or its beginning on, into `*part`,
 * with KV_NAME_MORE when bytes are left. Gives how many bytes it took: at least 1 of a non-empty rest.
 */
size_t kvi_part_spell(kv_slice rest, struct kvi_part *part);

/**
 * Reads a component's text (borrowed, without KV_NAME_MORE) into `bytes`, of room for `length`. Gives their number.
 * Says nothing of whether the text is how they are spelled: spell them and compare.
 */
size_t kvi_part_read(const char *text, size_t length, unsigned char *bytes);

/** Tells whether a component of `length` bytes ends in KV_NAME_MORE. */
bool kvi_part_has_more(const char *text, size_t length);

#endif
