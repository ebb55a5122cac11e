#include "tests/conformance/suite.h"

static char *bytes_of(char fill_byte, size_t size)
{
    char *bytes = test_malloc(size + 1);
    memset(bytes, fill_byte, size);
    bytes[size] = '\0';
    return bytes;
}

static void row19_the_longest_key_is_held_and_a_longer_one_refused(struct fixture *f)
{
    kv_limits limits;
    kv_store_limits(f->store, &limits);
    assert_true(limits.key_max >= 8);
    if (limits.key_max > 1u << 20) {
        return; /* no limit that a test could reach */
    }
    char *key = bytes_of('k', limits.key_max + 1);
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", kv_slice_of(key, limits.key_max), T("v")), KV_OK);
    assert_status(kv_txn_put(txn, "b", kv_slice_of(key, limits.key_max + 1), T("v")), KV_ERR_KEY_TOO_BIG);
    assert_status(kv_txn_put_new(txn, "b", kv_slice_of(key, limits.key_max + 1), T("v")), KV_ERR_KEY_TOO_BIG);
    assert_status(kv_cursor_put(cursor_of(f, txn, "b"), kv_slice_of(key, limits.key_max + 1), T("v")),
                  KV_ERR_KEY_TOO_BIG);
    assert_status(kv_txn_put(txn, "b", T("after"), T("v")), KV_OK);
    commit(f, txn);
    txn = begin_read(f);
    assert_status(kv_txn_has(txn, "b", kv_slice_of(key, limits.key_max)), KV_OK);
    assert_status(kv_txn_has(txn, "b", kv_slice_of(key, limits.key_max + 1)), KV_NOT_FOUND);
    test_free(key);
}

static void row19_the_longest_dup_value_is_held_and_a_longer_one_refused(struct fixture *f)
{
    kv_limits limits;
    kv_store_limits(f->store, &limits);
    if (limits.dup_max > 1u << 20) {
        return; /* no limit that a test could reach */
    }
    char *value = bytes_of('v', limits.dup_max + 1);
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "d", KV_DUP_SORT, NULL), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("k"), kv_slice_of(value, limits.dup_max)), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("k"), T("other")), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("k"), kv_slice_of(value, limits.dup_max + 1)), KV_ERR_VALUE_TOO_BIG);
    assert_status(kv_txn_put(txn, "d", T("l"), kv_slice_of(value, limits.dup_max + 1)), KV_ERR_VALUE_TOO_BIG);
    assert_status(kv_txn_put(txn, "b", T("k"), kv_slice_of(value, limits.dup_max + 1)), KV_OK);
    commit(f, txn);
    uint64_t count = 0;
    assert_status(kv_txn_count(begin_read(f), "d", &count), KV_OK);
    assert_int_equal(count, 2);
    test_free(value);
}

static void row19_empty_keys_are_refused_by_lmdb(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T(""), T("v")), KV_ERR_KEY_EMPTY);
    assert_status(kv_txn_put_new(txn, "b", T(""), T("v")), KV_ERR_KEY_EMPTY);
    assert_status(kv_txn_append(txn, "b", T(""), T("v")), KV_ERR_KEY_EMPTY);
    assert_status(kv_cursor_put(cursor_of(f, txn, "b"), T(""), T("v")), KV_ERR_KEY_EMPTY);
    assert_status(kv_txn_has(txn, "b", T("")), KV_NOT_FOUND);
    commit(f, txn);
    assert_committed(f, "b", "a=1");
}

static void row19_empty_keys_are_held(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 =0");
    kv_txn *txn = begin_write(f);
    assert_content(f, txn, "b", "=0 a=1");
    assert_status(kv_txn_delete(txn, "b", T("")), KV_OK);
    assert_content(f, txn, "b", "a=1");
}

static void row03_seek_with_a_key_longer_than_any_is_a_lower_bound(struct fixture *f)
{
    char *key = bytes_of('a', 2000);
    kv_slice found;
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", kv_slice_of(key, 500), T("v")), KV_OK);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_status(kv_cursor_seek(cursor, kv_slice_of(key, 2000), &found, NULL), KV_OK);
    assert_slice(found, "b");
    assert_status(kv_cursor_seek_exact(cursor, kv_slice_of(key, 2000), NULL), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "b=2");
    key[0] = 'z';
    assert_status(kv_cursor_seek(cursor, kv_slice_of(key, 2000), NULL, NULL), KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "b=2");
    test_free(key);
}

static void a_refused_write_leaves_the_transaction_usable(struct fixture *f)
{
    char *key = bytes_of('k', 5000);
    kv_limits limits;
    kv_store_limits(f->store, &limits);
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "d", KV_DUP_FIXED, NULL), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("a"), T("22")), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("a"), T("333")), KV_ERR_WRONG_SIZE);
    if (limits.key_max < 5000) {
        assert_status(kv_txn_put(txn, "b", T(key), T("v")), KV_ERR_KEY_TOO_BIG);
    }
    assert_status(kv_bucket_create(txn, "d", KV_PLAIN, NULL), KV_ERR_INCOMPATIBLE);
    assert_status(kv_bucket_create(txn, "x", 1u << 30, NULL), KV_ERR_INVALID);
    assert_status(kv_txn_put(txn, "b", T("a"), T("1")), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "a=1");
    assert_committed(f, "d", "a=22");
    test_free(key);
}

static const struct conformance_case cases[] = {
    CASE(row19_the_longest_key_is_held_and_a_longer_one_refused, KV_CAN_WRITE),
    CASE(row19_the_longest_dup_value_is_held_and_a_longer_one_refused, KV_CAN_WRITE),
    CASE(row19_empty_keys_are_refused_by_lmdb, KV_CAN_WRITE | NEEDS_NO_EMPTY_KEY),
    CASE(row19_empty_keys_are_held, KV_CAN_EMPTY_KEY),
    CASE(row03_seek_with_a_key_longer_than_any_is_a_lower_bound, KV_CAN_WRITE),
    CASE(a_refused_write_leaves_the_transaction_usable, KV_CAN_WRITE),
};
GROUP(limit_cases, cases);
