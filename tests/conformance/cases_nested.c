#include "tests/conformance/suite.h"

static void row21_child_commits_into_its_parent(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *parent = begin_write(f);
    assert_status(kv_txn_put(parent, "b", T("c"), T("3")), KV_OK);
    kv_txn *child = begin_child(f, parent);
    assert_content(f, child, "b", "a=1 b=2 c=3");
    assert_status(kv_txn_put(child, "b", T("d"), T("4")), KV_OK);
    assert_status(kv_txn_delete(child, "b", T("a")), KV_OK);
    commit(f, child);
    assert_content(f, parent, "b", "b=2 c=3 d=4");
    assert_committed(f, "b", "a=1 b=2");
    commit(f, parent);
    assert_committed(f, "b", "b=2 c=3 d=4");
}

static void row21_child_abort_leaves_its_parent_intact(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *parent = begin_write(f);
    assert_status(kv_txn_put(parent, "b", T("c"), T("3")), KV_OK);
    kv_txn *child = begin_child(f, parent);
    assert_status(kv_txn_put(child, "b", T("c"), T("9")), KV_OK);
    assert_status(kv_txn_delete(child, "b", T("a")), KV_OK);
    assert_status(kv_txn_put(child, "other", T("x"), T("y")), KV_OK);
    give_up(f, child);
    assert_content(f, parent, "b", "a=1 b=2 c=3");
    assert_status(kv_bucket_exists(parent, "other"), KV_NOT_FOUND);
    commit(f, parent);
    assert_committed(f, "b", "a=1 b=2 c=3");
}

static void row21_parent_abort_undoes_its_childs_commit(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *parent = begin_write(f);
    kv_txn *child = begin_child(f, parent);
    assert_status(kv_txn_put(child, "b", T("b"), T("2")), KV_OK);
    commit(f, child);
    give_up(f, parent);
    assert_committed(f, "b", "a=1");
}

static void row21_one_child_at_a_time(struct fixture *f)
{
    kv_txn *second = NULL;
    kv_txn *parent = begin_write(f);
    kv_txn *child = begin_child(f, parent);
    assert_status(kv_txn_begin(f->store, parent, KV_TXN_WRITE, KV_FOREVER, &second), KV_ERR_TXN_BUSY);
    assert_null(second);
    give_up(f, child);
    child = begin_child(f, parent);
    assert_status(kv_txn_put(child, "b", T("a"), T("1")), KV_OK);
    commit(f, child);
    commit(f, parent);
    assert_committed(f, "b", "a=1");
}

static void row21_parent_refuses_work_while_it_has_a_child(struct fixture *f)
{
    kv_slice value;
    uint64_t number;
    kv_bucket *opened;

    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *parent = begin_write(f);
    kv_bucket *bucket = bucket_of(parent, "b");
    kv_cursor *cursor = cursor_of(f, parent, "b");
    kv_txn *child = begin_child(f, parent);
    assert_status(kv_txn_get(parent, "b", T("a"), &value), KV_ERR_TXN_BUSY);
    assert_status(kv_txn_put(parent, "b", T("a"), T("9")), KV_ERR_TXN_BUSY);
    assert_status(kv_txn_sequence(parent, "s", 1, &number), KV_ERR_TXN_BUSY);
    assert_status(kv_bucket_open(parent, "b", &opened), KV_ERR_TXN_BUSY);
    assert_status(kv_bucket_create(parent, "c", KV_PLAIN, NULL), KV_ERR_TXN_BUSY);
    assert_status(kv_bucket_get(bucket, T("a"), &value), KV_ERR_TXN_BUSY);
    assert_status(kv_bucket_put(bucket, T("a"), T("9")), KV_ERR_TXN_BUSY);
    assert_status(kv_cursor_next(cursor, NULL, NULL), KV_ERR_TXN_BUSY);
    assert_status(kv_cursor_put(cursor, T("a"), T("9")), KV_ERR_TXN_BUSY);
    assert_status(kv_txn_commit(parent, KV_FOREVER), KV_ERR_TXN_BUSY);
    commit(f, child);
    assert_move(kv_cursor_next, cursor, "a=1");
    commit(f, parent);
    assert_committed(f, "b", "a=1");
}

static void row21_parent_abort_ends_its_child_first(struct fixture *f)
{
    kv_txn *parent = begin_write(f);
    kv_txn *child = begin_child(f, parent);
    assert_status(kv_txn_put(child, "b", T("a"), T("1")), KV_OK);
    kv_txn_abort(parent);
    assert_status(kv_txn_put(child, "b", T("b"), T("2")), KV_ERR_TXN_ENDED);
    assert_status(kv_txn_commit(child, KV_FOREVER), KV_ERR_TXN_ENDED);
    give_up(f, child);
    give_up(f, parent);
    assert_committed(f, "b", "");
}

static void row21_close_of_a_parent_with_a_child_aborts_both(struct fixture *f)
{
    kv_txn *parent = begin_write(f);
    assert_status(kv_txn_put(parent, "b", T("a"), T("1")), KV_OK);
    kv_txn *child = begin_child(f, parent);
    assert_status(kv_txn_put(child, "b", T("b"), T("2")), KV_OK);
    forget_txn(f, parent);
    assert_status(kv_txn_close(parent), KV_ERR_TXN_BUSY);
    assert_status(kv_txn_commit(child, KV_FOREVER), KV_ERR_TXN_ENDED);
    give_up(f, child);
    assert_committed(f, "b", "");
}

