/*
 * LMDB's main database as the root map: pairs of programs that keep them there, between the records of the buckets.
 */
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

/* As large as the record of a bucket. */
#define LOOKALIKE "a value of just as many bytes as a record has..."

struct fixture {
    char path[PLACE_MAX];
    kv_store *store;
    kv_txn *txn;
    kv_bucket *root;
};

/* Pairs and buckets by turns: "a" bucket, "b" pair, "c" and "d" buckets, "e" pair that looks like one, "f" bucket. */
static int fill(struct foreign *foreign, const void *argument)
{
    (void)argument;
    static const char *const buckets[] = {"a", "c", "d", "f"};
    int code = 0;
    for (size_t i = 0; i < 4 && code == 0; i++) {
        code = foreign_put(foreign, buckets[i], 0, "key", buckets[i]);
    }
    code = code ? code : foreign_put(foreign, NULL, 0, "b", "pair");
    return code ? code : foreign_put(foreign, NULL, 0, "e", LOOKALIKE);
}

static int reverse_fill(struct foreign *foreign, const void *argument)
{
    (void)argument;
    static const char *const buckets[] = {"az", "by", "cx", "dw"};
    int code = foreign_put(foreign, NULL, MDB_REVERSEKEY, "ba", "pair");
    code = code ? code : foreign_put(foreign, NULL, MDB_REVERSEKEY, "ab", "pair");
    for (size_t i = 0; i < 4 && code == 0; i++) {
        code = foreign_put(foreign, buckets[i], 0, "key", buckets[i]);
    }
    return code;
}

static int open_with(void **state, foreign_work *work)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    kv_message message = {""};
    place_new("store", fixture->path);
    foreign_do(fixture->path, 0, work, NULL);
    if (kv_store_open(fixture->path, 0, NULL, &fixture->store, &message) != KV_OK) {
        fail_msg("%s", message.text);
    }
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_WRITE, KV_FOREVER, &fixture->txn), KV_OK);
    assert_int_equal(kv_bucket_open(fixture->txn, "", &fixture->root), KV_OK);
    *state = fixture;
    return 0;
}

static int place(void **state)
{
    return open_with(state, fill);
}

static int place_reverse(void **state)
{
    return open_with(state, reverse_fill);
}

static int leave(void **state)
{
    struct fixture *fixture = *state;
    kv_txn_free(fixture->txn);
    kv_store_close(fixture->store);
    place_remove(fixture->path);
    free(fixture);
    return 0;
}

static void expect_pairs(kv_bucket *root, const char *keys)
{
    kv_cursor *cursor;
    kv_slice key;
    uint64_t count;
    size_t length = strlen(keys);
    assert_int_equal(kv_cursor_open(root, &cursor), KV_OK);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(kv_cursor_next(cursor, &key, NULL), KV_OK);
        assert_true(kv_slice_equal(key, kv_slice_of(keys + i, 1)));
    }
    assert_int_equal(kv_cursor_next(cursor, &key, NULL), KV_NOT_FOUND);
    assert_int_equal(kv_cursor_next(cursor, &key, NULL), KV_NOT_FOUND);
    for (size_t i = length; i-- > 1;) {
        assert_int_equal(kv_cursor_prev(cursor, &key, NULL), KV_OK);
        assert_true(kv_slice_equal(key, kv_slice_of(keys + i - 1, 1)));
    }
    assert_int_equal(kv_cursor_prev(cursor, &key, NULL), KV_NOT_FOUND);
    kv_cursor_rewind(cursor);
    for (size_t i = length; i-- > 0;) {
        assert_int_equal(kv_cursor_prev(cursor, &key, NULL), KV_OK);
        assert_true(kv_slice_equal(key, kv_slice_of(keys + i, 1)));
    }
    kv_cursor_close(cursor);
    assert_int_equal(kv_bucket_count(root, &count), KV_OK);
    assert_int_equal(count, length);
}

static void expect_buckets(kv_txn *txn, const char *const *names)
{
    char name[KV_BUCKET_NAME_SIZE] = "";
    for (; *names != NULL; names++) {
        assert_int_equal(kv_bucket_next(txn, name[0] ? name : NULL, name), KV_OK);
        assert_string_equal(name, *names);
    }
    assert_int_equal(kv_bucket_next(txn, name[0] ? name : NULL, name), KV_NOT_FOUND);
}

