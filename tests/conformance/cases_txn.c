#include "tests/conformance/suite.h"

static void row20_close_commits_a_write(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_OK);
    forget_txn(f, txn);
    assert_status(kv_txn_close(txn), KV_OK);
    assert_committed(f, "b", "k=v");
}

static void row20_free_aborts(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_OK);
    give_up(f, txn);
    txn = begin_read(f);
    assert_status(kv_bucket_exists(txn, "b"), KV_NOT_FOUND);
    assert_content(f, txn, "b", "");
}

static void row20_scope_cleanup_aborts(struct fixture *f)
{
    {
        __attribute__((cleanup(kv_txn_free_scoped))) kv_txn *txn = NULL;
        assert_status(kv_txn_begin(f->store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
        assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_OK);
    }
    assert_committed(f, "b", "");
}

static void row20_abort_is_idempotent(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_OK);
    kv_txn_abort(txn);
    kv_txn_abort(txn);
    forget_txn(f, txn);
    kv_txn_close(txn);
    assert_committed(f, "b", "");
}

static void row20_commit_after_the_end_is_an_error(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_OK);
    assert_status(kv_txn_commit(txn, KV_FOREVER), KV_OK);
    assert_status(kv_txn_commit(txn, KV_FOREVER), KV_ERR_TXN_ENDED);
    kv_txn_abort(txn);
    give_up(f, txn);
    assert_committed(f, "b", "k=v");

    txn = begin_write(f);
    kv_txn_abort(txn);
    assert_status(kv_txn_commit(txn, KV_FOREVER), KV_ERR_TXN_ENDED);
}

static void row20_close_of_a_read_only_one_ends_it(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "k=v");
    kv_txn *txn = begin_read(f);
    assert_value(txn, "b", "k", "v");
    forget_txn(f, txn);
    assert_status(kv_txn_close(txn), KV_OK);

    txn = begin_read(f);
    assert_status(kv_txn_commit(txn, KV_FOREVER), KV_OK);
    assert_status(kv_txn_commit(txn, KV_FOREVER), KV_ERR_TXN_ENDED);
}

static void row20_work_after_the_end_is_refused(struct fixture *f)
{
    kv_slice value;
    kv_bucket *bucket;
    uint64_t number;
    char name[KV_BUCKET_NAME_SIZE];

    fill(f, "b", KV_PLAIN, "k=v");
    kv_txn *txn = begin_write(f);
    kv_txn_abort(txn);
    assert_status(kv_txn_get(txn, "b", T("k"), &value), KV_ERR_TXN_ENDED);
    assert_status(kv_txn_has(txn, "b", T("k")), KV_ERR_TXN_ENDED);
    assert_status(kv_txn_put(txn, "b", T("k"), T("w")), KV_ERR_TXN_ENDED);
    assert_status(kv_txn_delete(txn, "b", T("k")), KV_ERR_TXN_ENDED);
    assert_status(kv_txn_count(txn, "b", &number), KV_ERR_TXN_ENDED);
    assert_status(kv_bucket_open(txn, "b", &bucket), KV_ERR_TXN_ENDED);
    assert_status(kv_bucket_create(txn, "c", KV_PLAIN, NULL), KV_ERR_TXN_ENDED);
    assert_status(kv_bucket_drop(txn, "b"), KV_ERR_TXN_ENDED);
    assert_status(kv_bucket_clear(txn, "b"), KV_ERR_TXN_ENDED);
    assert_status(kv_bucket_exists(txn, "b"), KV_ERR_TXN_ENDED);
    assert_status(kv_bucket_next(txn, NULL, name), KV_ERR_TXN_ENDED);
    assert_status(kv_txn_sequence(txn, "s", 1, &number), KV_ERR_TXN_ENDED);
    give_up(f, txn);
    assert_committed(f, "b", "k=v");
}

static void row20_cursors_may_be_closed_after_the_end(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "k=v");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_move(kv_cursor_next, cursor, "k=v");
    commit(f, txn);
    close_cursor(f, cursor);
    kv_cursor_close(NULL);
    kv_txn_free(NULL);
    assert_status(kv_txn_close(NULL), KV_OK);
}

static void row20_two_buckets_are_one_transaction(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "a", T("k"), T("1")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("k"), T("2")), KV_OK);
    give_up(f, txn);
    assert_committed(f, "a", "");
    assert_committed(f, "b", "");

    txn = begin_write(f);
    assert_status(kv_txn_put(txn, "a", T("k"), T("1")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("k"), T("2")), KV_OK);
    commit(f, txn);
    assert_committed(f, "a", "k=1");
    assert_committed(f, "b", "k=2");
}

