#include "tests/conformance/suite.h"

static void row19_keys_are_unsigned_bytes_shorter_first(struct fixture *f)
{
    static const char *const sorted[] = {"\x01", "a", "aa", "ab", "b", "\x7f", "\x7f\x01", "\x80", "\xff", "\xff\xff"};
    static const int order[] = {7, 2, 9, 0, 4, 1, 8, 3, 6, 5};
    struct pair pairs[10];
    kv_slice key, value;
    for (int i = 0; i < 10; i++) {
        pairs[i] = (struct pair){T(sorted[order[i]]), T("v")};
    }
    fill_pairs(f, "b", KV_PLAIN, pairs, 10);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    for (int i = 0; i < 10; i++) {
        assert_status(kv_cursor_next(cursor, &key, &value), KV_OK);
        assert_slice(key, sorted[i]);
    }
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
}

static void row19_zero_bytes_count(struct fixture *f)
{
    kv_slice key;
    const struct pair pairs[] = {{B("a\0b"), T("1")}, {B("a"), T("2")},        {B("a\0"), T("3")},
                                 {B("\0"), T("4")},   {B("\0\0\0\1"), T("5")}, {B("\0\1"), T("6")}};
    fill_pairs(f, "b", KV_PLAIN, pairs, 6);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "b");
    static const char values[] = "456231";
    for (int i = 0; i < 6; i++) {
        kv_slice value;
        assert_status(kv_cursor_next(cursor, &key, &value), KV_OK);
        assert_int_equal(*(const char *)value.data, values[i]);
    }
    assert_status(kv_cursor_seek(cursor, B("\0\0\0\0"), &key, NULL), KV_OK);
    assert_true(kv_slice_equal(key, B("\0\0\0\1")));
    assert_status(kv_cursor_seek(cursor, B("\x63"), &key, NULL), KV_NOT_FOUND);
}

static void row19_values_of_a_key_are_unsigned_bytes_shorter_first(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "k=b k=\xff k=aa k=a k=\x80 k=ab k=\x7f");
    assert_committed(f, "d", "k=a k=aa k=ab k=b k=\x7f k=\x80 k=\xff");
}

static void row19_reverse_keys_are_compared_from_their_last_byte(struct fixture *f)
{
    fill(f, "r", KV_REVERSE_KEY, "az=1 by=2 z=3 cx=4 bz=5 x=6 yx=7");
    kv_txn *txn = begin_read(f);
    assert_content(f, txn, "r", "x=6 cx=4 yx=7 by=2 z=3 az=1 bz=5");
    kv_cursor *cursor = cursor_of(f, txn, "r");
    assert_seek(cursor, T("dx"), "yx=7");
    assert_seek(cursor, T("y"), "by=2");
    assert_value(txn, "r", "az", "1");
}

static void row19_reverse_values_are_compared_from_their_last_byte(struct fixture *f)
{
    kv_slice value;
    fill(f, "r", KV_REVERSE_DUP, "k=az k=by k=z k=cx k=bz l=ba l=ab");
    kv_txn *txn = begin_read(f);
    assert_content(f, txn, "r", "k=cx k=by k=z k=az k=bz l=ba l=ab");
    kv_cursor *cursor = cursor_of(f, txn, "r");
    assert_status(kv_cursor_seek_both_range(cursor, T("k"), T("ay"), &value), KV_OK);
    assert_slice(value, "by");
    assert_status(kv_cursor_seek_both_range(cursor, T("k"), T("zz"), &value), KV_NOT_FOUND);
}

static void row19_integer_keys_are_numbers(struct fixture *f)
{
    static const uint32_t numbers[] = {256, 1, 65536, 0, 255, 4294967295u, 2};
    static const uint32_t sorted[] = {0, 1, 2, 255, 256, 65536, 4294967295u};
    struct pair pairs[7];
    kv_slice key;
    for (int i = 0; i < 7; i++) {
        pairs[i] = (struct pair){V(numbers[i]), T("v")};
    }
    fill_pairs(f, "i", KV_INTEGER_KEY, pairs, 7);
    kv_txn *txn = begin_read(f);
    kv_cursor *cursor = cursor_of(f, txn, "i");
    for (int i = 0; i < 7; i++) {
        assert_status(kv_cursor_next(cursor, &key, NULL), KV_OK);
        assert_true(kv_slice_equal(key, V(sorted[i])));
    }
    for (int i = 6; i > 0; i--) {
        assert_status(kv_cursor_prev(cursor, &key, NULL), KV_OK);
        assert_true(kv_slice_equal(key, V(sorted[i - 1])));
    }
    uint32_t three = 3;
    assert_status(kv_cursor_seek(cursor, V(three), &key, NULL), KV_OK);
    assert_true(kv_slice_equal(key, V(sorted[3])));
    assert_status(kv_txn_has(txn, "i", V(three)), KV_NOT_FOUND);
    assert_status(kv_txn_has(txn, "i", V(sorted[6])), KV_OK);
}

