/* Traced pairs: the sizes that the core must have checked, and what a backend may answer. */
#include "kvcore/layer/trace_parts.h"

static const struct kvi_backend *ops_of(const struct kvi_bucket *bucket)
{
    return trace_txn_of(bucket)->below->store->backend;
}

/* The sizes of the first pair, which bind a bucket of an integer or fixed kind; 0 where they bind nothing. */
static void learn_sizes(const struct trace_bucket *bucket, size_t *ret_key, size_t *ret_value)
{
    const struct kvi_backend *ops = ops_of(&bucket->bucket);
    const kv_slice nothing = kv_slice_of(NULL, 0);
    struct kvi_cursor *cursor;
    kv_slice key, value;
    *ret_key = *ret_value = 0;
    if (ops->cursor_open(bucket->below, &cursor) != KV_OK)
        return;
    if (ops->cursor_move(cursor, KVI_FIRST, nothing, nothing, &key, &value) == KV_OK) {
        *ret_key = key.size;
        *ret_value = value.size;
    }
    ops->cursor_close(cursor);
}

static bool is_integer_size(size_t size)
{
    return size == sizeof(unsigned) || size == sizeof(size_t);
}

void kvi_trace_require_integer_key(struct trace_call *call, const struct trace_bucket *bucket, kv_slice key)
{
    size_t key_size, value_size;
    if (call->is_refused || !(bucket->bucket.kind & KV_INTEGER_KEY))
        return;
    learn_sizes(bucket, &key_size, &value_size);
    kvi_trace_require(call, is_integer_size(key.size) && (key_size == 0 || key.size == key_size),
                      "the core passed an integer key of another size");
}

void kvi_trace_require_integer_value(struct trace_call *call, const struct trace_bucket *bucket, kv_slice value)
{
    size_t key_size, value_size;
    if (call->is_refused || value.size == 0 || !(bucket->bucket.kind & KV_INTEGER_DUP))
        return;
    learn_sizes(bucket, &key_size, &value_size);
    kvi_trace_require(call, is_integer_size(value.size) && (value_size == 0 || value.size == value_size),
                      "the core passed an integer value of another size");
}

static void require_fixed_value(struct trace_call *call, const struct trace_bucket *bucket, size_t size)
{
    size_t key_size, value_size;
    if (call->is_refused || !(bucket->bucket.kind & KV_DUP_FIXED))
        return;
    learn_sizes(bucket, &key_size, &value_size);
    kvi_trace_require(call, size > 0 && (value_size == 0 || size == value_size),
                      "the core passed a fixed value of another size");
}

static void require_key(struct trace_call *call, const struct trace_bucket *bucket, kv_slice key)
{
    const struct kvi_store *store = bucket->bucket.txn->store;
    call->event.key_size = key.size;
    kvi_trace_require(call, key.size > 0 || (store->capabilities & KV_CAN_EMPTY_KEY), "the core passed an empty key");
    kvi_trace_require(call, key.size <= store->limits.key_max, "the core passed a key that is too long");
    kvi_trace_require_integer_key(call, bucket, key);
}

static void require_value(struct trace_call *call, const struct trace_bucket *bucket, kv_slice value)
{
    const kv_limits *limits = &bucket->bucket.txn->store->limits;
    bool is_dup = (bucket->bucket.kind & KV_DUP_SORT) != 0;
    call->event.value_size = value.size;
    kvi_trace_require(call, value.size <= (is_dup ? limits->dup_max : limits->value_max),
                      "the core passed a value that is too long");
    require_fixed_value(call, bucket, value.size);
    kvi_trace_require_integer_value(call, bucket, value);
}

int kvi_trace_get(struct kvi_bucket *base, kv_slice key, kv_slice *ret_value)
{
    struct trace_bucket *bucket = (struct trace_bucket *)base;
    kv_slice value = kvi_trace_unwritten;
    TRACE_SCOPED_CALL call = kvi_trace_call_bucket(bucket, "get", TRACE_READS);
    if (!call.is_refused)
        require_key(&call, bucket, key);
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    int status = ops_of(base)->get(bucket->below, key, &value);
    kvi_trace_stop(&call, status, KV_NOT_FOUND, trace_size_of(status, value));
    kvi_trace_expect_output(&call, status, trace_is_written(value));
    if (status == KV_OK && trace_is_written(value)) {
        kvi_trace_lend(trace_txn_of(base), value);
        *ret_value = value;
    }
    return status;
}

