#include "tests/conformance/suite.h"

enum { STRIDE = 4, MANY = 3000 };

static void put_many(struct fixture *f, const char *key, unsigned count)
{
    char text[16];
    kv_txn *txn = begin_write(f);
    assert_true(kv_bucket_create(txn, "d", KV_DUP_FIXED, NULL) >= 0);
    for (unsigned i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%04u", i);
        assert_status(kv_txn_put(txn, "d", T(key), T(text)), KV_OK);
    }
    commit(f, txn);
}

/* Checks that a page goes on at the `next`th value of put_many, and gives the number after it. */
static unsigned check_page(kv_slice page, unsigned next)
{
    char text[16];
    assert_true(page.size > 0);
    assert_int_equal(page.size % STRIDE, 0);
    for (size_t at = 0; at < page.size; at += STRIDE, next++) {
        snprintf(text, sizeof text, "%04u", next);
        assert_memory_equal((const char *)page.data + at, text, STRIDE);
    }
    return next;
}

static unsigned read_on(kv_cursor *cursor, const char *expected_key, unsigned next)
{
    kv_slice key, page;
    int status;
    while ((status = kv_cursor_next_multi(cursor, &key, &page)) == KV_OK) {
        assert_slice(key, expected_key);
        next = check_page(page, next);
    }
    assert_status(status, KV_NOT_FOUND);
    return next;
}

static void row15_get_multi_then_next_multi_gives_each_value_once(struct fixture *f)
{
    kv_slice page;
    put_many(f, "k", MANY);
    put_many(f, "l", 3);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_move(kv_cursor_first, cursor, "k=0000");
    assert_status(kv_cursor_get_multi(cursor, &page), KV_OK);
    assert_int_equal(read_on(cursor, "k", check_page(page, 0)), MANY);
    assert_move(kv_cursor_current, cursor, "k=2999");
    assert_move(kv_cursor_next_no_dup, cursor, "l=0000");
    assert_status(kv_cursor_get_multi(cursor, &page), KV_OK);
    assert_int_equal(read_on(cursor, "l", check_page(page, 0)), 3);
}

static void row15_get_multi_begins_at_the_current_value(struct fixture *f)
{
    kv_slice page;
    put_many(f, "k", MANY);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    static const unsigned begins[] = {0, 1, 2, 77, 1500, MANY - 2, MANY - 1};
    for (int i = 0; i < 7; i++) {
        char text[16];
        snprintf(text, sizeof text, "%04u", begins[i]);
        assert_status(kv_cursor_seek_both_exact(cursor, T("k"), T(text)), KV_OK);
        assert_status(kv_cursor_get_multi(cursor, &page), KV_OK);
        assert_int_equal(read_on(cursor, "k", check_page(page, begins[i])), MANY);
    }
}

static void row15_get_multi_rests_on_its_last_value(struct fixture *f)
{
    kv_slice page, value;
    put_many(f, "k", MANY);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_move(kv_cursor_first, cursor, "k=0000");
    assert_status(kv_cursor_get_multi(cursor, &page), KV_OK);
    char last[STRIDE];
    memcpy(last, (const char *)page.data + page.size - STRIDE, STRIDE);
    assert_status(kv_cursor_current(cursor, NULL, &value), KV_OK);
    assert_true(kv_slice_equal(value, V(last)));
}

static void row15_a_single_value_is_given_too(struct fixture *f)
{
    kv_slice page, key;
    fill(f, "d", KV_DUP_FIXED, "a=1111 b=2222 b=3333");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_move(kv_cursor_first, cursor, "a=1111");
    assert_status(kv_cursor_get_multi(cursor, &page), KV_OK);
    assert_slice(page, "1111");
    assert_status(kv_cursor_next_multi(cursor, &key, &page), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "a=1111");
    assert_move(kv_cursor_next, cursor, "b=2222");
}

