#include "tests/conformance/suite.h"

static void row01_a_fresh_cursor_is_not_positioned(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_read(f);
    assert_no_move(kv_cursor_current, cursor_of(f, txn, "b"), KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_next, cursor_of(f, txn, "b"), "a=1");
    assert_move(kv_cursor_prev, cursor_of(f, txn, "b"), "c=3");
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_next, cursor, "a=1");
}

static void row01_a_fresh_cursor_deletes_nothing(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_status(kv_cursor_delete_current(cursor), KV_ERR_NOT_POSITIONED);
    assert_content(f, txn, "b", "a=1 b=2");
    assert_move(kv_cursor_next, cursor, "a=1");
}

static void row01_rewind_makes_a_cursor_fresh(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_seek(cursor, T("b"), "b=2");
    kv_cursor_rewind(cursor);
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_next, cursor, "a=1");
    kv_cursor_rewind(cursor);
    assert_move(kv_cursor_prev, cursor, "c=3");
}

static void row02_next_past_the_end_stays_on_the_last(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_move(kv_cursor_last, cursor, "c=3");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "c=3");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "b=2");
}

static void row02_prev_past_the_beginning_stays_on_the_first(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_move(kv_cursor_first, cursor, "a=1");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "a=1");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_next, cursor, "b=2");
}

static void row02_a_walk_that_ended_sees_what_is_put_behind_its_end(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_move(kv_cursor_last, cursor, "b=2");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_status(kv_txn_put(txn, "b", T("c"), T("3")), KV_OK);
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_move(kv_cursor_prev, cursor, "b=2");
}

static void row02_a_single_pair_is_first_and_last(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_move(kv_cursor_next, cursor, "a=1");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "a=1");
    assert_move(kv_cursor_first, cursor, "a=1");
    assert_move(kv_cursor_last, cursor, "a=1");
}

static void row01_an_empty_bucket_gives_nothing(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "");
    kv_txn *txn = begin_read(f);
    assert_no_move(kv_cursor_next, cursor_of(f, txn, "b"), KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev, cursor_of(f, txn, "b"), KV_NOT_FOUND);
    assert_no_move(kv_cursor_first, cursor_of(f, txn, "b"), KV_NOT_FOUND);
    assert_no_move(kv_cursor_last, cursor_of(f, txn, "b"), KV_NOT_FOUND);
    assert_no_move(kv_cursor_current, cursor_of(f, txn, "b"), KV_ERR_NOT_POSITIONED);
    assert_status(kv_cursor_seek(cursor_of(f, txn, "b"), T("a"), NULL, NULL), KV_NOT_FOUND);
    assert_content(f, txn, "b", "");
}

static void row01_a_cursor_that_found_nothing_yet_is_fresh(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "");
    kv_txn *txn = begin_write(f);
    kv_cursor *up = cursor_of(f, txn, "b");
    kv_cursor *down = cursor_of(f, txn, "b");
    assert_no_move(kv_cursor_next, up, KV_NOT_FOUND);
    assert_no_move(kv_cursor_next_dup, up, KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev, down, KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev_no_dup, down, KV_NOT_FOUND);
    assert_status(kv_txn_put(txn, "b", T("a"), T("1")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    assert_move(kv_cursor_next, up, "a=1");
    assert_move(kv_cursor_prev, down, "b=2");
}

static void row02_turning_in_the_middle(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3 d=4");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_move(kv_cursor_next, cursor, "a=1");
    assert_move(kv_cursor_next, cursor, "b=2");
    assert_move(kv_cursor_prev, cursor, "a=1");
    assert_move(kv_cursor_next, cursor, "b=2");
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_move(kv_cursor_next, cursor, "d=4");
    assert_move(kv_cursor_prev, cursor, "c=3");
    assert_move(kv_cursor_prev, cursor, "b=2");
    assert_move(kv_cursor_next, cursor, "c=3");
}

static void row02_to_the_end_and_back_with_current_at_each_step(struct fixture *f)
{
    static const char *const texts[] = {"a=1", "a=2", "b=1", "c=1", "c=2"};
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 b=1 c=1 c=2");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    for (int i = 0; i < 5; i++) {
        assert_move(kv_cursor_next, cursor, texts[i]);
        assert_move(kv_cursor_current, cursor, texts[i]);
    }
    for (int i = 4; i-- > 0;) {
        assert_move(kv_cursor_prev, cursor, texts[i]);
        assert_move(kv_cursor_current, cursor, texts[i]);
    }
}

