/* Commits that meet what others did: locks, full stores, buckets and names that changed meanwhile (S16, S19, S38). */
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

static void a_commit_does_not_wait_for_another_writer_past_its_deadline(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    session_put(merged, "b", "k", "1");
    session_tell(&fixture->other, 'h');
    for (int i = 0; i < 3; i++)
        assert_int_equal(kv_session_commit(fixture->session, kv_deadline_after(50), NULL), KV_ERR_TIMEOUT);
    /* Reading and writing go on, and nothing is lost. */
    session_put(merged, "b", "later", "2");
    assert_true(session_has(merged, "b", "k", "1"));
    assert_int_equal(kv_session_commit(fixture->session, kv_deadline_after(50), NULL), KV_ERR_TIMEOUT);
    session_tell(&fixture->other, 'r');
    session_commit(fixture);
    assert_true(session_has(fixture->store, "b", "k", "1"));
    assert_true(session_has(fixture->store, "b", "later", "2"));
}

static void many_failed_commits_lose_nothing(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    char key[16], value[16];
    session_tell(&fixture->other, 'h');
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "k%d", i);
        snprintf(value, sizeof value, "v%d", i);
        session_put(merged, "b", key, value);
        session_put(merged, "b", "again", value);
        if (i % 3 == 2)
            session_delete(merged, "b", key);
        assert_int_equal(kv_session_commit(fixture->session, kv_deadline_after(5), NULL), KV_ERR_TIMEOUT);
    }
    session_tell(&fixture->other, 'r');
    session_commit(fixture);
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "k%d", i);
        snprintf(value, sizeof value, "v%d", i);
        assert_int_equal(session_has(fixture->store, "b", key, value), i % 3 != 2);
    }
    assert_true(session_has(fixture->store, "b", "again", "v19"));
    assert_int_equal(session_pending(fixture), 0);
}

static void a_full_store_keeps_the_session(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_message message;
    char *big = calloc(1, 4 << 20);
    memset(big, 'x', (4 << 20) - 1);
    session_put(fixture->store, "b", "old", "1");
    session_put(merged, "b", "small", "2");
    session_put(merged, "b", "big", big);
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, &message), KV_ERR_STORE_FULL);
    assert_non_null(strstr(message.text, "big"));
    assert_false(session_has(fixture->store, "b", "small", "2"));
    assert_true(session_has(merged, "b", "big", big));
    session_delete(merged, "b", "big");
    session_commit(fixture);
    assert_true(session_has(fixture->store, "b", "small", "2"));
    assert_true(session_has(fixture->store, "b", "old", "1"));
    free(big);
}

static void a_dropped_bucket_goes_only_if_it_is_empty_by_then(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    session_put(fixture->store, "doomed", "k", "1");
    session_put(fixture->store, "alone", "k", "1");
    session_delete(merged, "doomed", "k");
    session_delete(merged, "alone", "k");
    session_change(merged, kv_bucket_drop, "doomed");
    session_change(merged, kv_bucket_drop, "alone");
    assert_false(session_exists(merged, "doomed"));
    session_tell(&fixture->other, 'n');
    session_commit(fixture);
    assert_false(session_exists(fixture->store, "alone"));
    assert_true(session_exists(fixture->store, "doomed"));
    assert_true(session_has(fixture->store, "doomed", "new", "theirs"));
    assert_false(session_has(fixture->store, "doomed", "k", "1"));
    assert_true(session_exists(merged, "doomed"));
}

static void a_full_bucket_is_dropped_or_cleared_whole(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    session_put(fixture->store, "dropped", "k", "1");
    session_put(fixture->store, "cleared", "k", "1");
    session_put(fixture->store, "reborn", "k", "1");
    session_change(merged, kv_bucket_drop, "dropped");
    session_change(merged, kv_bucket_clear, "cleared");
    session_change(merged, kv_bucket_drop, "reborn");
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(merged, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_bucket_create(txn, "reborn", KV_DUP_SORT, NULL), KV_OK);
    assert_int_equal(kv_txn_put(txn, "reborn", kv_slice_text("n"), kv_slice_text("2")), KV_OK);
    assert_int_equal(kv_txn_close(txn), KV_OK);
    session_put(merged, "cleared", "n", "2");
    session_commit(fixture);
    assert_false(session_exists(fixture->store, "dropped"));
    assert_false(session_has(fixture->store, "cleared", "k", "1"));
    assert_true(session_has(fixture->store, "cleared", "n", "2"));
    assert_false(session_has(fixture->store, "reborn", "k", "1"));
    assert_true(session_has(fixture->store, "reborn", "n", "2"));
}

