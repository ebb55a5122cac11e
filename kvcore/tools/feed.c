#include "kvcore/tools/feed.h"

#include "kvcore/tools/signals.h"

void tool_feed_init(tool_feed *feed, const tool_call *call, tool_place *place)
{
    *feed = (tool_feed){
        .place = place,
        .batch = call->options.batch,
        .is_new_only = call->options.is_new_only,
        .is_sorted = call->options.is_append,
        .is_any_kind = call->options.is_text,
    };
    tool_progress_init(&feed->progress, call->options.is_quiet);
    tool_signals_catch();
}

/* Gives the bucket's handle; the root map is always there, with a kind of its own. */
static int open_bucket(tool_feed *feed)
{
    tool_place *place = feed->place;
    int status = kv_bucket_create(place->txn, place->name, feed->kind, &place->bucket);
    if (status == KV_ERR_INCOMPATIBLE && feed->is_any_kind) {
        return kv_bucket_open(place->txn, place->name, &place->bucket);
    }
    return status == KV_EXISTS ? KV_OK : status;
}

tool_exit tool_feed_open(tool_feed *feed, const char *name, kv_kind kind)
{
    tool_place *place = feed->place;
    memcpy(place->name, name, strlen(name) + 1);
    feed->kind = kind;
    int status = open_bucket(feed);
    if (status != KV_OK) {
        char text[TOOL_NAME_SIZE];
        char wanted[KV_KIND_TEXT_MAX];
        kv_kind_format(kind, wanted);
        tool_progress_clear(&feed->progress);
        return tool_report(place->location, status, "%s of kind %s", tool_spelling_bucket(name, text), wanted);
    }
    feed->is_appending = !feed->is_new_only;
    return TOOL_DONE;
}

static int put(tool_feed *feed, kv_slice key, kv_slice value)
{
    kv_bucket *bucket = feed->place->bucket;
    if (feed->is_new_only) {
        int status = kv_bucket_put_new(bucket, key, value);
        return status == KV_EXISTS ? KV_OK : status;
    }
    if (feed->is_appending) {
        int status = kv_bucket_append(bucket, key, value);
        if (status != KV_EXISTS || feed->is_sorted) {
            return status;
        }
        feed->is_appending = 0;
    }
    int status = kv_bucket_put(bucket, key, value);
    return status == KV_UNCHANGED ? KV_OK : status;
}

/* Another writer may be long: until it is this one's turn, when nothing is pending, a signal ends kvtool at once. */
static int begin_again(tool_place *place)
{
    tool_signals_release();
    int status = tool_signals_came() ? KV_ERR_CANCELLED
                                     : kv_txn_begin(place->store, NULL, KV_TXN_WRITE, KV_FOREVER, &place->txn);
    tool_signals_catch();
    return status;
}

/* Commits what is pending and goes on in a new transaction. */
static int renew(tool_feed *feed)
{
    tool_place *place = feed->place;
    kv_txn *txn = place->txn;
    place->txn = NULL;
    place->bucket = NULL;
    int status = kv_txn_close(txn);
    if (status == KV_OK) {
        feed->commits++;
        feed->pending = 0;
        status = begin_again(place);
    }
    return status == KV_OK ? open_bucket(feed) : status;
}

int tool_feed_put(tool_feed *feed, kv_slice key, kv_slice value)
{
    if (tool_signals_came()) {
        return KV_ERR_CANCELLED;
    }
    int status = put(feed, key, value);
    if (status != KV_OK) {
        return status;
    }
    tool_progress_step(&feed->progress, key.size + value.size);
    feed->pending += key.size + value.size;
    return feed->batch > 0 && feed->pending >= feed->batch ? renew(feed) : KV_OK;
}

tool_exit tool_feed_fail(tool_feed *feed, int status, const char *what)
{
    const char *outcome = feed->commits > 0 ? "only the batches before this are in" : "nothing was changed";
    tool_progress_clear(&feed->progress);
    tool_say(feed->place->location, "%s: %s; %s", what,
             status == KV_EXISTS ? "not after the pair before it" : kv_status_text(status), outcome);
    return TOOL_FAILED;
}

tool_exit tool_feed_commit(tool_feed *feed)
{
    tool_progress_clear(&feed->progress);
    if (tool_signals_came()) {
        return tool_feed_fail(feed, KV_ERR_CANCELLED, "before the end");
    }
    int status = kv_txn_commit(feed->place->txn, KV_FOREVER);
    return status < 0 ? tool_feed_fail(feed, status, "commit") : TOOL_DONE;
}
