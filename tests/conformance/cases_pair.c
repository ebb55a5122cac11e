#include "tests/conformance/suite.h"

static void row08_put_reports_whether_anything_changed(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 c=3");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("b"), T("2")), KV_UNCHANGED);
    assert_status(kv_txn_put(txn, "b", T("a"), T("1")), KV_UNCHANGED);
    assert_status(kv_txn_put(txn, "b", T("a"), T("9")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("c"), T("")), KV_OK);
    assert_status(kv_txn_put(txn, "b", T("c"), T("")), KV_UNCHANGED);
    assert_status(kv_txn_put(txn, "b", T("c"), T("33")), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "a=9 b=2 c=33");
}

static void row08_put_new_answers_exists(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put_new(txn, "b", T("a"), T("1")), KV_EXISTS);
    assert_status(kv_txn_put_new(txn, "b", T("a"), T("2")), KV_EXISTS);
    assert_status(kv_txn_put_new(txn, "b", T("b"), T("2")), KV_OK);
    assert_status(kv_bucket_put_new(bucket_of(txn, "b"), T("b"), T("3")), KV_EXISTS);
    assert_status(kv_txn_delete(txn, "b", T("a")), KV_OK);
    assert_status(kv_txn_put_new(txn, "b", T("a"), T("4")), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "a=4 b=2");
}

static void row08_put_in_a_dup_sort_bucket_adds(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=3 b=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "d", T("a"), T("2")), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("a"), T("2")), KV_UNCHANGED);
    assert_status(kv_txn_put(txn, "d", T("a"), T("1")), KV_UNCHANGED);
    assert_status(kv_txn_put(txn, "d", T("b"), T("1")), KV_UNCHANGED);
    assert_status(kv_txn_put_new(txn, "d", T("a"), T("3")), KV_EXISTS);
    assert_status(kv_txn_put_new(txn, "d", T("a"), T("4")), KV_OK);
    commit(f, txn);
    assert_committed(f, "d", "a=1 a=2 a=3 a=4 b=1");
}

static void row09_delete_of_a_key_is_refused_in_dup_sort(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 b=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete(txn, "d", T("a")), KV_ERR_INCOMPATIBLE);
    assert_status(kv_bucket_delete(bucket_of(txn, "d"), T("b")), KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_delete(cursor_of(f, txn, "d"), T("b")), KV_ERR_INCOMPATIBLE);
    assert_content(f, txn, "d", "a=1 a=2 b=1");
}

static void row09_delete_pair_removes_one_pair(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 a=3 b=1 c=1 c=2");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete_pair(txn, "d", T("a"), T("2")), KV_OK);
    assert_status(kv_txn_delete_pair(txn, "d", T("a"), T("2")), KV_UNCHANGED);
    assert_status(kv_txn_delete_pair(txn, "d", T("b"), T("2")), KV_UNCHANGED);
    assert_status(kv_txn_delete_pair(txn, "d", T("b"), T("1")), KV_OK);
    assert_status(kv_txn_delete_pair(txn, "d", T("bb"), T("1")), KV_UNCHANGED);
    assert_status(kv_txn_has(txn, "d", T("a")), KV_OK);
    assert_status(kv_txn_has(txn, "d", T("b")), KV_NOT_FOUND);
    assert_content(f, txn, "d", "a=1 a=3 c=1 c=2");
    commit(f, txn);
    assert_committed(f, "d", "a=1 a=3 c=1 c=2");
}

static void row09_delete_all_removes_every_pair_of_a_key(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 a=3 b=1 c=1 c=2");
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete_all(txn, "d", T("a")), KV_OK);
    assert_status(kv_txn_delete_all(txn, "d", T("a")), KV_UNCHANGED);
    assert_status(kv_txn_delete_all(txn, "d", T("b")), KV_OK);
    assert_status(kv_txn_delete_all(txn, "b", T("b")), KV_OK);
    assert_status(kv_txn_delete_all(txn, "b", T("b")), KV_UNCHANGED);
    commit(f, txn);
    assert_committed(f, "d", "c=1 c=2");
    assert_committed(f, "b", "a=1");
}

static void row09_delete_pair_on_a_plain_bucket_compares(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete_pair(txn, "b", T("a"), T("2")), KV_UNCHANGED);
    assert_status(kv_txn_delete_pair(txn, "b", T("a"), T("")), KV_UNCHANGED);
    assert_status(kv_txn_delete_pair(txn, "b", T("b"), T("1")), KV_UNCHANGED);
    assert_content(f, txn, "b", "a=1 b=");
    assert_status(kv_txn_delete_pair(txn, "b", T("a"), T("1")), KV_OK);
    assert_status(kv_txn_delete_pair(txn, "b", T("b"), T("")), KV_OK);
    commit(f, txn);
    assert_committed(f, "b", "");
}

