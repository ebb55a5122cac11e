#include "kvcore/backend/lmdb/slots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/status.h"

/* The epoch of a handle that is not published. */
#define UNPUBLISHED UINT64_MAX

struct kvi_lmdb_handle *kvi_lmdb_handle_find(struct kvi_lmdb_handles *handles, const char *name, unsigned *ret_at)
{
    unsigned low = 0, high = handles->count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = strcmp(handles->open[middle]->name, name);
        if (order == 0) {
            *ret_at = middle;
            return handles->open[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret_at = low;
    return NULL;
}

void kvi_lmdb_handle_insert(struct kvi_lmdb_handles *handles, struct kvi_lmdb_handle *handle)
{
    unsigned at;
    kvi_lmdb_handle_find(handles, handle->name, &at);
    memmove(handles->open + at + 1, handles->open + at, (handles->count - at) * sizeof(handles->open[0]));
    handles->open[at] = handle;
    handles->count++;
    handles->is_taken[handle->dbi] = true;
}

void kvi_lmdb_handle_forget(struct kvi_lmdb_handles *handles, struct kvi_lmdb_handle *handle)
{
    unsigned at;
    kvi_lmdb_handle_find(handles, handle->name, &at);
    handles->count--;
    memmove(handles->open + at, handles->open + at + 1, (handles->count - at) * sizeof(handles->open[0]));
    handles->is_taken[handle->dbi] = false;
    handle->is_closed = true;
    handle->owner = NULL;
    if (handle->users == 0) {
        free(handle);
        return;
    }
    handle->next_closed = handles->closed;
    handles->closed = handle;
}

void kvi_lmdb_handle_shut(struct kvi_lmdb_env *env, struct kvi_lmdb_handle *handle)
{
    mdb_dbi_close(env->mdb, handle->dbi);
    kvi_lmdb_handle_forget(&env->handles, handle);
}

/* The lowest slot below `slots` without a name, or `slots`. */
static MDB_dbi lowest_free(const struct kvi_lmdb_handles *handles, MDB_dbi slots)
{
    MDB_dbi slot = KVI_LMDB_FIRST_SLOT;
    while (slot < slots && handles->is_taken[slot]) {
        slot++;
    }
    return slot;
}

/* Whether a bucket with `flags` has other comparators than one with `old` flags goes on to use. */
static bool would_mislead(unsigned old, unsigned flags)
{
    const unsigned keys = MDB_REVERSEKEY | MDB_INTEGERKEY;
    const unsigned values = MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP | MDB_REVERSEDUP;
    return (old & keys) != (flags & keys) || ((old & MDB_DUPSORT) != 0 && (old & values) != (flags & values));
}

static bool is_needed(const struct kvi_lmdb_handles *handles, MDB_dbi slot, unsigned flags)
{
    for (const struct kvi_lmdb_handle *handle = handles->closed; handle != NULL; handle = handle->next_closed) {
        if (handle->dbi == slot && would_mislead(handle->flags, flags)) {
            return true;
        }
    }
    return false;
}

/* The published handle below `slots` that nobody uses and that was used longest ago. */
static struct kvi_lmdb_handle *least_used(const struct kvi_lmdb_handles *handles, MDB_dbi slots)
{
    struct kvi_lmdb_handle *found = NULL;
    for (unsigned i = 0; i < handles->count; i++) {
        struct kvi_lmdb_handle *handle = handles->open[i];
        if (handle->users == 0 && handle->owner == NULL && handle->dbi < slots &&
            (found == NULL || handle->used_at < found->used_at)) {
            found = handle;
        }
    }
    return found;
}

int kvi_lmdb_slot_prepare(struct kvi_lmdb_env *env, MDB_dbi slots, bool may_grow, unsigned flags, MDB_dbi *ret_slot)
{
    struct kvi_lmdb_handles *handles = &env->handles;
    MDB_dbi slot = lowest_free(handles, slots);
    bool is_full = handles->count >= handles->max || slot >= KVI_LMDB_FIRST_SLOT + handles->max;
    if (is_full || (slot == slots && !may_grow)) {
        struct kvi_lmdb_handle *victim = least_used(handles, slots);
        if (victim == NULL) {
            return is_full ? KV_ERR_TOO_MANY_BUCKETS : KV_ERR_TXN_BUSY;
        }
        handles->changes++;
        kvi_lmdb_handle_shut(env, victim);
        slot = lowest_free(handles, slots);
    }
    *ret_slot = slot;
    return is_needed(handles, slot, flags) ? KV_ERR_BUSY : KV_OK;
}

/* Those that go on with one slot agree on its comparators, so the one that uses most of them speaks for all. */
unsigned kvi_lmdb_slot_flags(const struct kvi_lmdb_handles *handles, MDB_dbi slot)
{
    unsigned flags = 0;
    for (const struct kvi_lmdb_handle *handle = handles->closed; handle != NULL; handle = handle->next_closed) {
        if (handle->dbi == slot && (flags & MDB_DUPSORT) == 0) {
            flags = handle->flags;
        }
    }
    return flags;
}

static int handle_new(const char *name, unsigned flags, struct kvi_lmdb_handle **ret_handle)
{
    size_t size = strlen(name) + 1;
    struct kvi_lmdb_handle *handle = calloc(1, sizeof *handle + size);
    if (handle == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    memcpy(handle->name, name, size);
    handle->flags = flags;
    handle->epoch = UNPUBLISHED;
    *ret_handle = handle;
    return KV_OK;
}

int kvi_lmdb_handle_open_in(struct kvi_lmdb_env *env, MDB_txn *mdb, const char *name, unsigned flags, bool is_creation,
                            MDB_dbi slot, struct kvi_lmdb_handle **ret_handle)
{
    struct kvi_lmdb_handle *handle = NULL;
    int status = handle_new(name, flags, &handle);
    if (status != KV_OK) {
        return status;
    }
    int code = mdb_dbi_open(mdb, name, is_creation ? flags | MDB_CREATE : 0, &handle->dbi);
    if (code != 0) {
        free(handle);
        return kvi_lmdb_status(code);
    }
    assert(handle->dbi == slot);
    (void)slot;
    kvi_lmdb_handle_insert(&env->handles, handle);
    *ret_handle = handle;
    return KV_OK;
}

void kvi_lmdb_handle_publish(struct kvi_lmdb_handles *handles, struct kvi_lmdb_handle *handle)
{
    handle->owner = NULL;
    handle->epoch = atomic_load(&handles->epoch) + 1;
    if (handles->slots <= handle->dbi) {
        handles->slots = handle->dbi + 1;
    }
}
