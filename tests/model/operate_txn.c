#include "tests/model/run.h"

void release_level(struct level *level)
{
    for (int i = 0; i < CURSORS; i++) {
        kv_cursor_close(level->cursors[i].real);
        place_set(&level->cursors[i].place, FRESH, NULL);
        level->cursors[i].real = NULL;
    }
    kv_txn_free(level->txn);
    level->txn = NULL;
    world_clear(&level->world);
}

static void begin_level(struct run *run, struct level *level, kv_txn *parent, unsigned flags, const struct world *seen)
{
    memset(level, 0, sizeof *level);
    expect_status(run, kv_txn_begin(run->opened.store, parent, flags, KV_FOREVER, &level->txn), KV_OK);
    world_copy(&level->world, seen);
}

static void verify_committed(struct run *run)
{
    kv_txn *txn = NULL;
    expect_status(run, kv_txn_begin(run->opened.store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    compare_world(run, txn, &run->committed);
    kv_txn_free(txn);
}

static void end_top(struct run *run, bool is_commit)
{
    struct level *ended = top(run);
    if (is_commit) {
        expect_status(run, kv_txn_commit(ended->txn, KV_FOREVER), KV_OK);
        if (run->is_write) {
            world_move(run->depth > 1 ? &run->levels[run->depth - 2].world : &run->committed, &ended->world);
        }
    } else {
        kv_txn_abort(ended->txn);
    }
    release_level(ended);
    run->depth--;
    if (run->depth > 0) {
        settle_cursors(run, top(run));
    } else if (run->is_write) {
        verify_committed(run);
    }
}

void end_levels(struct run *run, bool is_commit)
{
    while (run->depth > 0) {
        end_top(run, is_commit);
    }
}

static bool begin_top(struct run *run)
{
    run->is_write = !one_in(run, 4);
    say(run, "begin %s", run->is_write ? "write" : "read");
    begin_level(run, &run->levels[0], NULL, run->is_write ? KV_TXN_WRITE : KV_TXN_READ, &run->committed);
    run->depth = 1;
    return true;
}

static bool begin_child(struct run *run)
{
    if (!run->is_write || run->depth == LEVELS || (run->can & KV_CAN_NEST) == 0) {
        return false;
    }
    say(run, "begin child %d", run->depth);
    struct level *parent = top(run);
    begin_level(run, &run->levels[run->depth], parent->txn, KV_TXN_WRITE, &parent->world);
    run->depth++;
    return true;
}

void end_old_reader(struct run *run)
{
    if (run->old.txn != NULL) {
        compare_world(run, run->old.txn, &run->old.world);
        release_level(&run->old);
    }
}

/* A reader that stays open while others commit, and in the end must still see what it began with. */
static bool turn_old_reader(struct run *run)
{
    if (run->old.txn == NULL) {
        say(run, "begin the old reader");
        begin_level(run, &run->old, NULL, KV_TXN_READ, &run->committed);
        compare_world(run, run->old.txn, &run->old.world); /* opens its buckets: later may be too late (KV_ERR_STALE) */
        return true;
    }
    say(run, "end the old reader");
    end_old_reader(run);
    return true;
}

bool operate_txn(struct run *run)
{
    if (run->depth == 0) {
        return begin_top(run);
    }
    switch (any(run, 12)) {
    case 0:
    case 1:
        return begin_child(run);
    case 2:
        return turn_old_reader(run);
    case 3:
    case 4:
    case 5:
    case 6: {
        bool is_commit = !one_in(run, 4);
        say(run, "%s level %d", is_commit ? "commit" : "abort", run->depth);
        end_top(run, is_commit);
        return true;
    }
    default:
        return false;
    }
}