static void cursors_are_independent(struct fixture *f)
{
    fill(f, "a", KV_PLAIN, "a=1 b=2 c=3 d=4");
    fill(f, "b", KV_DUP_SORT, "x=1 x=2 y=3");
    kv_txn *txn = begin_read(f);
    kv_cursor *one = cursor_of(f, txn, "a");
    kv_cursor *two = cursor_of(f, txn, "a");
    kv_cursor *three = cursor_of(f, txn, "b");
    assert_move(kv_cursor_next, one, "a=1");
    assert_move(kv_cursor_prev, two, "d=4");
    assert_move(kv_cursor_next, three, "x=1");
    assert_move(kv_cursor_next, one, "b=2");
    assert_move(kv_cursor_prev, two, "c=3");
    assert_move(kv_cursor_prev, two, "b=2");
    assert_move(kv_cursor_next, one, "c=3");
    assert_move(kv_cursor_next, three, "x=2");
    assert_move(kv_cursor_current, two, "b=2");
    close_cursor(f, two);
    assert_move(kv_cursor_next, one, "d=4");
}

static void keys_only_gives_the_same_keys(struct fixture *f)
{
    kv_slice key, value;
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_status(kv_cursor_set_keys_only(cursor, 1), KV_OK);
    assert_status(kv_cursor_set_prefetch(cursor, 100), KV_OK);
    assert_status(kv_cursor_next(cursor, &key, &value), KV_OK);
    assert_slice(key, "a");
    assert_int_equal(value.size, 0);
    assert_status(kv_cursor_next(cursor, &key, &value), KV_OK);
    assert_slice(key, "b");
    assert_status(kv_cursor_next(cursor, &key, &value), KV_NOT_FOUND);
    assert_status(kv_cursor_set_keys_only(cursor, 0), KV_OK);
    assert_move(kv_cursor_first, cursor, "a=1");
}

static void many_pairs_are_walked_both_ways(struct fixture *f)
{
    enum { MANY = 3000 };
    char name[16];
    kv_slice key;
    kv_txn *txn = begin_write(f);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "%08u", i * 1103u % MANY);
        assert_true(kv_txn_put(txn, "b", T(name), T(name)) >= 0);
    }
    commit(f, txn);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "%08u", i);
        assert_status(kv_cursor_next(cursor, &key, NULL), KV_OK);
        assert_slice(key, name);
    }
    for (unsigned i = MANY - 1; i-- > 0;) {
        snprintf(name, sizeof name, "%08u", i);
        assert_status(kv_cursor_prev(cursor, &key, NULL), KV_OK);
        assert_slice(key, name);
    }
    assert_status(kv_cursor_prev(cursor, &key, NULL), KV_NOT_FOUND);
}

static const struct conformance_case cases[] = {
    CASE(row01_a_fresh_cursor_is_not_positioned, READ_HALF),
    CASE(row01_a_fresh_cursor_deletes_nothing, KV_CAN_WRITE),
    CASE(row01_rewind_makes_a_cursor_fresh, READ_HALF),
    CASE(row02_next_past_the_end_stays_on_the_last, READ_HALF),
    CASE(row02_prev_past_the_beginning_stays_on_the_first, READ_HALF),
    CASE(row02_a_walk_that_ended_sees_what_is_put_behind_its_end, KV_CAN_WRITE),
    CASE(row02_a_single_pair_is_first_and_last, READ_HALF),
    CASE(row01_an_empty_bucket_gives_nothing, READ_HALF),
    CASE(row01_a_cursor_that_found_nothing_yet_is_fresh, KV_CAN_WRITE),
    CASE(row02_turning_in_the_middle, READ_HALF),
    CASE(row02_to_the_end_and_back_with_current_at_each_step, READ_HALF),
    CASE(cursors_are_independent, READ_HALF),
    CASE(keys_only_gives_the_same_keys, READ_HALF),
    CASE(many_pairs_are_walked_both_ways, KV_CAN_WRITE),
};
GROUP(move_cases, cases);
