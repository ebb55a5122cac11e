/* Opens the handles of buckets that other processes made, before somebody needs one in a snapshot that is too old. */
#include <stdlib.h>
#include <string.h>

#include "kvcore/backend/lmdb/objects.h"
#include "kvcore/backend/lmdb/record.h"
#include "kvcore/backend/lmdb/sibling.h"
#include "kvcore/backend/lmdb/slots.h"
#include "kvcore/base/cleanup.h"

enum {
    /* Entries of the main database that are looked at. A store that keeps its pairs there has more; its buckets, if
     * any, are opened when asked for. */
    LOOK_MAX = 4096,
    /* Handles that are opened before anybody asks: every begin of a transaction looks at each. */
    AHEAD_MAX = 128
};

/* Opens one bucket, unless that would cost another handle. Returns false when there is no room for more. */
static bool open_one(struct kvi_lmdb_env *env, MDB_txn *mdb, MDB_dbi *slots, const char *name, unsigned flags,
                     struct kvi_lmdb_handle **ret_handle)
{
    struct kvi_lmdb_handles *handles = &env->handles;
    unsigned at;
    MDB_dbi slot;
    if (kvi_lmdb_handle_find(handles, name, &at) != NULL) {
        return true;
    }
    if (handles->count >= handles->max || handles->count >= AHEAD_MAX) {
        return false;
    }
    if (kvi_lmdb_slot_prepare(env, *slots, true, flags, &slot) == KV_OK &&
        kvi_lmdb_handle_open_in(env, mdb, name, flags, false, slot, ret_handle) == KV_OK && *slots <= slot) {
        *slots = slot + 1;
    }
    return true;
}

/* Opens what is missing in `mdb`. Gives the handles, and their number. */
static unsigned open_all(struct kvi_lmdb_env *env, MDB_txn *mdb, struct kvi_lmdb_handle **opened)
{
    MDB_cursor *cursor = NULL;
    MDB_dbi slots = env->handles.slots;
    unsigned count = 0;
    if (mdb_cursor_open(mdb, KVI_LMDB_MAIN_DBI, &cursor) != 0) {
        return 0;
    }
    MDB_val key, value;
    bool has_room = true;
    for (int i = 0; i < LOOK_MAX && has_room && mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0; i++) {
        char name[KV_BUCKET_NAME_SIZE];
        if (!kvi_lmdb_is_record(&key, &value) || key.mv_size >= sizeof name ||
            memchr(key.mv_data, '\0', key.mv_size) != NULL) {
            continue;
        }
        memcpy(name, key.mv_data, key.mv_size);
        name[key.mv_size] = '\0';
        struct kvi_lmdb_handle *handle = NULL;
        has_room = open_one(env, mdb, &slots, name, kvi_lmdb_record_flags(&value), &handle);
        if (handle != NULL) {
            opened[count++] = handle;
        }
    }
    mdb_cursor_close(cursor);
    return count;
}

static void search(struct kvi_lmdb_env *env)
{
    struct kvi_lmdb_handles *handles = &env->handles;
    KVI_SCOPED_MEMORY struct kvi_lmdb_handle **opened = calloc(AHEAD_MAX, sizeof(opened[0]));
    MDB_txn *mdb = NULL;
    if (opened == NULL || kvi_lmdb_short_begin(env, &mdb) != KV_OK) {
        return;
    }
    unsigned count = 0;
    if (kvi_lmdb_can_hold_buckets(atomic_load(&env->main_flags))) {
        count = open_all(env, mdb, opened);
    }
    mdb_txn_commit(mdb);
    for (unsigned i = 0; i < count; i++) {
        kvi_lmdb_handle_publish(handles, opened[i]);
    }
    if (count > 0) {
        atomic_fetch_add(&handles->epoch, 1);
        handles->changes++;
    }
}

void kvi_lmdb_handles_refresh(struct kvi_lmdb_env *env)
{
    struct kvi_lmdb_handles *handles = &env->handles;
    MDB_stat stat;
    uint64_t seen = atomic_load_explicit(&handles->seen_entries, memory_order_relaxed);
    if (mdb_env_stat(env->mdb, &stat) != 0 || stat.ms_entries == seen) {
        return;
    }
    KVI_SCOPED_LOCK(&handles->lock);
    if (handles->writer != NULL) {
        return; /* no new slot may be taken now; at the next begin, then */
    }
    if (seen == KVI_LMDB_NEVER_SEEN || stat.ms_entries <= LOOK_MAX) {
        search(env);
    }
    atomic_store(&handles->seen_entries, stat.ms_entries);
}
