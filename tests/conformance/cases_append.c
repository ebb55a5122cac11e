#include "tests/conformance/suite.h"

static void row14_append_must_be_greater_than_the_last_key(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 c=3");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_append(txn, "b", T("b"), T("2")), KV_EXISTS);
    assert_status(kv_txn_append(txn, "b", T("c"), T("3")), KV_EXISTS);
    assert_status(kv_txn_append(txn, "b", T("c"), T("4")), KV_EXISTS);
    assert_content(f, txn, "b", "a=1 c=3");
    assert_status(kv_txn_append(txn, "b", T("ca"), T("4")), KV_OK);
    assert_status(kv_bucket_append(bucket_of(txn, "b"), T("d"), T("5")), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "a=1 c=3 ca=4 d=5");
}

static void row14_append_begins_an_empty_bucket(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_append(txn, "b", T("m"), T("1")), KV_OK);
    assert_status(kv_txn_append(txn, "b", T("l"), T("1")), KV_EXISTS);
    commit(f, txn);
    assert_committed(f, "b", "m=1");
}

static void row14_append_of_a_pair_must_be_greater_than_the_last_pair(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=9 c=3");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_append(txn, "d", T("b"), T("9")), KV_EXISTS);
    assert_status(kv_txn_append(txn, "d", T("a"), T("99")), KV_EXISTS);
    assert_status(kv_txn_append(txn, "d", T("c"), T("3")), KV_EXISTS);
    assert_status(kv_txn_append(txn, "d", T("c"), T("2")), KV_EXISTS);
    assert_content(f, txn, "d", "a=1 a=9 c=3");
    assert_status(kv_txn_append(txn, "d", T("c"), T("4")), KV_OK);
    assert_status(kv_txn_append(txn, "d", T("d"), T("1")), KV_OK);
    assert_status(kv_txn_append(txn, "d", T("d"), T("2")), KV_OK);
    commit(f, txn);
    assert_committed(f, "d", "a=1 a=9 c=3 c=4 d=1 d=2");
}

static void row14_append_dup_must_be_greater_than_the_keys_last_value(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=5 c=3");
    kv_txn *txn = begin_write(f);
    kv_bucket *bucket = bucket_of(txn, "d");
    assert_status(kv_bucket_append_dup(bucket, T("a"), T("5")), KV_EXISTS);
    assert_status(kv_bucket_append_dup(bucket, T("a"), T("3")), KV_EXISTS);
    assert_content(f, txn, "d", "a=1 a=5 c=3");
    assert_status(kv_bucket_append_dup(bucket, T("a"), T("6")), KV_OK);
    assert_status(kv_bucket_append_dup(bucket, T("b"), T("0")), KV_OK);
    commit(f, txn);
    assert_committed(f, "d", "a=1 a=5 a=6 b=0 c=3");
}

static void row14_append_dup_is_for_dup_sort(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_append_dup(bucket_of(txn, "b"), T("z"), T("5")), KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_append_dup(cursor_of(f, txn, "b"), T("z"), T("5")), KV_ERR_INCOMPATIBLE);
    assert_content(f, txn, "b", "a=1");
}

static void row14_append_follows_the_buckets_order(struct fixture *f)
{
    fill(f, "r", KV_REVERSE_KEY, "az=1 zb=2");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_append(txn, "r", T("zz"), T("3")), KV_OK);
    assert_status(kv_txn_append(txn, "r", T("zza"), T("4")), KV_EXISTS);
    assert_content(f, txn, "r", "zb=2 az=1 zz=3");
}

static void row14_append_after_the_last_was_deleted(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 c=3");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete(txn, "b", T("c")), KV_OK);
    assert_status(kv_txn_append(txn, "b", T("b"), T("2")), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "a=1 b=2");
}

static const struct conformance_case cases[] = {
    CASE(row14_append_must_be_greater_than_the_last_key, KV_CAN_WRITE),
    CASE(row14_append_begins_an_empty_bucket, KV_CAN_WRITE),
    CASE(row14_append_of_a_pair_must_be_greater_than_the_last_pair, KV_CAN_WRITE),
    CASE(row14_append_dup_must_be_greater_than_the_keys_last_value, KV_CAN_WRITE),
    CASE(row14_append_dup_is_for_dup_sort, KV_CAN_WRITE),
    CASE(row14_append_follows_the_buckets_order, KV_CAN_WRITE),
    CASE(row14_append_after_the_last_was_deleted, KV_CAN_WRITE),
};
GROUP(append_cases, cases);
