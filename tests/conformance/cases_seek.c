#include "tests/conformance/suite.h"

static void row03_seek_is_a_lower_bound(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "b=1 bb=2 d=3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_seek(cursor, T("a"), "b=1");
    assert_seek(cursor, T("b"), "b=1");
    assert_seek(cursor, T("ba"), "bb=2");
    assert_seek(cursor, T("c"), "d=3");
    assert_move(kv_cursor_current, cursor, "d=3");
    assert_move(kv_cursor_prev, cursor, "bb=2");
    assert_seek(cursor, T(""), "b=1");
    assert_move(kv_cursor_next, cursor, "bb=2");
}

static void row03_seek_past_everything_rests_after_the_end(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    const char mark = 'm';
    kv_slice key = V(mark), value = V(mark);
    assert_status(kv_cursor_seek(cursor, T("d"), &key, &value), KV_NOT_FOUND);
    assert_ptr_equal(key.data, &mark);
    assert_ptr_equal(value.data, &mark);
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_prev, cursor, "c=3");
    assert_move(kv_cursor_prev, cursor, "b=2");
}

static void row03_after_the_end_there_is_nothing_to_delete(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_status(kv_cursor_seek(cursor, T("x"), NULL, NULL), KV_NOT_FOUND);
    assert_status(kv_cursor_delete_current(cursor), KV_ERR_NOT_POSITIONED);
    assert_status(kv_cursor_put_current(cursor, T("b"), T("9")), KV_ERR_NOT_POSITIONED);
    assert_content(f, txn, "b", "a=1 b=2");
}

static void row03_seek_in_dup_sort_gives_the_first_value(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 c=1 c=2");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_seek(cursor, T("a"), "a=1");
    assert_seek(cursor, T("b"), "c=1");
    assert_move(kv_cursor_prev, cursor, "a=2");
    assert_status(kv_cursor_seek(cursor, T("d"), NULL, NULL), KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "c=2");
}

static void row03_many_seeks_between_many_keys(struct fixture *f)
{
    enum { MANY = 600 };
    char name[16];
    kv_slice key;
    kv_txn *txn = begin_write(f);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "%06u", 2 * i);
        assert_status(kv_txn_put(txn, "b", T(name), T("some value that takes room in a page")), KV_OK);
    }
    commit(f, txn);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    for (unsigned i = 0; i + 1 < MANY; i++) {
        snprintf(name, sizeof name, "%06u", 2 * i + 1);
        assert_status(kv_cursor_seek_exact(cursor, T(name), NULL), KV_NOT_FOUND);
        snprintf(name, sizeof name, "%06u", 2 * i + 2);
        assert_status(kv_cursor_current(cursor, &key, NULL), KV_OK);
        assert_slice(key, name);
        assert_status(kv_cursor_seek_exact(cursor, T(name), NULL), KV_OK);
    }
}

static void row04_seek_exact_hits(struct fixture *f)
{
    kv_slice value;
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_status(kv_cursor_seek_exact(cursor, T("b"), &value), KV_OK);
    assert_slice(value, "2");
    assert_move(kv_cursor_current, cursor, "b=2");
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_status(kv_cursor_seek_exact(cursor, T("c"), NULL), KV_OK);
    assert_move(kv_cursor_prev, cursor, "b=2");
}

static void row04_seek_exact_miss_rests_where_seek_would(struct fixture *f)
{
    const char mark = 'm';
    kv_slice value = V(mark);
    fill(f, "b", KV_PLAIN, "a=1 c=3 e=5");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_status(kv_cursor_seek_exact(cursor, T("b"), &value), KV_NOT_FOUND);
    assert_ptr_equal(value.data, &mark);
    assert_move(kv_cursor_current, cursor, "c=3");
    assert_move(kv_cursor_next, cursor, "e=5");
    assert_status(kv_cursor_seek_exact(cursor, T("d"), &value), KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "c=3");
    assert_status(kv_cursor_seek_exact(cursor, T("f"), &value), KV_NOT_FOUND);
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "e=5");
    assert_status(kv_cursor_seek_exact(cursor, T(""), &value), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "a=1");
}

static void row04_seek_both_exact_hits(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "key1=1.1 key1=1.3 key3=3.1 key3=3.3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_status(kv_cursor_seek_both_exact(cursor, T("key1"), T("1.1")), KV_OK);
    assert_move(kv_cursor_current, cursor, "key1=1.1");
    assert_move(kv_cursor_next, cursor, "key1=1.3");
    assert_move(kv_cursor_next, cursor, "key3=3.1");
    assert_move(kv_cursor_next, cursor, "key3=3.3");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_status(kv_cursor_seek_both_exact(cursor, T("key3"), T("3.3")), KV_OK);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "key3=3.1");
}