static void row15_a_single_value_is_not_mixed_up_with_those_of_the_key_before(struct fixture *f)
{
    kv_slice page;
    fill(f, "d", KV_DUP_FIXED, "a=1111 a=2222 a=3333 b=4444 c=5555 c=6666");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_move(kv_cursor_first, cursor, "a=1111");
    assert_move(kv_cursor_next_no_dup, cursor, "b=4444");
    assert_status(kv_cursor_get_multi(cursor, &page), KV_OK);
    assert_slice(page, "4444");
    assert_move(kv_cursor_last, cursor, "c=6666");
    assert_move(kv_cursor_prev_no_dup, cursor, "b=4444");
    assert_status(kv_cursor_get_multi(cursor, &page), KV_OK);
    assert_slice(page, "4444");
    assert_move(kv_cursor_current, cursor, "b=4444");
}

static void row15_next_multi_of_a_fresh_cursor_begins_at_the_first(struct fixture *f)
{
    put_many(f, "k", MANY);
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_int_equal(read_on(cursor, "k", 0), MANY);
}

static void row15_get_multi_of_a_fresh_cursor_is_not_positioned(struct fixture *f)
{
    kv_slice page;
    fill(f, "d", KV_DUP_FIXED, "a=1111");
    kv_cursor *cursor = cursor_of(f, begin_read(f), "d");
    assert_status(kv_cursor_get_multi(cursor, &page), KV_ERR_NOT_POSITIONED);
}

static void row15_multi_is_for_dup_fixed(struct fixture *f)
{
    kv_slice page;
    fill(f, "d", KV_DUP_SORT, "a=1111");
    fill(f, "b", KV_PLAIN, "a=1111");
    kv_txn *txn = begin_write(f);
    kv_cursor *dup = cursor_of(f, txn, "d");
    kv_cursor *plain = cursor_of(f, txn, "b");
    assert_move(kv_cursor_first, dup, "a=1111");
    assert_move(kv_cursor_first, plain, "a=1111");
    assert_status(kv_cursor_get_multi(dup, &page), KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_get_multi(plain, &page), KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_next_multi(dup, NULL, &page), KV_ERR_INCOMPATIBLE);
    assert_status(kv_cursor_put_multi(dup, T("a"), T("2222"), 4), KV_ERR_INCOMPATIBLE);
    assert_content(f, txn, "d", "a=1111");
}

static void row15_put_multi_takes_any_order_and_is_a_union(struct fixture *f)
{
    fill(f, "d", KV_DUP_FIXED, "a=v2 c=v1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_true(kv_cursor_put_multi(cursor, T("b"), T("v0v2v1"), 2) >= 0);
    assert_content(f, txn, "d", "a=v2 b=v0 b=v1 b=v2 c=v1");
    assert_true(kv_cursor_put_multi(cursor, T("a"), T("v3v2v1v3"), 2) >= 0);
    assert_true(kv_cursor_put_multi(cursor, T("b"), T("v2v0"), 2) >= 0);
    commit(f, txn);
    assert_committed(f, "d", "a=v1 a=v2 a=v3 b=v0 b=v1 b=v2 c=v1");
}

/* In LMDB all that follows a value which equals the key's only one is forgotten. */
static void row15_put_multi_that_begins_with_the_only_value(struct fixture *f)
{
    fill(f, "d", KV_DUP_FIXED, "a=v1 c=v1");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_true(kv_cursor_put_multi(cursor, T("a"), T("v1v2v3"), 2) >= 0);
    assert_true(kv_cursor_put_multi(cursor, T("b"), T("v3v3v3v2v1"), 2) >= 0);
    assert_true(kv_cursor_put_multi(cursor, T("c"), T("v1"), 2) >= 0);
    commit(f, txn);
    assert_committed(f, "d", "a=v1 a=v2 a=v3 b=v1 b=v2 b=v3 c=v1");
}

static void row15_put_multi_refuses_a_page_that_does_not_fit(struct fixture *f)
{
    fill(f, "d", KV_DUP_FIXED, "a=v2");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_status(kv_cursor_put_multi(cursor, T("a"), T("v3v4v"), 2), KV_ERR_WRONG_SIZE);
    assert_status(kv_cursor_put_multi(cursor, T("a"), T("v3v"), 3), KV_ERR_WRONG_SIZE);
    assert_status(kv_cursor_put_multi(cursor, T("b"), T("abcabc"), 3), KV_ERR_WRONG_SIZE);
    assert_content(f, txn, "d", "a=v2");
}

static void row15_the_first_value_binds_the_size(struct fixture *f)
{
    fill(f, "d", KV_DUP_FIXED, "a=22 b=22");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_status(kv_txn_put(txn, "d", T("a"), T("1")), KV_ERR_WRONG_SIZE);
    assert_status(kv_txn_put(txn, "d", T("a"), T("333")), KV_ERR_WRONG_SIZE);
    assert_status(kv_txn_put(txn, "d", T("c"), T("333")), KV_ERR_WRONG_SIZE);
    assert_status(kv_txn_put_new(txn, "d", T("c"), T("1")), KV_ERR_WRONG_SIZE);
    assert_status(kv_txn_append(txn, "d", T("c"), T("1")), KV_ERR_WRONG_SIZE);
    assert_status(kv_cursor_put(cursor, T("c"), T("")), KV_ERR_WRONG_SIZE);
    assert_content(f, txn, "d", "a=22 b=22");
    assert_status(kv_txn_put(txn, "d", T("c"), T("11")), KV_OK);
    commit(f, txn);
    assert_committed(f, "d", "a=22 b=22 c=11");
}

static void row15_the_size_is_bound_within_its_transaction(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_status(kv_bucket_create(txn, "d", KV_DUP_FIXED, NULL), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("a"), T("333")), KV_OK);
    assert_status(kv_txn_put(txn, "d", T("b"), T("22")), KV_ERR_WRONG_SIZE);
    assert_status(kv_txn_put(txn, "d", T("b"), T("444")), KV_OK);
    commit(f, txn);
    fixture_reopen(f, 0);
    txn = begin_write(f);
    assert_status(kv_txn_put(txn, "d", T("b"), T("22")), KV_ERR_WRONG_SIZE);
    assert_content(f, txn, "d", "a=333 b=444");
}