static void row23_a_reader_keeps_its_snapshot(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *old = begin_read(f);
    kv_cursor *cursor = cursor_of(f, old, "b");
    assert_move(kv_cursor_next, cursor, "a=1");

    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("a"), T("9")), KV_OK);
    assert_status(kv_txn_delete(txn, "b", T("b")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("bb"), T("8")), KV_OK);
    assert_status(kv_txn_put(txn, "new", T("k"), T("v")), KV_OK);
    commit(f, txn);

    assert_move(kv_cursor_next, cursor, "b=2");
    assert_move(kv_cursor_next, cursor, "c=3");
    assert_content(f, old, "b", "a=1 b=2 c=3");
    assert_status(kv_bucket_exists(old, "new"), KV_NOT_FOUND);
    assert_committed(f, "b", "a=9 bb=8 c=3");
}

static void row23_writes_are_seen_by_their_own_transaction_only(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    assert_content(f, txn, "b", "a=1 b=2");
    assert_committed(f, "b", "a=1");
    commit(f, txn);
    assert_committed(f, "b", "a=1 b=2");
}

static void reset_lets_go_and_renew_takes_the_newest(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *reader = begin_read(f);
    kv_cursor *cursor = cursor_of(f, reader, "b");
    assert_move(kv_cursor_next, cursor, "a=1");
    assert_status(kv_txn_reset(reader), KV_OK);
    close_cursor(f, cursor);

    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    assert_status(kv_txn_reset(txn), KV_ERR_INVALID);
    commit(f, txn);

    assert_status(kv_txn_renew(reader), KV_OK);
    assert_content(f, reader, "b", "a=1 b=2");
}

static void transaction_numbers_grow_with_commits(struct fixture *f)
{
    uint64_t before, after;
    fill(f, "b", KV_PLAIN, "a=1");
    assert_status(kv_store_txid(f->store, &before), KV_OK);
    kv_txn *old = begin_read(f);
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    commit(f, txn);
    assert_status(kv_store_txid(f->store, &after), KV_OK);
    assert_true(after > before);
    assert_true(kv_txn_id(old) < kv_txn_id(begin_read(f)));
}

static void transaction_numbers_under_a_session_are_its_bases(struct fixture *f)
{
    uint64_t before, after;
    kv_txn *outside = NULL;
    fill(f, "b", KV_PLAIN, "a=1");
    assert_status(kv_store_txid(f->store, &before), KV_OK);
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    commit(f, txn);
    assert_status(kv_store_txid(f->store, &after), KV_OK);
    assert_true(after == before);

    assert_status(kv_txn_begin(f->place.base, NULL, KV_TXN_WRITE, KV_FOREVER, &outside), KV_OK);
    assert_status(kv_txn_put(outside, "b", T("c"), T("3")), KV_OK);
    assert_status(kv_txn_close(outside), KV_OK);
    assert_status(kv_store_txid(f->store, &after), KV_OK);
    assert_true(after > before);
    assert_true(kv_txn_id(begin_read(f)) == after);
    assert_status(kv_session_commit(f->place.session, KV_FOREVER, NULL), KV_OK);
    assert_status(kv_store_txid(f->store, &before), KV_OK);
    assert_true(before > after);
}

static void a_transaction_tells_what_it_is(struct fixture *f)
{
    kv_txn *reader = begin_read(f);
    assert_int_equal(kv_txn_is_write(reader), 0);
    assert_ptr_equal(kv_txn_store(reader), f->store);
    assert_int_equal(kv_txn_is_write(begin_write(f)), 1);
}

static const struct conformance_case cases[] = {
    CASE(row20_close_commits_a_write, KV_CAN_WRITE),
    CASE(row20_free_aborts, KV_CAN_WRITE),
    CASE(row20_scope_cleanup_aborts, KV_CAN_WRITE),
    CASE(row20_abort_is_idempotent, KV_CAN_WRITE),
    CASE(row20_commit_after_the_end_is_an_error, KV_CAN_WRITE),
    CASE(row20_close_of_a_read_only_one_ends_it, READ_HALF),
    CASE(row20_work_after_the_end_is_refused, KV_CAN_WRITE),
    CASE(row20_cursors_may_be_closed_after_the_end, KV_CAN_WRITE),
    CASE(row20_two_buckets_are_one_transaction, KV_CAN_WRITE),
    CASE(row23_a_reader_keeps_its_snapshot, KV_CAN_WRITE),
    CASE(row23_writes_are_seen_by_their_own_transaction_only, KV_CAN_WRITE),
    CASE(reset_lets_go_and_renew_takes_the_newest, KV_CAN_WRITE),
    CASE(transaction_numbers_grow_with_commits, KV_CAN_WRITE | NEEDS_BARE),
    CASE(transaction_numbers_under_a_session_are_its_bases, KV_CAN_WRITE | NEEDS_SESSION),
    CASE(a_transaction_tells_what_it_is, KV_CAN_WRITE),
};
GROUP(txn_cases, cases);
