/* What becomes of pending changes: commits, discards, readers and writers beside them (S13 to S20). */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/session_fixture.h"

static void changes_show_at_once_and_reach_the_store_at_the_commit(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    session_put(fixture->store, "b", "old", "1");
    session_put(merged, "b", "new", "2");
    session_delete(merged, "b", "old");
    assert_true(session_has(merged, "b", "new", "2"));
    assert_false(session_has(merged, "b", "old", "1"));
    assert_false(session_has(fixture->store, "b", "new", "2"));
    assert_true(session_has(fixture->store, "b", "old", "1"));
    assert_int_equal(session_pending(fixture), 2);
    session_commit(fixture);
    assert_int_equal(session_pending(fixture), 0);
    assert_true(session_has(fixture->store, "b", "new", "2"));
    assert_false(session_has(fixture->store, "b", "old", "1"));
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, NULL), KV_UNCHANGED);
}

static void a_discard_leaves_the_store(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    session_put(fixture->store, "b", "k", "base");
    session_put(merged, "b", "k", "pending");
    assert_int_equal(kv_session_discard(fixture->session), KV_OK);
    assert_true(session_has(merged, "b", "k", "base"));
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, NULL), KV_UNCHANGED);
    assert_true(session_has(fixture->store, "b", "k", "base"));
}

static void others_write_meanwhile_and_the_last_writer_wins_by_key(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    session_put(merged, "b", "mine", "1");
    session_tell(&fixture->other, 'p');
    assert_true(session_has(merged, "b", "shared", "theirs"));
    assert_true(session_has(merged, "b", "mine", "1"));
    session_commit(fixture);
    assert_true(session_has(fixture->store, "b", "shared", "theirs"));
    session_put(merged, "b", "shared", "mine");
    session_tell(&fixture->other, 'p');
    assert_true(session_has(merged, "b", "shared", "mine"));
    session_commit(fixture);
    assert_true(session_has(fixture->store, "b", "shared", "mine"));
}

/* Keys lent by the cursor lie in memory that the deletion moves. */
static void deleting_by_lent_keys_deletes_them_all(kv_store *store)
{
    kv_txn *txn;
    kv_cursor *cursor;
    kv_slice key, value;
    char name[16];
    int status;
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "k%02d", i);
        session_put(store, "lent", name, "overwritten");
    }
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_txn_put(txn, "lent", kv_slice_text("k00"), kv_slice_text("dirty")), KV_OK);
    assert_int_equal(kv_txn_cursor(txn, "lent", &cursor), KV_OK);
    while ((status = kv_cursor_next(cursor, &key, &value)) == KV_OK)
        assert_int_equal(kv_txn_delete(txn, "lent", key), KV_OK);
    assert_int_equal(status, KV_NOT_FOUND);
    kv_cursor_close(cursor);
    assert_int_equal(kv_txn_close(txn), KV_OK);
    uint64_t count;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_txn_count(txn, "lent", &count), KV_OK);
    kv_txn_free(txn);
    assert_int_equal(count, 0);
}

static void lent_keys_may_be_written_by(void **state)
{
    struct fixture *fixture = *state;
    deleting_by_lent_keys_deletes_them_all(fixture->store);
    session_put(fixture->store, "lent", "k30", "base");
    deleting_by_lent_keys_deletes_them_all(kv_session_store(fixture->session));
    session_commit(fixture);
    assert_false(session_has(fixture->store, "lent", "k30", "base"));
}

static void the_age_of_what_is_pending_is_told(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_session_stat stat;
    kv_session_statistics(fixture->session, &stat);
    assert_int_equal(stat.since, 0);
    int64_t before = kv_deadline_after(0);
    session_put(merged, "b", "k", "1");
    kv_session_statistics(fixture->session, &stat);
    assert_true(stat.since >= before && stat.since <= kv_deadline_after(0));
    session_commit(fixture);
    kv_session_statistics(fixture->session, &stat);
    assert_int_equal(stat.since, 0);
    assert_int_equal(stat.commits, 1);
}

static void a_session_is_closed_while_a_thread_still_waits_for_its_turn(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(merged, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_store_update(merged, kv_deadline_after(20), NULL, NULL), KV_ERR_TIMEOUT);
    assert_int_equal(kv_store_update(merged, kv_deadline_after(20), NULL, NULL), KV_ERR_TIMEOUT);
    kv_txn_free(txn);
}

static void *discard_rounds(void *argument)
{
    struct fixture *fixture = argument;
    for (int i = 0; i < 200; i++) {
        int status = kv_session_discard(fixture->session);
        must(status == KV_OK || status == KV_ERR_BUSY);
    }
    return NULL;
}

static void a_discard_and_a_commit_keep_out_of_each_others_way(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    pthread_t thread;
    char value[16];
    assert_int_equal(pthread_create(&thread, NULL, discard_rounds, fixture), 0);
    for (int i = 0; i < 200; i++) {
        snprintf(value, sizeof value, "%d", i);
        session_put(merged, "b", "k", value);
        assert_true(kv_session_commit(fixture->session, KV_FOREVER, NULL) >= 0);
    }
    pthread_join(thread, NULL);
    session_put(merged, "b", "k", "last");
    session_commit(fixture);
    assert_true(session_has(fixture->store, "b", "k", "last"));
}

