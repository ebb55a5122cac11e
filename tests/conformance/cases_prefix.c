#include "tests/conformance/suite.h"

static kv_cursor *with_prefix(struct fixture *f, kv_txn *txn, const char *prefix)
{
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_status(kv_cursor_set_prefix(cursor, T(prefix)), KV_OK);
    return cursor;
}

static kv_cursor *navigated(struct fixture *f, kv_txn *txn, const char *key)
{
    kv_cursor *cursor = NULL;
    assert_status(kv_txn_navigate(txn, "b", T(key), &cursor), KV_OK);
    keep_cursor(f, cursor);
    return cursor;
}

static const char plain[] = "a=1 b=2 ba=3 bb=4 bba=5 c=6";
static const char dups[] = "key0=0 key00=00 key1=1 key1=10 key1=11 key3=1 key3=2";

static void row24_prefix_bounds_first_last_next_prev(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, plain);
    kv_cursor *cursor = with_prefix(f, begin_read(f), "b");
    assert_move(kv_cursor_next, cursor, "b=2");
    assert_move(kv_cursor_next, cursor, "ba=3");
    assert_move(kv_cursor_next, cursor, "bb=4");
    assert_move(kv_cursor_next, cursor, "bba=5");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "bba=5");
    assert_move(kv_cursor_first, cursor, "b=2");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_last, cursor, "bba=5");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "bb=4");
    kv_cursor_rewind(cursor);
    assert_move(kv_cursor_prev, cursor, "bba=5");
}

static void row24_prefix_bounds_seek(struct fixture *f)
{
    kv_slice value;
    fill(f, "b", KV_PLAIN, plain);
    kv_cursor *cursor = with_prefix(f, begin_read(f), "bb");
    assert_seek(cursor, T("a"), "bb=4");
    assert_seek(cursor, T(""), "bb=4");
    assert_seek(cursor, T("bb0"), "bba=5");
    assert_status(kv_cursor_seek(cursor, T("bbb"), NULL, NULL), KV_NOT_FOUND);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "bba=5");
    assert_status(kv_cursor_seek(cursor, T("c"), NULL, NULL), KV_NOT_FOUND);
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_status(kv_cursor_seek_exact(cursor, T("c"), &value), KV_NOT_FOUND);
    assert_status(kv_cursor_seek_exact(cursor, T("ba"), &value), KV_NOT_FOUND);
    assert_status(kv_cursor_seek_exact(cursor, T("bba"), &value), KV_OK);
    assert_slice(value, "5");
}

static void row24_prefix_bounds_the_count(struct fixture *f)
{
    uint64_t count = 0;
    fill(f, "b", KV_DUP_SORT, "a=1 b=1 b=2 ba=1 bb=1 bb=2 bb=3 c=1");
    kv_txn *txn = begin_read(f);
    kv_cursor *cursor = with_prefix(f, txn, "b");
    assert_status(kv_cursor_count(cursor, &count), KV_OK);
    assert_int_equal(count, 6);
    assert_move(kv_cursor_next, cursor, "b=1");
    assert_status(kv_cursor_count(cursor, &count), KV_OK);
    assert_int_equal(count, 6);
    assert_move(kv_cursor_current, cursor, "b=1");
    assert_status(kv_cursor_count(with_prefix(f, txn, "x"), &count), KV_OK);
    assert_int_equal(count, 0);
    assert_status(kv_cursor_count(cursor_of(f, txn, "b"), &count), KV_OK);
    assert_int_equal(count, 8);
}

static void row24_prefix_without_keys_gives_nothing(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, plain);
    kv_txn *txn = begin_read(f);
    static const char *const empties[] = {"0", "bbaa", "bc", "z", "ca"};
    for (int i = 0; i < 5; i++) {
        assert_no_move(kv_cursor_next, with_prefix(f, txn, empties[i]), KV_NOT_FOUND);
        assert_no_move(kv_cursor_prev, with_prefix(f, txn, empties[i]), KV_NOT_FOUND);
        assert_no_move(kv_cursor_first, with_prefix(f, txn, empties[i]), KV_NOT_FOUND);
        assert_no_move(kv_cursor_last, with_prefix(f, txn, empties[i]), KV_NOT_FOUND);
    }
}

