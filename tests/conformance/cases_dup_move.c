#include "tests/conformance/suite.h"

static const char table[] = "key1=1.1 key1=1.3 key3=3.1 key3=3.3";

static void row02_a_step_goes_from_pair_to_pair(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "key3=3.3 key1=1.3 key3=3.1 key1=1.1");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_move(kv_cursor_first, cursor, "key1=1.1");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_next, cursor, "key1=1.3");
    assert_move(kv_cursor_next, cursor, "key3=3.1");
    assert_move(kv_cursor_prev, cursor, "key1=1.3");
    assert_move(kv_cursor_last, cursor, "key3=3.3");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "key3=3.1");
    assert_move(kv_cursor_prev, cursor, "key1=1.3");
    assert_move(kv_cursor_prev, cursor, "key1=1.1");
}

static void row02_next_dup_stays_with_the_key(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, table);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_move(kv_cursor_first, cursor, "key1=1.1");
    assert_move(kv_cursor_next_dup, cursor, "key1=1.3");
    assert_no_move(kv_cursor_next_dup, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "key1=1.3");
    assert_move(kv_cursor_next_no_dup, cursor, "key3=3.1");
    assert_move(kv_cursor_next_dup, cursor, "key3=3.3");
    assert_no_move(kv_cursor_next_dup, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_next_no_dup, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "key3=3.3");
}

static void row02_prev_dup_stays_with_the_key(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, table);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_move(kv_cursor_last, cursor, "key3=3.3");
    assert_move(kv_cursor_prev_dup, cursor, "key3=3.1");
    assert_no_move(kv_cursor_prev_dup, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "key3=3.1");
    assert_move(kv_cursor_prev, cursor, "key1=1.3");
}

static void row01_dup_steps_of_a_fresh_cursor_begin_like_next_and_prev(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, table);
    kv_txn *txn = begin_read(f);
    assert_move(kv_cursor_next_dup, cursor_of(f, txn, "d"), "key1=1.1");
    assert_move(kv_cursor_prev_dup, cursor_of(f, txn, "d"), "key3=3.3");
    assert_move(kv_cursor_next_no_dup, cursor_of(f, txn, "d"), "key1=1.1");
    assert_move(kv_cursor_prev_no_dup, cursor_of(f, txn, "d"), "key3=3.3");
}

static void row01_other_dup_verbs_of_a_fresh_cursor_are_not_positioned(struct fixture *f)
{
    uint64_t count;
    fill(f, "d", KV_DUP_SORT, table);
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_status(kv_cursor_first_dup(cursor, NULL), KV_ERR_NOT_POSITIONED);
    assert_status(kv_cursor_last_dup(cursor, NULL), KV_ERR_NOT_POSITIONED);
    assert_status(kv_cursor_count_dups(cursor, &count), KV_ERR_NOT_POSITIONED);
    assert_status(kv_cursor_delete_current_dups(cursor), KV_ERR_NOT_POSITIONED);
    assert_content(f, txn, "d", table);
}

static void row03_dup_verbs_after_the_end_are_not_positioned(struct fixture *f)
{
    uint64_t count;
    fill(f, "d", KV_DUP_SORT, table);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_status(kv_cursor_seek(cursor, T("z"), NULL, NULL), KV_NOT_FOUND);
    assert_status(kv_cursor_first_dup(cursor, NULL), KV_ERR_NOT_POSITIONED);
    assert_status(kv_cursor_last_dup(cursor, NULL), KV_ERR_NOT_POSITIONED);
    assert_no_move(kv_cursor_next_dup, cursor, KV_ERR_NOT_POSITIONED);
    assert_no_move(kv_cursor_prev_dup, cursor, KV_ERR_NOT_POSITIONED);
    assert_status(kv_cursor_count_dups(cursor, &count), KV_ERR_NOT_POSITIONED);
    assert_no_move(kv_cursor_next_no_dup, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev_no_dup, cursor, "key3=3.3");
}

