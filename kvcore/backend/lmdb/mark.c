#include "kvcore/backend/lmdb/mark.h"

#include <stdlib.h>
#include <string.h>

#include "kvcore/base/cleanup.h"

static struct kvi_lmdb_mark *find_own(const struct kvi_lmdb_txn *txn, const char *name)
{
    struct kvi_lmdb_mark *mark = txn->marks;
    while (mark != NULL && strcmp(mark->handle->name, name) != 0) {
        mark = mark->next;
    }
    return mark;
}

struct kvi_lmdb_mark *kvi_lmdb_mark_find(const struct kvi_lmdb_txn *txn, const char *name)
{
    for (; txn != NULL; txn = txn->parent) {
        struct kvi_lmdb_mark *mark = find_own(txn, name);
        if (mark != NULL) {
            return mark;
        }
    }
    return NULL;
}

bool kvi_lmdb_is_dropped(const struct kvi_lmdb_txn *txn, const char *name)
{
    const struct kvi_lmdb_mark *mark = kvi_lmdb_mark_find(txn, name);
    return mark != NULL && mark->is_dropped;
}

int kvi_lmdb_mark_set(struct kvi_lmdb_txn *txn, struct kvi_lmdb_handle *handle, bool is_dropped)
{
    struct kvi_lmdb_mark *mark = find_own(txn, handle->name);
    if (mark == NULL) {
        mark = calloc(1, sizeof *mark);
        if (mark == NULL) {
            return KV_ERR_NO_MEMORY;
        }
        mark->next = txn->marks;
        txn->marks = mark;
    }
    mark->handle = handle;
    mark->is_dropped = is_dropped;
    return KV_OK;
}

static bool uses(const struct kvi_lmdb_bucket *bucket, const struct kvi_lmdb_handle *handle)
{
    while (bucket != NULL && bucket->handle != handle) {
        bucket = bucket->next;
    }
    return bucket != NULL;
}

/* Ends the transaction's uses of a handle that is closed. What it lent by it is not to be found again. */
static void let_go(struct kvi_lmdb_txn *txn, struct kvi_lmdb_handle *handle)
{
    KVI_SCOPED_LOCK(&txn->env->handles.lock);
    for (struct kvi_lmdb_bucket **at = &txn->buckets; *at != NULL;) {
        struct kvi_lmdb_bucket *bucket = *at;
        if (bucket->handle == handle) {
            *at = bucket->next;
            bucket->next = txn->kept;
            txn->kept = bucket;
        } else {
            at = &bucket->next;
        }
    }
    for (struct kvi_lmdb_bucket *bucket = txn->kept; bucket != NULL; bucket = bucket->next) {
        if (bucket->handle == handle) {
            bucket->handle = NULL;
            kvi_lmdb_handle_release(&txn->env->handles, handle);
        }
    }
}

static void remove_own(struct kvi_lmdb_txn *txn, struct kvi_lmdb_mark *mark)
{
    struct kvi_lmdb_mark **at = &txn->marks;
    while (*at != mark) {
        at = &(*at)->next;
    }
    *at = mark->next;
    free(mark);
}

int kvi_lmdb_mark_carry_out(struct kvi_lmdb_txn *txn, struct kvi_lmdb_mark *mark)
{
    struct kvi_lmdb_handle *handle = mark->handle;
    for (const struct kvi_lmdb_txn *parent = txn->parent; parent != NULL; parent = parent->parent) {
        if (uses(parent->buckets, handle) || uses(parent->kept, handle)) {
            return KV_ERR_BUSY; /* LMDB could not give it back if this transaction aborts */
        }
    }
    int status = kvi_lmdb_handle_drop(txn, handle);
    if (status == KV_OK) {
        /* The mark is the transaction's own: one of a parent comes with a use of that parent. */
        remove_own(txn, mark);
        let_go(txn, handle);
    }
    return status;
}

void kvi_lmdb_marks_hand_up(struct kvi_lmdb_txn *txn)
{
    while (txn->marks != NULL) {
        struct kvi_lmdb_mark *mark = txn->marks;
        struct kvi_lmdb_mark *older = find_own(txn->parent, mark->handle->name);
        txn->marks = mark->next;
        if (older != NULL) {
            older->handle = mark->handle;
            older->is_dropped = mark->is_dropped;
            free(mark);
        } else {
            mark->next = txn->parent->marks;
            txn->parent->marks = mark;
        }
    }
}

void kvi_lmdb_marks_free(struct kvi_lmdb_txn *txn)
{
    while (txn->marks != NULL) {
        struct kvi_lmdb_mark *mark = txn->marks;
        txn->marks = mark->next;
        free(mark);
    }
}
