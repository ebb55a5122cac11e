#include "tests/conformance/suite.h"

static void row08_put_through_a_cursor_stands_on_the_pair(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 c=3 e=5");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_status(kv_cursor_put(cursor, T("b"), T("2")), KV_OK);
    assert_move(kv_cursor_current, cursor, "b=2");
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_status(kv_cursor_put(cursor, T("c"), T("33")), KV_OK);
    assert_move(kv_cursor_current, cursor, "c=33");
    assert_move(kv_cursor_prev, cursor, "b=2");
    assert_status(kv_cursor_put(cursor, T("e"), T("5")), KV_UNCHANGED);
    assert_move(kv_cursor_current, cursor, "e=5");
    assert_content(f, txn, "b", "a=1 b=2 c=33 e=5");
}

static void row08_put_new_that_exists_leaves_the_cursor(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 c=3 e=5");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_seek(cursor, T("a"), "a=1");
    assert_status(kv_cursor_put_new(cursor, T("e"), T("6")), KV_EXISTS);
    assert_move(kv_cursor_current, cursor, "a=1");
    assert_status(kv_cursor_put_new(cursor, T("d"), T("4")), KV_OK);
    assert_move(kv_cursor_current, cursor, "d=4");
    assert_content(f, txn, "b", "a=1 c=3 d=4 e=5");
}

static void row14_append_through_a_cursor(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_seek(cursor, T("a"), "a=1");
    assert_status(kv_cursor_append(cursor, T("b"), T("2")), KV_EXISTS);
    assert_status(kv_cursor_append(cursor, T("c"), T("2")), KV_EXISTS);
    assert_move(kv_cursor_current, cursor, "a=1");
    assert_status(kv_cursor_append(cursor, T("d"), T("4")), KV_OK);
    assert_move(kv_cursor_current, cursor, "d=4");
    assert_move(kv_cursor_prev, cursor, "c=3");
    assert_content(f, txn, "b", "a=1 c=3 d=4");
}

static void row14_append_dup_through_a_cursor(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=5 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_status(kv_cursor_append_dup(cursor, T("a"), T("6")), KV_OK);
    assert_move(kv_cursor_current, cursor, "a=6");
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_status(kv_cursor_append_dup(cursor, T("a"), T("5")), KV_EXISTS);
    assert_content(f, txn, "d", "a=1 a=5 a=6 c=3");
}

static void row08_put_no_dup_answers_exists_for_the_pair(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_status(kv_cursor_put_no_dup(cursor, T("a"), T("1")), KV_EXISTS);
    assert_status(kv_cursor_put_no_dup(cursor, T("a"), T("2")), KV_OK);
    assert_move(kv_cursor_current, cursor, "a=2");
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_content(f, txn, "d", "a=1 a=2 c=3");
}

static void row13_put_current_replaces_the_value(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_seek(cursor, T("b"), "b=2");
    assert_status(kv_cursor_put_current(cursor, T("b"), T("9")), KV_OK);
    assert_move(kv_cursor_current, cursor, "b=9");
    assert_status(kv_cursor_put_current(cursor, T("b"), T("9")), KV_UNCHANGED);
    assert_status(kv_cursor_put_current(cursor, T("b"), T("much longer than before")), KV_OK);
    assert_status(kv_cursor_put_current(cursor, T("b"), T("")), KV_OK);
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_content(f, txn, "b", "a=1 b= c=3");
    commit(f, txn);
    assert_committed(f, "b", "a=1 b= c=3");
}

static void row13_put_current_of_another_key_is_a_mismatch(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_seek(cursor, T("b"), "b=2");
    assert_status(kv_cursor_put_current(cursor, T("k9"), T("9")), KV_ERR_KEY_MISMATCH);
    assert_status(kv_cursor_put_current(cursor, T("a"), T("9")), KV_ERR_KEY_MISMATCH);
    assert_status(kv_cursor_put_current(cursor, T(""), T("9")), KV_ERR_KEY_MISMATCH);
    assert_move(kv_cursor_current, cursor, "b=2");
    assert_content(f, txn, "b", "a=1 b=2 c=3");
}

static void row13_put_current_needs_a_pair(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_write(f);
    assert_status(kv_cursor_put_current(cursor_of(f, txn, "b"), T("a"), T("9")), KV_ERR_NOT_POSITIONED);
    assert_content(f, txn, "b", "a=1 b=2");
}

