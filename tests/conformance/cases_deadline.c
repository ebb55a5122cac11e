#include "tests/conformance/suite.h"

static void row33_a_commit_after_its_deadline_is_an_abort(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    assert_status(kv_txn_commit(txn, 1), KV_ERR_TIMEOUT);
    assert_status(kv_txn_commit(txn, KV_FOREVER), KV_ERR_TXN_ENDED);
    give_up(f, txn);
    assert_committed(f, "b", "a=1");
}

static void row20_a_failed_commit_leaves_nothing_behind(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "new", KV_DUP_SORT, NULL), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    assert_status(kv_txn_commit(txn, 1), KV_ERR_TIMEOUT);
    give_up(f, txn);
    txn = begin_write(f);
    assert_status(kv_bucket_exists(txn, "new"), KV_NOT_FOUND);
    assert_content(f, txn, "b", "");
    assert_status(kv_txn_put(txn, "b", T("c"), T("3")), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "c=3");
}

static void row33_a_commit_before_its_deadline_is_done(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    assert_status(kv_txn_commit(txn, kv_deadline_after(60000)), KV_OK);
    assert_committed(f, "b", "b=2");
}

static void row33_begin_with_a_deadline(struct fixture *f)
{
    kv_txn *txn = NULL;
    assert_status(kv_txn_begin(f->store, NULL, KV_TXN_WRITE, 1, &txn), KV_ERR_TIMEOUT);
    assert_null(txn);
    assert_status(kv_txn_begin(f->store, NULL, KV_TXN_WRITE, kv_deadline_after(60000), &txn), KV_OK);
    keep_txn(f, txn);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "b=2");
}

static const struct conformance_case cases[] = {
    CASE(row33_a_commit_after_its_deadline_is_an_abort, KV_CAN_WRITE),
    CASE(row20_a_failed_commit_leaves_nothing_behind, KV_CAN_WRITE),
    CASE(row33_a_commit_before_its_deadline_is_done, KV_CAN_WRITE),
    CASE(row33_begin_with_a_deadline, KV_CAN_WRITE),
};
GROUP(deadline_cases, cases);
