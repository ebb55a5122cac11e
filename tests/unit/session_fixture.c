#include "tests/unit/session_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

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
    int status = kv_store_open(SESSION_STORE, KV_OPEN_CREATE, NULL, &store, NULL);
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

void session_tell(const struct other *other, char order)
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
    unlink(SESSION_STORE "-lock");
    unlink(SESSION_STORE);
}

static void open_both(struct fixture *fixture, const char *settings)
{
    kv_message message = {""};
    if (kv_store_open(SESSION_STORE, KV_OPEN_CREATE, settings, &fixture->store, &message) != KV_OK)
        fail_msg("%s", message.text);
    if (kv_session_open(fixture->store, ".", &fixture->session, &message) != KV_OK)
        fail_msg("%s", message.text);
}

int session_setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    remove_store();
    start_other(&fixture->other);
    open_both(fixture, NULL);
    *state = fixture;
    return 0;
}

int session_setup_small(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    remove_store();
    open_both(fixture, "map_size=1M");
    *state = fixture;
    return 0;
}

int session_teardown(void **state)
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

void session_must_be(int condition, const char *text, int line)
{
    if (condition)
        return;
    fprintf(stderr, "line %d: not %s\n", line, text);
    abort();
}

int session_put(kv_store *store, const char *bucket, const char *key, const char *value)
{
    int status = others_put(store, bucket, key, value);
    if (status < 0)
        fprintf(stderr, "%s\n", kv_status_name(status));
    must(status >= 0);
    return status;
}

int session_has(kv_store *store, const char *bucket, const char *key, const char *value)
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

int session_exists(kv_store *store, const char *bucket)
{
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    int status = kv_bucket_exists(txn, bucket);
    kv_txn_free(txn);
    return status == KV_OK;
}

void session_change(kv_store *store, int (*verb)(kv_txn *, const char *), const char *bucket)
{
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(verb(txn, bucket), KV_OK);
    assert_int_equal(kv_txn_close(txn), KV_OK);
}

void session_delete(kv_store *store, const char *bucket, const char *key)
{
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_txn_delete(txn, bucket, kv_slice_text(key)), KV_OK);
    assert_int_equal(kv_txn_close(txn), KV_OK);
}

void session_commit(struct fixture *fixture)
{
    kv_message message = {""};
    int status = kv_session_commit(fixture->session, KV_FOREVER, &message);
    if (status != KV_OK)
        fail_msg("%s: %s", kv_status_name(status), message.text);
}

uint64_t session_pending(struct fixture *fixture)
{
    kv_session_stat stat;
    kv_session_statistics(fixture->session, &stat);
    return stat.changes;
}

void session_other_run(int count, char **arguments)
{
    if (count == 3)
        run_other(atoi(arguments[1]), atoi(arguments[2]));
}
