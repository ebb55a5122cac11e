/*
 * Many pairs going into a store, bucket after bucket: what copy and load share.
 *
 * Everything is one transaction, all or nothing, unless --batch cuts it. Pairs that come in the bucket's order are
 * appended, which is faster; the first that does not makes the rest of the bucket ordinary puts.
 *
 * What people get wrong: leaving without tool_feed_commit (then nothing, or only whole batches, went in).
 */
#ifndef KVCORE_TOOLS_FEED_H
#define KVCORE_TOOLS_FEED_H

#include "kvcore/tools/place.h"
#include "kvcore/tools/progress.h"

typedef struct tool_feed {
    tool_place *place; /**< the store and its read-write transaction: borrowed */
    kv_kind kind;
    int is_appending;
    int is_new_only; /**< pairs that are there stay */
    int is_sorted;   /**< a pair out of order is KV_EXISTS */
    int is_any_kind; /**< a bucket that is there keeps its kind, whatever is asked for */
    uint64_t batch;
    uint64_t pending; /**< bytes since the last commit */
    uint64_t commits;
    tool_progress progress;
} tool_feed;

/** Begins to feed the store of `place`, which has a read-write transaction, as the options of `call` say. */
void tool_feed_init(tool_feed *feed, const tool_call *call, tool_place *place);

/** Goes on with the bucket `name` of `kind`, which is made when it is missing. Says what fails. */
tool_exit tool_feed_open(tool_feed *feed, const char *name, kv_kind kind);

/** Stores a pair in it. Returns KV_OK, KV_EXISTS for one out of order, KV_ERR_CANCELLED after a signal, and what
 * kv_bucket_put does. Says nothing. */
int tool_feed_put(tool_feed *feed, kv_slice key, kv_slice value);

/** Says what became of the pairs when a put returned `status`, and gives its exit code. */
tool_exit tool_feed_fail(tool_feed *feed, int status, const char *what);

/** Commits the rest. Says what fails. */
tool_exit tool_feed_commit(tool_feed *feed);

#endif
