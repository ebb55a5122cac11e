/* Applying pending changes to the base: key by key to its newest state, last writer wins. */
#include <stdlib.h>

#include "kvcore/base/cleanup.h"
#include "kvcore/base/message.h"
#include "kvcore/name.h"
#include "kvcore/session/parts.h"

struct apply {
    kv_txn *base;
    kv_message *message;
    kv_bucket *bucket;                /* NULL: missing in the base */
    struct kvi_buffer last;           /* the base's last key, for as long as it is greater than what is put */
    bool has_last;                    /* `last` was looked for */
    bool has_pairs;                   /* and there is one */
    char doomed[KV_BUCKET_NAME_SIZE]; /* "", or a bucket to drop if its removals have emptied it */
};

/* Says which bucket and key a failure is about. */
static int report(const struct apply *apply, const char *name, const kv_slice *key, int status)
{
    if (status >= 0 || !apply->message)
        return status;
    KVI_SCOPED_MEMORY char *bucket_text = malloc(kv_name_bound(strlen(name)));
    KVI_SCOPED_MEMORY char *key_text = key ? malloc(kv_name_bound(key->size)) : NULL;
    size_t length;
    if (!bucket_text || (key && !key_text))
        return status;
    kv_name_encode(KV_NAME_BYTES, kv_slice_text(name), bucket_text, kv_name_bound(strlen(name)), &length);
    if (key)
        kv_name_encode(KV_NAME_BYTES, *key, key_text, kv_name_bound(key->size), &length);
    kvi_message_format(apply->message, "%s%s%s: %s", name[0] ? bucket_text : "(root)", key ? "/" : "",
                       key ? key_text : "", kv_status_text(status));
    return status;
}

static int is_missing(int status)
{
    return status == KV_NOT_FOUND || status == KV_ERR_UNKNOWN_BUCKET;
}

static int drop(struct apply *apply, const char *name)
{
    int status = kv_bucket_drop(apply->base, name);
    apply->bucket = NULL;
    return status == KV_NOT_FOUND ? KV_OK : status;
}

/* Drops the bucket whose removals have just been applied, if it is empty now: pairs of others keep it. */
static int drop_doomed(struct apply *apply)
{
    char name[KV_BUCKET_NAME_SIZE];
    kv_cursor *cursor;
    if (!apply->doomed[0])
        return KV_OK;
    memcpy(name, apply->doomed, sizeof name);
    apply->doomed[0] = '\0';
    int status = kv_txn_cursor(apply->base, name, &cursor);
    if (status != KV_OK)
        return is_missing(status) ? KV_OK : status;
    status = kv_cursor_first(cursor, NULL, NULL);
    kv_cursor_close(cursor);
    return status == KV_NOT_FOUND ? drop(apply, name) : status;
}

static int make(struct apply *apply, const struct kvi_overlay_change *change)
{
    int status = kv_bucket_create(apply->base, change->name, change->kind, &apply->bucket);
    return status == KV_EXISTS ? KV_OK : status;
}

/* Empties a bucket of which nothing of the base shows, or makes it anew where it has another kind. */
static int empty(struct apply *apply, const struct kvi_overlay_change *change)
{
    int status = KV_OK;
    if (apply->bucket && kv_bucket_kind(apply->bucket) == change->kind)
        return kv_bucket_clear(apply->base, change->name);
    if (apply->bucket)
        status = drop(apply, change->name);
    return status == KV_OK ? make(apply, change) : status;
}

static int begin_bucket(struct apply *apply, const struct kvi_overlay_change *change)
{
    int status = drop_doomed(apply);
    if (status != KV_OK)
        return status;
    apply->bucket = NULL;
    apply->has_last = false;
    status = kv_bucket_open(apply->base, change->name, &apply->bucket);
    if (is_missing(status))
        status = KV_OK;
    if (status != KV_OK)
        return status;
    if (change->is_dropped) {
        if (change->is_hiding)
            return drop(apply, change->name);
        memcpy(apply->doomed, change->name, strlen(change->name) + 1);
        return KV_OK;
    }
    if (change->is_hiding)
        return empty(apply, change);
    if (change->is_created)
        return make(apply, change);
    return apply->bucket && kv_bucket_kind(apply->bucket) != change->kind ? KV_ERR_INCOMPATIBLE : KV_OK;
}

static int remove_pair(struct apply *apply, const kv_slice *key, const kv_slice *value)
{
    if (!apply->bucket)
        return KV_OK;
    int status = value ? kv_bucket_delete_pair(apply->bucket, *key, *value) : kv_bucket_delete_all(apply->bucket, *key);
    return status < 0 ? status : KV_OK;
}

/* Learns the last key of the base before the first put: what sorts after it can be appended, which is faster. */
static int learn_last(struct apply *apply)
{
    kv_cursor *cursor;
    kv_slice key;
    int status = kv_cursor_open(apply->bucket, &cursor);
    if (status != KV_OK)
        return status;
    status = kv_cursor_last(cursor, &key, NULL);
    kvi_buffer_clear(&apply->last);
    apply->has_pairs = status == KV_OK;
    if (status == KV_OK)
        status = kvi_buffer_assign(&apply->last, key);
    kv_cursor_close(cursor);
    apply->has_last = true;
    return status < 0 ? status : KV_OK;
}

static int put_pair(struct apply *apply, const struct kvi_overlay_change *change, kv_slice key, kv_slice value)
{
    int status = apply->bucket ? KV_OK : make(apply, change);
    if (status == KV_OK && !apply->has_last)
        status = learn_last(apply);
    if (status != KV_OK)
        return status;
    bool is_after = !(change->kind & KV_DUP_SORT) &&
                    (!apply->has_pairs || kv_key_compare(change->kind, key, kvi_buffer_slice(&apply->last)) > 0);
    status = is_after ? kv_bucket_append(apply->bucket, key, value) : kv_bucket_put(apply->bucket, key, value);
    return status < 0 ? status : status == KV_EXISTS ? KV_ERR_CORRUPT : KV_OK;
}

static int apply_change(void *argument, const struct kvi_overlay_change *change, const kv_slice *key,
                        const kv_slice *value, bool is_removed)
{
    struct apply *apply = argument;
    int status;
    if (!key)
        status = begin_bucket(apply, change);
    else if (is_removed)
        status = remove_pair(apply, key, value);
    else
        status = put_pair(apply, change, *key, *value);
    return report(apply, change->name, key, status);
}

int kvi_session_apply(kv_txn *base, void *argument)
{
    const struct apply_request *request = argument;
    struct kvi_store *store = request->generation->store;
    struct apply apply = {.base = base, .message = request->message};
    struct kvi_txn *txn;
    int status = store->backend->txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
    if (status != KV_OK)
        return status;
    status = kvi_overlay_visit(txn, apply_change, &apply);
    if (status == KV_OK)
        status = drop_doomed(&apply);
    store->backend->txn_abort(txn);
    kvi_buffer_free(&apply.last);
    return status;
}
