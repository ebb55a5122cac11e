#include "tests/conformance/suite.h"

static void row17_put_makes_a_missing_bucket(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_exists(txn, "b"), KV_NOT_FOUND);
    assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_OK);
    assert_status(kv_bucket_exists(txn, "b"), KV_OK);
    assert_int_equal(kv_bucket_kind(bucket_of(txn, "b")), KV_PLAIN);
}

static void row17_reads_and_deletions_make_none(struct fixture *f)
{
    kv_slice value;
    uint64_t number;
    kv_bucket *bucket = NULL;
    char name[KV_BUCKET_NAME_SIZE];
    kv_txn *txn = begin_write(f);

    assert_status(kv_txn_get(txn, "b", T("k"), &value), KV_NOT_FOUND);
    assert_status(kv_txn_has(txn, "b", T("k")), KV_NOT_FOUND);
    assert_status(kv_txn_count(txn, "b", &number), KV_NOT_FOUND);
    assert_status(kv_txn_bucket_size(txn, "b", &number), KV_NOT_FOUND);
    assert_status(kv_txn_delete(txn, "b", T("k")), KV_UNCHANGED);
    assert_status(kv_txn_delete_pair(txn, "b", T("k"), T("v")), KV_UNCHANGED);
    assert_status(kv_txn_delete_all(txn, "b", T("k")), KV_UNCHANGED);
    assert_status(kv_bucket_open(txn, "b", &bucket), KV_NOT_FOUND);
    assert_null(bucket);
    assert_no_move(kv_cursor_next, cursor_of(f, txn, "b"), KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev, cursor_of(f, txn, "b"), KV_NOT_FOUND);
    assert_no_move(kv_cursor_first, cursor_of(f, txn, "b"), KV_NOT_FOUND);
    assert_no_move(kv_cursor_last, cursor_of(f, txn, "b"), KV_NOT_FOUND);
    assert_status(kv_bucket_exists(txn, "b"), KV_NOT_FOUND);
    assert_status(kv_bucket_next(txn, NULL, name), KV_NOT_FOUND);
}

static void row17_a_cursor_on_a_missing_bucket_becomes_live(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_OK);
    assert_move(kv_cursor_next, cursor, "k=v");
}

static void row17_a_strict_store_makes_none(struct fixture *f)
{
    kv_slice value;
    kv_cursor *cursor = NULL;
    kv_bucket *bucket = NULL;
    fixture_renew(f, KV_OPEN_STRICT);
    fill(f, "there", KV_PLAIN, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_ERR_UNKNOWN_BUCKET);
    assert_status(kv_txn_get(txn, "b", T("k"), &value), KV_ERR_UNKNOWN_BUCKET);
    assert_status(kv_txn_delete(txn, "b", T("k")), KV_ERR_UNKNOWN_BUCKET);
    assert_status(kv_txn_cursor(txn, "b", &cursor), KV_ERR_UNKNOWN_BUCKET);
    assert_status(kv_bucket_open(txn, "b", &bucket), KV_ERR_UNKNOWN_BUCKET);
    assert_status(kv_bucket_exists(txn, "b"), KV_NOT_FOUND);
    assert_status(kv_txn_put(txn, "there", T("b"), T("2")), KV_OK);
    assert_status(kv_bucket_create(txn, "b", KV_PLAIN, NULL), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_OK);
    commit(f, txn);
    assert_committed(f, "there", "a=1 b=2");
    assert_committed(f, "b", "k=v");
}

static void row18_another_kind_is_incompatible(struct fixture *f)
{
    fill(f, "plain", KV_PLAIN, "k=v");
    fill(f, "dup", KV_DUP_SORT, "k=v");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "plain", KV_DUP_SORT, NULL), KV_ERR_INCOMPATIBLE);
    assert_status(kv_bucket_create(txn, "dup", KV_PLAIN, NULL), KV_ERR_INCOMPATIBLE);
    assert_status(kv_bucket_create(txn, "dup", KV_DUP_FIXED, NULL), KV_ERR_INCOMPATIBLE);
    assert_status(kv_bucket_create(txn, "plain", KV_PLAIN, NULL), KV_EXISTS);
    assert_status(kv_bucket_create(txn, "dup", KV_DUP_SORT, NULL), KV_EXISTS);
    commit(f, txn);
}