static void records_are_hidden(void **state)
{
    struct fixture *fixture = *state;
    kv_bucket *root = fixture->root;
    kv_slice value;
    expect_pairs(root, "be");
    expect_buckets(fixture->txn, (const char *const[]){"a", "c", "d", "f", NULL});
    assert_int_equal(kv_bucket_get(root, kv_slice_text("a"), &value), KV_NOT_FOUND);
    assert_int_equal(kv_bucket_has(root, kv_slice_text("a")), KV_NOT_FOUND);
    assert_int_equal(kv_bucket_get(root, kv_slice_text("e"), &value), KV_OK);
    assert_true(kv_slice_equal(value, kv_slice_text(LOOKALIKE)));
    assert_int_equal(kv_bucket_exists(fixture->txn, "b"), KV_NOT_FOUND);
    assert_int_equal(kv_bucket_exists(fixture->txn, "e"), KV_NOT_FOUND);
    assert_int_equal(kv_bucket_exists(fixture->txn, "c"), KV_OK);
}

static void seeks_pass_over_records(void **state)
{
    struct fixture *fixture = *state;
    kv_cursor *cursor;
    kv_slice key, value;
    assert_int_equal(kv_cursor_open(fixture->root, &cursor), KV_OK);
    assert_int_equal(kv_cursor_seek(cursor, kv_slice_text("a"), &key, &value), KV_OK);
    assert_true(kv_slice_equal(key, kv_slice_text("b")));
    assert_int_equal(kv_cursor_seek(cursor, kv_slice_text("c"), &key, &value), KV_OK);
    assert_true(kv_slice_equal(key, kv_slice_text("e")));
    assert_int_equal(kv_cursor_seek_exact(cursor, kv_slice_text("d"), &value), KV_NOT_FOUND);
    assert_int_equal(kv_cursor_current(cursor, &key, &value), KV_OK);
    assert_true(kv_slice_equal(key, kv_slice_text("e")));
    assert_int_equal(kv_cursor_seek(cursor, kv_slice_text("f"), &key, &value), KV_NOT_FOUND);
    assert_int_equal(kv_cursor_prev(cursor, &key, &value), KV_OK);
    assert_true(kv_slice_equal(key, kv_slice_text("e")));
    kv_cursor_close(cursor);
}

/* LMDB fails the whole transaction for a put on a bucket's name. */
static void names_are_taken(void **state)
{
    struct fixture *fixture = *state;
    kv_bucket *root = fixture->root;
    kv_slice a = kv_slice_text("a"), x = kv_slice_text("x");
    void *room;
    assert_int_equal(kv_bucket_put(root, a, x), KV_ERR_NAME_TAKEN);
    assert_int_equal(kv_bucket_put_new(root, a, x), KV_ERR_NAME_TAKEN);
    assert_int_equal(kv_bucket_reserve(root, a, 3, &room), KV_ERR_NAME_TAKEN);
    assert_int_equal(kv_bucket_delete(root, a), KV_UNCHANGED);
    assert_int_equal(kv_bucket_delete_all(root, a), KV_UNCHANGED);
    assert_int_equal(kv_bucket_delete_pair(root, a, x), KV_UNCHANGED);
    assert_int_equal(kv_bucket_create(fixture->txn, "b", KV_PLAIN, NULL), KV_ERR_NAME_TAKEN);
    assert_int_equal(kv_bucket_create(fixture->txn, "e", KV_PLAIN, NULL), KV_ERR_NAME_TAKEN);
    /* It is none the worse for that. */
    assert_int_equal(kv_bucket_put(root, kv_slice_text("g"), x), KV_OK);
    assert_int_equal(kv_bucket_delete(root, kv_slice_text("e")), KV_OK);
    assert_int_equal(kv_bucket_create(fixture->txn, "e", KV_PLAIN, NULL), KV_OK);
    expect_pairs(root, "bg");
    assert_int_equal(kv_txn_close(fixture->txn), KV_OK);
    fixture->txn = NULL;
}