static void row13_put_current_moves_a_dup_value_where_it_sorts(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=3 a=5 b=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_seek(cursor, T("a"), "a=1");
    assert_status(kv_cursor_put_current(cursor, T("a"), T("4")), KV_OK);
    assert_move(kv_cursor_current, cursor, "a=4");
    assert_content(f, txn, "d", "a=3 a=4 a=5 b=1");
    assert_move(kv_cursor_next, cursor, "a=5");
    assert_status(kv_cursor_put_current(cursor, T("a"), T("0")), KV_OK);
    assert_move(kv_cursor_next, cursor, "a=3");
    assert_status(kv_cursor_put_current(cursor, T("a"), T("333")), KV_OK);
    assert_content(f, txn, "d", "a=0 a=333 a=4 b=1");
    commit(f, txn);
    assert_committed(f, "d", "a=0 a=333 a=4 b=1");
}

static void row13_put_current_onto_another_pair_changes_nothing(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=3 b=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_seek(cursor, T("a"), "a=1");
    assert_status(kv_cursor_put_current(cursor, T("a"), T("3")), KV_EXISTS);
    assert_move(kv_cursor_current, cursor, "a=1");
    assert_status(kv_cursor_put_current(cursor, T("a"), T("1")), KV_UNCHANGED);
    assert_status(kv_cursor_put_current(cursor, T("b"), T("1")), KV_ERR_KEY_MISMATCH);
    assert_content(f, txn, "d", "a=1 a=3 b=1");
}

static void row13_put_current_keeps_fixed_sizes(struct fixture *f)
{
    fill(f, "d", KV_DUP_FIXED, "a=11 a=33 b=11");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_seek(cursor, T("a"), "a=11");
    assert_status(kv_cursor_put_current(cursor, T("a"), T("1")), KV_ERR_WRONG_SIZE);
    assert_status(kv_cursor_put_current(cursor, T("a"), T("222")), KV_ERR_WRONG_SIZE);
    assert_status(kv_cursor_put_current(cursor, T("a"), T("44")), KV_OK);
    assert_content(f, txn, "d", "a=33 a=44 b=11");
}

static void row02_puts_elsewhere_do_not_move_a_cursor(struct fixture *f)
{
    char name[16];
    fill(f, "b", KV_PLAIN, "a=1 m=2 z=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_seek(cursor, T("m"), "m=2");
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "%c%06d", i % 2 == 0 ? 'l' : 'n', i);
        assert_status(kv_txn_put(txn, "b", T(name), T("a value that makes pages split")), KV_OK);
    }
    assert_move(kv_cursor_current, cursor, "m=2");
    assert_move(kv_cursor_next, cursor, "n000001=a value that makes pages split");
    assert_move(kv_cursor_prev, cursor, "m=2");
    assert_move(kv_cursor_prev, cursor, "l000498=a value that makes pages split");
}

static void row02_a_cursor_sees_the_new_value_of_its_key(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_seek(cursor, T("b"), "b=2");
    assert_status(kv_txn_put(txn, "b", T("b"), T("a longer value")), KV_OK);
    assert_move(kv_cursor_current, cursor, "b=a longer value");
    assert_move(kv_cursor_next, cursor, "c=3");
}

static const struct conformance_case cases[] = {
    CASE(row08_put_through_a_cursor_stands_on_the_pair, KV_CAN_WRITE),
    CASE(row08_put_new_that_exists_leaves_the_cursor, KV_CAN_WRITE),
    CASE(row14_append_through_a_cursor, KV_CAN_WRITE),
    CASE(row14_append_dup_through_a_cursor, KV_CAN_WRITE),
    CASE(row08_put_no_dup_answers_exists_for_the_pair, KV_CAN_WRITE),
    CASE(row13_put_current_replaces_the_value, KV_CAN_WRITE),
    CASE(row13_put_current_of_another_key_is_a_mismatch, KV_CAN_WRITE),
    CASE(row13_put_current_needs_a_pair, KV_CAN_WRITE),
    CASE(row13_put_current_moves_a_dup_value_where_it_sorts, KV_CAN_WRITE),
    CASE(row13_put_current_onto_another_pair_changes_nothing, KV_CAN_WRITE),
    CASE(row13_put_current_keeps_fixed_sizes, KV_CAN_WRITE),
    CASE(row02_puts_elsewhere_do_not_move_a_cursor, KV_CAN_WRITE),
    CASE(row02_a_cursor_sees_the_new_value_of_its_key, KV_CAN_WRITE),
};
GROUP(cursor_write_cases, cases);
