/*
 * Sessions over LMDB, beside another process that writes and locks the same environment (S13 to S20 at the library's
 * level). What a session shows while it is open is the conformance suite's; here is what becomes of it.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "kvcore/kvcore.h"

#define STORE "session.db"

/* ---- the other process: this program again, told by one letter a command ---- */

struct other {
    pid_t pid;
    int orders;
    int answers;
};

struct fixture {
    struct other other;
    kv_store *store;
    kv_session *session;
};

static int others_put(kv_store *store, const char *bucket, const char *key, const char *value)
{
    kv_txn *txn;
    int status = kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn);
    if (status == KV_OK)
        status = kv_txn_put(txn, bucket, kv_slice_text(key), kv_slice_text(value));
    return status < 0 ? status : kv_txn_close(txn);
}

static int others_create(kv_store *store, const char *bucket, kv_kind kind)
{
    kv_txn *txn;
    int status = kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn);
    if (status == KV_OK)
        status = kv_bucket_create(txn, bucket, kind, NULL);
    return status < 0 ? status : kv_txn_close(txn);
}

static int follow(kv_store *store, char order, kv_txn **held)
{
    switch (order) {
    case 'h': /* hold the writer's lock */
        return kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, held);
    case 'r': /* release it */
        kv_txn_free(*held);
        *held = NULL;
        return KV_OK;
    case 'p':
        return others_put(store, "b", "shared", "theirs");
    case 'n': /* a pair in a bucket that this process is about to drop */
        return others_put(store, "doomed", "new", "theirs");
    case 't': /* a bucket where this process has a pair pending */
        return others_create(store, "taken", KV_PLAIN);
    case 'k': /* a bucket of another kind than this process made */
        return others_create(store, "made", KV_DUP_SORT);
    default:
        return KV_ERR_INVALID;
    }
}

static void run_other(int orders, int answers)
{
    kv_store *store;
    kv_txn *held = NULL;
    char order;
    int status = kv_store_open(STORE, KV_OPEN_CREATE, NULL, &store, NULL);
    while (read(orders, &order, 1) == 1 && order != 'q') {
        if (status == KV_OK)
            status = follow(store, order, &held);
        if (write(answers, &status, sizeof status) != sizeof status)
            break;
    }
    kv_txn_free(held);
    kv_store_close(store);
    _exit(0);
}

static void tell(const struct other *other, char order)
{
    int status;
    assert_int_equal(write(other->orders, &order, 1), 1);
    assert_int_equal(read(other->answers, &status, sizeof status), sizeof status);
    assert_true(status >= 0);
}

static void start_other(struct other *other)
{
    int orders[2], answers[2];
    assert_int_equal(pipe(orders), 0);
    assert_int_equal(pipe(answers), 0);
    char numbers[2][16];
    snprintf(numbers[0], sizeof numbers[0], "%d", orders[0]);
    snprintf(numbers[1], sizeof numbers[1], "%d", answers[1]);
    other->pid = fork();
    assert_true(other->pid >= 0);
    if (other->pid == 0) {
        close(orders[1]);
        close(answers[0]);
        /* A new program: a fork of one that has had threads may not even allocate. */
        execl("/proc/self/exe", "other", numbers[0], numbers[1], (char *)NULL);
        _exit(127);
    }
    close(orders[0]);
    close(answers[1]);
    other->orders = orders[1];
    other->answers = answers[0];
}

/* ---- the fixture ---- */

static void remove_store(void)
{
    unlink(STORE "-lock");
    unlink(STORE);
}

static void open_both(struct fixture *fixture, const char *settings)
{
    kv_message message = {""};
    if (kv_store_open(STORE, KV_OPEN_CREATE, settings, &fixture->store, &message) != KV_OK)
        fail_msg("%s", message.text);
    if (kv_session_open(fixture->store, ".", &fixture->session, &message) != KV_OK)
        fail_msg("%s", message.text);
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    remove_store();
    start_other(&fixture->other);
    open_both(fixture, NULL);
    *state = fixture;
    return 0;
}

static int setup_small(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    remove_store();
    open_both(fixture, "map_size=1M");
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    int status;
    kv_session_close(fixture->session);
    kv_store_close(fixture->store);
    if (fixture->other.pid > 0) {
        assert_int_equal(write(fixture->other.orders, "q", 1), 1);
        waitpid(fixture->other.pid, &status, 0);
        close(fixture->other.orders);
        close(fixture->other.answers);
    }
    remove_store();
    free(fixture);
    return 0;
}

/* ---- verbs of one transaction ---- */

/* Threads cannot leave a test as cmocka's assertions do. */
#define must(condition) must_be(condition, #condition, __LINE__)

static void must_be(int condition, const char *text, int line)
{
    if (condition)
        return;
    fprintf(stderr, "line %d: not %s\n", line, text);
    abort();
}

