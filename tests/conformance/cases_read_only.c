#include "tests/conformance/suite.h"

static void row22_a_read_only_transaction_refuses_every_write(struct fixture *f)
{
    void *room;
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    fill(f, "d", KV_DUP_FIXED, "a=1 b=2");
    kv_txn *txn = begin_read(f);
    kv_bucket *bucket = bucket_of(txn, "b");
    const kv_change change = {.key = T("a"), .is_deletion = 1};
    assert_status(kv_txn_put(txn, "b", T("a"), T("1")), KV_ERR_READ_ONLY);
    assert_status(kv_txn_put(txn, "new", T("a"), T("1")), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_put(bucket, T("c"), T("3")), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_put_new(bucket, T("c"), T("3")), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_append(bucket, T("c"), T("3")), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_append_dup(bucket_of(txn, "d"), T("c"), T("3")), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_reserve(bucket, T("c"), 1, &room), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_delete(bucket, T("a")), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_delete_pair(bucket, T("a"), T("1")), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_delete_all(bucket, T("a")), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_apply(bucket, &change, 1), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_create(txn, "new", KV_PLAIN, NULL), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_drop(txn, "b"), KV_ERR_READ_ONLY);
    assert_status(kv_bucket_clear(txn, "b"), KV_ERR_READ_ONLY);
    assert_content(f, txn, "b", "a=1 b=2");
    assert_committed(f, "b", "a=1 b=2");
}

static void row22_a_read_only_transactions_cursor_refuses_every_write(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    fill(f, "d", KV_DUP_FIXED, "a=1 b=2");
    kv_txn *txn = begin_read(f);
    kv_cursor *plain = cursor_of(f, txn, "b");
    kv_cursor *fixed = cursor_of(f, txn, "d");
    assert_move(kv_cursor_first, plain, "a=1");
    assert_move(kv_cursor_first, fixed, "a=1");
    assert_status(kv_cursor_put(plain, T("a"), T("9")), KV_ERR_READ_ONLY);
    assert_status(kv_cursor_put_new(plain, T("c"), T("9")), KV_ERR_READ_ONLY);
    assert_status(kv_cursor_append(plain, T("c"), T("9")), KV_ERR_READ_ONLY);
    assert_status(kv_cursor_put_current(plain, T("a"), T("9")), KV_ERR_READ_ONLY);
    assert_status(kv_cursor_delete_current(plain), KV_ERR_READ_ONLY);
    assert_status(kv_cursor_delete(plain, T("a")), KV_ERR_READ_ONLY);
    assert_status(kv_cursor_put_no_dup(fixed, T("a"), T("9")), KV_ERR_READ_ONLY);
    assert_status(kv_cursor_append_dup(fixed, T("a"), T("9")), KV_ERR_READ_ONLY);
    assert_status(kv_cursor_delete_current_dups(fixed), KV_ERR_READ_ONLY);
    assert_status(kv_cursor_put_multi(fixed, T("a"), T("9"), 1), KV_ERR_READ_ONLY);
    assert_move(kv_cursor_current, plain, "a=1");
    assert_committed(f, "b", "a=1 b=2");
    assert_committed(f, "d", "a=1 b=2");
}

static void row22_a_read_only_store_begins_no_write(struct fixture *f)
{
    kv_txn *txn = NULL;
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    if (!f->place.row->is_read_only) {
        fixture_reopen(f, KV_OPEN_READ_ONLY);
    }
    assert_int_equal(kv_store_is_read_only(f->store), 1);
    assert_int_equal(kv_store_capabilities(f->store) & KV_CAN_WRITE, 0);
    assert_status(kv_txn_begin(f->store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_ERR_READ_ONLY);
    assert_null(txn);
    assert_committed(f, "b", "a=1 b=2");
}

static void row22_a_writable_store_says_so(struct fixture *f)
{
    assert_int_equal(kv_store_is_read_only(f->store), 0);
    assert_true((kv_store_capabilities(f->store) & KV_CAN_WRITE) != 0);
}

static const struct conformance_case cases[] = {
    CASE(row22_a_read_only_transaction_refuses_every_write, READ_HALF),
    CASE(row22_a_read_only_transactions_cursor_refuses_every_write, READ_HALF),
    CASE(row22_a_read_only_store_begins_no_write, READ_HALF | NEEDS_FILES | NEEDS_BARE),
    CASE(row22_a_writable_store_says_so, KV_CAN_WRITE),
};
GROUP(read_only_cases, cases);