static void row02_first_and_last_dup(struct fixture *f)
{
    kv_slice value;
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 a=3 b=5 c=1");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_seek(cursor, T("a"), "a=1");
    assert_status(kv_cursor_last_dup(cursor, &value), KV_OK);
    assert_slice(value, "3");
    assert_move(kv_cursor_current, cursor, "a=3");
    assert_status(kv_cursor_first_dup(cursor, &value), KV_OK);
    assert_slice(value, "1");
    assert_move(kv_cursor_next, cursor, "a=2");
    assert_move(kv_cursor_next_no_dup, cursor, "b=5");
    assert_status(kv_cursor_last_dup(cursor, &value), KV_OK);
    assert_slice(value, "5");
    assert_status(kv_cursor_first_dup(cursor, &value), KV_OK);
    assert_slice(value, "5");
    assert_move(kv_cursor_next, cursor, "c=1");
}

static void row02_next_no_dup_and_last_dup_visit_each_key_once(struct fixture *f)
{
    kv_slice value;
    fill(f, "d", KV_DUP_SORT, table);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_move(kv_cursor_first, cursor, "key1=1.1");
    assert_status(kv_cursor_last_dup(cursor, &value), KV_OK);
    assert_slice(value, "1.3");
    assert_move(kv_cursor_next_no_dup, cursor, "key3=3.1");
    assert_status(kv_cursor_last_dup(cursor, &value), KV_OK);
    assert_slice(value, "3.3");
    assert_no_move(kv_cursor_next_no_dup, cursor, KV_NOT_FOUND);
}

static void row02_prev_no_dup_goes_to_the_last_value(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 b=5 c=1 c=2");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_move(kv_cursor_last, cursor, "c=2");
    assert_move(kv_cursor_prev_no_dup, cursor, "b=5");
    assert_move(kv_cursor_prev_no_dup, cursor, "a=2");
    assert_no_move(kv_cursor_prev_no_dup, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "a=2");
    assert_seek(cursor, T("c"), "c=1");
    assert_move(kv_cursor_prev_no_dup, cursor, "b=5");
}

static void row02_key_steps_of_a_plain_bucket_are_steps(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_move(kv_cursor_next_no_dup, cursor, "a=1");
    assert_move(kv_cursor_next_no_dup, cursor, "b=2");
    assert_move(kv_cursor_prev_no_dup, cursor, "a=1");
    assert_no_move(kv_cursor_prev_no_dup, cursor, KV_NOT_FOUND);
}

static void row18_dup_moves_are_incompatible_with_a_plain_bucket(struct fixture *f)
{
    uint64_t count;
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_move(kv_cursor_first, cursor, "a=1");
    assert_status(kv_cursor_first_dup(cursor, NULL), KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_last_dup(cursor, NULL), KV_ERR_INCOMPATIBLE);
    assert_no_move(kv_cursor_next_dup, cursor, KV_ERR_INCOMPATIBLE);
    assert_no_move(kv_cursor_prev_dup, cursor, KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_count_dups(cursor, &count), KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_delete_current_dups(cursor), KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_put_no_dup(cursor, T("a"), T("2")), KV_ERR_INCOMPATIBLE);
    assert_content(f, txn, "b", "a=1 b=2");
    assert_move(kv_cursor_current, cursor, "a=1");
}

static void row25_count_dups_counts_the_values_of_the_key(struct fixture *f)
{
    uint64_t count = 0;
    fill(f, "d", KV_DUP_SORT, "a=1 b=1 b=2 b=3 c=1 c=2");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_move(kv_cursor_first, cursor, "a=1");
    assert_status(kv_cursor_count_dups(cursor, &count), KV_OK);
    assert_int_equal(count, 1);
    assert_status(kv_cursor_seek_both_exact(cursor, T("b"), T("2")), KV_OK);
    assert_status(kv_cursor_count_dups(cursor, &count), KV_OK);
    assert_int_equal(count, 3);
    assert_move(kv_cursor_current, cursor, "b=2");
    assert_status(kv_txn_put(txn, "d", T("b"), T("4")), KV_OK);
    assert_status(kv_txn_delete_pair(txn, "d", T("b"), T("1")), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("b"), T("5")), KV_OK);
    assert_status(kv_cursor_count_dups(cursor, &count), KV_OK);
    assert_int_equal(count, 4);
}

