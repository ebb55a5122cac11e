/*
 * Threads that write, read and commit at once, and what must hold in every snapshot whatever their order was: the sum
 * of all accounts, and as many moves as the sequence says. Under a session one more thread commits it, and another
 * writes to the base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <pthread.h>
#include <stdatomic.h>
#include <cmocka.h>

#include "tests/support/store_row.h"

enum { ACCOUNTS = 12, BALANCE = 1000, WRITERS = 3, READERS = 2, ROUNDS = 150, OUTSIDE_ROUNDS = 60, GIVEN_UP = -1000 };

struct bank {
    struct opened_store opened;
    _Atomic int failure;     /* the first line that failed; 0: none */
    _Atomic int status;      /* what it was answered */
    _Atomic int writing;     /* writers that are not done */
    _Atomic unsigned number; /* of the next writer */
    _Atomic uint64_t moved;  /* committed moves */
};

/* In a thread there is no cmocka: the first failure is noted, and the main thread fails. */
static int note(struct bank *bank, int status, int line)
{
    int none = 0;
    if (atomic_compare_exchange_strong(&bank->failure, &none, line)) {
        atomic_store(&bank->status, status);
    }
    return GIVEN_UP;
}

#define REQUIRE(bank, condition)                                                                                       \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            return note((bank), KV_OK, __LINE__);                                                                      \
        }                                                                                                              \
    } while (0)

#define REQUIRE_OK(bank, call)                                                                                         \
    do {                                                                                                               \
        int status_of_call = (call);                                                                                   \
        if (status_of_call != KV_OK) {                                                                                 \
            return note((bank), status_of_call, __LINE__);                                                             \
        }                                                                                                              \
    } while (0)

static kv_slice account(unsigned index, char *room)
{
    snprintf(room, 16, "account%02u", index % ACCOUNTS);
    return kv_slice_text(room);
}

static int read_balance(kv_txn *txn, kv_slice key, int64_t *ret_balance)
{
    kv_slice value;
    int status = kv_txn_get(txn, "accounts", key, &value);
    if (status == KV_OK && value.size == sizeof *ret_balance) {
        memcpy(ret_balance, value.data, sizeof *ret_balance);
    }
    return status;
}

static int fill(kv_txn *txn, void *argument)
{
    char room[16];
    int64_t balance = BALANCE;
    (void)argument;
    for (unsigned i = 0; i < ACCOUNTS; i++) {
        int status = kv_txn_put(txn, "accounts", account(i, room), kv_slice_of(&balance, sizeof balance));
        if (status < 0) {
            return status;
        }
    }
    return kv_bucket_create(txn, "moves", KV_DUP_SORT, NULL);
}

/* ---- what must hold ---- */

static int check(kv_txn *txn, void *argument)
{
    struct bank *bank = argument;
    kv_slice key, value;
    kv_cursor *cursor = NULL;
    int64_t balance, sum = 0;
    uint64_t moves = 0, counted = 0;
    int status = kv_txn_cursor(txn, "accounts", &cursor);
    if (status == KV_ERR_STALE) {
        return status; /* a commit came between the begin and here: one begins again */
    }
    REQUIRE_OK(bank, status);
    while (kv_cursor_next(cursor, &key, &value) == KV_OK && value.size == sizeof balance) {
        memcpy(&balance, value.data, sizeof balance);
        sum += balance;
    }
    kv_cursor_close(cursor);
    REQUIRE(bank, sum == (int64_t)ACCOUNTS * BALANCE);
    REQUIRE_OK(bank, kv_txn_sequence(txn, "moves", 0, &moves));
    REQUIRE_OK(bank, kv_txn_count(txn, "moves", &counted));
    REQUIRE(bank, moves == counted);
    return KV_OK;
}

/* ---- writers ---- */

struct move {
    struct bank *bank;
    unsigned writer, round;
};

