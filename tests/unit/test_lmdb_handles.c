/*
 * LMDB's bucket handles, which all transactions of a process share: buckets that come and go in other processes, in
 * transactions beside each other and inside each other, and more of them than may be open.
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

struct fixture {
    char path[PLACE_MAX];
    kv_store *store;
};

static int place(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    place_new("store", fixture->path);
    *state = fixture;
    return 0;
}

static int leave(void **state)
{
    struct fixture *fixture = *state;
    kv_store_close(fixture->store);
    place_remove(fixture->path);
    free(fixture);
    return 0;
}

static void open_store(struct fixture *fixture, const char *settings)
{
    kv_message message = {""};
    int status = kv_store_open(fixture->path, KV_OPEN_CREATE | KV_OPEN_NO_SYNC, settings, &fixture->store, &message);
    if (status != KV_OK) {
        fail_msg("%s", message.text);
    }
}

static kv_txn *begin(struct fixture *fixture, unsigned flags)
{
    kv_txn *txn = NULL;
    assert_int_equal(kv_txn_begin(fixture->store, NULL, flags, KV_FOREVER, &txn), KV_OK);
    return txn;
}

static kv_txn *begin_in(kv_txn *parent)
{
    kv_txn *txn = NULL;
    assert_int_equal(kv_txn_begin(kv_txn_store(parent), parent, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    return txn;
}

static void put(kv_txn *txn, const char *bucket, const char *key, const char *value)
{
    assert_int_equal(kv_txn_put(txn, bucket, kv_slice_text(key), kv_slice_text(value)), KV_OK);
}

static void make(struct fixture *fixture, const char *bucket, kv_kind kind)
{
    kv_txn *txn = begin(fixture, KV_TXN_WRITE);
    assert_int_equal(kv_bucket_create(txn, bucket, kind, NULL), KV_OK);
    put(txn, bucket, "key", bucket);
    assert_int_equal(kv_txn_close(txn), KV_OK);
}

static int get(kv_txn *txn, const char *bucket, const char *key, const char *expected)
{
    kv_slice value;
    int status = kv_txn_get(txn, bucket, kv_slice_text(key), &value);
    if (status == KV_OK) {
        assert_true(kv_slice_equal(value, kv_slice_text(expected)));
    }
    return status;
}

/* ---- the other program ---- */

static int foreign_make(struct foreign *foreign, const void *name)
{
    return foreign_put(foreign, name, 0, "key", name);
}

static int foreign_remake_dup(struct foreign *foreign, const void *name)
{
    int code = foreign_drop(foreign, name);
    code = code ? code : foreign_put(foreign, name, MDB_DUPSORT, "key", "one");
    return code ? code : foreign_put(foreign, name, MDB_DUPSORT, "key", "two");
}

static int foreign_remake_plain(struct foreign *foreign, const void *name)
{
    int code = foreign_drop(foreign, name);
    return code ? code : foreign_put(foreign, name, 0, "key", name);
}

static int foreign_make_main_dup(struct foreign *foreign, const void *argument)
{
    (void)argument;
    int code = foreign_put(foreign, NULL, MDB_DUPSORT, "key", "two");
    return code ? code : foreign_put(foreign, NULL, MDB_DUPSORT, "key", "one");
}

/* ---- other processes ---- */

static void made_by_another_process(void **state)
{
    struct fixture *fixture = *state;
    open_store(fixture, NULL);
    kv_txn *old = begin(fixture, KV_TXN_READ);
    foreign_do(fixture->path, 0, foreign_make, "b");
    kv_txn *new = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(new, "b", "key", "b"), KV_OK);
    assert_int_equal(get(old, "b", "key", "b"), KV_NOT_FOUND);
    foreign_do(fixture->path, 0, foreign_make, "c");
    assert_int_equal(get(new, "c", "key", "c"), KV_NOT_FOUND);
    assert_int_equal(kv_txn_reset(new), KV_OK);
    assert_int_equal(kv_txn_renew(new), KV_OK);
    assert_int_equal(get(new, "c", "key", "c"), KV_OK);
    kv_txn_free(old);
    kv_txn_free(new);
    foreign_do(fixture->path, 0, foreign_make, "d");
    kv_txn *writer = begin(fixture, KV_TXN_WRITE);
    assert_int_equal(get(writer, "d", "key", "d"), KV_OK);
    put(writer, "d", "more", "x");
    assert_int_equal(kv_txn_close(writer), KV_OK);
}

