/* Sequence numbers, kept where the interface that they come from keeps them: bucket "sequence", 8 bytes big-endian. */
#include "kvcore/core/core.h"

#define SEQUENCES "sequence"
#define NUMBER_SIZE 8

static uint64_t decode(const unsigned char *bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < NUMBER_SIZE; i++)
        number = number << 8 | bytes[i];
    return number;
}

static void encode(uint64_t number, unsigned char *bytes)
{
    for (int i = NUMBER_SIZE; i-- > 0; number >>= 8)
        bytes[i] = (unsigned char)number;
}

int kv_txn_sequence(kv_txn *txn, const char *name, uint64_t add, uint64_t *ret_before)
{
    kv_bucket *bucket;
    kv_slice value;
    uint64_t before = 0;
    int status = kv_bucket_open(txn, SEQUENCES, &bucket);
    if (status == KV_OK && kv_bucket_kind(bucket) != KV_PLAIN)
        return KV_ERR_INCOMPATIBLE;
    if (status == KV_OK)
        status = kv_bucket_get(bucket, kv_slice_text(name), &value);
    if (status == KV_OK && value.size != NUMBER_SIZE)
        return KV_ERR_CORRUPT;
    if (status == KV_OK)
        before = decode(value.data);
    else if (status != KV_NOT_FOUND && status != KV_ERR_UNKNOWN_BUCKET)
        return status;
    if (add > UINT64_MAX - before)
        return KV_ERR_INVALID;
    if (add > 0) {
        unsigned char bytes[NUMBER_SIZE];
        encode(before + add, bytes);
        status = kv_txn_put(txn, SEQUENCES, kv_slice_text(name), kv_slice_of(bytes, sizeof bytes));
        if (status < 0)
            return status;
    }
    *ret_before = before;
    return KV_OK;
}
