#include "tests/conformance/suite.h"

static kv_cursor *at_deleted(struct fixture *f, kv_txn *txn, const char *key, const char *value)
{
    kv_cursor *cursor = cursor_of(f, txn, "b");
    if ((kv_bucket_kind(bucket_of(txn, "b")) & KV_DUP_SORT) != 0) {
        assert_status(kv_cursor_seek_both_exact(cursor, T(key), T(value)), KV_OK);
    } else {
        assert_status(kv_cursor_seek_exact(cursor, T(key), NULL), KV_OK);
    }
    assert_status(kv_cursor_delete_current(cursor), KV_OK);
    return cursor;
}

static void row12_next_after_a_deletion_gives_the_successor(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3 d=4");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = at_deleted(f, txn, "b", "2");
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_move(kv_cursor_next, cursor, "d=4");
    assert_content(f, txn, "b", "a=1 c=3 d=4");
}

static void row12_current_in_the_gap_gives_the_successor_and_does_not_move(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3 d=4");
    kv_cursor *cursor = at_deleted(f, begin_write(f), "b", "2");
    assert_move(kv_cursor_current, cursor, "c=3");
    assert_move(kv_cursor_current, cursor, "c=3");
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_move(kv_cursor_current, cursor, "c=3");
    assert_move(kv_cursor_next, cursor, "d=4");
}

static void row12_prev_in_the_gap_gives_the_predecessor(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3 d=4");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = at_deleted(f, txn, "c", "3");
    assert_move(kv_cursor_prev, cursor, "b=2");
    assert_move(kv_cursor_next, cursor, "d=4");
    cursor = at_deleted(f, txn, "b", "2");
    assert_move(kv_cursor_current, cursor, "d=4");
    assert_move(kv_cursor_prev, cursor, "a=1");
}

static void row12_a_second_deletion_in_the_gap_is_not_positioned(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3 d=4");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = at_deleted(f, txn, "b", "2");
    assert_status(kv_cursor_delete_current(cursor), KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_current, cursor, "c=3");
    assert_status(kv_cursor_delete_current(cursor), KV_ERR_NOT_POSITIONED);
    assert_content(f, txn, "b", "a=1 c=3 d=4");
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_status(kv_cursor_delete_current(cursor), KV_OK);
    assert_content(f, txn, "b", "a=1 d=4");
}

static void row12_deleting_the_last_leaves_the_end(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_cursor *cursor = at_deleted(f, begin_write(f), "c", "3");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "b=2");
}

static void row12_deleting_the_first_leaves_the_beginning(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_cursor *cursor = at_deleted(f, begin_write(f), "a", "1");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "b=2");
    assert_move(kv_cursor_next, cursor, "b=2");
}

static void row12_deleting_the_only_pair(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = at_deleted(f, txn, "a", "1");
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_content(f, txn, "b", "");
}

static void row12_deleting_all_in_a_walk(struct fixture *f)
{
    static const char *const texts[] = {"a=1", "b=2", "c=3", "d=4", "e=5"};
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3 d=4 e=5");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    for (int i = 0; i < 5; i++) {
        assert_move(kv_cursor_next, cursor, texts[i]);
        assert_status(kv_cursor_delete_current(cursor), KV_OK);
    }
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_content(f, txn, "b", "");
    commit(f, txn);
    assert_committed(f, "b", "");
}

static void row12_deleting_all_in_a_walk_backwards(struct fixture *f)
{
    static const char *const texts[] = {"c=1", "b=2", "b=1", "a=1"};
    fill(f, "b", KV_DUP_SORT, "a=1 b=1 b=2 c=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    for (int i = 0; i < 4; i++) {
        assert_move(kv_cursor_prev, cursor, texts[i]);
        assert_status(kv_cursor_delete_current(cursor), KV_OK);
    }
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_content(f, txn, "b", "");
}

static void row12_gap_between_the_values_of_a_key(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 a=2 a=3 b=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = at_deleted(f, txn, "a", "2");
    assert_move(kv_cursor_current, cursor, "a=3");
    assert_status(kv_cursor_delete_current(cursor), KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_next, cursor, "a=3");
    assert_move(kv_cursor_next, cursor, "b=1");
    cursor = at_deleted(f, txn, "a", "3");
    assert_move(kv_cursor_current, cursor, "b=1");
    assert_move(kv_cursor_prev, cursor, "a=1");
    assert_content(f, txn, "b", "a=1 b=1");
}

static void row12_gap_at_the_ends_of_a_keys_values(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 a=2 a=3 b=1 b=2");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = at_deleted(f, txn, "a", "1");
    assert_move(kv_cursor_current, cursor, "a=2");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    cursor = at_deleted(f, txn, "a", "3");
    assert_move(kv_cursor_next, cursor, "b=1");
    cursor = at_deleted(f, txn, "b", "2");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "b=1");
}

static void row12_next_dup_in_the_gap_stays_with_the_key(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 a=2 a=3 b=1");
    kv_cursor *cursor = at_deleted(f, begin_write(f), "a", "2");
    assert_move(kv_cursor_next_dup, cursor, "a=3");
    assert_no_move(kv_cursor_next_dup, cursor, KV_NOT_FOUND);
}