static void row02_dup_steps_see_writes(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=5 b=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_move(kv_cursor_first, cursor, "a=1");
    assert_status(kv_txn_put(txn, "d", T("a"), T("3")), KV_OK);
    assert_move(kv_cursor_next_dup, cursor, "a=3");
    assert_status(kv_txn_delete_pair(txn, "d", T("a"), T("5")), KV_OK);
    assert_no_move(kv_cursor_next_dup, cursor, KV_NOT_FOUND);
    assert_status(kv_txn_put(txn, "d", T("aa"), T("0")), KV_OK);
    assert_move(kv_cursor_next_no_dup, cursor, "aa=0");
    assert_status(kv_txn_put(txn, "d", T("a"), T("9")), KV_OK);
    assert_move(kv_cursor_prev_no_dup, cursor, "a=9");
}

static void many_values_of_one_key(struct fixture *f)
{
    enum { MANY = 2000 };
    char text[16];
    kv_slice key, value;
    uint64_t count = 0;
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "d", KV_DUP_SORT, NULL), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("a"), T("x")), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("z"), T("x")), KV_OK);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "%06u", i * 1103u % MANY);
        assert_status(kv_txn_put(txn, "d", T("k"), T(text)), KV_OK);
    }
    commit(f, txn);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_status(kv_cursor_seek_exact(cursor, T("k"), &value), KV_OK);
    assert_status(kv_cursor_count_dups(cursor, &count), KV_OK);
    assert_int_equal(count, MANY);
    for (unsigned i = 1; i < MANY; i++) {
        snprintf(text, sizeof text, "%06u", i);
        assert_status(kv_cursor_next_dup(cursor, &key, &value), KV_OK);
        assert_slice(key, "k");
        assert_slice(value, text);
    }
    assert_no_move(kv_cursor_next_dup, cursor, KV_NOT_FOUND);
    assert_status(kv_cursor_seek_both_range(cursor, T("k"), T("000999x"), &value), KV_OK);
    assert_slice(value, "001000");
    assert_move(kv_cursor_prev_no_dup, cursor, "a=x");
}

static const struct conformance_case cases[] = {
    CASE(row02_a_step_goes_from_pair_to_pair, READ_HALF),
    CASE(row02_next_dup_stays_with_the_key, READ_HALF),
    CASE(row02_prev_dup_stays_with_the_key, READ_HALF),
    CASE(row01_dup_steps_of_a_fresh_cursor_begin_like_next_and_prev, READ_HALF),
    CASE(row01_other_dup_verbs_of_a_fresh_cursor_are_not_positioned, KV_CAN_WRITE),
    CASE(row03_dup_verbs_after_the_end_are_not_positioned, READ_HALF),
    CASE(row02_first_and_last_dup, READ_HALF),
    CASE(row02_next_no_dup_and_last_dup_visit_each_key_once, READ_HALF),
    CASE(row02_prev_no_dup_goes_to_the_last_value, READ_HALF),
    CASE(row02_key_steps_of_a_plain_bucket_are_steps, READ_HALF),
    CASE(row18_dup_moves_are_incompatible_with_a_plain_bucket, KV_CAN_WRITE),
    CASE(row25_count_dups_counts_the_values_of_the_key, KV_CAN_WRITE),
    CASE(row02_dup_steps_see_writes, KV_CAN_WRITE),
    CASE(many_values_of_one_key, KV_CAN_WRITE),
};
GROUP(dup_move_cases, cases);