static const struct {
    const char *name;
    kv_kind asked, complete;
} kinds[] = {
    {"k-plain", KV_PLAIN, KV_PLAIN},
    {"k-dup", KV_DUP_SORT, KV_DUP_SORT},
    {"k-fixed", KV_DUP_FIXED, KV_DUP_SORT | KV_DUP_FIXED},
    {"k-integer", KV_INTEGER_KEY, KV_INTEGER_KEY},
    {"k-integer-dup", KV_INTEGER_DUP, KV_DUP_SORT | KV_DUP_FIXED | KV_INTEGER_DUP},
    {"k-reverse", KV_REVERSE_KEY, KV_REVERSE_KEY},
    {"k-reverse-dup", KV_REVERSE_DUP, KV_DUP_SORT | KV_REVERSE_DUP},
    {"k-both", KV_INTEGER_KEY | KV_DUP_SORT, KV_INTEGER_KEY | KV_DUP_SORT},
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static void row18_the_kind_is_stored_with_the_bucket(struct fixture *f)
{
    kv_bucket *bucket = NULL;
    kv_txn *txn = begin_write(f);
    for (int i = 0; i < KIND_COUNT; i++) {
        assert_status(kv_bucket_create(txn, kinds[i].name, kinds[i].asked, &bucket), KV_OK);
        assert_int_equal(kv_bucket_kind(bucket), kinds[i].complete);
    }
    commit(f, txn);
    fixture_reopen(f, 0);
    txn = begin_write(f);
    for (int i = 0; i < KIND_COUNT; i++) {
        assert_int_equal(kv_bucket_kind(bucket_of(txn, kinds[i].name)), kinds[i].complete);
        assert_status(kv_bucket_create(txn, kinds[i].name, kinds[i].asked, NULL), KV_EXISTS);
        assert_status(kv_bucket_create(txn, kinds[i].name, kinds[i].asked ^ KV_REVERSE_DUP, NULL),
                      (kinds[i].complete & KV_INTEGER_DUP) != 0 ? KV_ERR_INVALID : KV_ERR_INCOMPATIBLE);
    }
}

static void row18_put_by_name_keeps_the_kind(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "k=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "d", T("k"), T("0")), KV_OK);
    assert_content(f, txn, "d", "k=0 k=1");
}

static void row27_create_is_idempotent(struct fixture *f)
{
    kv_bucket *made = NULL, *again = NULL;
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "b", KV_PLAIN, &made), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("k"), T("v")), KV_OK);
    assert_status(kv_bucket_create(txn, "b", KV_PLAIN, &again), KV_EXISTS);
    assert_ptr_equal(made, again);
    assert_ptr_equal(bucket_of(txn, "b"), made);
    assert_string_equal(kv_bucket_name(made), "b");
    assert_ptr_equal(kv_bucket_txn(made), txn);
    assert_content(f, txn, "b", "k=v");
}

static void row27_drop_removes_a_bucket(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 a=2 b=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_drop(txn, "b"), KV_OK);
    assert_status(kv_bucket_exists(txn, "b"), KV_NOT_FOUND);
    assert_content(f, txn, "b", "");
    assert_status(kv_bucket_drop(txn, "b"), KV_NOT_FOUND);
    commit(f, txn);
    assert_committed(f, "b", "");
    fixture_reopen(f, 0);
    assert_status(kv_bucket_exists(begin_read(f), "b"), KV_NOT_FOUND);
}

static void row27_drop_is_undone_by_an_abort(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_drop(txn, "b"), KV_OK);
    give_up(f, txn);
    assert_committed(f, "b", "a=1 b=2");
}

static void row27_a_dropped_bucket_may_come_back_as_another_kind(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_drop(txn, "b"), KV_OK);
    assert_status(kv_bucket_create(txn, "b", KV_DUP_SORT, NULL), KV_OK);
    assert_content(f, txn, "b", "");
    assert_status(kv_txn_put(txn, "b", T("a"), T("2")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("a"), T("1")), KV_OK);
    commit(f, txn);
    fixture_reopen(f, 0);
    assert_committed(f, "b", "a=1 a=2");
    assert_int_equal(kv_bucket_kind(bucket_of(begin_read(f), "b")), KV_DUP_SORT);
}

