#include "kvcore/tools/feed.h"
#include "kvcore/tools/verb.h"

/* Copies all pairs of the bucket that `from` has open into the feed's bucket. */
static tool_exit copy_pairs(tool_place *from, tool_feed *feed)
{
    kv_cursor *cursor __attribute__((cleanup(kv_cursor_close_scoped))) = NULL;
    kv_slice key;
    kv_slice value;
    int status = kv_cursor_open(from->bucket, &cursor);
    while (status == KV_OK) {
        status = kv_cursor_next(cursor, &key, &value);
        if (status != KV_OK) {
            break;
        }
        status = tool_feed_put(feed, key, value);
        if (status != KV_OK) {
            char text[TOOL_NAME_SIZE];
            return tool_feed_fail(feed, status, tool_spelling_name(KV_NAME_BYTES, key, text));
        }
    }
    return status < 0 ? tool_report(from->location, status, "cannot be read") : TOOL_DONE;
}

static tool_exit copy_bucket(tool_place *from, const char *name, tool_feed *feed)
{
    uint64_t pairs = 0;
    int status = kv_bucket_open(from->txn, name, &from->bucket);
    if (status == KV_OK) {
        status = kv_bucket_count(from->bucket, &pairs);
    }
    if (status != KV_OK) {
        char text[TOOL_NAME_SIZE];
        return tool_report(from->location, status, "%s", tool_spelling_bucket(name, text));
    }
    /* An empty root map is the same as none. */
    if (*name == '\0' && pairs == 0) {
        return TOOL_DONE;
    }
    tool_exit code = tool_feed_open(feed, name, kv_bucket_kind(from->bucket));
    return code == TOOL_DONE ? copy_pairs(from, feed) : code;
}

static uint64_t count_pairs(tool_place *from)
{
    char name[KV_BUCKET_NAME_SIZE] = "";
    uint64_t sum = 0;
    uint64_t pairs;
    do {
        sum += kv_txn_count(from->txn, name, &pairs) == KV_OK ? pairs : 0;
    } while (kv_bucket_next(from->txn, name, name) == KV_OK);
    return sum;
}

static tool_exit copy_all(tool_place *from, tool_feed *feed)
{
    tool_exit code = TOOL_DONE;
    int status = KV_OK;
    if (feed->progress.is_on) {
        feed->progress.pairs_expected = count_pairs(from);
    }
    if ((kv_store_capabilities(from->store) & KV_CAN_ROOT_MAP) != 0) {
        code = copy_bucket(from, "", feed);
    }
    *from->name = '\0';
    while (code == TOOL_DONE && (status = kv_bucket_next(from->txn, from->name, from->name)) == KV_OK) {
        code = copy_bucket(from, from->name, feed);
    }
    return status < 0 ? tool_report(from->location, status, "buckets") : code;
}

static tool_exit run(const tool_call *call)
{
    tool_place from __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    tool_place to __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    tool_feed feed;
    const char *bucket = call->options.bucket;
    tool_exit code = bucket != NULL ? tool_place_enter(call, call->arguments[0], bucket, TOOL_READ, &from)
                                    : tool_place_begin(call, call->arguments[0], TOOL_READ, &from);
    if (code == TOOL_DONE) {
        code = tool_place_begin(call, call->arguments[1], TOOL_WRITE, &to);
    }
    if (code != TOOL_DONE) {
        return code;
    }
    tool_feed_init(&feed, call, &to);
    code = bucket != NULL ? copy_bucket(&from, from.name, &feed) : copy_all(&from, &feed);
    tool_progress_clear(&feed.progress);
    return code == TOOL_DONE ? tool_feed_commit(&feed) : code;
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_BUCKET, "only this bucket; '' is the root map"},
    {TOOL_OPTION_CREATE, "make DST when there is no store"},
    {TOOL_OPTION_NEW_ONLY, "keep what DST has: copy only keys (in a dup-sort bucket: pairs) that it has not"},
    {TOOL_OPTION_BATCH, "commit after each SIZE bytes (K, M, G: powers of 1024), not everything at once"},
    {TOOL_OPTION_QUIET, "no progress on a terminal"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_copy = {
    .name = "copy",
    .arguments = "SRC DST",
    .summary = "copy all buckets with their kinds, and the root map, into another store",
    .details = "What DST has besides stays. It is one transaction: all or nothing, unless --batch.",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