static void row24_prefix_of_highest_bytes(struct fixture *f)
{
    kv_slice value;
    const struct pair pairs[] = {
        {B("\xfe"), T("1")},  {B("\xff"), T("2")},      {B("\xff\xff"), T("3")}, {B("\xff\xff\x01"), T("4")},
        {B("a\xff"), T("5")}, {B("a\xff\xff"), T("6")}, {B("b"), T("7")}};
    fill_pairs(f, "b", KV_PLAIN, pairs, 7);
    kv_txn *txn = begin_read(f);
    kv_cursor *cursor = with_prefix(f, txn, "\xff\xff");
    assert_status(kv_cursor_last(cursor, NULL, &value), KV_OK);
    assert_slice(value, "4");
    assert_status(kv_cursor_first(cursor, NULL, &value), KV_OK);
    assert_slice(value, "3");
    cursor = with_prefix(f, txn, "a\xff");
    assert_status(kv_cursor_last(cursor, NULL, &value), KV_OK);
    assert_slice(value, "6");
    assert_status(kv_cursor_prev(cursor, NULL, &value), KV_OK);
    assert_slice(value, "5");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
}

static void row24_the_empty_prefix_removes_the_bound(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, plain);
    kv_cursor *cursor = with_prefix(f, begin_read(f), "bb");
    assert_move(kv_cursor_next, cursor, "bb=4");
    assert_status(kv_cursor_set_prefix(cursor, T("ba")), KV_OK);
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_move(kv_cursor_next, cursor, "ba=3");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_status(kv_cursor_set_prefix(cursor, T("")), KV_OK);
    assert_move(kv_cursor_next, cursor, "a=1");
    assert_move(kv_cursor_last, cursor, "c=6");
}

static void row24_prefix_bounds_dup_moves(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 b=1 b=2 bb=1 bb=2 c=1");
    kv_cursor *cursor = with_prefix(f, begin_read(f), "b");
    assert_move(kv_cursor_next_no_dup, cursor, "b=1");
    assert_move(kv_cursor_next_no_dup, cursor, "bb=1");
    assert_no_move(kv_cursor_next_no_dup, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev_no_dup, cursor, "b=2");
    assert_no_move(kv_cursor_prev_no_dup, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "b=2");
    assert_status(kv_cursor_seek_both_exact(cursor, T("c"), T("1")), KV_NOT_FOUND);
    assert_status(kv_cursor_seek_both_exact(cursor, T("bb"), T("2")), KV_OK);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
}

static void row24_deletion_keeps_within_the_prefix(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, plain);
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = with_prefix(f, txn, "bb");
    assert_move(kv_cursor_last, cursor, "bba=5");
    assert_status(kv_cursor_delete_current(cursor), KV_OK);
    assert_no_move(kv_cursor_current, cursor, KV_ERR_NOT_POSITIONED);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "bb=4");
    assert_status(kv_cursor_delete_current(cursor), KV_OK);
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_content(f, txn, "b", "a=1 b=2 ba=3 c=6");
}

static void row24_prefix_needs_bytewise_keys(struct fixture *f)
{
    fill(f, "b", KV_REVERSE_KEY, "a=1");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    assert_status(kv_cursor_set_prefix(cursor, T("a")), KV_ERR_INCOMPATIBLE);
    assert_move(kv_cursor_next, cursor, "a=1");
}

static void row06_navigate_gives_the_pairs_of_exactly_the_key(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, dups);
    kv_txn *txn = begin_read(f);
    kv_cursor *cursor = navigated(f, txn, "key1");
    assert_move(kv_cursor_next, cursor, "key1=1");
    assert_move(kv_cursor_next, cursor, "key1=10");
    assert_move(kv_cursor_next, cursor, "key1=11");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "key1=10");
    assert_move(kv_cursor_prev, cursor, "key1=1");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    cursor = navigated(f, txn, "key1");
    assert_move(kv_cursor_prev, cursor, "key1=11");
    cursor = navigated(f, txn, "key0");
    assert_move(kv_cursor_next, cursor, "key0=0");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_last, cursor, "key0=0");
    assert_move(kv_cursor_first, cursor, "key0=0");
}

