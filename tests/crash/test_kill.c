/*
 * A program that is killed while it commits leaves a store with exactly the commits that it had done: each round a
 * child goes on committing where the store is, is killed at a random moment, and the store is opened and read again.
 *
 * The random numbers come from KV_TEST_SEED, which is printed; when the kill falls, the scheduler decides too.
 */
#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <endian.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "kvcore/kvcore.h"

enum { ROUNDS = 30, FIRST_ROUNDS = 12, SLOTS = 7, STALE_READERS = 6, DEADLINE_MS = 60000 };

static uint64_t seed;

static unsigned any(unsigned end)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % end;
}

static void make_directory(char *directory, size_t size)
{
    const char *parent = getenv("TEST_TMPDIR");
    assert_true(snprintf(directory, size, "%s/kill.XXXXXX", parent != NULL ? parent : P_tmpdir) < (int)size);
    assert_non_null(mkdtemp(directory));
}

/* One commit: the number's own pair, the last number, and one of a few pairs that are written again and again. */
static int write_number(kv_txn *txn, void *argument)
{
    uint64_t number = *(const uint64_t *)argument, key = htobe64(number);
    char slot[16], value[3000];
    memset(value, (int)('a' + number % 26), sizeof value);
    snprintf(slot, sizeof slot, "slot%u", (unsigned)(number % SLOTS));
    int status = kv_txn_put(txn, "log", kv_slice_of(&key, sizeof key), kv_slice_of(value, number % sizeof value));
    if (status >= 0) {
        status = kv_txn_put(txn, "state", kv_slice_text("last"), kv_slice_of(&key, sizeof key));
    }
    if (status >= 0) {
        status = kv_txn_put(txn, "state", kv_slice_text(slot), kv_slice_of(&key, sizeof key));
    }
    if (status >= 0 && number > 500) {
        key = htobe64(number - 500);
        status = kv_txn_delete(txn, "log", kv_slice_of(&key, sizeof key));
    }
    return status < 0 ? status : KV_OK;
}

static int read_last(kv_txn *txn, void *argument)
{
    kv_slice value;
    uint64_t number = 0;
    if (kv_txn_get(txn, "state", kv_slice_text("last"), &value) == KV_OK && value.size == sizeof number) {
        memcpy(&number, value.data, sizeof number);
    }
    *(uint64_t *)argument = be64toh(number);
    return KV_OK;
}

/* ---- the child ---- */

typedef void child_work(kv_store *store, int report);

/* Says that `number` is committed. */
static void tell(int report, uint64_t number)
{
    if (write(report, &number, sizeof number) != sizeof number) {
        _exit(3);
    }
}

static void commit_on_and_on(kv_store *store, int report)
{
    kv_txn *reader;
    uint64_t number = 0;
    for (int i = 0; i < STALE_READERS; i++) {
        if (kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &reader) != KV_OK) {
            _exit(4);
        }
    }
    kv_store_view(store, read_last, &number);
    for (;;) {
        number++;
        if (kv_store_update(store, KV_FOREVER, write_number, &number) != KV_OK) {
            _exit(5);
        }
        tell(report, number);
    }
}

/* Several transactions of the session are one commit of the base. */
static void commit_sessions_on_and_on(kv_store *store, int report)
{
    kv_session *session;
    uint64_t number = 0;
    if (kv_session_open(store, ".", &session, NULL) != KV_OK) {
        _exit(6);
    }
    kv_store_view(store, read_last, &number);
    for (;;) {
        for (int i = 0; i < 3; i++) {
            number++;
            if (kv_store_update(kv_session_store(session), KV_FOREVER, write_number, &number) != KV_OK) {
                _exit(7);
            }
        }
        if (kv_session_commit(session, KV_FOREVER, NULL) != KV_OK) {
            _exit(8);
        }
        tell(report, number);
    }
}

static void run_child(const char *path, int report, child_work *work)
{
    kv_store *store = NULL;
    kv_message message = {""};
    if (kv_store_open(path, KV_OPEN_CREATE | KV_OPEN_NO_SYNC, NULL, &store, &message) != KV_OK) {
        fprintf(stderr, "the child cannot open: %s\n", message.text);
        _exit(2);
    }
    work(store, report);
    _exit(0);
}

/* ---- the parent ---- */