static int put(kv_store *store, const char *bucket, const char *key, const char *value)
{
    int status = others_put(store, bucket, key, value);
    if (status < 0)
        fprintf(stderr, "%s\n", kv_status_name(status));
    must(status >= 0);
    return status;
}

static int has(kv_store *store, const char *bucket, const char *key, const char *value)
{
    kv_txn *txn;
    kv_slice found;
    must(kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn) == KV_OK);
    int status = kv_txn_get(txn, bucket, kv_slice_text(key), &found);
    if (status < 0)
        fprintf(stderr, "%s\n", kv_status_name(status));
    must(status >= 0);
    int is_it = status == KV_OK && kv_slice_equal(found, kv_slice_text(value));
    kv_txn_free(txn);
    return is_it;
}

static int exists(kv_store *store, const char *bucket)
{
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    int status = kv_bucket_exists(txn, bucket);
    kv_txn_free(txn);
    return status == KV_OK;
}

static void change(kv_store *store, int (*verb)(kv_txn *, const char *), const char *bucket)
{
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(verb(txn, bucket), KV_OK);
    assert_int_equal(kv_txn_close(txn), KV_OK);
}

static void delete_key(kv_store *store, const char *bucket, const char *key)
{
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_txn_delete(txn, bucket, kv_slice_text(key)), KV_OK);
    assert_int_equal(kv_txn_close(txn), KV_OK);
}

static void commit(struct fixture *fixture)
{
    kv_message message = {""};
    int status = kv_session_commit(fixture->session, KV_FOREVER, &message);
    if (status != KV_OK)
        fail_msg("%s: %s", kv_status_name(status), message.text);
}

static uint64_t pending(struct fixture *fixture)
{
    kv_session_stat stat;
    kv_session_statistics(fixture->session, &stat);
    return stat.changes;
}

/* ---- tests ---- */

static void changes_show_at_once_and_reach_the_store_at_the_commit(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    put(fixture->store, "b", "old", "1");
    put(merged, "b", "new", "2");
    delete_key(merged, "b", "old");
    assert_true(has(merged, "b", "new", "2"));
    assert_false(has(merged, "b", "old", "1"));
    assert_false(has(fixture->store, "b", "new", "2"));
    assert_true(has(fixture->store, "b", "old", "1"));
    assert_int_equal(pending(fixture), 2);
    commit(fixture);
    assert_int_equal(pending(fixture), 0);
    assert_true(has(fixture->store, "b", "new", "2"));
    assert_false(has(fixture->store, "b", "old", "1"));
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, NULL), KV_UNCHANGED);
}

static void a_discard_leaves_the_store(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    put(fixture->store, "b", "k", "base");
    put(merged, "b", "k", "pending");
    assert_int_equal(kv_session_discard(fixture->session), KV_OK);
    assert_true(has(merged, "b", "k", "base"));
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, NULL), KV_UNCHANGED);
    assert_true(has(fixture->store, "b", "k", "base"));
}

static void others_write_meanwhile_and_the_last_writer_wins_by_key(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    put(merged, "b", "mine", "1");
    tell(&fixture->other, 'p');
    assert_true(has(merged, "b", "shared", "theirs"));
    assert_true(has(merged, "b", "mine", "1"));
    commit(fixture);
    assert_true(has(fixture->store, "b", "shared", "theirs"));
    put(merged, "b", "shared", "mine");
    tell(&fixture->other, 'p');
    assert_true(has(merged, "b", "shared", "mine"));
    commit(fixture);
    assert_true(has(fixture->store, "b", "shared", "mine"));
}

static void a_commit_does_not_wait_for_another_writer_past_its_deadline(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    put(merged, "b", "k", "1");
    tell(&fixture->other, 'h');
    for (int i = 0; i < 3; i++)
        assert_int_equal(kv_session_commit(fixture->session, kv_deadline_after(50), NULL), KV_ERR_TIMEOUT);
    /* Reading and writing go on, and nothing is lost. */
    put(merged, "b", "later", "2");
    assert_true(has(merged, "b", "k", "1"));
    assert_int_equal(kv_session_commit(fixture->session, kv_deadline_after(50), NULL), KV_ERR_TIMEOUT);
    tell(&fixture->other, 'r');
    commit(fixture);
    assert_true(has(fixture->store, "b", "k", "1"));
    assert_true(has(fixture->store, "b", "later", "2"));
}