static void row04_seek_both_exact_miss_rests_after_the_pair(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "key1=1.1 key1=1.3 key3=3.1 key3=3.3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_status(kv_cursor_seek_both_exact(cursor, T("key1"), T("1.2")), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "key1=1.3");
    assert_move(kv_cursor_prev, cursor, "key1=1.1");
    assert_status(kv_cursor_seek_both_exact(cursor, T("key1"), T("1.4")), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "key3=3.1");
    assert_status(kv_cursor_seek_both_exact(cursor, T("key2"), T("1.1")), KV_NOT_FOUND);
    assert_move(kv_cursor_next, cursor, "key3=3.3");
    assert_status(kv_cursor_seek_both_exact(cursor, T("key3"), T("9")), KV_NOT_FOUND);
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_prev, cursor, "key3=3.3");
    assert_status(kv_cursor_seek_both_exact(cursor, T("key1"), T("")), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "key1=1.1");
}

static void row04_seek_both_range_miss_rests_after_the_pair(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "key1=1.1 key1=1.3 key3=3.1 key3=3.3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_status(kv_cursor_seek_both_range(cursor, T("key1"), T("1.4"), NULL), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "key3=3.1");
    assert_move(kv_cursor_prev, cursor, "key1=1.3");
    assert_status(kv_cursor_seek_both_range(cursor, T("key2"), T("0"), NULL), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "key3=3.1");
    assert_status(kv_cursor_seek_both_range(cursor, T("key3"), T("4"), NULL), KV_NOT_FOUND);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "key3=3.3");
}

static void row05_seek_both_range_never_leaves_its_key(struct fixture *f)
{
    const char mark = 'm';
    kv_slice value = V(mark);
    fill(f, "d", KV_DUP_SORT, "key1=1.1 key1=1.3 key3=3.1 key3=3.3");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_status(kv_cursor_seek_both_range(cursor, T("key1"), T("1.4"), &value), KV_NOT_FOUND);
    assert_status(kv_cursor_seek_both_range(cursor, T("key2"), T("1.1"), &value), KV_NOT_FOUND);
    assert_status(kv_cursor_seek_both_range(cursor, T("key"), T("1.1"), &value), KV_NOT_FOUND);
    assert_ptr_equal(value.data, &mark);
    assert_status(kv_cursor_seek_both_range(cursor, T("key3"), T("3.2"), &value), KV_OK);
    assert_slice(value, "3.3");
    assert_move(kv_cursor_current, cursor, "key3=3.3");
    assert_status(kv_cursor_seek_both_range(cursor, T("key1"), T("1.1"), &value), KV_OK);
    assert_slice(value, "1.1");
    assert_move(kv_cursor_next, cursor, "key1=1.3");
}

static void row05_an_empty_value_is_a_lower_bound(struct fixture *f)
{
    kv_slice value;
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 b=7 c=");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_status(kv_cursor_seek_both_range(cursor, T("a"), T(""), &value), KV_OK);
    assert_slice(value, "1");
    assert_move(kv_cursor_next, cursor, "a=2");
    assert_status(kv_cursor_seek_both_range(cursor, T("b"), kv_slice_of(NULL, 0), &value), KV_OK);
    assert_slice(value, "7");
    assert_status(kv_cursor_seek_both_range(cursor, T("c"), T(""), &value), KV_OK);
    assert_int_equal(value.size, 0);
    assert_status(kv_cursor_seek_both_exact(cursor, T("c"), T("")), KV_OK);
    assert_move(kv_cursor_current, cursor, "c=");
    assert_status(kv_cursor_seek_both_exact(cursor, T("b"), T("")), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "b=7");
}

static void row04_dup_seeks_are_for_dup_sort(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_status(kv_cursor_seek_both_exact(cursor, T("a"), T("1")), KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_seek_both_range(cursor, T("a"), T("1"), NULL), KV_ERR_INCOMPATIBLE);
}

static const struct conformance_case cases[] = {
    CASE(row03_seek_is_a_lower_bound, READ_HALF),
    CASE(row03_seek_past_everything_rests_after_the_end, READ_HALF),
    CASE(row03_after_the_end_there_is_nothing_to_delete, KV_CAN_WRITE),
    CASE(row03_seek_in_dup_sort_gives_the_first_value, READ_HALF),
    CASE(row03_many_seeks_between_many_keys, KV_CAN_WRITE),
    CASE(row04_seek_exact_hits, READ_HALF),
    CASE(row04_seek_exact_miss_rests_where_seek_would, READ_HALF),
    CASE(row04_seek_both_exact_hits, READ_HALF),
    CASE(row04_seek_both_exact_miss_rests_after_the_pair, READ_HALF),
    CASE(row04_seek_both_range_miss_rests_after_the_pair, READ_HALF),
    CASE(row05_seek_both_range_never_leaves_its_key, READ_HALF),
    CASE(row05_an_empty_value_is_a_lower_bound, READ_HALF),
    CASE(row04_dup_seeks_are_for_dup_sort, READ_HALF),
};
GROUP(seek_cases, cases);
