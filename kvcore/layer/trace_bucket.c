/* Traced buckets: one object a name and transaction, around what the store below lends. */
#include <stdlib.h>
#include <string.h>

#include "kvcore/layer/trace_parts.h"

static const struct kvi_backend *ops_of(const struct kvi_bucket *bucket)
{
    return trace_txn_of(bucket)->below->store->backend;
}

static struct trace_bucket *find(struct trace_txn *txn, const char *name)
{
    struct trace_bucket *bucket = txn->buckets;
    while (bucket && strcmp(bucket->name, name) != 0)
        bucket = bucket->next;
    return bucket;
}

static void retire(struct trace_txn *txn, struct trace_bucket *bucket)
{
    struct trace_bucket **link = &txn->buckets;
    while (*link != bucket)
        link = &(*link)->next;
    *link = bucket->next;
    bucket->life = TRACE_ENDED;
    kvi_trace_retire(txn->trace, bucket);
}

void kvi_trace_buckets_end(struct trace_txn *txn)
{
    while (txn->buckets)
        retire(txn, txn->buckets);
}

static bool is_current(const struct trace_txn *txn, const struct trace_bucket *bucket)
{
    return bucket && bucket->children == txn->children;
}

/* Gives the object around a bucket that the store below has lent: the one of before, where it is the same. */
static int wrap(struct trace_call *call, struct trace_txn *txn, const char *name, struct kvi_bucket *below,
                struct kvi_bucket **ret_bucket)
{
    struct trace_bucket *bucket = find(txn, name);
    if (bucket && bucket->below != below) {
        kvi_trace_expect(call, !is_current(txn, bucket), "the backend lent another bucket than before");
        retire(txn, bucket);
        bucket = NULL;
    }
    if (is_current(txn, bucket))
        kvi_trace_expect(call, bucket->bucket.kind == below->kind, "the backend changed the kind of a bucket");
    if (!bucket) {
        size_t size = strlen(name) + 1;
        bucket = calloc(1, sizeof *bucket + size);
        if (!bucket)
            return KV_ERR_NO_MEMORY;
        memcpy(bucket->name, name, size);
        bucket->bucket.txn = &txn->txn;
        bucket->life = TRACE_LIVE;
        bucket->trace = txn->trace;
        bucket->below = below;
        bucket->next = txn->buckets;
        txn->buckets = bucket;
    }
    bucket->bucket.kind = below->kind;
    bucket->children = txn->children;
    *ret_bucket = &bucket->bucket;
    return KV_OK;
}

static void require_name(struct trace_call *call, const struct trace_txn *txn, const char *name)
{
    call->event.key_size = strlen(name);
    kvi_trace_require(call, call->event.key_size <= txn->txn.store->limits.bucket_name_max,
                      "the core passed a bucket's name that is too long");
}

/* What both slots that lend a bucket have in common. */
static int lend(struct trace_call *call, struct trace_txn *txn, const char *name, int status, struct kvi_bucket *below,
                struct kvi_bucket **ret_bucket)
{
    kvi_trace_expect_output(call, status, below != NULL);
    if (status != KV_OK || !below)
        return status != KV_OK ? status : KV_ERR_IO;
    kv_kind complete;
    kvi_trace_expect(call, kv_kind_complete(below->kind, &complete) == KV_OK && complete == below->kind,
                     "the backend lent a bucket whose kind is not complete");
    return wrap(call, txn, name, below, ret_bucket);
}