static void remade_by_another_process(void **state)
{
    struct fixture *fixture = *state;
    uint64_t count;
    kv_bucket *bucket;
    open_store(fixture, NULL);
    make(fixture, "b", KV_PLAIN);
    kv_txn *old = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(old, "b", "key", "b"), KV_OK);
    foreign_do(fixture->path, 0, foreign_remake_dup, "b");
    assert_int_equal(get(old, "b", "key", "b"), KV_OK);
    kv_txn *writer = begin(fixture, KV_TXN_WRITE);
    assert_int_equal(kv_bucket_open(writer, "b", &bucket), KV_OK);
    assert_int_equal(kv_bucket_kind(bucket), KV_DUP_SORT);
    assert_int_equal(kv_bucket_count(bucket, &count), KV_OK);
    assert_int_equal(count, 2);
    put(writer, "b", "key", "three");
    assert_int_equal(kv_txn_close(writer), KV_OK);
    assert_int_equal(get(old, "b", "key", "b"), KV_OK);
    kv_txn_free(old);

    old = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(old, "b", "key", "one"), KV_OK);
    foreign_do(fixture->path, 0, foreign_remake_plain, "b");
    kv_txn *reader = begin(fixture, KV_TXN_READ);
    assert_int_equal(kv_bucket_open(reader, "b", &bucket), KV_ERR_BUSY); /* the old one needs its comparators */
    assert_int_equal(get(old, "b", "key", "one"), KV_OK);
    writer = begin(fixture, KV_TXN_WRITE);
    assert_int_equal(get(writer, "b", "key", "b"), KV_OK);
    kv_txn_free(writer);
    kv_txn_free(old);
    assert_int_equal(kv_bucket_open(reader, "b", &bucket), KV_OK);
    assert_int_equal(kv_bucket_kind(bucket), KV_PLAIN);
    assert_int_equal(get(reader, "b", "key", "b"), KV_OK);
    kv_txn_free(reader);
}

static void main_database_becomes_dup_sort(void **state)
{
    struct fixture *fixture = *state;
    kv_bucket *bucket;
    uint64_t count;
    open_store(fixture, NULL);
    kv_txn *old = begin(fixture, KV_TXN_READ);
    assert_int_equal(kv_bucket_open(old, NULL, &bucket), KV_OK);
    foreign_do(fixture->path, 0, foreign_make_main_dup, NULL);
    kv_txn *reader = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(reader, NULL, "key", "one"), KV_OK);
    assert_int_equal(kv_txn_count(reader, NULL, &count), KV_OK);
    assert_int_equal(count, 2);
    assert_int_equal(kv_bucket_open(reader, "key", &bucket), KV_NOT_FOUND);
    kv_txn_free(reader);
    assert_int_equal(get(old, NULL, "key", ""), KV_NOT_FOUND);
    kv_txn_free(old);
    kv_txn *writer = begin(fixture, KV_TXN_WRITE);
    assert_int_equal(kv_bucket_create(writer, "b", KV_PLAIN, NULL), KV_ERR_NOT_SUPPORTED);
    kv_txn_free(writer);
}

/* ---- more buckets than handles ---- */

static void name_of(int number, char *name)
{
    snprintf(name, 16, "bucket%02d", number);
}

static void handles_are_given_up(void **state)
{
    struct fixture *fixture = *state;
    char name[16];
    open_store(fixture, "buckets=4");
    for (int i = 0; i < 20; i++) {
        name_of(i, name);
        make(fixture, name, i % 2 ? KV_DUP_SORT : KV_PLAIN);
    }
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20; i++) {
            name_of(i, name);
            kv_txn *txn = begin(fixture, i % 3 ? KV_TXN_READ : KV_TXN_WRITE);
            assert_int_equal(get(txn, name, "key", name), KV_OK);
            kv_txn_free(txn);
        }
    }
}

