#include "tests/conformance/suite.h"

static void row17_the_root_map_is_always_there(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_exists(txn, NULL), KV_OK);
    assert_status(kv_bucket_exists(txn, ""), KV_OK);
    assert_content(f, txn, "", "");
    assert_status(kv_txn_put(txn, NULL, T("k"), T("v")), KV_OK);
    assert_content(f, txn, "", "k=v");
    assert_string_equal(kv_bucket_name(bucket_of(txn, NULL)), "");
    assert_ptr_equal(bucket_of(txn, NULL), bucket_of(txn, ""));
    commit(f, txn);
    fixture_reopen(f, 0);
    assert_committed(f, "", "k=v");
}

static void row27_buckets_are_not_pairs_of_the_root_map(struct fixture *f)
{
    kv_slice value;
    fill(f, "", KV_PLAIN, "a=1 c=3 e=5");
    fill(f, "b", KV_PLAIN, "x=1");
    fill(f, "d", KV_DUP_SORT, "x=1");
    fill(f, "dd", KV_PLAIN, "x=1");
    fill(f, "f", KV_PLAIN, "x=1");
    kv_txn *txn = begin_read(f);
    assert_content(f, txn, "", "a=1 c=3 e=5");
    assert_status(kv_txn_get(txn, "", T("b"), &value), KV_NOT_FOUND);
    assert_status(kv_txn_has(txn, "", T("f")), KV_NOT_FOUND);
    kv_cursor *cursor = cursor_of(f, txn, "");
    assert_seek(cursor, T("b"), "c=3");
    assert_seek(cursor, T("d"), "e=5");
    assert_move(kv_cursor_prev, cursor, "c=3");
    assert_move(kv_cursor_prev, cursor, "a=1");
    assert_status(kv_cursor_seek_exact(cursor, T("b"), NULL), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "c=3");
    assert_status(kv_cursor_seek(cursor, T("f"), NULL, NULL), KV_NOT_FOUND);
    assert_move(kv_cursor_prev, cursor, "e=5");
    assert_move(kv_cursor_last, cursor, "e=5");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "e=5");
}

static void row27_only_buckets_and_no_pairs(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "x=1");
    fill(f, "c", KV_DUP_SORT, "x=1");
    kv_txn *txn = begin_read(f);
    assert_content(f, txn, "", "");
    assert_no_move(kv_cursor_first, cursor_of(f, txn, ""), KV_NOT_FOUND);
    assert_no_move(kv_cursor_last, cursor_of(f, txn, ""), KV_NOT_FOUND);
    assert_status(kv_cursor_seek(cursor_of(f, txn, ""), T("a"), NULL, NULL), KV_NOT_FOUND);
}

static void row27_pairs_of_the_root_map_are_no_buckets(struct fixture *f)
{
    char name[KV_BUCKET_NAME_SIZE];
    kv_bucket *bucket = NULL;
    fill(f, "", KV_PLAIN, "a=1 c=3");
    fill(f, "b", KV_PLAIN, "x=1");
    kv_txn *txn = begin_read(f);
    assert_status(kv_bucket_next(txn, NULL, name), KV_OK);
    assert_string_equal(name, "b");
    assert_status(kv_bucket_next(txn, name, name), KV_NOT_FOUND);
    assert_status(kv_bucket_open(txn, "a", &bucket), KV_NOT_FOUND);
    assert_status(kv_bucket_exists(txn, "a"), KV_NOT_FOUND);
}

