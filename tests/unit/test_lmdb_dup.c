/* Dup-sort buckets of LMDB, where its own answers are not what cursor.h and bucket.h promise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kvcore/kvcore.h"
#include "tests/unit/foreign.h"

struct fixture {
    kv_store *store;
    kv_txn *txn;
    kv_bucket *bucket;
};

static int place(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    kv_message message = {""};
    if (kv_store_open("mem:", KV_OPEN_CREATE, NULL, &fixture->store, &message) != KV_OK) {
        fail_msg("%s", message.text);
    }
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_WRITE, KV_FOREVER, &fixture->txn), KV_OK);
    *state = fixture;
    return 0;
}

static int leave(void **state)
{
    struct fixture *fixture = *state;
    kv_txn_free(fixture->txn);
    kv_store_close(fixture->store);
    free(fixture);
    return 0;
}

static kv_bucket *make(struct fixture *fixture, kv_kind kind)
{
    assert_int_equal(kv_bucket_create(fixture->txn, "b", kind, &fixture->bucket), KV_OK);
    return fixture->bucket;
}

static int put(kv_bucket *bucket, const char *key, const char *value)
{
    return kv_bucket_put(bucket, kv_slice_text(key), kv_slice_text(value));
}

static void expect(kv_slice slice, const char *text)
{
    if (!kv_slice_equal(slice, kv_slice_text(text))) {
        fail_msg("\"%.*s\" is not \"%s\"", (int)slice.size, (const char *)slice.data, text);
    }
}

/* Several values of the last key: few of them lie in a page of their own key, many in a tree. */
static void fill_last_key(kv_bucket *bucket, unsigned count)
{
    char value[300];
    assert_int_equal(put(bucket, "a", "only"), KV_OK);
    for (unsigned i = 0; i < count; i++) {
        snprintf(value, sizeof value, "%03u%0*d", i, count > 10 ? 200 : 1, 0);
        assert_int_equal(put(bucket, "z", value), KV_OK);
    }
}

static void expect_rest(kv_cursor *cursor, unsigned from, unsigned count)
{
    kv_slice key, value;
    char start[8];
    for (; from < count; from++) {
        assert_int_equal(kv_cursor_next(cursor, &key, &value), KV_OK);
        snprintf(start, sizeof start, "%03u", from);
        assert_memory_equal(value.data, start, 3);
    }
    assert_int_equal(kv_cursor_next(cursor, &key, &value), KV_NOT_FOUND);
}

/* LMDB remembers that a cursor was at the end, also after it has gone back among the last key's values. */
static void going_on_from_the_last_key(struct fixture *fixture, unsigned count)
{
    kv_cursor *cursor;
    kv_slice key, value;
    fill_last_key(make(fixture, KV_DUP_SORT), count);
    assert_int_equal(kv_cursor_open(fixture->bucket, &cursor), KV_OK);
    assert_int_equal(kv_cursor_last(cursor, &key, &value), KV_OK);
    assert_int_equal(kv_cursor_first_dup(cursor, &value), KV_OK);
    expect_rest(cursor, 1, count);
    assert_int_equal(kv_cursor_first_dup(cursor, &value), KV_OK);
    assert_int_equal(kv_cursor_next_no_dup(cursor, &key, &value), KV_NOT_FOUND);
    expect_rest(cursor, 1, count);
    assert_int_equal(kv_cursor_prev_dup(cursor, &key, &value), KV_OK);
    expect_rest(cursor, count - 1, count);
    assert_int_equal(kv_cursor_seek_both_range(cursor, kv_slice_text("z"), kv_slice_text("001"), &value), KV_OK);
    expect_rest(cursor, 2, count);
    assert_int_equal(kv_cursor_last(cursor, &key, &value), KV_OK);
    assert_int_equal(kv_cursor_prev_no_dup(cursor, &key, &value), KV_OK);
    expect(key, "a");
    assert_int_equal(kv_cursor_next(cursor, &key, &value), KV_OK);
    expect_rest(cursor, 1, count);
    kv_cursor_close(cursor);
}

static void last_key_in_a_page(void **state)
{
    going_on_from_the_last_key(*state, 5);
}

static void last_key_in_a_tree(void **state)
{
    going_on_from_the_last_key(*state, 100);
}

/* LMDB loses an empty value when a second one comes to its key. */
static void empty_values(void **state)
{
    kv_bucket *bucket = make(*state, KV_DUP_SORT);
    kv_slice value;
    uint64_t count;
    assert_int_equal(put(bucket, "alone", ""), KV_OK);
    assert_int_equal(put(bucket, "alone", ""), KV_UNCHANGED);
    assert_int_equal(kv_bucket_put_new(bucket, kv_slice_text("alone"), kv_slice_text("")), KV_EXISTS);
    assert_int_equal(put(bucket, "alone", "x"), KV_ERR_VALUE_EMPTY);
    assert_int_equal(kv_bucket_append_dup(bucket, kv_slice_text("alone"), kv_slice_text("x")), KV_ERR_VALUE_EMPTY);
    assert_int_equal(kv_bucket_append(bucket, kv_slice_text("alone"), kv_slice_text("x")), KV_ERR_VALUE_EMPTY);
    assert_int_equal(kv_bucket_append(bucket, kv_slice_text("alone"), kv_slice_text("")), KV_EXISTS);
    assert_int_equal(kv_bucket_get(bucket, kv_slice_text("alone"), &value), KV_OK);
    assert_int_equal(value.size, 0);
    assert_int_equal(put(bucket, "some", "x"), KV_OK);
    assert_int_equal(put(bucket, "some", ""), KV_ERR_VALUE_EMPTY);
    assert_int_equal(put(bucket, "some", "y"), KV_OK);
    assert_int_equal(put(bucket, "some", ""), KV_ERR_VALUE_EMPTY);
    assert_int_equal(kv_bucket_append_dup(bucket, kv_slice_text("some"), kv_slice_text("")), KV_EXISTS);
    assert_int_equal(kv_bucket_delete_pair(bucket, kv_slice_text("some"), kv_slice_text("")), KV_UNCHANGED);
    assert_int_equal(kv_bucket_count(bucket, &count), KV_OK);
    assert_int_equal(count, 3);
    assert_int_equal(kv_bucket_delete_pair(bucket, kv_slice_text("alone"), kv_slice_text("")), KV_OK);
    assert_int_equal(put(bucket, "alone", "x"), KV_OK);
    assert_int_equal(kv_txn_commit(((struct fixture *)*state)->txn, KV_FOREVER), KV_OK);
}