static void too_many_in_one_transaction(void **state)
{
    struct fixture *fixture = *state;
    char name[16];
    kv_bucket *bucket;
    open_store(fixture, "buckets=4");
    for (int i = 0; i < 6; i++) {
        name_of(i, name);
        make(fixture, name, KV_PLAIN);
    }
    kv_txn *txn = begin(fixture, KV_TXN_READ);
    for (int i = 0; i < 6; i++) {
        name_of(i, name);
        assert_int_equal(kv_bucket_open(txn, name, &bucket), i < 4 ? KV_OK : KV_ERR_TOO_MANY_BUCKETS);
    }
    assert_int_equal(get(txn, "bucket00", "key", "bucket00"), KV_OK);
    kv_txn_free(txn);
    txn = begin(fixture, KV_TXN_WRITE);
    for (int i = 10; i < 14; i++) {
        name_of(i, name);
        assert_int_equal(kv_bucket_create(txn, name, KV_PLAIN, &bucket), KV_OK);
    }
    assert_int_equal(kv_bucket_create(txn, "one more", KV_PLAIN, &bucket), KV_ERR_TOO_MANY_BUCKETS);
    put(txn, "bucket10", "key", "bucket10");
    assert_int_equal(kv_txn_close(txn), KV_OK);
    txn = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(txn, "bucket10", "key", "bucket10"), KV_OK);
    kv_txn_free(txn);
}

/* By themselves there are as many as the store has buckets, and room for more. */
static void room_for_what_is_there(void **state)
{
    struct fixture *fixture = *state;
    char name[16];
    open_store(fixture, "buckets=700");
    kv_txn *txn = begin(fixture, KV_TXN_WRITE);
    for (int i = 0; i < 700; i++) {
        snprintf(name, sizeof name, "b%d", i);
        put(txn, name, "key", name);
    }
    assert_int_equal(kv_txn_close(txn), KV_OK);
    assert_int_equal(kv_store_close(fixture->store), KV_OK);
    open_store(fixture, NULL);
    txn = begin(fixture, KV_TXN_READ);
    for (int i = 0; i < 700; i++) {
        snprintf(name, sizeof name, "b%d", i);
        assert_int_equal(get(txn, name, "key", name), KV_OK);
    }
    kv_txn_free(txn);
    txn = begin(fixture, KV_TXN_WRITE);
    for (int i = 0; i < 250; i++) {
        snprintf(name, sizeof name, "more%d", i);
        put(txn, name, "key", name);
    }
    for (int i = 0; i < 700; i++) {
        snprintf(name, sizeof name, "b%d", i);
        assert_int_equal(get(txn, name, "key", name), KV_OK);
    }
    assert_int_equal(kv_txn_close(txn), KV_OK);
}

static void opened_late_in_a_snapshot(void **state)
{
    struct fixture *fixture = *state;
    char name[16];
    kv_bucket *bucket;
    open_store(fixture, "buckets=2");
    for (int i = 0; i < 5; i++) {
        name_of(i, name);
        make(fixture, name, KV_PLAIN);
    }
    kv_txn *txn = begin(fixture, KV_TXN_READ);
    kv_txn *other = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(other, "bucket00", "key", "bucket00"), KV_OK);
    kv_txn_free(other);
    other = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(other, "bucket01", "key", "bucket01"), KV_OK);
    kv_txn_free(other);
    /* Neither handle was there when this snapshot was taken, but it is the newest. */
    assert_int_equal(get(txn, "bucket00", "key", "bucket00"), KV_OK);
    assert_int_equal(get(txn, "bucket01", "key", "bucket01"), KV_OK);
    kv_txn_free(txn);

    txn = begin(fixture, KV_TXN_READ);
    foreign_do(fixture->path, 0, foreign_make, "bucket00");
    foreign_do(fixture->path, 0, foreign_remake_plain, "bucket00");
    assert_int_equal(kv_bucket_open(txn, "bucket04", &bucket), KV_ERR_STALE);
    kv_txn_free(txn);
    txn = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(txn, "bucket04", "key", "bucket04"), KV_OK);
    kv_txn_free(txn);
}