static void row27_a_bucket_is_remade_as_another_kind_beside_its_readers(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 a=2 b=1");
    kv_txn *old = begin_read(f);
    kv_cursor *cursor = cursor_of(f, old, "b");
    assert_move(kv_cursor_next, cursor, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_drop(txn, "b"), KV_OK);
    commit(f, txn);
    txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "b", KV_REVERSE_KEY, NULL), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("az"), T("1")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("by"), T("2")), KV_OK);
    assert_status(kv_bucket_create(txn, "c", KV_DUP_FIXED, NULL), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "by=2 az=1");
    assert_move(kv_cursor_next, cursor, "a=2");
    assert_content(f, old, "b", "a=1 a=2 b=1");
    assert_int_equal(kv_bucket_kind(bucket_of(old, "b")), KV_DUP_SORT);
}

static void row27_clear_keeps_the_bucket_and_its_kind(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 a=2 b=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_clear(txn, "b"), KV_OK);
    assert_status(kv_bucket_clear(txn, "missing"), KV_NOT_FOUND);
    assert_status(kv_bucket_exists(txn, "b"), KV_OK);
    assert_content(f, txn, "b", "");
    assert_status(kv_txn_put(txn, "b", T("a"), T("2")), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "a=2");
    fixture_reopen(f, 0);
    assert_int_equal(kv_bucket_kind(bucket_of(begin_read(f), "b")), KV_DUP_SORT);
    assert_committed(f, "b", "a=2");
}

static void row27_clear_under_an_open_cursor_leaves_it_empty(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2 c=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_seek(cursor, T("b"), "b=2");
    assert_status(kv_bucket_clear(txn, "b"), KV_OK);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_first, cursor, KV_NOT_FOUND);
    assert_status(kv_txn_put(txn, "b", T("x"), T("9")), KV_OK);
    assert_move(kv_cursor_first, cursor, "x=9");
}

static void row27_drop_under_an_open_cursor_leaves_it_empty(struct fixture *f)
{
    fill(f, "b", KV_DUP_SORT, "a=1 b=2 b=3");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "b");
    assert_seek(cursor, T("b"), "b=2");
    assert_status(kv_bucket_drop(txn, "b"), KV_OK);
    assert_no_move(kv_cursor_next, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_prev, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_first, cursor, KV_NOT_FOUND);
    assert_no_move(kv_cursor_last, cursor, KV_NOT_FOUND);
    assert_status(kv_bucket_create(txn, "b", KV_PLAIN, NULL), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("x"), T("9")), KV_OK);
    assert_move(kv_cursor_first, cursor, "x=9");
    commit(f, txn);
}

static void row27_buckets_are_listed_in_order(struct fixture *f)
{
    static const char *const names[] = {"b", "a", "bb", "c-1", "B"};
    static const char *const sorted[] = {"B", "a", "b", "bb", "c-1"};
    char name[KV_BUCKET_NAME_SIZE];
    for (int i = 0; i < 5; i++) {
        fill(f, names[i], i % 2 == 0 ? KV_PLAIN : KV_DUP_SORT, "k=v l=w");
    }
    kv_txn *txn = begin_read(f);
    const char *after = NULL;
    for (int i = 0; i < 5; i++, after = name) {
        assert_status(kv_bucket_next(txn, after, name), KV_OK);
        assert_string_equal(name, sorted[i]);
    }
    assert_status(kv_bucket_next(txn, name, name), KV_NOT_FOUND);
    assert_string_equal(name, "c-1");
    assert_status(kv_bucket_next(txn, "bbb", name), KV_OK);
    assert_string_equal(name, "c-1");
}

static void row27_the_list_follows_the_transaction(struct fixture *f)
{
    char name[KV_BUCKET_NAME_SIZE];
    fill(f, "a", KV_PLAIN, "k=v");
    fill(f, "c", KV_PLAIN, "k=v");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "b", KV_DUP_SORT, NULL), KV_OK);
    assert_status(kv_bucket_drop(txn, "a"), KV_OK);
    assert_status(kv_bucket_next(txn, NULL, name), KV_OK);
    assert_string_equal(name, "b");
    assert_status(kv_bucket_next(txn, name, name), KV_OK);
    assert_string_equal(name, "c");
    assert_status(kv_bucket_next(txn, name, name), KV_NOT_FOUND);
    give_up(f, txn);
    txn = begin_read(f);
    assert_status(kv_bucket_next(txn, NULL, name), KV_OK);
    assert_string_equal(name, "a");
    assert_status(kv_bucket_next(txn, name, name), KV_OK);
    assert_string_equal(name, "c");
}