static void many_failed_commits_lose_nothing(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    char key[16], value[16];
    tell(&fixture->other, 'h');
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "k%d", i);
        snprintf(value, sizeof value, "v%d", i);
        put(merged, "b", key, value);
        put(merged, "b", "again", value);
        if (i % 3 == 2)
            delete_key(merged, "b", key);
        assert_int_equal(kv_session_commit(fixture->session, kv_deadline_after(5), NULL), KV_ERR_TIMEOUT);
    }
    tell(&fixture->other, 'r');
    commit(fixture);
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "k%d", i);
        snprintf(value, sizeof value, "v%d", i);
        assert_int_equal(has(fixture->store, "b", key, value), i % 3 != 2);
    }
    assert_true(has(fixture->store, "b", "again", "v19"));
    assert_int_equal(pending(fixture), 0);
}

static void a_full_store_keeps_the_session(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_message message;
    char *big = calloc(1, 4 << 20);
    memset(big, 'x', (4 << 20) - 1);
    put(fixture->store, "b", "old", "1");
    put(merged, "b", "small", "2");
    put(merged, "b", "big", big);
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, &message), KV_ERR_STORE_FULL);
    assert_non_null(strstr(message.text, "big"));
    assert_false(has(fixture->store, "b", "small", "2"));
    assert_true(has(merged, "b", "big", big));
    delete_key(merged, "b", "big");
    commit(fixture);
    assert_true(has(fixture->store, "b", "small", "2"));
    assert_true(has(fixture->store, "b", "old", "1"));
    free(big);
}

static void a_dropped_bucket_goes_only_if_it_is_empty_by_then(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    put(fixture->store, "doomed", "k", "1");
    put(fixture->store, "alone", "k", "1");
    delete_key(merged, "doomed", "k");
    delete_key(merged, "alone", "k");
    change(merged, kv_bucket_drop, "doomed");
    change(merged, kv_bucket_drop, "alone");
    assert_false(exists(merged, "doomed"));
    tell(&fixture->other, 'n');
    commit(fixture);
    assert_false(exists(fixture->store, "alone"));
    assert_true(exists(fixture->store, "doomed"));
    assert_true(has(fixture->store, "doomed", "new", "theirs"));
    assert_false(has(fixture->store, "doomed", "k", "1"));
    assert_true(exists(merged, "doomed"));
}

static void a_full_bucket_is_dropped_or_cleared_whole(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    put(fixture->store, "dropped", "k", "1");
    put(fixture->store, "cleared", "k", "1");
    put(fixture->store, "reborn", "k", "1");
    change(merged, kv_bucket_drop, "dropped");
    change(merged, kv_bucket_clear, "cleared");
    change(merged, kv_bucket_drop, "reborn");
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(merged, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_bucket_create(txn, "reborn", KV_DUP_SORT, NULL), KV_OK);
    assert_int_equal(kv_txn_put(txn, "reborn", kv_slice_text("n"), kv_slice_text("2")), KV_OK);
    assert_int_equal(kv_txn_close(txn), KV_OK);
    put(merged, "cleared", "n", "2");
    commit(fixture);
    assert_false(exists(fixture->store, "dropped"));
    assert_false(has(fixture->store, "cleared", "k", "1"));
    assert_true(has(fixture->store, "cleared", "n", "2"));
    assert_false(has(fixture->store, "reborn", "k", "1"));
    assert_true(has(fixture->store, "reborn", "n", "2"));
}

static void a_name_that_was_taken_fails_the_commit_and_is_named(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_message message;
    put(merged, NULL, "taken", "a pair");
    put(merged, "b", "k", "1");
    tell(&fixture->other, 't');
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, &message), KV_ERR_NAME_TAKEN);
    assert_non_null(strstr(message.text, "taken"));
    assert_false(has(fixture->store, "b", "k", "1"));
    delete_key(merged, NULL, "taken");
    commit(fixture);
    assert_true(has(fixture->store, "b", "k", "1"));
    assert_true(exists(fixture->store, "taken"));
}

static void a_bucket_of_another_kind_fails_the_commit_until_it_is_given_up(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_message message;
    put(merged, "made", "k", "1");
    put(merged, "b", "k", "1");
    tell(&fixture->other, 'k');
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, &message), KV_ERR_INCOMPATIBLE);
    assert_non_null(strstr(message.text, "made"));
    assert_true(has(merged, "made", "k", "1"));
    change(merged, kv_bucket_drop, "made");
    assert_false(exists(merged, "made"));
    commit(fixture);
    assert_true(has(fixture->store, "b", "k", "1"));
}

static void a_pair_takes_the_name_of_a_dropped_bucket_and_back(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    put(fixture->store, "bucket", "k", "1");
    put(fixture->store, NULL, "pair", "1");
    delete_key(merged, "bucket", "k");
    change(merged, kv_bucket_drop, "bucket");
    put(merged, NULL, "bucket", "a pair now");
    delete_key(merged, NULL, "pair");
    put(merged, "pair", "k", "a bucket now");
    commit(fixture);
    assert_true(has(fixture->store, NULL, "bucket", "a pair now"));
    assert_true(has(fixture->store, "pair", "k", "a bucket now"));
}