/* ---- dropping ---- */

static void dropped_beside_readers(void **state)
{
    struct fixture *fixture = *state;
    open_store(fixture, NULL);
    make(fixture, "b", KV_DUP_SORT);
    kv_txn *before = begin(fixture, KV_TXN_READ);
    kv_txn *untouched = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(before, "b", "key", "b"), KV_OK);
    kv_txn *writer = begin(fixture, KV_TXN_WRITE);
    assert_int_equal(kv_bucket_drop(writer, "b"), KV_OK);
    assert_int_equal(get(writer, "b", "key", "b"), KV_NOT_FOUND);
    kv_txn *meanwhile = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(meanwhile, "b", "key", "b"), KV_OK);
    assert_int_equal(get(untouched, "b", "key", "b"), KV_OK);
    assert_int_equal(kv_txn_close(writer), KV_OK);
    assert_int_equal(get(before, "b", "key", "b"), KV_OK);
    assert_int_equal(get(meanwhile, "b", "key", "b"), KV_OK);
    kv_txn *after = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(after, "b", "key", "b"), KV_NOT_FOUND);
    kv_txn_free(after);

    /* A bucket of another kind must not get its slot yet, or the readers would get the other's comparators. */
    writer = begin(fixture, KV_TXN_WRITE);
    assert_int_equal(kv_bucket_create(writer, "b", KV_PLAIN, NULL), KV_OK);
    put(writer, "b", "key", "plain");
    char name[KV_BUCKET_NAME_SIZE];
    assert_int_equal(kv_bucket_next(writer, NULL, name), KV_OK);
    assert_string_equal(name, "b");
    assert_int_equal(kv_bucket_next(writer, name, name), KV_NOT_FOUND);
    kv_slice value;
    kv_cursor *cursor;
    assert_int_equal(kv_txn_cursor(before, "b", &cursor), KV_OK);
    assert_int_equal(kv_cursor_seek_both_range(cursor, kv_slice_text("key"), kv_slice_text("a"), &value), KV_OK);
    kv_cursor_close(cursor);
    assert_int_equal(kv_txn_close(writer), KV_OK);
    kv_txn_free(before);
    kv_txn_free(untouched);
    kv_txn_free(meanwhile);
}

static void drop_that_is_aborted(void **state)
{
    struct fixture *fixture = *state;
    open_store(fixture, NULL);
    make(fixture, "b", KV_PLAIN);
    kv_txn *reader = begin(fixture, KV_TXN_READ);
    kv_txn *writer = begin(fixture, KV_TXN_WRITE);
    assert_int_equal(kv_bucket_drop(writer, "b"), KV_OK);
    assert_int_equal(kv_bucket_create(writer, "b", KV_DUP_SORT, NULL), KV_OK);
    put(writer, "b", "key", "other");
    kv_txn_free(writer);
    assert_int_equal(get(reader, "b", "key", "b"), KV_OK);
    kv_txn_free(reader);
    reader = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(reader, "b", "key", "b"), KV_OK);
    kv_txn_free(reader);
}