static void row21_only_writes_nest_in_writes(struct fixture *f)
{
    kv_txn *child = NULL;
    kv_txn *reader = begin_read(f);
    assert_status(kv_txn_begin(f->store, reader, KV_TXN_WRITE, KV_FOREVER, &child), KV_ERR_INVALID);
    assert_status(kv_txn_begin(f->store, reader, KV_TXN_READ, KV_FOREVER, &child), KV_ERR_INVALID);
    kv_txn *parent = begin_write(f);
    assert_status(kv_txn_begin(f->store, parent, KV_TXN_READ, KV_FOREVER, &child), KV_ERR_INVALID);
    kv_txn_abort(parent);
    assert_status(kv_txn_begin(f->store, parent, KV_TXN_WRITE, KV_FOREVER, &child), KV_ERR_TXN_ENDED);
    assert_null(child);
}

static void row21_children_nest_deep(struct fixture *f)
{
    enum { DEPTH = 6 };
    kv_txn *levels[DEPTH];
    char key[2] = "a";
    fill(f, "b", KV_PLAIN, "z=0");
    levels[0] = begin_write(f);
    for (int i = 1; i < DEPTH; i++) {
        levels[i] = begin_child(f, levels[i - 1]);
        key[0] = (char)('a' + i);
        assert_status(kv_txn_put(levels[i], "b", T(key), T(key)), KV_OK);
    }
    assert_content(f, levels[5], "b", "b=b c=c d=d e=e f=f z=0");
    commit(f, levels[5]);
    give_up(f, levels[4]);
    assert_content(f, levels[3], "b", "b=b c=c d=d z=0");
    commit(f, levels[3]);
    commit(f, levels[2]);
    commit(f, levels[1]);
    commit(f, levels[0]);
    assert_committed(f, "b", "b=b c=c d=d z=0");
}

static void row21_buckets_of_an_aborted_child_are_gone(struct fixture *f)
{
    fill(f, "old", KV_DUP_SORT, "k=1 k=2");
    kv_txn *parent = begin_write(f);
    kv_txn *child = begin_child(f, parent);
    assert_status(kv_bucket_create(child, "new", KV_DUP_SORT, NULL), KV_OK);
    assert_status(kv_bucket_drop(child, "old"), KV_OK);
    give_up(f, child);
    assert_status(kv_bucket_exists(parent, "new"), KV_NOT_FOUND);
    assert_content(f, parent, "old", "k=1 k=2");
    assert_status(kv_bucket_create(parent, "new", KV_PLAIN, NULL), KV_OK);
    assert_int_equal(kv_bucket_kind(bucket_of(parent, "new")), KV_PLAIN);
    commit(f, parent);
    assert_committed(f, "old", "k=1 k=2");
}

static void row21_a_parents_cursor_sees_what_the_child_committed(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 c=1 c=3");
    kv_txn *parent = begin_write(f);
    kv_cursor *cursor = cursor_of(f, parent, "b");
    assert_move(kv_cursor_next, cursor, "a=1");
    kv_txn *child = begin_child(f, parent);
    assert_status(kv_txn_put(child, "b", T("b"), T("2")), KV_OK);
    assert_status(kv_txn_put(child, "b", T("c"), T("2")), KV_OK);
    assert_status(kv_txn_delete_pair(child, "b", T("c"), T("1")), KV_OK);
    commit(f, child);
    assert_move(kv_cursor_current, cursor, "a=1");
    assert_move(kv_cursor_next, cursor, "b=2");
    assert_move(kv_cursor_next, cursor, "c=2");
    assert_move(kv_cursor_next, cursor, "c=3");
}

static void row21_a_parents_cursor_writes_on_after_a_child(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 a=3 a=5 b=1");
    kv_txn *parent = begin_write(f);
    kv_cursor *cursor = cursor_of(f, parent, "b");
    assert_move(kv_cursor_next, cursor, "a=1");
    give_up(f, begin_child(f, parent));
    assert_status(kv_cursor_put(cursor, T("a"), T("4")), KV_OK);
    assert_move(kv_cursor_next, cursor, "a=5");
    give_up(f, begin_child(f, parent));
    assert_status(kv_cursor_put_current(cursor, T("a"), T("2")), KV_OK);
    assert_move(kv_cursor_next, cursor, "a=3");
    commit(f, begin_child(f, parent));
    assert_status(kv_cursor_delete_current(cursor), KV_OK);
    assert_move(kv_cursor_prev, cursor, "a=2");
    assert_content(f, parent, "b", "a=1 a=2 a=4 b=1");
}

static const struct conformance_case cases[] = {
    CASE(row21_child_commits_into_its_parent, KV_CAN_NEST),
    CASE(row21_child_abort_leaves_its_parent_intact, KV_CAN_NEST),
    CASE(row21_parent_abort_undoes_its_childs_commit, KV_CAN_NEST),
    CASE(row21_one_child_at_a_time, KV_CAN_NEST),
    CASE(row21_parent_refuses_work_while_it_has_a_child, KV_CAN_NEST),
    CASE(row21_parent_abort_ends_its_child_first, KV_CAN_NEST),
    CASE(row21_close_of_a_parent_with_a_child_aborts_both, KV_CAN_NEST),
    CASE(row21_only_writes_nest_in_writes, KV_CAN_NEST),
    CASE(row21_children_nest_deep, KV_CAN_NEST),
    CASE(row21_buckets_of_an_aborted_child_are_gone, KV_CAN_NEST),
    CASE(row21_a_parents_cursor_sees_what_the_child_committed, KV_CAN_NEST),
    CASE(row21_a_parents_cursor_writes_on_after_a_child, KV_CAN_NEST),
};
GROUP(nested_cases, cases);