static void row10_deleting_what_is_not_there_is_unchanged(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 c=3");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete(txn, "b", T("b")), KV_UNCHANGED);
    assert_status(kv_txn_delete(txn, "b", T("zz")), KV_UNCHANGED);
    assert_status(kv_txn_delete(txn, "b", T("a")), KV_OK);
    assert_status(kv_txn_delete(txn, "b", T("a")), KV_UNCHANGED);
    assert_status(kv_txn_delete(txn, "missing", T("a")), KV_UNCHANGED);
    commit(f, txn);
    assert_committed(f, "b", "c=3");
}

static void row10_all_but_one_of_ten_stay(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "0=a 1=b 2=c 3=d 4=e 5=f 6=g 7=h 8=i 9=j");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete(txn, "b", T("5")), KV_OK);
    assert_status(kv_txn_delete(txn, "b", B("\6\1")), KV_UNCHANGED);
    assert_status(kv_txn_delete(txn, "b", B("\xff")), KV_UNCHANGED);
    assert_seek(cursor_of(f, txn, "b"), T("5"), "6=g");
    assert_content(f, txn, "b", "0=a 1=b 2=c 3=d 4=e 6=g 7=h 8=i 9=j");
}

static void row11_missing_is_not_empty(struct fixture *f)
{
    const char mark = 'm';
    kv_slice value = V(mark);
    fill(f, "b", KV_PLAIN, "a= b=1");
    kv_txn *txn = begin_read(f);
    assert_status(kv_txn_get(txn, "b", T("nope"), &value), KV_NOT_FOUND);
    assert_ptr_equal(value.data, &mark);
    assert_int_equal(value.size, 1);
    assert_status(kv_txn_get(txn, "b", T("a"), &value), KV_OK);
    assert_int_equal(value.size, 0);
    assert_status(kv_txn_has(txn, "b", T("a")), KV_OK);
    assert_status(kv_txn_has(txn, "b", T("nope")), KV_NOT_FOUND);
    assert_status(kv_bucket_has(bucket_of(txn, "b"), T("a")), KV_OK);
    assert_status(kv_bucket_has(bucket_of(txn, "b"), T("c")), KV_NOT_FOUND);
    assert_content(f, txn, "b", "a= b=1");
}

static void row07_get_gives_the_smallest_value_of_exactly_the_key(struct fixture *f)
{
    kv_slice value;
    fill(f, "d", KV_DUP_SORT, "a=3 a=1 a=2 ab=0 c=5");
    kv_txn *txn = begin_read(f);
    assert_value(txn, "d", "a", "1");
    assert_value(txn, "d", "ab", "0");
    assert_value(txn, "d", "c", "5");
    assert_status(kv_txn_get(txn, "d", T("aa"), &value), KV_NOT_FOUND);
    assert_status(kv_txn_get(txn, "d", T("b"), &value), KV_NOT_FOUND);
    assert_status(kv_bucket_get(bucket_of(txn, "d"), T("a"), &value), KV_OK);
    assert_slice(value, "1");
}

static void row07_get_follows_deletions_of_the_smallest(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 a=3");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_delete_pair(txn, "d", T("a"), T("1")), KV_OK);
    assert_value(txn, "d", "a", "2");
    assert_status(kv_txn_put(txn, "d", T("a"), T("0")), KV_OK);
    assert_value(txn, "d", "a", "0");
}

static void row16_reserve_lends_bytes_of_a_plain_bucket(struct fixture *f)
{
    void *room = NULL;
    fill(f, "b", KV_PLAIN, "a=1 c=longer-than-before");
    kv_txn *txn = begin_write(f);
    kv_bucket *bucket = bucket_of(txn, "b");
    assert_status(kv_bucket_reserve(bucket, T("b"), 4, &room), KV_OK);
    memcpy(room, "four", 4);
    assert_status(kv_bucket_reserve(bucket, T("c"), 3, &room), KV_OK);
    memcpy(room, "new", 3);
    commit(f, txn);
    assert_committed(f, "b", "a=1 b=four c=new");
}

static void row16_reserve_is_refused_in_dup_sort(struct fixture *f)
{
    void *room = NULL;
    fill(f, "d", KV_DUP_SORT, "a=1");
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_reserve(bucket_of(txn, "d"), T("b"), 4, &room), KV_ERR_INCOMPATIBLE);
    assert_null(room);
    assert_content(f, txn, "d", "a=1");
}

