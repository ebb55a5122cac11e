/*
 * Walks a bucket in both directions and says what is wrong with it, for check.
 */
#ifndef KVCORE_TOOLS_WALK_H
#define KVCORE_TOOLS_WALK_H

#include "kvcore/tools/place.h"

typedef struct tool_walk {
    const tool_place *place; /**< the bucket to walk: borrowed */
    uint64_t pairs;          /**< met so far, in all buckets */
    uint64_t problems;       /**< said so far */
    uint64_t bucket_problems;
    int has_own_order; /**< values are not in the order of the bucket's kind */
} tool_walk;

/** Walks place->bucket. Returns KV_OK whatever it found, or a failure to read. */
int tool_walk_bucket(tool_walk *walk);

/** Checks that the name of place->name leads back to it. */
void tool_walk_check_name(tool_walk *walk);

#endif