/* A bucket of the writer's own comes and goes, each time of another kind. */
static int remake_bucket(kv_txn *txn, const struct move *move)
{
    static const kv_kind kinds[] = {KV_PLAIN, KV_DUP_SORT, KV_REVERSE_KEY, KV_DUP_FIXED};
    char name[16];
    snprintf(name, sizeof name, "own%u", move->writer);
    int status = kv_bucket_drop(txn, name);
    if (status >= 0) {
        status = kv_bucket_create(txn, name, kinds[move->round / 8 % 4], NULL);
    }
    return status < 0 ? status : kv_txn_put(txn, name, kv_slice_text("key"), kv_slice_text("value"));
}

static int transfer(kv_txn *txn, void *argument)
{
    const struct move *move = argument;
    struct bank *bank = move->bank;
    char from_room[16], to_room[16], name[16], value[16];
    int64_t from_balance, to_balance, amount = 1 + move->round % 7;
    uint64_t before;
    kv_slice from = account(move->writer * 5 + move->round, from_room);
    kv_slice to = account(move->writer * 3 + move->round * 7 + 1, to_room);
    if (kv_slice_equal(from, to)) {
        to = account(move->writer * 3 + move->round * 7 + 2, to_room);
    }
    REQUIRE(bank, read_balance(txn, from, &from_balance) == KV_OK && read_balance(txn, to, &to_balance) == KV_OK);
    from_balance -= amount;
    REQUIRE_OK(bank, kv_txn_put(txn, "accounts", from, kv_slice_of(&from_balance, sizeof from_balance)));
    if (move->round % 11 == 10) {
        return GIVEN_UP; /* in the middle: nothing of it may be seen */
    }
    to_balance += amount;
    REQUIRE_OK(bank, kv_txn_put(txn, "accounts", to, kv_slice_of(&to_balance, sizeof to_balance)));
    snprintf(name, sizeof name, "writer%u", move->writer);
    snprintf(value, sizeof value, "%06u", move->round);
    REQUIRE_OK(bank, kv_txn_put(txn, "moves", kv_slice_text(name), kv_slice_text(value)));
    REQUIRE_OK(bank, kv_txn_sequence(txn, "moves", 1, &before));
    if (move->round % 8 == 0) {
        REQUIRE(bank, remake_bucket(txn, move) >= 0);
    }
    return check(txn, bank);
}

static void *write_on(void *argument)
{
    struct bank *bank = argument;
    struct move move = {.bank = bank, .writer = atomic_fetch_add(&bank->number, 1)};
    for (move.round = 0; move.round < ROUNDS && atomic_load(&bank->failure) == 0; move.round++) {
        kv_deadline deadline = move.round % 2 == 0 ? KV_FOREVER : kv_deadline_after(60000);
        int status = kv_store_update(bank->opened.store, deadline, transfer, &move);
        if (status == KV_OK) {
            atomic_fetch_add(&bank->moved, 1);
        } else if (status != GIVEN_UP || move.round % 11 != 10) {
            note(bank, status, __LINE__);
        }
    }
    atomic_fetch_sub(&bank->writing, 1);
    return NULL;
}

/* ---- readers and committers ---- */

static bool is_going_on(struct bank *bank)
{
    return atomic_load(&bank->writing) > 0 && atomic_load(&bank->failure) == 0;
}

static void *read_on(void *argument)
{
    struct bank *bank = argument;
    while (is_going_on(bank)) {
        int status = kv_store_view(bank->opened.store, check, bank);
        if (status != KV_OK && status != KV_ERR_STALE) {
            note(bank, status, __LINE__);
        }
    }
    return NULL;
}

static void *commit_on(void *argument)
{
    struct bank *bank = argument;
    for (unsigned round = 0; is_going_on(bank); round++) {
        /* Every other one has so little time that some fail, and the next one has more to do. */
        kv_deadline deadline = round % 2 == 0 ? KV_FOREVER : kv_deadline_after(1);
        int status = kv_session_commit(bank->opened.session, deadline, NULL);
        if (status >= 0 || (status == KV_ERR_TIMEOUT && deadline != KV_FOREVER)) {
            status = kv_store_view(bank->opened.base, check, bank);
        }
        if (status != KV_OK && status != KV_ERR_STALE) {
            note(bank, status, __LINE__);
        }
    }
    return NULL;
}