static void a_conflict_that_came_between_two_tries_can_be_removed(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    put(merged, "b", "k", "1");
    tell(&fixture->other, 'h');
    assert_int_equal(kv_session_commit(fixture->session, kv_deadline_after(5), NULL), KV_ERR_TIMEOUT);
    put(merged, NULL, "taken", "a pair");
    tell(&fixture->other, 'r');
    tell(&fixture->other, 't');
    assert_int_equal(kv_session_commit(fixture->session, KV_FOREVER, NULL), KV_ERR_NAME_TAKEN);
    delete_key(merged, NULL, "taken");
    commit(fixture);
    assert_true(has(fixture->store, "b", "k", "1"));
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
        put(store, "lent", name, "overwritten");
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
    put(fixture->store, "lent", "k30", "base");
    deleting_by_lent_keys_deletes_them_all(kv_session_store(fixture->session));
    commit(fixture);
    assert_false(has(fixture->store, "lent", "k30", "base"));
}

static void the_age_of_what_is_pending_is_told(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_session_stat stat;
    kv_session_statistics(fixture->session, &stat);
    assert_int_equal(stat.since, 0);
    int64_t before = kv_deadline_after(0);
    put(merged, "b", "k", "1");
    kv_session_statistics(fixture->session, &stat);
    assert_true(stat.since >= before && stat.since <= kv_deadline_after(0));
    commit(fixture);
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
        put(merged, "b", "k", value);
        assert_true(kv_session_commit(fixture->session, KV_FOREVER, NULL) >= 0);
    }
    pthread_join(thread, NULL);
    put(merged, "b", "k", "last");
    commit(fixture);
    assert_true(has(fixture->store, "b", "k", "last"));
}

static void a_reader_keeps_its_snapshot_over_commits(void **state)
{
    struct fixture *fixture = *state;
    kv_store *merged = kv_session_store(fixture->session);
    kv_txn *txn;
    kv_slice value;
    put(merged, "b", "k", "1");
    assert_int_equal(kv_txn_begin(merged, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    commit(fixture);
    put(merged, "b", "k", "2");
    commit(fixture);
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
    put(fixture->store, "b", "old", "1");
    put(merged, "b", "x", "1");
    put(merged, "a", "y", "2");
    delete_key(merged, "b", "old");
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
        put(merged, "b", key, value);
        must(has(merged, "b", key, value));
        if (i % 10 == writer->number)
            must(kv_session_commit(writer->fixture->session, KV_FOREVER, NULL) >= 0);
        must(has(merged, "b", key, value));
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
        assert_true(has(fixture->store, "b", key, value));
    }
}

static void a_read_only_store_has_no_session(void **state)
{
    struct fixture *fixture = *state;
    kv_store *reader;
    kv_session *session;
    kv_message message;
    put(fixture->store, "b", "k", "1");
    assert_int_equal(kv_store_open(STORE, KV_OPEN_READ_ONLY, NULL, &reader, &message), KV_OK);
    assert_int_equal(kv_session_open(reader, NULL, &session, &message), KV_ERR_READ_ONLY);
    assert_non_null(strstr(message.text, "read-only"));
    assert_int_equal(kv_store_close(reader), KV_OK);
}

int main(int count, char **arguments)
{
    if (count == 3)
        run_other(atoi(arguments[1]), atoi(arguments[2]));
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH(changes_show_at_once_and_reach_the_store_at_the_commit),
        WITH(a_discard_leaves_the_store),
        WITH(others_write_meanwhile_and_the_last_writer_wins_by_key),
        WITH(a_commit_does_not_wait_for_another_writer_past_its_deadline),
        WITH(many_failed_commits_lose_nothing),
        cmocka_unit_test_setup_teardown(a_full_store_keeps_the_session, setup_small, teardown),
        WITH(a_dropped_bucket_goes_only_if_it_is_empty_by_then),
        WITH(a_full_bucket_is_dropped_or_cleared_whole),
        WITH(a_name_that_was_taken_fails_the_commit_and_is_named),
        WITH(a_bucket_of_another_kind_fails_the_commit_until_it_is_given_up),
        WITH(a_pair_takes_the_name_of_a_dropped_bucket_and_back),
        WITH(a_conflict_that_came_between_two_tries_can_be_removed),
        WITH(lent_keys_may_be_written_by),
        WITH(the_age_of_what_is_pending_is_told),
        WITH(a_session_is_closed_while_a_thread_still_waits_for_its_turn),
        WITH(a_discard_and_a_commit_keep_out_of_each_others_way),
        WITH(a_reader_keeps_its_snapshot_over_commits),
        WITH(a_visit_tells_what_is_pending),
        WITH(threads_write_while_others_commit),
        WITH(a_read_only_store_has_no_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
