#include "tests/conformance/suite.h"

static void row32_a_batch_stores_and_deletes(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    const kv_change changes[] = {
        {.key = T("a"), .value = T("9")}, {.key = T("b"), .is_deletion = 1}, {.key = T("c"), .value = T("")},
        {.key = T("d"), .value = T("4")}, {.key = T("e"), .is_deletion = 1}, {.key = T("d"), .value = T("5")},
        {.key = T("f"), .value = T("6")}, {.key = T("f"), .is_deletion = 1},
    };
    assert_status(kv_bucket_apply(bucket_of(txn, "b"), changes, sizeof changes / sizeof *changes), KV_OK);
    assert_content(f, txn, "b", "a=9 c= d=5");
    commit(f, txn);
    assert_committed(f, "b", "a=9 c= d=5");
}

static void row32_a_deletion_removes_all_values_of_a_key(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 b=1 b=2");
    kv_txn *txn = begin_write(f);
    const kv_change changes[] = {
        {.key = T("a"), .is_deletion = 1},
        {.key = T("b"), .value = T("3")},
        {.key = T("c"), .value = T("")},
    };
    assert_status(kv_bucket_apply(bucket_of(txn, "d"), changes, 3), KV_OK);
    assert_content(f, txn, "d", "b=1 b=2 b=3 c=");
}

static void row32_a_failing_change_keeps_those_before_it(struct fixture *f)
{
    fill(f, "d", KV_DUP_FIXED, "a=11");
    kv_txn *txn = begin_write(f);
    const kv_change changes[] = {
        {.key = T("b"), .value = T("22")},
        {.key = T("c"), .value = T("333")},
        {.key = T("d"), .value = T("44")},
    };
    assert_status(kv_bucket_apply(bucket_of(txn, "d"), changes, 3), KV_ERR_WRONG_SIZE);
    assert_content(f, txn, "d", "a=11 b=22");
}

static void row32_an_empty_batch_is_done(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_apply(bucket_of(txn, "b"), NULL, 0), KV_OK);
    assert_content(f, txn, "b", "a=1");
}

static const struct conformance_case cases[] = {
    CASE(row32_a_batch_stores_and_deletes, KV_CAN_WRITE),
    CASE(row32_a_deletion_removes_all_values_of_a_key, KV_CAN_WRITE),
    CASE(row32_a_failing_change_keeps_those_before_it, KV_CAN_WRITE),
    CASE(row32_an_empty_batch_is_done, KV_CAN_WRITE),
};
GROUP(batch_cases, cases);