static void row15_seeking_a_value_of_another_size(struct fixture *f)
{
    kv_slice value;
    fill(f, "d", KV_DUP_FIXED, "a=22 a=44 b=22");
    kv_txn *txn = begin_write(f);
    kv_cursor *cursor = cursor_of(f, txn, "d");
    assert_status(kv_cursor_seek_both_range(cursor, T("a"), T("3"), &value), KV_OK);
    assert_slice(value, "44");
    assert_status(kv_cursor_seek_both_range(cursor, T("a"), T("222"), &value), KV_OK);
    assert_slice(value, "44");
    assert_status(kv_cursor_seek_both_exact(cursor, T("a"), T("2")), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "a=22");
    assert_status(kv_cursor_seek_both_exact(cursor, T("a"), T("223")), KV_NOT_FOUND);
    assert_move(kv_cursor_current, cursor, "a=44");
    assert_status(kv_txn_delete_pair(txn, "d", T("a"), T("2")), KV_UNCHANGED);
    assert_status(kv_txn_delete_pair(txn, "d", T("a"), T("222")), KV_UNCHANGED);
    assert_content(f, txn, "d", "a=22 a=44 b=22");
}

static const struct conformance_case cases[] = {
    CASE(row15_get_multi_then_next_multi_gives_each_value_once, KV_CAN_WRITE),
    CASE(row15_get_multi_begins_at_the_current_value, KV_CAN_WRITE),
    CASE(row15_get_multi_rests_on_its_last_value, KV_CAN_WRITE),
    CASE(row15_a_single_value_is_given_too, READ_HALF),
    CASE(row15_a_single_value_is_not_mixed_up_with_those_of_the_key_before, READ_HALF),
    CASE(row15_next_multi_of_a_fresh_cursor_begins_at_the_first, KV_CAN_WRITE),
    CASE(row15_get_multi_of_a_fresh_cursor_is_not_positioned, READ_HALF),
    CASE(row15_multi_is_for_dup_fixed, KV_CAN_WRITE),
    CASE(row15_put_multi_takes_any_order_and_is_a_union, KV_CAN_WRITE),
    CASE(row15_put_multi_that_begins_with_the_only_value, KV_CAN_WRITE),
    CASE(row15_put_multi_refuses_a_page_that_does_not_fit, KV_CAN_WRITE),
    CASE(row15_the_first_value_binds_the_size, KV_CAN_WRITE),
    CASE(row15_the_size_is_bound_within_its_transaction, KV_CAN_WRITE),
    CASE(row15_seeking_a_value_of_another_size, KV_CAN_WRITE),
};
GROUP(dup_fixed_cases, cases);
