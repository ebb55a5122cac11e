#include "tests/conformance/suite.h"

/* What a merge must get right; on a bare store the same content by a simpler way. */

static void row28_no_value_is_a_tombstone(struct fixture *f)
{
    static const char *const specials[] = {"", "\x01", "\xff", "DELETED", "tombstone"};
    char key[2] = "a";
    kv_txn *txn = begin_write(f);
    for (int i = 0; i < 5; i++) {
        key[0] = (char)('a' + i);
        assert_status(kv_txn_put(txn, "b", T(key), T(specials[i])), KV_OK);
    }
    assert_status(kv_txn_put(txn, "b", T("z"), B("\0")), KV_OK);
    commit(f, txn);
    fixture_reopen(f, 0);
    txn = begin_read(f);
    for (int i = 0; i < 5; i++) {
        key[0] = (char)('a' + i);
        assert_value(txn, "b", key, specials[i]);
    }
    kv_slice value;
    assert_status(kv_txn_get(txn, "b", T("z"), &value), KV_OK);
    assert_true(kv_slice_equal(value, B("\0")));
}

static void row28_newest_wins_per_key(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("a"), T("9")), KV_OK);
    assert_status(kv_txn_delete(txn, "b", T("b")), KV_OK);
    assert_status(kv_txn_delete(txn, "b", T("c")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("c"), T("new")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("dd"), T("x")), KV_OK);
    assert_status(kv_txn_delete(txn, "b", T("dd")), KV_OK);
    assert_status(kv_txn_delete(txn, "b", T("h")), KV_OK);
    assert_content(f, txn, "b", "a=9 c=new d=4 e=5 f=6 g=7");
    commit(f, txn);
    assert_committed(f, "b", "a=9 c=new d=4 e=5 f=6 g=7");
    fixture_reopen(f, 0);
    assert_committed(f, "b", "a=9 c=new d=4 e=5 f=6 g=7");
}

static void row28_newest_wins_per_pair(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 a=3 b=1 b=2 c=1 c=2 e=1 e=2");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete_pair(txn, "d", T("a"), T("2")), KV_OK);
    assert_status(kv_txn_delete_all(txn, "d", T("b")), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("b"), T("9")), KV_OK);
    assert_status(kv_txn_delete_all(txn, "d", T("c")), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("c"), T("1")), KV_OK);
    assert_status(kv_txn_delete_pair(txn, "d", T("c"), T("1")), KV_OK);
    assert_status(kv_txn_delete_pair(txn, "d", T("e"), T("1")), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("e"), T("1")), KV_OK);
    assert_content(f, txn, "d", "a=1 a=3 b=9 e=1 e=2");
    commit(f, txn);
    assert_committed(f, "d", "a=1 a=3 b=9 e=1 e=2");
    fixture_reopen(f, 0);
    assert_committed(f, "d", "a=1 a=3 b=9 e=1 e=2");
}

static void row28_a_cleared_bucket_hides_all_that_was_there(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_clear(txn, "b"), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("b"), T("new")), KV_OK);
    assert_status(kv_txn_has(txn, "b", T("a")), KV_NOT_FOUND);
    commit(f, txn);
    assert_committed(f, "b", "b=new");
    txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("c"), T("again")), KV_OK);
    assert_status(kv_txn_delete(txn, "b", T("a")), KV_UNCHANGED);
    commit(f, txn);
    fixture_reopen(f, 0);
    assert_committed(f, "b", "b=new c=again");
}

static void row28_deleting_through_a_cursor_in_a_merge(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 b=1 b=2 b=3 c=1 c=2");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_move(kv_cursor_next, cursor, "a=1");
    assert_status(kv_cursor_delete_current(cursor), KV_OK);
    assert_move(kv_cursor_next_no_dup, cursor, "b=1");
    assert_move(kv_cursor_next_dup, cursor, "b=2");
    assert_status(kv_cursor_delete_current(cursor), KV_OK);
    assert_move(kv_cursor_prev, cursor, "b=1");
    assert_move(kv_cursor_prev, cursor, "a=2");
    assert_move(kv_cursor_last, cursor, "c=2");
    assert_status(kv_cursor_delete_current_dups(cursor), KV_OK);
    assert_move(kv_cursor_prev, cursor, "b=3");
    commit(f, txn);
    fixture_reopen(f, 0);
    assert_committed(f, "d", "a=2 b=1 b=3");
}

static void row28_overwritten_several_times_over_reopenings(struct fixture *f)
{
    char value[16];
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    for (int round = 0; round < 4; round++) {
        snprintf(value, sizeof value, "%d", round);
        kv_txn *txn = begin_write(f);
        assert_status(kv_txn_put(txn, "b", T("r"), T(value)), KV_OK);
        assert_true(kv_txn_delete(txn, "b", T(round % 2 == 0 ? "a" : "d")) >= 0);
        assert_true(kv_txn_put(txn, "b", T(round % 2 == 0 ? "d" : "a"), T(value)) >= 0);
        commit(f, txn);
        fixture_reopen(f, 0);
    }
    assert_committed(f, "b", "a=3 b=2 c=3 r=3");
}

static const struct conformance_case cases[] = {
    CASE(row28_no_value_is_a_tombstone, KV_CAN_WRITE),
    CASE(row28_newest_wins_per_key, KV_CAN_WRITE),
    CASE(row28_newest_wins_per_pair, KV_CAN_WRITE),
    CASE(row28_a_cleared_bucket_hides_all_that_was_there, KV_CAN_WRITE),
    CASE(row28_deleting_through_a_cursor_in_a_merge, KV_CAN_WRITE),
    CASE(row28_overwritten_several_times_over_reopenings, KV_CAN_WRITE),
};
GROUP(merge_cases, cases);