static int count_outside(kv_txn *txn, void *argument)
{
    uint64_t before;
    (void)argument;
    return kv_txn_sequence(txn, "outside", 1, &before);
}

static void *write_outside(void *argument)
{
    struct bank *bank = argument;
    for (int i = 0; i < OUTSIDE_ROUNDS; i++) {
        int status = kv_store_update(bank->opened.base, KV_FOREVER, count_outside, NULL);
        if (status != KV_OK) {
            note(bank, status, __LINE__);
        }
    }
    return NULL;
}

/* ---- the test ---- */

static int read_outside(kv_txn *txn, void *argument)
{
    return kv_txn_sequence(txn, "outside", 0, argument);
}

static int read_moves(kv_txn *txn, void *argument)
{
    return kv_txn_count(txn, "moves", argument);
}

static void check_end(struct bank *bank)
{
    uint64_t moves = 0, outside = 0;
    if (bank->opened.session != NULL) {
        kv_session_stat stat;
        kv_session_statistics(bank->opened.session, &stat);
        print_message("%s: %u commits, %u in vain\n", bank->opened.row->name, (unsigned)stat.commits,
                      (unsigned)stat.failures);
        assert_true(kv_session_commit(bank->opened.session, KV_FOREVER, NULL) >= 0);
        assert_int_equal(kv_store_view(bank->opened.store, read_outside, &outside), KV_OK);
        assert_int_equal(outside, OUTSIDE_ROUNDS);
    }
    assert_int_equal(kv_store_view(bank->opened.base, check, bank), KV_OK);
    assert_int_equal(kv_store_view(bank->opened.base, read_moves, &moves), KV_OK);
    assert_int_equal(moves, atomic_load(&bank->moved));
    assert_int_equal(moves, WRITERS * (ROUNDS - ROUNDS / 11));
}

static void what_must_hold_holds_in_every_snapshot(void **state)
{
    static struct bank bank;
    pthread_t threads[WRITERS + READERS + 2];
    unsigned count = 0;
    memset(&bank, 0, sizeof bank);
    store_row_open(&bank.opened, *state, 0);
    assert_true(kv_store_update(bank.opened.store, KV_FOREVER, fill, NULL) >= 0);
    if (bank.opened.session != NULL) {
        assert_int_equal(kv_session_commit(bank.opened.session, KV_FOREVER, NULL), KV_OK);
    }
    atomic_store(&bank.writing, WRITERS);
    for (; count < WRITERS + READERS; count++) {
        assert_int_equal(pthread_create(&threads[count], NULL, count < WRITERS ? write_on : read_on, &bank), 0);
    }
    if (bank.opened.session != NULL) {
        assert_int_equal(pthread_create(&threads[count++], NULL, commit_on, &bank), 0);
        assert_int_equal(pthread_create(&threads[count++], NULL, write_outside, &bank), 0);
    }
    while (count > 0) {
        pthread_join(threads[--count], NULL);
    }
    if (atomic_load(&bank.failure) != 0) {
        fail_msg("%s: the first failure was in line %d: %s", bank.opened.row->name, atomic_load(&bank.failure),
                 kv_status_name(atomic_load(&bank.status)));
    }
    check_end(&bank);
    store_row_close(&bank.opened);
}

int main(void)
{
    static struct store_row lmdb = {.name = "lmdb", .scheme = "lmdb"};
    static struct store_row memory = {.name = "memory", .scheme = "mem"};
    static struct store_row session = {.name = "lmdb+overlay", .scheme = "lmdb", .is_session = true};
    static struct store_row memory_session = {.name = "memory+overlay", .scheme = "mem", .is_session = true};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(what_must_hold_holds_in_every_snapshot, &lmdb),
        cmocka_unit_test_prestate(what_must_hold_holds_in_every_snapshot, &memory),
        cmocka_unit_test_prestate(what_must_hold_holds_in_every_snapshot, &session),
        cmocka_unit_test_prestate(what_must_hold_holds_in_every_snapshot, &memory_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