/* LMDB's MDB_APPEND looks at the key only, and its MDB_APPENDDUP at no key at all. */
static void appending(void **state)
{
    kv_bucket *bucket = make(*state, KV_DUP_SORT);
    kv_slice b = kv_slice_text("b");
    assert_int_equal(kv_bucket_append(bucket, b, kv_slice_text("1")), KV_OK);
    assert_int_equal(kv_bucket_append(bucket, b, kv_slice_text("3")), KV_OK);
    assert_int_equal(kv_bucket_append(bucket, b, kv_slice_text("3")), KV_EXISTS);
    assert_int_equal(kv_bucket_append(bucket, b, kv_slice_text("2")), KV_EXISTS);
    assert_int_equal(kv_bucket_append(bucket, kv_slice_text("a"), kv_slice_text("9")), KV_EXISTS);
    assert_int_equal(kv_bucket_append_dup(bucket, kv_slice_text("a"), kv_slice_text("9")), KV_OK);
    assert_int_equal(kv_bucket_append_dup(bucket, kv_slice_text("a"), kv_slice_text("5")), KV_EXISTS);
    assert_int_equal(kv_bucket_append(bucket, kv_slice_text("c"), kv_slice_text("0")), KV_OK);
    assert_int_equal(kv_bucket_append_dup(bucket, b, kv_slice_text("4")), KV_OK);
    uint64_t count;
    assert_int_equal(kv_bucket_count(bucket, &count), KV_OK);
    assert_int_equal(count, 5);
}

static int compare_numbers(const void *a, const void *b)
{
    return memcmp(a, b, 4);
}

/* Sets of big-endian numbers, put as pages in any order and read back as pages, against a sorted array. */
static void pages_of_values(void **state)
{
    struct fixture *fixture = *state;
    kv_bucket *bucket = make(fixture, KV_DUP_SORT | KV_DUP_FIXED);
    static const unsigned sizes[] = {1, 2, 3, 50, 600, 9000};
    unsigned seed = 1;
    uint64_t stored, total = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        kv_cursor *cursor;
        assert_int_equal(kv_cursor_open(bucket, &cursor), KV_OK);
        unsigned char *page = malloc(sizes[i] * 4), key[4] = {0, 0, 0, (unsigned char)i};
        char *is_there = calloc(1, 1 << 16);
        unsigned char(*sorted)[4] = malloc((1 << 16) * 4);
        size_t count = 0;
        for (int round = 0; round < 3; round++) {
            for (unsigned j = 0; j < sizes[i]; j++) {
                unsigned number = (unsigned)rand_r(&seed) & 0xffff;
                unsigned char value[4] = {0, 0, (unsigned char)(number >> 8), (unsigned char)number};
                memcpy(page + 4 * j, value, 4);
                if (!is_there[number]) {
                    is_there[number] = 1;
                    memcpy(sorted[count++], value, 4);
                }
            }
            assert_int_equal(kv_cursor_put_multi(cursor, kv_slice_of(key, 4), kv_slice_of(page, sizes[i] * 4), 4),
                             KV_OK);
        }
        assert_int_equal(kv_cursor_put_multi(cursor, kv_slice_of(key, 4), kv_slice_of(page, sizes[i] * 4), 4), KV_OK);
        total += count;
        assert_int_equal(kv_bucket_count(bucket, &stored), KV_OK);
        assert_int_equal(stored, total);
        qsort(sorted, count, 4, compare_numbers);
        kv_slice same_key, value, values;
        size_t at = count / 2;
        assert_int_equal(kv_cursor_seek_both_range(cursor, kv_slice_of(key, 4), kv_slice_of(sorted[at], 4), &value),
                         KV_OK);
        int status = kv_cursor_get_multi(cursor, &values);
        while (status == KV_OK) {
            assert_true(values.size % 4 == 0 && values.size / 4 <= count - at);
            assert_memory_equal(values.data, sorted[at], values.size);
            at += values.size / 4;
            status = kv_cursor_next_multi(cursor, &same_key, &values);
        }
        assert_int_equal(status, KV_NOT_FOUND);
        assert_int_equal(at, count);
        kv_cursor_close(cursor);
        free(page);
        free(is_there);
        free(sorted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(last_key_in_a_page, place, leave),
        cmocka_unit_test_setup_teardown(last_key_in_a_tree, place, leave),
        cmocka_unit_test_setup_teardown(empty_values, place, leave),
        cmocka_unit_test_setup_teardown(appending, place, leave),
        cmocka_unit_test_setup_teardown(pages_of_values, place, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
