#include "tests/conformance/suite.h"

enum { OWN_FAILURE = -1234, OWN_ANSWER = 77 };

static int put_and_answer(kv_txn *txn, void *argument)
{
    int status = kv_txn_put(txn, "b", T("k"), T("v"));
    return status < 0 ? status : *(int *)argument;
}

static int count_pairs(kv_txn *txn, void *argument)
{
    return kv_txn_count(txn, "b", argument);
}

static void row20_update_commits_what_its_work_did(struct fixture *f)
{
    int answer = KV_OK;
    assert_status(kv_store_update(f->store, KV_FOREVER, put_and_answer, &answer), KV_OK);
    assert_committed(f, "b", "k=v");
}

static void row20_update_with_a_positive_answer_commits(struct fixture *f)
{
    int answer = OWN_ANSWER;
    assert_int_equal(kv_store_update(f->store, KV_FOREVER, put_and_answer, &answer), OWN_ANSWER);
    assert_committed(f, "b", "k=v");
}

static void row20_failed_work_aborts_and_its_error_comes_back(struct fixture *f)
{
    int answer = OWN_FAILURE;
    assert_int_equal(kv_store_update(f->store, KV_FOREVER, put_and_answer, &answer), OWN_FAILURE);
    assert_committed(f, "b", "");
}

static void row20_view_gives_its_works_answer(struct fixture *f)
{
    uint64_t count = 0;
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    assert_status(kv_store_view(f->store, count_pairs, &count), KV_OK);
    assert_int_equal(count, 2);
}

static void row22_view_cannot_write(struct fixture *f)
{
    int answer = KV_OK;
    fill(f, "b", KV_PLAIN, "a=1");
    assert_status(kv_store_view(f->store, put_and_answer, &answer), KV_ERR_READ_ONLY);
    assert_committed(f, "b", "a=1");
}

static void row33_update_with_a_deadline_runs_when_the_way_is_free(struct fixture *f)
{
    int answer = KV_OK;
    assert_status(kv_store_update(f->store, kv_deadline_after(20000), put_and_answer, &answer), KV_OK);
    assert_committed(f, "b", "k=v");
}

static void row33_update_gives_up_waiting_at_its_deadline(struct fixture *f)
{
    int answer = KV_OK;
    kv_txn *writer = begin_write(f);
    assert_status(kv_txn_put(writer, "b", T("a"), T("1")), KV_OK);
    assert_status(kv_store_update(f->store, kv_deadline_after(30), put_and_answer, &answer), KV_ERR_TIMEOUT);
    commit(f, writer);
    assert_committed(f, "b", "a=1");
}

static const struct conformance_case cases[] = {
    CASE(row20_update_commits_what_its_work_did, KV_CAN_WRITE),
    CASE(row20_update_with_a_positive_answer_commits, KV_CAN_WRITE),
    CASE(row20_failed_work_aborts_and_its_error_comes_back, KV_CAN_WRITE),
    CASE(row20_view_gives_its_works_answer, READ_HALF),
    CASE(row22_view_cannot_write, READ_HALF),
    CASE(row33_update_with_a_deadline_runs_when_the_way_is_free, KV_CAN_WRITE),
    CASE(row33_update_gives_up_waiting_at_its_deadline, KV_CAN_WRITE),
};
GROUP(managed_cases, cases);
