/* The records of touched buckets in the upper store: five bytes, flags and kind. */
#include <string.h>

#include "kvcore/layer/overlay_parts.h"

#define RECORD_SIZE 5

void kvi_overlay_part_name(enum overlay_part part, const char *name, char *text)
{
    text[0] = OVERLAY_PREFIXES[part];
    memcpy(text + 1, name, strlen(name) + 1);
}

kv_kind kvi_overlay_part_kind(enum overlay_part part, kv_kind kind)
{
    const kv_kind keys = kind & (KV_INTEGER_KEY | KV_REVERSE_KEY);
    bool is_pairs = part == OVERLAY_PUTS || (part == OVERLAY_REMOVALS && (kind & KV_DUP_SORT));
    return is_pairs ? kind : keys;
}

int kvi_overlay_records_open(struct overlay_records *records, struct kvi_bucket **ret_bucket)
{
    if (!records->is_known) {
        struct kvi_bucket *bucket = NULL;
        int status = records->upper->store->backend->bucket_open(records->upper, OVERLAY_RECORDS, &bucket);
        if (status < 0)
            return status;
        records->bucket = bucket;
        records->is_known = true;
    }
    *ret_bucket = records->bucket;
    return records->bucket ? KV_OK : KV_NOT_FOUND;
}

int kvi_overlay_record_decode(kv_slice value, struct overlay_record *ret_record)
{
    if (value.size != RECORD_SIZE)
        return KV_ERR_CORRUPT;
    const unsigned char *bytes = value.data;
    ret_record->flags = bytes[0];
    ret_record->kind = (kv_kind)bytes[1] | (kv_kind)bytes[2] << 8 | (kv_kind)bytes[3] << 16 | (kv_kind)bytes[4] << 24;
    return KV_OK;
}

int kvi_overlay_record_get(struct overlay_records *records, const char *name, struct overlay_record *ret_record)
{
    const struct kvi_backend *ops = records->upper->store->backend;
    struct kvi_bucket *bucket;
    kv_slice value;
    char key[OVERLAY_NAME_SIZE];
    int status = kvi_overlay_records_open(records, &bucket);
    if (status != KV_OK)
        return status;
    kvi_overlay_part_name(OVERLAY_PUTS, name, key);
    status = ops->get(bucket, kv_slice_text(key), &value);
    return status == KV_OK ? kvi_overlay_record_decode(value, ret_record) : status;
}

int kvi_overlay_record_put(struct overlay_records *records, const char *name, struct overlay_record record)
{
    const struct kvi_backend *ops = records->upper->store->backend;
    struct kvi_bucket *bucket;
    char key[OVERLAY_NAME_SIZE];
    const unsigned char value[RECORD_SIZE] = {record.flags, (unsigned char)record.kind,
                                              (unsigned char)(record.kind >> 8), (unsigned char)(record.kind >> 16),
                                              (unsigned char)(record.kind >> 24)};
    int status = kvi_overlay_records_open(records, &bucket);
    if (status == KV_NOT_FOUND) {
        status = ops->bucket_create(records->upper, OVERLAY_RECORDS, KV_PLAIN, &bucket);
        if (status == KV_OK)
            records->bucket = bucket;
    }
    if (status != KV_OK)
        return status;
    kvi_overlay_part_name(OVERLAY_PUTS, name, key);
    status = ops->put(bucket, kv_slice_text(key), kv_slice_of(value, sizeof value), KVI_PUT);
    return status < 0 ? status : KV_OK;
}

int kvi_overlay_record_delete(struct overlay_records *records, const char *name)
{
    const struct kvi_backend *ops = records->upper->store->backend;
    struct kvi_bucket *bucket;
    char key[OVERLAY_NAME_SIZE];
    int status = kvi_overlay_records_open(records, &bucket);
    if (status != KV_OK)
        return status < 0 ? status : KV_OK;
    kvi_overlay_part_name(OVERLAY_PUTS, name, key);
    status = ops->del(bucket, kv_slice_text(key), NULL);
    return status < 0 ? status : KV_OK;
}