static void a_reader_keeps_its_snapshot_over_commits(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_txn *txn;
    kv_slice value;
    session_put(merged, "b", "k", "1");
    assert_int_equal(kv_txn_begin(merged, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    session_commit(fixture);
    session_put(merged, "b", "k", "2");
    session_commit(fixture);
    assert_int_equal(kv_txn_get(txn, "b", kv_slice_text("k"), &value), KV_OK);
    assert_true(kv_slice_equal(value, kv_slice_text("1")));
    assert_int_equal(kv_txn_reset(txn), KV_OK);
    assert_int_equal(kv_txn_renew(txn), KV_OK);
    assert_int_equal(kv_txn_get(txn, "b", kv_slice_text("k"), &value), KV_OK);
    assert_true(kv_slice_equal(value, kv_slice_text("2")));
    kv_txn_free(txn);
}

static int count_visit(void *argument, const kv_session_bucket *bucket, const kv_slice *key, const kv_slice *value,
                       int is_removed)
{
    char *text = argument;
    char line[1024];
    if (!key)
        snprintf(line, sizeof line, "[%s]", bucket->name);
    else
        snprintf(line, sizeof line, "%c%.*s=%.*s", is_removed ? '-' : '+', (int)key->size, (const char *)key->data,
                 value ? (int)value->size : 0, value ? (const char *)value->data : "");
    strcat(text, line);
    return 0;
}

static void a_visit_tells_what_is_pending(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    char text[512] = "";
    session_put(fixture->store, "b", "old", "1");
    session_put(merged, "b", "x", "1");
    session_put(merged, "a", "y", "2");
    session_delete(merged, "b", "old");
    assert_int_equal(kv_session_visit(fixture->session, count_visit, text), KV_OK);
    assert_string_equal(text, "[a]+y=2[b]-old=+x=1");
}

#define WRITERS 3
#define ROUNDS 150

struct writer {
    struct fixture *fixture;
    int number;
};

/* Each writer counts in a key of its own, and no count may ever be seen to go back. */
static void *write_rounds(void *argument)
{
    struct writer *writer = argument;
    kv_store *merged = kv_session_store(writer->fixture->session);
    char key[16], value[16];
    snprintf(key, sizeof key, "w%d", writer->number);
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(value, sizeof value, "%d", i);
        session_put(merged, "b", key, value);
        must(session_has(merged, "b", key, value));
        if (i % 10 == writer->number)
            must(kv_session_commit(writer->fixture->session, KV_FOREVER, NULL) >= 0);
        must(session_has(merged, "b", key, value));
    }
    return NULL;
}

static void threads_write_while_others_commit(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[WRITERS];
    struct writer writers[WRITERS];
    char key[16], value[16];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){fixture, i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_rounds, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    assert_true(kv_session_commit(fixture->session, KV_FOREVER, NULL) >= 0);
    snprintf(value, sizeof value, "%d", ROUNDS - 1);
    for (int i = 0; i < WRITERS; i++) {
        snprintf(key, sizeof key, "w%d", i);
        assert_true(session_has(fixture->store, "b", key, value));
    }
}

static void a_read_only_store_has_no_session(void **state)
{
    struct fixture *fixture = *state;
    kv_store *reader;
    kv_session *session;
    kv_message message;
    session_put(fixture->store, "b", "k", "1");
    assert_int_equal(kv_store_open(SESSION_STORE, KV_OPEN_READ_ONLY, NULL, &reader, &message), KV_OK);
    assert_int_equal(kv_session_open(reader, NULL, &session, &message), KV_ERR_READ_ONLY);
    assert_non_null(strstr(message.text, "read-only"));
    assert_int_equal(kv_store_close(reader), KV_OK);
}

int main(int count, char **arguments)
{
    session_other_run(count, arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(changes_show_at_once_and_reach_the_store_at_the_commit, session_setup,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(a_discard_leaves_the_store, session_setup, session_teardown),
        cmocka_unit_test_setup_teardown(others_write_meanwhile_and_the_last_writer_wins_by_key, session_setup,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(lent_keys_may_be_written_by, session_setup, session_teardown),
        cmocka_unit_test_setup_teardown(the_age_of_what_is_pending_is_told, session_setup, session_teardown),
        cmocka_unit_test_setup_teardown(a_session_is_closed_while_a_thread_still_waits_for_its_turn, session_setup,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(a_discard_and_a_commit_keep_out_of_each_others_way, session_setup,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(a_reader_keeps_its_snapshot_over_commits, session_setup, session_teardown),
        cmocka_unit_test_setup_teardown(a_visit_tells_what_is_pending, session_setup, session_teardown),
        cmocka_unit_test_setup_teardown(threads_write_while_others_commit, session_setup, session_teardown),
        cmocka_unit_test_setup_teardown(a_read_only_store_has_no_session, session_setup, session_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
