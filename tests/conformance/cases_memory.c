#include "tests/conformance/suite.h"

enum { MANY = 400 };

static void put_numbers(kv_txn *txn, const char *bucket, const char *suffix)
{
    char key[32], value[64];
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof key, "%06d", i);
        snprintf(value, sizeof value, "%06d %s", i, suffix);
        assert_status(kv_txn_put(txn, bucket, T(key), T(value)), KV_OK);
    }
}

static void row23_a_read_only_transaction_lends_until_its_end(struct fixture *f)
{
    static kv_slice keys[MANY], values[MANY];
    char key[32], value[64];
    kv_txn *txn = begin_write(f);
    put_numbers(txn, "b", "old");
    commit(f, txn);

    kv_txn *reader = begin_read(f);
    kv_cursor *cursor = cursor_of(f, reader, "b");
    for (int i = 0; i < MANY; i++) {
        assert_status(kv_cursor_next(cursor, &keys[i], &values[i]), KV_OK);
    }
    close_cursor(f, cursor);
    txn = begin_write(f);
    put_numbers(txn, "b", "new");
    put_numbers(txn, "more", "new");
    commit(f, txn);
    txn = begin_write(f);
    assert_status(kv_bucket_drop(txn, "b"), KV_OK);
    commit(f, txn);
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof key, "%06d", i);
        snprintf(value, sizeof value, "%06d old", i);
        assert_slice(keys[i], key);
        assert_slice(values[i], value);
    }
}

static void row23_a_write_transaction_lends_until_its_next_write(struct fixture *f)
{
    kv_slice one, two, key, value;
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("d"), T("4")), KV_OK);
    assert_status(kv_txn_get(txn, "b", T("a"), &one), KV_OK);
    assert_status(kv_txn_get(txn, "b", T("d"), &two), KV_OK);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_status(kv_cursor_next(cursor, &key, &value), KV_OK);
    assert_content(f, txn, "b", "a=1 b=2 c=3 d=4");
    assert_status(kv_cursor_last(cursor, NULL, NULL), KV_OK);
    assert_slice(one, "1");
    assert_slice(two, "4");
    assert_slice(key, "a");
    assert_slice(value, "1");
}

static void row23_inputs_are_borrowed_only(struct fixture *f)
{
    char key[] = "key", value[] = "value";
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T(key), T(value)), KV_OK);
    memset(key, 'x', 3);
    memset(value, 'x', 5);
    assert_content(f, txn, "b", "key=value");
    commit(f, txn);
    assert_committed(f, "b", "key=value");
}

static void row23_a_lent_value_may_be_put_back(struct fixture *f)
{
    kv_slice key, value;
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_status(kv_cursor_seek(cursor, T("b"), &key, &value), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("d"), value), KV_OK);
    assert_status(kv_cursor_current(cursor, &key, &value), KV_OK);
    assert_status(kv_txn_put(txn, "copy", key, value), KV_OK);
    assert_status(kv_cursor_current(cursor, &key, &value), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("e"), key), KV_OK);
    assert_status(kv_cursor_current(cursor, &key, &value), KV_OK);
    assert_status(kv_cursor_delete(cursor, key), KV_OK);
    assert_content(f, txn, "b", "a=1 c=3 d=2 e=b");
    assert_content(f, txn, "copy", "b=2");
}

static const struct conformance_case cases[] = {
    CASE(row23_a_read_only_transaction_lends_until_its_end, KV_CAN_WRITE),
    CASE(row23_a_write_transaction_lends_until_its_next_write, KV_CAN_WRITE),
    CASE(row23_inputs_are_borrowed_only, KV_CAN_WRITE),
    CASE(row23_a_lent_value_may_be_put_back, KV_CAN_WRITE),
};
GROUP(memory_cases, cases);