static void row27_a_bucket_and_a_pair_cannot_share_a_name(struct fixture *f)
{
    fill(f, "", KV_PLAIN, "a=1");
    fill(f, "b", KV_PLAIN, "x=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "a", KV_PLAIN, NULL), KV_ERR_NAME_TAKEN);
    assert_status(kv_txn_put(txn, "a", T("k"), T("v")), KV_ERR_NAME_TAKEN);
    assert_status(kv_txn_put(txn, "", T("b"), T("v")), KV_ERR_NAME_TAKEN);
    assert_status(kv_txn_put_new(txn, "", T("b"), T("v")), KV_ERR_NAME_TAKEN);
    assert_status(kv_txn_put(txn, "", T("c"), T("3")), KV_OK);
    commit(f, txn);
    assert_committed(f, "", "a=1 c=3");
    assert_committed(f, "b", "x=1");
}

static void row10_deleting_a_buckets_name_from_the_root_map_is_unchanged(struct fixture *f)
{
    fill(f, "", KV_PLAIN, "a=1");
    fill(f, "b", KV_PLAIN, "x=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete(txn, "", T("b")), KV_UNCHANGED);
    assert_status(kv_txn_delete_all(txn, "", T("b")), KV_UNCHANGED);
    assert_status(kv_txn_delete(txn, "", T("a")), KV_OK);
    commit(f, txn);
    assert_committed(f, "", "");
    assert_committed(f, "b", "x=1");
}

static void row27_clearing_the_root_map_keeps_the_buckets(struct fixture *f)
{
    fill(f, "", KV_PLAIN, "a=1 c=3");
    fill(f, "b", KV_PLAIN, "x=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_clear(txn, ""), KV_OK);
    assert_status(kv_bucket_drop(txn, ""), KV_ERR_INVALID);
    assert_content(f, txn, "", "");
    commit(f, txn);
    assert_committed(f, "", "");
    assert_committed(f, "b", "x=1");
}

static void row12_deleting_in_a_walk_of_the_root_map(struct fixture *f)
{
    fill(f, "", KV_PLAIN, "a=1 c=3 e=5");
    fill(f, "b", KV_PLAIN, "x=1");
    fill(f, "d", KV_PLAIN, "x=1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "");
    assert_seek(cursor, T("c"), "c=3");
    assert_status(kv_cursor_delete_current(cursor), KV_OK);
    assert_move(kv_cursor_current, cursor, "e=5");
    assert_move(kv_cursor_prev, cursor, "a=1");
    assert_move(kv_cursor_next, cursor, "e=5");
    assert_status(kv_txn_append(txn, "", T("c"), T("1")), KV_EXISTS);
    assert_status(kv_txn_append(txn, "", T("f"), T("1")), KV_OK);
    commit(f, txn);
    assert_committed(f, "", "a=1 e=5 f=1");
    assert_committed(f, "b", "x=1");
}

static void row25_statistics_count_pairs_and_buckets(struct fixture *f)
{
    kv_store_stat stat;
    fill(f, "", KV_PLAIN, "a=1 c=3 e=5");
    fill(f, "b", KV_PLAIN, "x=1 y=2");
    fill(f, "d", KV_DUP_SORT, "x=1 x=2");
    assert_status(kv_store_statistics(f->store, &stat), KV_OK);
    assert_int_equal(stat.root_pairs, 3);
    assert_int_equal(stat.bucket_count, 2);
}

static const struct conformance_case cases[] = {
    CASE(row17_the_root_map_is_always_there, KV_CAN_ROOT_MAP),
    CASE(row27_buckets_are_not_pairs_of_the_root_map, KV_CAN_ROOT_MAP | READ_HALF),
    CASE(row27_only_buckets_and_no_pairs, KV_CAN_ROOT_MAP | READ_HALF),
    CASE(row27_pairs_of_the_root_map_are_no_buckets, KV_CAN_ROOT_MAP | READ_HALF),
    CASE(row27_a_bucket_and_a_pair_cannot_share_a_name, KV_CAN_ROOT_MAP),
    CASE(row10_deleting_a_buckets_name_from_the_root_map_is_unchanged, KV_CAN_ROOT_MAP),
    CASE(row27_clearing_the_root_map_keeps_the_buckets, KV_CAN_ROOT_MAP),
    CASE(row12_deleting_in_a_walk_of_the_root_map, KV_CAN_ROOT_MAP),
    CASE(row25_statistics_count_pairs_and_buckets, KV_CAN_ROOT_MAP | READ_HALF),
};
GROUP(root_cases, cases);
