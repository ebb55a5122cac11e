#include "tests/model/run.h"

static void forget_touched(struct run *run)
{
    for (int i = 0; i < BUCKETS; i++) {
        map_clear(&run->touched[i]);
        run->is_rebuilt[i] = false;
    }
}

static void verify(struct run *run, kv_store *store, const struct world *world)
{
    kv_txn *txn = NULL;
    expect_status(run, kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    compare_world(run, txn, world);
    kv_txn_free(txn);
}

static bool is_world_equal(const struct world *a, const struct world *b)
{
    for (int i = 0; i < BUCKETS; i++) {
        if (!map_equal(&a->maps[i], &b->maps[i])) {
            return false;
        }
    }
    return true;
}

static void set_world(struct world *to, const struct world *from)
{
    struct world copy;
    world_copy(&copy, from);
    world_move(to, &copy);
}

static bool commit(struct run *run)
{
    kv_message message = {""};
    say(run, "session commit");
    int status = kv_session_commit(run->opened.session, KV_FOREVER, &message);
    if (status != KV_UNCHANGED || !is_world_equal(&run->base, &run->committed)) {
        if (status != KV_OK) {
            mismatch(run, "session commit: %s (%s)", kv_status_name(status), message.text);
        }
    }
    set_world(&run->base, &run->committed);
    forget_touched(run);
    verify(run, run->opened.base, &run->base);
    verify(run, run->opened.store, &run->committed);
    return true;
}

/* A commit that waits for another writer of the base in vain: nothing is lost, and later ones go on from there. */
static bool commit_in_vain(struct run *run)
{
    enum { PATIENCE_MS = 4 };
    kv_txn *writer = NULL;
    say(run, "session commit in vain");
    expect_status(run, kv_txn_begin(run->opened.base, NULL, KV_TXN_WRITE, KV_FOREVER, &writer), KV_OK);
    int status = kv_session_commit(run->opened.session, kv_deadline_after(PATIENCE_MS), NULL);
    if (status != KV_UNCHANGED || !is_world_equal(&run->base, &run->committed)) {
        expect_status(run, status, KV_ERR_TIMEOUT);
    }
    kv_txn_free(writer);
    verify(run, run->opened.base, &run->base);
    verify(run, run->opened.store, &run->committed);
    return true;
}

static bool discard(struct run *run)
{
    say(run, "session discard");
    expect_status(run, kv_session_discard(run->opened.session), KV_OK);
    set_world(&run->committed, &run->base);
    forget_touched(run);
    verify(run, run->opened.store, &run->committed);
    return true;
}

/* Gives `to` the pairs of a key that `from` has. */
static void copy_key(struct map *to, const struct map *from, kv_slice key)
{
    size_t low = map_lower(to, key);
    for (size_t count = map_upper(to, key) - low; count > 0; count--) {
        map_remove(to, low);
    }
    for (size_t i = map_lower(from, key); i < map_upper(from, key); i++) {
        map_put(to, key, entry_value(from->entries[i]));
    }
}

/* Whether the session surely has a pending change of this key of one value. */
static bool is_pending(const struct run *run, int number, kv_slice key)
{
    const struct map *base = &run->base.maps[number], *merged = &run->committed.maps[number];
    size_t at = map_lower(base, key), merged_at = map_lower(merged, key);
    bool is_there = map_upper(base, key) > at, is_merged = map_upper(merged, key) > merged_at;
    if (map_is_dup(base) || is_there != is_merged) {
        return !map_is_dup(base);
    }
    return is_there && !kv_slice_equal(entry_value(base->entries[at]), entry_value(merged->entries[merged_at]));
}

static void change_outside(struct run *run, kv_txn *txn, int number, kv_slice key, kv_slice value)
{
    struct map *map = &run->base.maps[number];
    size_t at = map_lower(map, key), count = map_upper(map, key) - at;
    bool is_only_empty = count == 1 && entry_value(map->entries[at]).size == 0;
    if (one_in(run, 2) || is_only_empty) {
        say(run, "outside delete %s %s", bucket_names[number], shown(key));
        int status = kv_txn_delete_all(txn, bucket_names[number], key);
        expect_status(run, status, count > 0 ? KV_OK : KV_UNCHANGED);
        for (; count > 0; count--) {
            map_remove(map, at);
        }
    } else {
        say(run, "outside put %s %s %s", bucket_names[number], shown(key), shown(value));
        expect_status(run, kv_txn_put(txn, bucket_names[number], key, value),
                      map_has_pair(map, key, value) ? KV_UNCHANGED : KV_OK);
        map_put(map, key, value);
    }
}

/* Somebody else commits to the base. A key that the session has not written shows at once; of one that it has changed
 * its own change shows, and wins at its commit. Of a key that it wrote without effect no document says which. */
static bool commit_outside(struct run *run)
{
    kv_txn *txn = NULL;
    say(run, "outside commit");
    expect_status(run, kv_txn_begin(run->opened.base, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    for (unsigned i = 1 + any(run, 6); i > 0; i--) {
        int number = (int)any(run, BUCKETS);
        kv_slice key = likely_key(run, number), value = any_value(run, number);
        const struct map *touched = &run->touched[number];
        bool is_touched = map_upper(touched, key) > map_lower(touched, key);
        bool is_own = is_touched && is_pending(run, number, key);
        if (!run->base.maps[number].exists || run->is_rebuilt[number] || (is_touched && !is_own) || value.size == 0) {
            continue;
        }
        struct entry *kept = entry_new(key, value);
        change_outside(run, txn, number, entry_key(kept), entry_value(kept));
        if (!is_own) {
            copy_key(&run->committed.maps[number], &run->base.maps[number], entry_key(kept));
        }
        entry_unref(kept);
    }
    expect_status(run, kv_txn_close(txn), KV_OK);
    verify(run, run->opened.store, &run->committed);
    return true;
}

/* Closes and opens everything; a session's pending changes are committed before. */
static bool reopen(struct run *run)
{
    say(run, "reopen");
    end_old_reader(run);
    store_row_reopen(&run->opened, 0);
    if (run->opened.session != NULL) {
        set_world(&run->base, &run->committed);
        forget_touched(run);
    }
    verify(run, run->opened.store, &run->committed);
    return true;
}

bool operate_session(struct run *run)
{
    if (run->depth > 0) {
        return false;
    }
    if (one_in(run, 8)) {
        return reopen(run);
    }
    if (run->opened.session == NULL) {
        return false;
    }
    switch (any(run, 4)) {
    case 0:
        return one_in(run, 6) ? commit_in_vain(run) : commit(run);
    case 1:
        return one_in(run, 2) ? discard(run) : false;
    default:
        return commit_outside(run);
    }
}