static void a_name_that_was_taken_fails_the_commit_and_is_named(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_message message;
    session_put(merged, NULL, "taken", "a pair");
    session_put(merged, "b", "k", "1");
    session_tell(&fixture->other, 't');
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, &message), KV_ERR_NAME_TAKEN);
    assert_non_null(strstr(message.text, "taken"));
    assert_false(session_has(fixture->store, "b", "k", "1"));
    session_delete(merged, NULL, "taken");
    session_commit(fixture);
    assert_true(session_has(fixture->store, "b", "k", "1"));
    assert_true(session_exists(fixture->store, "taken"));
}

static void a_bucket_of_another_kind_fails_the_commit_until_it_is_given_up(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_message message;
    session_put(merged, "made", "k", "1");
    session_put(merged, "b", "k", "1");
    session_tell(&fixture->other, 'k');
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, &message), KV_ERR_INCOMPATIBLE);
    assert_non_null(strstr(message.text, "made"));
    assert_true(session_has(merged, "made", "k", "1"));
    session_change(merged, kv_bucket_drop, "made");
    assert_false(session_exists(merged, "made"));
    session_commit(fixture);
    assert_true(session_has(fixture->store, "b", "k", "1"));
}

static void a_pair_takes_the_name_of_a_dropped_bucket_and_back(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    session_put(fixture->store, "bucket", "k", "1");
    session_put(fixture->store, NULL, "pair", "1");
    session_delete(merged, "bucket", "k");
    session_change(merged, kv_bucket_drop, "bucket");
    session_put(merged, NULL, "bucket", "a pair now");
    session_delete(merged, NULL, "pair");
    session_put(merged, "pair", "k", "a bucket now");
    session_commit(fixture);
    assert_true(session_has(fixture->store, NULL, "bucket", "a pair now"));
    assert_true(session_has(fixture->store, "pair", "k", "a bucket now"));
}

static void a_conflict_that_came_between_two_tries_can_be_removed(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    session_put(merged, "b", "k", "1");
    session_tell(&fixture->other, 'h');
    assert_int_equal(kv_session_commit(fixture->session, kv_deadline_after(5), NULL), KV_ERR_TIMEOUT);
    session_put(merged, NULL, "taken", "a pair");
    session_tell(&fixture->other, 'r');
    session_tell(&fixture->other, 't');
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, NULL), KV_ERR_NAME_TAKEN);
    session_delete(merged, NULL, "taken");
    session_commit(fixture);
    assert_true(session_has(fixture->store, "b", "k", "1"));
}

int main(int count, char **arguments)
{
    session_other_run(count, arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_does_not_wait_for_another_writer_past_its_deadline, session_setup,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(many_failed_commits_lose_nothing, session_setup, session_teardown),
        cmocka_unit_test_setup_teardown(a_full_store_keeps_the_session, session_setup_small, session_teardown),
        cmocka_unit_test_setup_teardown(a_dropped_bucket_goes_only_if_it_is_empty_by_then, session_setup,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(a_full_bucket_is_dropped_or_cleared_whole, session_setup, session_teardown),
        cmocka_unit_test_setup_teardown(a_name_that_was_taken_fails_the_commit_and_is_named, session_setup,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(a_bucket_of_another_kind_fails_the_commit_until_it_is_given_up, session_setup,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(a_pair_takes_the_name_of_a_dropped_bucket_and_back, session_setup,
                                        session_teardown),
        cmocka_unit_test_setup_teardown(a_conflict_that_came_between_two_tries_can_be_removed, session_setup,
                                        session_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