static void row06_navigate_to_a_missing_key_yields_nothing(struct fixture *f)
{
    static const char *const missing[] = {"key", "key ", "key2", "a", "z", "key000", ""};
    fill(f, "b", KV_DUP_SORT, dups);
    kv_txn *txn = begin_read(f);
    for (int i = 0; i < 7; i++) {
        uint64_t count = 99;
        assert_no_move(kv_cursor_next, navigated(f, txn, missing[i]), KV_NOT_FOUND);
        assert_no_move(kv_cursor_prev, navigated(f, txn, missing[i]), KV_NOT_FOUND);
        assert_no_move(kv_cursor_first, navigated(f, txn, missing[i]), KV_NOT_FOUND);
        assert_no_move(kv_cursor_last, navigated(f, txn, missing[i]), KV_NOT_FOUND);
        assert_status(kv_cursor_count(navigated(f, txn, missing[i]), &count), KV_OK);
        assert_int_equal(count, 0);
    }
}

static void row06_navigate_bounds_seek_and_count(struct fixture *f)
{
    uint64_t count = 0;
    fill(f, "b", KV_DUP_SORT, dups);
    kv_cursor *cursor = navigated(f, begin_read(f), "key1");
    assert_status(kv_cursor_count(cursor, &count), KV_OK);
    assert_int_equal(count, 3);
    assert_seek(cursor, T("key0"), "key1=1");
    assert_status(kv_cursor_seek(cursor, T("key3"), NULL, NULL), KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "key1=11");
    assert_status(kv_cursor_seek_both_range(cursor, T("key1"), T("100"), NULL), KV_OK);
    assert_move(kv_cursor_current, cursor, "key1=11");
    assert_no_move(kv_cursor_next_no_dup, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev_no_dup, cursor, KV_NOT_FOUND);
}

static void row06_navigate_in_a_plain_bucket(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, plain);
    kv_txn *txn = begin_read(f);
    kv_cursor *cursor = navigated(f, txn, "bb");
    assert_move(kv_cursor_next, cursor, "bb=4");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_next, navigated(f, txn, "bc"), KV_NOT_FOUND);
}

static void row06_navigate_in_other_orders(struct fixture *f)
{
    fill(f, "b", KV_REVERSE_KEY | KV_DUP_SORT, "az=1 az=2 bz=1 z=3");
    kv_cursor *cursor = navigated(f, begin_read(f), "az");
    assert_move(kv_cursor_next, cursor, "az=1");
    assert_move(kv_cursor_next, cursor, "az=2");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "az=1");
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
}

static void row06_navigate_copies_its_key(struct fixture *f)
{
    char key[] = "key3";
    kv_cursor *cursor = NULL;
    fill(f, "b", KV_DUP_SORT, dups);
    assert_status(kv_txn_navigate(begin_read(f), "b", T(key), &cursor), KV_OK);
    keep_cursor(f, cursor);
    memset(key, 'x', 4);
    assert_move(kv_cursor_next, cursor, "key3=1");
    assert_move(kv_cursor_next, cursor, "key3=2");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
}

static void row17_navigate_in_a_missing_bucket_yields_nothing(struct fixture *f)
{
    kv_txn *txn = begin_read(f);
    assert_no_move(kv_cursor_next, navigated(f, txn, "k"), KV_NOT_FOUND);
    assert_status(kv_bucket_exists(txn, "b"), KV_NOT_FOUND);
}

static const struct conformance_case cases[] = {
    CASE(row24_prefix_bounds_first_last_next_prev, READ_HALF),
    CASE(row24_prefix_bounds_seek, READ_HALF),
    CASE(row24_prefix_bounds_the_count, READ_HALF),
    CASE(row24_prefix_without_keys_gives_nothing, READ_HALF),
    CASE(row24_prefix_of_highest_bytes, READ_HALF),
    CASE(row24_the_empty_prefix_removes_the_bound, READ_HALF),
    CASE(row24_prefix_bounds_dup_moves, READ_HALF),
    CASE(row24_deletion_keeps_within_the_prefix, KV_CAN_WRITE),
    CASE(row24_prefix_needs_bytewise_keys, READ_HALF),
    CASE(row06_navigate_gives_the_pairs_of_exactly_the_key, READ_HALF),
    CASE(row06_navigate_to_a_missing_key_yields_nothing, READ_HALF),
    CASE(row06_navigate_bounds_seek_and_count, READ_HALF),
    CASE(row06_navigate_in_a_plain_bucket, READ_HALF),
    CASE(row06_navigate_in_other_orders, READ_HALF),
    CASE(row06_navigate_copies_its_key, READ_HALF),
    CASE(row17_navigate_in_a_missing_bucket_yields_nothing, KV_CAN_WRITE),
};
GROUP(prefix_cases, cases);