static void row25_sizes_and_counts(struct fixture *f)
{
    uint64_t number = 0;
    fill(f, "b", KV_DUP_SORT, "a=1 a=2 b=3");
    kv_txn *txn = begin_read(f);
    assert_status(kv_txn_count(txn, "b", &number), KV_OK);
    assert_int_equal(number, 3);
    assert_status(kv_bucket_count(bucket_of(txn, "b"), &number), KV_OK);
    assert_int_equal(number, 3);
    assert_status(kv_bucket_size(bucket_of(txn, "b"), &number), KV_OK);
    assert_status(kv_txn_bucket_size(txn, "b", &number), KV_OK);
}

static void row25_the_count_sees_own_writes(struct fixture *f)
{
    uint64_t number = 0;
    fill(f, "b", KV_DUP_SORT, "a=1 a=2 b=3");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("a"), T("3")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("a"), T("2")), KV_UNCHANGED);
    assert_status(kv_txn_count(txn, "b", &number), KV_OK);
    assert_int_equal(number, 4);
    assert_status(kv_txn_delete_all(txn, "b", T("a")), KV_OK);
    assert_status(kv_txn_count(txn, "b", &number), KV_OK);
    assert_int_equal(number, 1);
}

static void row25_bucket_size_grows_with_content(struct fixture *f)
{
    uint64_t small = 0, large = 0;
    char key[16], value[100];
    memset(value, 'v', sizeof value);
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_bucket_size(txn, "b", &small), KV_OK);
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "k%06d", i);
        assert_status(kv_txn_put(txn, "b", T(key), kv_slice_of(value, sizeof value)), KV_OK);
    }
    assert_status(kv_txn_bucket_size(txn, "b", &large), KV_OK);
    assert_true(small == 0 || (small >= 2 && large >= 100000 && large > small));
}

static const struct conformance_case cases[] = {
    CASE(row17_put_makes_a_missing_bucket, KV_CAN_BUCKETS),
    CASE(row17_reads_and_deletions_make_none, KV_CAN_BUCKETS),
    CASE(row17_a_cursor_on_a_missing_bucket_becomes_live, KV_CAN_BUCKETS),
    CASE(row17_a_strict_store_makes_none, KV_CAN_BUCKETS),
    CASE(row18_another_kind_is_incompatible, KV_CAN_BUCKETS),
    CASE(row18_the_kind_is_stored_with_the_bucket, KV_CAN_BUCKETS),
    CASE(row18_put_by_name_keeps_the_kind, KV_CAN_BUCKETS),
    CASE(row27_create_is_idempotent, KV_CAN_BUCKETS),
    CASE(row27_drop_removes_a_bucket, KV_CAN_BUCKETS),
    CASE(row27_drop_is_undone_by_an_abort, KV_CAN_BUCKETS),
    CASE(row27_a_dropped_bucket_may_come_back_as_another_kind, KV_CAN_BUCKETS),
    CASE(row27_a_bucket_is_remade_as_another_kind_beside_its_readers, KV_CAN_BUCKETS),
    CASE(row27_clear_keeps_the_bucket_and_its_kind, KV_CAN_BUCKETS),
    CASE(row27_clear_under_an_open_cursor_leaves_it_empty, KV_CAN_BUCKETS),
    CASE(row27_drop_under_an_open_cursor_leaves_it_empty, KV_CAN_BUCKETS),
    CASE(row27_buckets_are_listed_in_order, KV_CAN_BUCKETS | READ_HALF),
    CASE(row27_the_list_follows_the_transaction, KV_CAN_BUCKETS),
    CASE(row25_sizes_and_counts, KV_CAN_BUCKETS | READ_HALF),
    CASE(row25_the_count_sees_own_writes, KV_CAN_BUCKETS),
    CASE(row25_bucket_size_grows_with_content, KV_CAN_BUCKETS),
};
GROUP(bucket_cases, cases);