static void a_dropped_bucket_gives_its_name(void **state)
{
    struct fixture *fixture = *state;
    kv_slice value;
    assert_int_equal(kv_bucket_drop(fixture->txn, "c"), KV_OK);
    expect_buckets(fixture->txn, (const char *const[]){"a", "d", "f", NULL});
    expect_pairs(fixture->root, "be");
    assert_int_equal(kv_bucket_put(fixture->root, kv_slice_text("c"), kv_slice_text("pair")), KV_OK);
    expect_pairs(fixture->root, "bce");
    assert_int_equal(kv_bucket_create(fixture->txn, "c", KV_PLAIN, NULL), KV_ERR_NAME_TAKEN);
    assert_int_equal(kv_bucket_drop(fixture->txn, "d"), KV_OK);
    assert_int_equal(kv_txn_close(fixture->txn), KV_OK);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_READ, KV_FOREVER, &fixture->txn), KV_OK);
    expect_buckets(fixture->txn, (const char *const[]){"a", "f", NULL});
    assert_int_equal(kv_txn_get(fixture->txn, NULL, kv_slice_text("c"), &value), KV_OK);
    assert_int_equal(kv_bucket_open(fixture->txn, NULL, &fixture->root), KV_OK);
    expect_pairs(fixture->root, "bce");
}

static void clearing_keeps_buckets(void **state)
{
    struct fixture *fixture = *state;
    kv_slice value;
    assert_int_equal(kv_bucket_clear(fixture->txn, NULL), KV_OK);
    expect_pairs(fixture->root, "");
    expect_buckets(fixture->txn, (const char *const[]){"a", "c", "d", "f", NULL});
    assert_int_equal(kv_txn_get(fixture->txn, "d", kv_slice_text("key"), &value), KV_OK);
    assert_int_equal(kv_bucket_drop(fixture->txn, NULL), KV_ERR_INVALID);
}

/* The last entry is a record, behind which LMDB would want what is appended. */
static void appending_before_a_record(void **state)
{
    struct fixture *fixture = *state;
    kv_slice x = kv_slice_text("x");
    assert_int_equal(kv_bucket_append(fixture->root, kv_slice_text("ee"), x), KV_OK);
    assert_int_equal(kv_bucket_append(fixture->root, kv_slice_text("ee"), x), KV_EXISTS);
    assert_int_equal(kv_bucket_append(fixture->root, kv_slice_text("b"), x), KV_EXISTS);
    assert_int_equal(kv_bucket_append(fixture->root, kv_slice_text("f"), x), KV_ERR_NAME_TAKEN);
    assert_int_equal(kv_bucket_append(fixture->root, kv_slice_text("z"), x), KV_OK);
}

static void keys_in_reverse_order(void **state)
{
    struct fixture *fixture = *state;
    kv_cursor *cursor;
    kv_slice key;
    assert_int_equal(kv_bucket_kind(fixture->root), KV_REVERSE_KEY);
    expect_buckets(fixture->txn, (const char *const[]){"az", "by", "cx", "dw", NULL});
    assert_int_equal(kv_cursor_open(fixture->root, &cursor), KV_OK);
    assert_int_equal(kv_cursor_next(cursor, &key, NULL), KV_OK);
    assert_true(kv_slice_equal(key, kv_slice_text("ba")));
    assert_int_equal(kv_cursor_next(cursor, &key, NULL), KV_OK);
    assert_true(kv_slice_equal(key, kv_slice_text("ab")));
    assert_int_equal(kv_cursor_next(cursor, &key, NULL), KV_NOT_FOUND);
    kv_cursor_close(cursor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records_are_hidden, place, leave),
        cmocka_unit_test_setup_teardown(seeks_pass_over_records, place, leave),
        cmocka_unit_test_setup_teardown(names_are_taken, place, leave),
        cmocka_unit_test_setup_teardown(a_dropped_bucket_gives_its_name, place, leave),
        cmocka_unit_test_setup_teardown(clearing_keeps_buckets, place, leave),
        cmocka_unit_test_setup_teardown(appending_before_a_record, place, leave),
        cmocka_unit_test_setup_teardown(keys_in_reverse_order, place_reverse, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