static void row12_deleting_all_values_of_the_current_key(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 c=1 c=2 c=3 d=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_status(kv_cursor_seek_both_exact(cursor, T("c"), T("2")), KV_OK);
    assert_status(kv_cursor_delete_current_dups(cursor), KV_OK);
    assert_move(kv_cursor_current, cursor, "d=1");
    assert_status(kv_cursor_delete_current(cursor), KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_prev, cursor, "a=1");
    assert_content(f, txn, "b", "a=1 d=1");
}

static void row12_deletion_by_key_leaves_a_cursor_on_it_in_the_gap(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_seek(cursor, T("b"), "b=2");
    assert_status(kv_cursor_delete(cursor, T("a")), KV_OK);
    assert_move(kv_cursor_current, cursor, "b=2");
    assert_status(kv_cursor_delete(cursor, T("zz")), KV_UNCHANGED);
    assert_status(kv_cursor_delete(cursor, T("b")), KV_OK);
    assert_move(kv_cursor_current, cursor, "c=3");
    assert_move(kv_cursor_next, cursor, "c=3");
}

static void row12_other_deletions_do_not_move_a_cursor(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 b=1 b=2 b=3 c=1 d=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_status(kv_cursor_seek_both_exact(cursor, T("b"), T("2")), KV_OK);
    assert_status(kv_txn_delete_pair(txn, "b", T("b"), T("1")), KV_OK);
    assert_status(kv_txn_delete_all(txn, "b", T("a")), KV_OK);
    assert_status(kv_txn_delete_all(txn, "b", T("c")), KV_OK);
    assert_move(kv_cursor_current, cursor, "b=2");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_next, cursor, "b=3");
    assert_move(kv_cursor_next, cursor, "d=1");
}

static void row12_a_deletion_by_another_cursor_leaves_the_gap(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *one = cursor_of(f, txn, "b");
    kv_cursor *two = cursor_of(f, txn, "b");
    assert_seek(one, T("b"), "b=2");
    assert_seek(two, T("b"), "b=2");
    assert_status(kv_cursor_delete_current(one), KV_OK);
    assert_status(kv_cursor_delete_current(two), KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_next, two, "c=3");
    assert_move(kv_cursor_prev, one, "a=1");
    assert_content(f, txn, "b", "a=1 c=3");
}

static void row12_what_is_put_into_the_gap_is_the_successor(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 c=2 f=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = at_deleted(f, txn, "c", "2");
    assert_status(kv_txn_put(txn, "b", T("d"), T("4")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("b"), T("5")), KV_OK);
    assert_move(kv_cursor_current, cursor, "d=4");
    assert_move(kv_cursor_prev, cursor, "b=5");
}

static void row12_gap_after_a_put_elsewhere(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 b=1 b=2 c=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = at_deleted(f, txn, "b", "1");
    assert_status(kv_txn_put(txn, "other", T("x"), T("y")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("z"), T("9")), KV_OK);
    assert_status(kv_cursor_delete_current(cursor), KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_next, cursor, "b=2");
}

static const struct conformance_case cases[] = {
    CASE(row12_next_after_a_deletion_gives_the_successor, KV_CAN_WRITE),
    CASE(row12_current_in_the_gap_gives_the_successor_and_does_not_move, KV_CAN_WRITE),
    CASE(row12_prev_in_the_gap_gives_the_predecessor, KV_CAN_WRITE),
    CASE(row12_a_second_deletion_in_the_gap_is_not_positioned, KV_CAN_WRITE),
    CASE(row12_deleting_the_last_leaves_the_end, KV_CAN_WRITE),
    CASE(row12_deleting_the_first_leaves_the_beginning, KV_CAN_WRITE),
    CASE(row12_deleting_the_only_pair, KV_CAN_WRITE),
    CASE(row12_deleting_all_in_a_walk, KV_CAN_WRITE),
    CASE(row12_deleting_all_in_a_walk_backwards, KV_CAN_WRITE),
    CASE(row12_gap_between_the_values_of_a_key, KV_CAN_WRITE),
    CASE(row12_gap_at_the_ends_of_a_keys_values, KV_CAN_WRITE),
    CASE(row12_next_dup_in_the_gap_stays_with_the_key, KV_CAN_WRITE),
    CASE(row12_deleting_all_values_of_the_current_key, KV_CAN_WRITE),
    CASE(row12_deletion_by_key_leaves_a_cursor_on_it_in_the_gap, KV_CAN_WRITE),
    CASE(row12_other_deletions_do_not_move_a_cursor, KV_CAN_WRITE),
    CASE(row12_a_deletion_by_another_cursor_leaves_the_gap, KV_CAN_WRITE),
    CASE(row12_what_is_put_into_the_gap_is_the_successor, KV_CAN_WRITE),
    CASE(row12_gap_after_a_put_elsewhere, KV_CAN_WRITE),
};
GROUP(gap_cases, cases);