static void row19_integer_keys_may_have_eight_bytes(struct fixture *f)
{
    static const uint64_t numbers[] = {1ull << 40, 7, UINT64_MAX, 1ull << 32};
    static const uint64_t sorted[] = {7, 1ull << 32, 1ull << 40, UINT64_MAX};
    struct pair pairs[4];
    kv_slice key;
    for (int i = 0; i < 4; i++) {
        pairs[i] = (struct pair){V(numbers[i]), T("v")};
    }
    fill_pairs(f, "i", KV_INTEGER_KEY, pairs, 4);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "i");
    for (int i = 0; i < 4; i++) {
        assert_status(kv_cursor_next(cursor, &key, NULL), KV_OK);
        assert_true(kv_slice_equal(key, V(sorted[i])));
    }
}

static void row19_integer_values_are_numbers(struct fixture *f)
{
    static const uint32_t numbers[] = {256, 1, 65536, 0, 255};
    static const uint32_t sorted[] = {0, 1, 255, 256, 65536};
    struct pair pairs[5];
    kv_slice value;
    for (int i = 0; i < 5; i++) {
        pairs[i] = (struct pair){T("k"), V(numbers[i])};
    }
    fill_pairs(f, "i", KV_INTEGER_DUP, pairs, 5);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "i");
    for (int i = 0; i < 5; i++) {
        assert_status(kv_cursor_next(cursor, NULL, &value), KV_OK);
        assert_true(kv_slice_equal(value, V(sorted[i])));
    }
    uint32_t two = 2;
    assert_status(kv_cursor_seek_both_range(cursor, T("k"), V(two), &value), KV_OK);
    assert_true(kv_slice_equal(value, V(sorted[2])));
}

static void row19_integers_of_another_size_are_refused(struct fixture *f)
{
    uint32_t four = 4;
    uint64_t eight = 8;
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "key", KV_INTEGER_KEY, NULL), KV_OK);
    assert_status(kv_bucket_create(txn, "value", KV_INTEGER_DUP, NULL), KV_OK);
    assert_status(kv_txn_put(txn, "key", T("abc"), T("v")), KV_ERR_WRONG_SIZE);
    assert_status(kv_txn_put(txn, "key", V(four), T("v")), KV_OK);
    assert_status(kv_txn_put(txn, "key", V(eight), T("v")), KV_ERR_WRONG_SIZE);
    assert_status(kv_txn_put(txn, "value", T("k"), T("abc")), KV_ERR_WRONG_SIZE);
    assert_status(kv_txn_put(txn, "value", T("k"), V(eight)), KV_OK);
    assert_status(kv_txn_put(txn, "value", T("k"), V(four)), KV_ERR_WRONG_SIZE);
    commit(f, txn);
    assert_status(kv_txn_has(begin_read(f), "key", V(four)), KV_OK);
}

static void row19_every_kind_keeps_its_order_through_writes(struct fixture *f)
{
    fill(f, "r", KV_REVERSE_KEY | KV_DUP_SORT, "az=2 by=1 z=5 az=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "r", T("ay"), T("1")), KV_OK);
    assert_status(kv_txn_put(txn, "r", T("az"), T("0")), KV_OK);
    assert_status(kv_txn_delete_pair(txn, "r", T("z"), T("5")), KV_OK);
    assert_status(kv_txn_put(txn, "r", T("x"), T("7")), KV_OK);
    assert_content(f, txn, "r", "x=7 ay=1 by=1 az=0 az=1 az=2");
    commit(f, txn);
    assert_committed(f, "r", "x=7 ay=1 by=1 az=0 az=1 az=2");
}

static const struct conformance_case cases[] = {
    CASE(row19_keys_are_unsigned_bytes_shorter_first, READ_HALF),
    CASE(row19_zero_bytes_count, READ_HALF),
    CASE(row19_values_of_a_key_are_unsigned_bytes_shorter_first, READ_HALF),
    CASE(row19_reverse_keys_are_compared_from_their_last_byte, READ_HALF),
    CASE(row19_reverse_values_are_compared_from_their_last_byte, READ_HALF),
    CASE(row19_integer_keys_are_numbers, READ_HALF),
    CASE(row19_integer_keys_may_have_eight_bytes, READ_HALF),
    CASE(row19_integer_values_are_numbers, READ_HALF),
    CASE(row19_integers_of_another_size_are_refused, KV_CAN_WRITE),
    CASE(row19_every_kind_keeps_its_order_through_writes, KV_CAN_WRITE),
};
GROUP(kind_cases, cases);