int kvi_trace_put(struct kvi_bucket *base, kv_slice key, kv_slice value, enum kvi_put_mode mode)
{
    struct trace_bucket *bucket = (struct trace_bucket *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_bucket(bucket, "put", TRACE_WRITES);
    call.event.detail = mode;
    if (!call.is_refused) {
        require_key(&call, bucket, key);
        require_value(&call, bucket, value);
        kvi_trace_require(&call, mode <= KVI_APPEND_DUP, "the core put in an unknown mode");
        kvi_trace_require(&call, mode != KVI_APPEND_DUP || (base->kind & KV_DUP_SORT),
                          "the core appended a value in a plain bucket");
    }
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    int status = ops_of(base)->put(bucket->below, key, value, mode);
    return kvi_trace_stop(&call, status, mode == KVI_PUT ? KV_UNCHANGED : KV_EXISTS, 0);
}

int kvi_trace_del(struct kvi_bucket *base, kv_slice key, const kv_slice *value)
{
    struct trace_bucket *bucket = (struct trace_bucket *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_bucket(bucket, "del", TRACE_WRITES);
    if (!call.is_refused)
        require_key(&call, bucket, key);
    if (value) {
        call.event.value_size = value->size;
        kvi_trace_require_integer_value(&call, bucket, *value);
    }
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    return kvi_trace_stop(&call, ops_of(base)->del(bucket->below, key, value), KV_UNCHANGED, 0);
}

int kvi_trace_reserve(struct kvi_bucket *base, kv_slice key, size_t size, void **ret_data)
{
    struct trace_bucket *bucket = (struct trace_bucket *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_bucket(bucket, "reserve", TRACE_WRITES);
    if (!call.is_refused) {
        require_key(&call, bucket, key);
        require_value(&call, bucket, kv_slice_of(NULL, size));
        kvi_trace_require(&call, !(base->kind & KV_DUP_SORT), "the core reserved in a dup-sort bucket");
        kvi_trace_require(&call, base->txn->store->capabilities & KV_CAN_RESERVE,
                          "the core reserved in a store that cannot");
    }
    if (call.is_refused)
        return KV_ERR_INVALID;
    void *data = NULL;
    kvi_trace_start(&call);
    int status = ops_of(base)->reserve(bucket->below, key, size, &data);
    kvi_trace_stop(&call, status, KV_OK, status == KV_OK ? size : 0);
    kvi_trace_expect(&call, status == KV_OK || !data, "the backend wrote an output without KV_OK");
    kvi_trace_expect(&call, status != KV_OK || data || size == 0, "the backend left an output unwritten with KV_OK");
    if (status == KV_OK)
        *ret_data = data;
    return status;
}

int kvi_trace_put_multi(struct kvi_bucket *base, kv_slice key, kv_slice values, size_t stride)
{
    struct trace_bucket *bucket = (struct trace_bucket *)base;
    TRACE_SCOPED_CALL call = kvi_trace_call_bucket(bucket, "put_multi", TRACE_WRITES);
    if (!call.is_refused) {
        require_key(&call, bucket, key);
        kvi_trace_require(&call, base->kind & KV_DUP_FIXED,
                          "the core put many values in a bucket that is not dup-fixed");
        kvi_trace_require(&call, stride > 0 && values.size % stride == 0, "the core passed a part of a value");
        require_value(&call, bucket, kv_slice_of(values.data, stride));
        call.event.value_size = values.size;
    }
    if (call.is_refused)
        return KV_ERR_INVALID;
    kvi_trace_start(&call);
    return kvi_trace_stop(&call, ops_of(base)->put_multi(bucket->below, key, values, stride), KV_UNCHANGED, 0);
}