static void row34_an_empty_value_among_others_is_refused(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 b=");
    kv_txn *txn = begin_write(f);
    kv_bucket *bucket = bucket_of(txn, "d");
    assert_status(kv_bucket_put(bucket, T("a"), T("")), KV_ERR_VALUE_EMPTY);
    assert_status(kv_bucket_put_new(bucket, T("a"), T("")), KV_ERR_VALUE_EMPTY);
    assert_status(kv_bucket_put(bucket, T("b"), T("1")), KV_ERR_VALUE_EMPTY);
    assert_status(kv_bucket_append_dup(bucket, T("b"), T("1")), KV_ERR_VALUE_EMPTY);
    assert_status(kv_bucket_append(bucket, T("b"), T("1")), KV_ERR_VALUE_EMPTY);
    assert_content(f, txn, "d", "a=1 b=");
}

static void row34_an_empty_value_alone_is_held(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 b= c=2");
    kv_txn *txn = begin_write(f);
    kv_bucket *bucket = bucket_of(txn, "d");
    assert_status(kv_bucket_put(bucket, T("b"), T("")), KV_UNCHANGED);
    assert_status(kv_bucket_put_new(bucket, T("b"), T("")), KV_EXISTS);
    assert_status(kv_bucket_put(bucket, T("x"), T("")), KV_OK);
    assert_status(kv_bucket_delete_pair(bucket, T("b"), T("")), KV_OK);
    assert_status(kv_bucket_put(bucket, T("b"), T("1")), KV_OK);
    assert_status(kv_bucket_delete_all(bucket, T("a")), KV_OK);
    assert_status(kv_bucket_put(bucket, T("a"), T("")), KV_OK);
    commit(f, txn);
    assert_committed(f, "d", "a= b=1 c=2 x=");
}

static void row34_several_values_with_an_empty_one_are_held(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=1 a= b= b=2");
    assert_committed(f, "d", "a= a=1 b= b=2");
}

static void row23_values_lent_by_get_are_what_was_stored(struct fixture *f)
{
    /* Sizes around a page, its overflow and several pages. */
    static const size_t sizes[] = {0, 1, 511, 2000, 4095, 4096, 4097, 70000, 1000000};
    char *bytes = malloc(1000000);
    char key[8];
    kv_slice value;
    assert_non_null(bytes);
    for (size_t i = 0; i < 1000000; i++) {
        bytes[i] = (char)(i * 7 + i / 251);
    }
    kv_txn *txn = begin_write(f);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(key, sizeof key, "k%zu", i);
        assert_status(kv_txn_put(txn, "b", T(key), kv_slice_of(bytes, sizes[i])), KV_OK);
        assert_status(kv_txn_put(txn, "b", T(key), kv_slice_of(bytes, sizes[i])), KV_UNCHANGED);
    }
    commit(f, txn);
    txn = begin_read(f);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(key, sizeof key, "k%zu", i);
        assert_status(kv_txn_get(txn, "b", T(key), &value), KV_OK);
        assert_true(kv_slice_equal(value, kv_slice_of(bytes, sizes[i])));
    }
    free(bytes);
}

static const struct conformance_case cases[] = {
    CASE(row08_put_reports_whether_anything_changed, KV_CAN_WRITE),
    CASE(row08_put_new_answers_exists, KV_CAN_WRITE),
    CASE(row08_put_in_a_dup_sort_bucket_adds, KV_CAN_WRITE),
    CASE(row09_delete_of_a_key_is_refused_in_dup_sort, KV_CAN_WRITE),
    CASE(row09_delete_pair_removes_one_pair, KV_CAN_WRITE),
    CASE(row09_delete_all_removes_every_pair_of_a_key, KV_CAN_WRITE),
    CASE(row09_delete_pair_on_a_plain_bucket_compares, KV_CAN_WRITE),
    CASE(row10_deleting_what_is_not_there_is_unchanged, KV_CAN_WRITE),
    CASE(row10_all_but_one_of_ten_stay, KV_CAN_WRITE),
    CASE(row11_missing_is_not_empty, READ_HALF),
    CASE(row07_get_gives_the_smallest_value_of_exactly_the_key, READ_HALF),
    CASE(row07_get_follows_deletions_of_the_smallest, KV_CAN_WRITE),
    CASE(row16_reserve_lends_bytes_of_a_plain_bucket, KV_CAN_RESERVE),
    CASE(row16_reserve_is_refused_in_dup_sort, KV_CAN_WRITE),
    CASE(row34_an_empty_value_among_others_is_refused, KV_CAN_WRITE | NEEDS_NO_EMPTY_DUP),
    CASE(row34_an_empty_value_alone_is_held, KV_CAN_WRITE | NEEDS_NO_EMPTY_DUP),
    CASE(row34_several_values_with_an_empty_one_are_held, KV_CAN_EMPTY_DUP),
    CASE(row23_values_lent_by_get_are_what_was_stored, KV_CAN_WRITE),
};
GROUP(pair_cases, cases);