/* Lets a child work until it has told `commits` commits and a little longer; gives the last number told. */
static uint64_t kill_after(const char *path, child_work *work, unsigned commits)
{
    int ends[2], status = 0;
    uint64_t number = 0, told = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        run_child(path, ends[1], work);
    }
    close(ends[1]);
    struct pollfd ready = {.fd = ends[0], .events = POLLIN};
    for (unsigned i = 0; i < commits; i++) {
        if (poll(&ready, 1, DEADLINE_MS) != 1 || read(ends[0], &number, sizeof number) != sizeof number) {
            break; /* it ended by itself, which its status tells below */
        }
        told = number;
    }
    for (volatile unsigned spin = any(any(4) == 0 ? 3000000 : 200000); spin > 0; spin--) {}
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status)) {
        fail_msg("the child ended by itself with %d", WEXITSTATUS(status));
    }
    while (read(ends[0], &number, sizeof number) == sizeof number) {
        told = number;
    }
    close(ends[0]);
    return told;
}

/* Everything in the store must be what the commits 1 to the last, and no part of another, leave. */
static int check_prefix(kv_txn *txn, void *argument)
{
    uint64_t last = 0, expected, number;
    kv_slice key, value;
    kv_cursor *cursor = NULL;
    read_last(txn, &last);
    assert_int_equal(kv_txn_cursor(txn, "log", &cursor), KV_OK);
    for (expected = last > 500 ? last - 499 : 1; expected <= last; expected++) {
        assert_int_equal(kv_cursor_next(cursor, &key, &value), KV_OK);
        assert_int_equal(key.size, sizeof number);
        memcpy(&number, key.data, sizeof number);
        assert_true(be64toh(number) == expected);
        assert_int_equal(value.size, expected % 3000);
        for (size_t i = 0; i < value.size; i++) {
            assert_true(((const char *)value.data)[i] == (char)('a' + expected % 26));
        }
    }
    assert_int_equal(kv_cursor_next(cursor, &key, &value), KV_NOT_FOUND);
    kv_cursor_close(cursor);
    for (expected = last >= SLOTS ? last - SLOTS + 1 : 1; expected <= last; expected++) {
        char slot[16];
        snprintf(slot, sizeof slot, "slot%u", (unsigned)(expected % SLOTS));
        assert_int_equal(kv_txn_get(txn, "state", kv_slice_text(slot), &value), KV_OK);
        memcpy(&number, value.data, sizeof number);
        assert_true(be64toh(number) == expected);
    }
    *(uint64_t *)argument = last;
    return KV_OK;
}

static uint64_t reopen_and_check(const char *path)
{
    kv_store *store = NULL;
    kv_message message = {""};
    uint64_t last = 0;
    if (kv_store_open(path, KV_OPEN_CREATE, NULL, &store, &message) != KV_OK) {
        fail_msg("after the kill: %s", message.text);
    }
    assert_int_equal(kv_store_view(store, check_prefix, &last), KV_OK);
    assert_int_equal(kv_store_close(store), KV_OK);
    return last;
}

static void run_rounds(child_work *work, unsigned step)
{
    char directory[400], path[420];
    uint64_t last = 0;
    make_directory(directory, sizeof directory);
    snprintf(path, sizeof path, "%s/store", directory);
    assert_int_equal(chdir(directory), 0);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t told = kill_after(path, work, any(40));
        uint64_t found = reopen_and_check(path);
        /* What was told is in; at most one commit more was done and not told yet. */
        assert_true(found >= last && found >= told);
        assert_true(told == 0 || found <= told + step);
        assert_int_equal(found % step, 0);
        last = found;
    }
    assert_true(last > ROUNDS);
}

static void killed_commits_leave_a_committed_prefix(void **state)
{
    (void)state;
    run_rounds(commit_on_and_on, 1);
}

static void killed_session_commits_leave_a_committed_prefix(void **state)
{
    (void)state;
    run_rounds(commit_sessions_on_and_on, 3);
}

static void killed_while_the_store_is_made(void **state)
{
    char directory[400], path[420];
    (void)state;
    make_directory(directory, sizeof directory);
    assert_int_equal(chdir(directory), 0);
    for (int round = 0; round < FIRST_ROUNDS; round++) {
        snprintf(path, sizeof path, "%s/store%d", directory, round);
        kill_after(path, commit_on_and_on, 0);
        reopen_and_check(path);
    }
}

int main(void)
{
    const char *text = getenv("KV_TEST_SEED");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_while_the_store_is_made),
        cmocka_unit_test(killed_commits_leave_a_committed_prefix),
        cmocka_unit_test(killed_session_commits_leave_a_committed_prefix),
    };
    seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    print_message("KV_TEST_SEED=%llu\n", (unsigned long long)seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