int kvi_trace_bucket_open(struct kvi_txn *base, const char *name, struct kvi_bucket **ret_bucket)
{
    struct trace_txn *txn = (struct trace_txn *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_txn(txn, "bucket_open", TRACE_READS);
    if (!call.is_refused)
        require_name(&call, txn, name);
    if (call.is_refused)
        return KV_ERR_INVALID;
    struct kvi_bucket *below = NULL;
    kvi_trace_start(&call);
    int status = txn->below->store->backend->bucket_open(txn->below, name, &below);
    kvi_trace_stop(&call, status, KV_NOT_FOUND, 0);
    struct trace_bucket *known = status == KV_NOT_FOUND ? find(txn, name) : NULL;
    if (known) {
        kvi_trace_expect(&call, !is_current(txn, known), "the backend lost a bucket that nobody dropped");
        retire(txn, known);
    }
    return lend(&call, txn, name, status, below, ret_bucket);
}

int kvi_trace_bucket_create(struct kvi_txn *base, const char *name, kv_kind kind, struct kvi_bucket **ret_bucket)
{
    struct trace_txn *txn = (struct trace_txn *)base;
    kv_kind complete = 0;
    TRACE_SCOPED_CALL call = kvi_trace_call_txn(txn, "bucket_create", TRACE_WRITES);
    call.event.detail = kind;
    if (!call.is_refused) {
        require_name(&call, txn, name);
        kvi_trace_require(&call, !is_current(txn, find(txn, name)), "the core made a bucket that is there");
        kvi_trace_require(&call, kv_kind_complete(kind, &complete) == KV_OK && complete == kind,
                          "the core made a bucket of a kind that is not complete");
        kvi_trace_require(&call, !(kind & ~base->store->limits.kinds),
                          "the core made a bucket of a kind that is not held");
    }
    if (call.is_refused)
        return KV_ERR_INVALID;
    struct kvi_bucket *below = NULL;
    kvi_trace_start(&call);
    int status = txn->below->store->backend->bucket_create(txn->below, name, kind, &below);
    kvi_trace_stop(&call, status, KV_OK, 0);
    if (status == KV_OK && below)
        kvi_trace_expect(&call, below->kind == kind, "the backend made a bucket of another kind");
    return lend(&call, txn, name, status, below, ret_bucket);
}

static bool has_cursor(const struct kvi_bucket *bucket)
{
    const struct trace_cursor *cursor = trace_txn_of(bucket)->cursors;
    while (cursor && cursor->cursor.bucket != bucket)
        cursor = cursor->next;
    return cursor != NULL;
}

int kvi_trace_bucket_drop(struct kvi_bucket *base)
{
    struct trace_bucket *bucket = (struct trace_bucket *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_bucket(bucket, "bucket_drop", TRACE_WRITES);
    if (!call.is_refused) {
        kvi_trace_require(&call, bucket->name[0], "the core dropped the root map");
        kvi_trace_require(&call, !has_cursor(base), "the core dropped a bucket under an open cursor");
    }
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    int status = kvi_trace_stop(&call, ops_of(base)->bucket_drop(bucket->below), KV_OK, 0);
    if (status == KV_OK)
        retire(trace_txn_of(base), bucket);
    return status;
}

int kvi_trace_bucket_clear(struct kvi_bucket *base)
{
    struct trace_bucket *bucket = (struct trace_bucket *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_bucket(bucket, "bucket_clear", TRACE_WRITES);
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    return kvi_trace_stop(&call, ops_of(base)->bucket_clear(bucket->below), KV_OK, 0);
}

static void expect_next_name(struct trace_call *call, const struct trace_txn *txn, const char *after, const char *name)
{
    const char *end = memchr(name, '\0', KV_BUCKET_NAME_SIZE);
    kvi_trace_expect(call, end && end > name, "the backend gave a bucket's name that is none");
    if (!end)
        return;
    kvi_trace_expect(call, (size_t)(end - name) <= txn->txn.store->limits.bucket_name_max,
                     "the backend gave a bucket's name that is too long");
    kvi_trace_expect(call, !after || strcmp(name, after) > 0, "the backend gave buckets out of order");
}

int kvi_trace_bucket_next(struct kvi_txn *base, const char *after, char *name)
{
    struct trace_txn *txn = (struct trace_txn *)base;
    char found[KV_BUCKET_NAME_SIZE], before[KV_BUCKET_NAME_SIZE], last[KV_BUCKET_NAME_SIZE];
    TRACE_SCOPED_CALL call = kvi_trace_call_txn(txn, "bucket_next", TRACE_READS);
    call.event.key_size = after ? strlen(after) : 0;
    kvi_trace_require(&call, call.event.key_size < sizeof last, "the core passed a bucket's name that is too long");
    if (call.is_refused)
        return KV_ERR_INVALID;
    memset(found, 0x5a, sizeof found);
    if (after) {
        memcpy(last, after, call.event.key_size + 1);
        memcpy(found, last, call.event.key_size + 1);
    }
    memcpy(before, found, sizeof before);
    /* `name` may be `after` itself, so the store below is asked in that way too. */
    const char *from = after && after == name ? found : after;
    kvi_trace_start(&call);
    int status = txn->below->store->backend->bucket_next(txn->below, from, found);
    kvi_trace_stop(&call, status, KV_NOT_FOUND, status == KV_OK ? strnlen(found, sizeof found) : 0);
    kvi_trace_expect_output(&call, status, memcmp(found, before, sizeof found) != 0);
    if (status == KV_OK) {
        expect_next_name(&call, txn, after ? last : NULL, found);
        memcpy(name, found, sizeof found);
    }
    return status;
}

/* Both slots that give a number of a bucket. */
static int give_number(struct kvi_bucket *base, const char *slot, bool is_count, uint64_t *ret_number)
{
    struct trace_bucket *bucket = (struct trace_bucket *)base;
    uint64_t number = TRACE_UNWRITTEN_NUMBER;
    TRACE_SCOPED_CALL call = kvi_trace_call_bucket(bucket, slot, TRACE_READS);
    if (call.is_refused)
        return KV_ERR_INVALID;
    const struct kvi_backend *ops = ops_of(base);
    kvi_trace_start(&call);
    int status = is_count ? ops->bucket_count(bucket->below, &number) : ops->bucket_size(bucket->below, &number);
    kvi_trace_stop(&call, status, KV_OK, 0);
    kvi_trace_expect_output(&call, status, number != TRACE_UNWRITTEN_NUMBER);
    if (status == KV_OK)
        *ret_number = number;
    return status;
}

int kvi_trace_bucket_count(struct kvi_bucket *bucket, uint64_t *ret_count)
{
    return give_number(bucket, "bucket_count", true, ret_count);
}

int kvi_trace_bucket_size(struct kvi_bucket *bucket, uint64_t *ret_size)
{
    return give_number(bucket, "bucket_size", false, ret_size);
}