static void child_drops_what_its_parent_wrote(void **state)
{
    struct fixture *fixture = *state;
    open_store(fixture, NULL);
    make(fixture, "b", KV_PLAIN);
    kv_txn *parent = begin(fixture, KV_TXN_WRITE);
    put(parent, "b", "own", "parent's");
    kv_txn *child = begin_in(parent);
    assert_int_equal(kv_bucket_drop(child, "b"), KV_OK);
    assert_int_equal(kv_bucket_exists(child, "b"), KV_NOT_FOUND);
    /* Another kind would cost the parent what it wrote, if the child then aborts. */
    assert_int_equal(kv_bucket_create(child, "b", KV_DUP_SORT, NULL), KV_ERR_BUSY);
    assert_int_equal(kv_bucket_create(child, "b", KV_PLAIN, NULL), KV_OK);
    assert_int_equal(get(child, "b", "own", ""), KV_NOT_FOUND);
    kv_txn_free(child);
    assert_int_equal(get(parent, "b", "own", "parent's"), KV_OK);
    assert_int_equal(get(parent, "b", "key", "b"), KV_OK);
    assert_int_equal(kv_txn_close(parent), KV_OK);
    kv_txn *reader = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(reader, "b", "own", "parent's"), KV_OK);
    kv_txn_free(reader);

    parent = begin(fixture, KV_TXN_WRITE);
    put(parent, "b", "own", "again");
    child = begin_in(parent);
    assert_int_equal(kv_bucket_drop(child, "b"), KV_OK);
    assert_int_equal(kv_txn_close(child), KV_OK);
    assert_int_equal(kv_bucket_exists(parent, "b"), KV_NOT_FOUND);
    assert_int_equal(kv_txn_close(parent), KV_OK);
    reader = begin(fixture, KV_TXN_READ);
    assert_int_equal(kv_bucket_exists(reader, "b"), KV_NOT_FOUND);
    kv_txn_free(reader);
}

static void made_in_a_child(void **state)
{
    struct fixture *fixture = *state;
    open_store(fixture, NULL);
    kv_txn *parent = begin(fixture, KV_TXN_WRITE);
    kv_txn *child = begin_in(parent);
    assert_int_equal(kv_bucket_create(child, "gone", KV_DUP_SORT, NULL), KV_OK);
    kv_txn_free(child);
    assert_int_equal(kv_bucket_exists(parent, "gone"), KV_NOT_FOUND);
    assert_int_equal(kv_bucket_create(parent, "gone", KV_PLAIN, NULL), KV_OK);
    child = begin_in(parent);
    kv_txn *grandchild = begin_in(child);
    put(grandchild, "kept", "key", "kept");
    put(grandchild, "gone", "key", "plain");
    assert_int_equal(kv_txn_close(grandchild), KV_OK);
    assert_int_equal(kv_txn_close(child), KV_OK);
    assert_int_equal(get(parent, "kept", "key", "kept"), KV_OK);
    kv_txn *reader = begin(fixture, KV_TXN_READ);
    assert_int_equal(kv_bucket_exists(reader, "kept"), KV_NOT_FOUND);
    assert_int_equal(kv_txn_close(parent), KV_OK);
    assert_int_equal(kv_bucket_exists(reader, "kept"), KV_NOT_FOUND);
    kv_txn_free(reader);
    reader = begin(fixture, KV_TXN_READ);
    assert_int_equal(get(reader, "kept", "key", "kept"), KV_OK);
    assert_int_equal(get(reader, "gone", "key", "plain"), KV_OK);
    kv_txn_free(reader);
}

static void second_writer_of_a_thread(void **state)
{
    struct fixture *fixture = *state;
    kv_txn *second;
    open_store(fixture, NULL);
    kv_txn *writer = begin(fixture, KV_TXN_WRITE);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_WRITE, KV_FOREVER, &second), KV_ERR_BUSY);
    kv_txn_free(writer);
    kv_txn_free(begin(fixture, KV_TXN_WRITE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(made_by_another_process, place, leave),
        cmocka_unit_test_setup_teardown(remade_by_another_process, place, leave),
        cmocka_unit_test_setup_teardown(main_database_becomes_dup_sort, place, leave),
        cmocka_unit_test_setup_teardown(handles_are_given_up, place, leave),
        cmocka_unit_test_setup_teardown(too_many_in_one_transaction, place, leave),
        cmocka_unit_test_setup_teardown(room_for_what_is_there, place, leave),
        cmocka_unit_test_setup_teardown(opened_late_in_a_snapshot, place, leave),
        cmocka_unit_test_setup_teardown(dropped_beside_readers, place, leave),
        cmocka_unit_test_setup_teardown(drop_that_is_aborted, place, leave),
        cmocka_unit_test_setup_teardown(child_drops_what_its_parent_wrote, place, leave),
        cmocka_unit_test_setup_teardown(made_in_a_child, place, leave),
        cmocka_unit_test_setup_teardown(second_writer_of_a_thread, place, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
