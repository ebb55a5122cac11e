#include "tests/conformance/suite.h"

#include <pthread.h>
#include <time.h>

static void a_store_tells_what_it_is(struct fixture *f)
{
    kv_limits limits;
    kv_store_limits(f->store, &limits);
    assert_true(limits.key_max > 0 && limits.value_max > 0 && limits.dup_max > 0 && limits.bucket_name_max > 0);
    assert_int_equal(limits.kinds & ~(kv_kind)KV_KIND_ALL, 0);
    if (f->place.session == NULL) {
        assert_string_equal(kv_store_scheme(f->store), f->place.row->scheme);
        assert_string_equal(kv_store_location(f->store), f->place.location);
    }
}

static void row25_the_disk_size_is_that_of_the_files(struct fixture *f)
{
    uint64_t before = 0, after = 0;
    char value[1000];
    memset(value, 'v', sizeof value);
    assert_status(kv_store_disk_size(f->store, &before), KV_OK);
    kv_txn *txn = begin_write(f);
    for (uint32_t i = 0; i < 2000; i++) {
        assert_status(kv_txn_put(txn, "b", V(i), kv_slice_of(value, sizeof value)), KV_OK);
    }
    commit(f, txn);
    fixture_reopen(f, 0);
    assert_status(kv_store_disk_size(f->store, &after), KV_OK);
    assert_true(after >= 2000000 && after > before);
    kv_store_stat stat;
    assert_status(kv_store_statistics(f->store, &stat), KV_OK);
    assert_int_equal(stat.disk_size, after);
}

static void row20_what_is_committed_is_there_after_reopening(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    fill(f, "d", KV_DUP_SORT, "a=1 a=2");
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("lost"), T("x")), KV_OK);
    give_up(f, txn);
    assert_status(kv_store_sync(f->store), KV_OK);
    fixture_reopen(f, 0);
    assert_committed(f, "b", "a=1 b=2");
    assert_committed(f, "d", "a=1 a=2");
}

/* ---- threads ---- */

enum { THREADS = 4, ROUNDS = 40 };

static int add_one(kv_txn *txn, void *argument)
{
    uint64_t before;
    (void)argument;
    return kv_txn_sequence(txn, "counter", 1, &before);
}

static int read_counter(kv_txn *txn, void *argument)
{
    return kv_txn_sequence(txn, "counter", 0, argument);
}

/* Returns NULL, or something when a call failed or a counter went backwards. */
static void *count_up(void *store)
{
    uint64_t seen = 0, now = 0;
    for (int i = 0; i < ROUNDS; i++) {
        if (kv_store_update(store, KV_FOREVER, add_one, NULL) != KV_OK ||
            kv_store_view(store, read_counter, &now) != KV_OK || now <= seen) {
            return store;
        }
        seen = now;
    }
    return NULL;
}

static void row20_writers_exclude_each_other(struct fixture *f)
{
    pthread_t threads[THREADS];
    uint64_t total = 0;
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, f->store), 0);
    }
    bool is_good = true;
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        is_good = is_good && failed == NULL;
    }
    assert_true(is_good);
    assert_status(kv_store_view(f->store, read_counter, &total), KV_OK);
    assert_int_equal(total, THREADS * ROUNDS);
}

struct late_reader {
    kv_store *store;
    kv_txn *txn;
    int status;
};

/* Holds a transaction until the store refuses new ones, which close_waits makes it do. */
static void *hold_until_closed(void *argument)
{
    struct late_reader *reader = argument;
    kv_deadline end = kv_deadline_after(20000);
    struct timespec now;
    do {
        kv_txn *txn = NULL;
        reader->status = kv_txn_begin(reader->store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
        kv_txn_free(txn);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (reader->status == KV_OK && now.tv_sec * INT64_C(1000000000) < end);
    kv_txn_free(reader->txn);
    return NULL;
}

static void row20_close_waits_for_open_transactions(struct fixture *f)
{
    pthread_t thread;
    struct late_reader reader = {.store = f->store, .status = KV_OK};
    fill(f, "b", KV_PLAIN, "a=1");
    assert_status(kv_txn_begin(f->store, NULL, KV_TXN_READ, KV_FOREVER, &reader.txn), KV_OK);
    assert_int_equal(pthread_create(&thread, NULL, hold_until_closed, &reader), 0);
    f->place.base = NULL;
    f->place.store = NULL;
    assert_status(kv_store_close(f->store), KV_OK);
    pthread_join(thread, NULL);
    assert_status(reader.status, KV_ERR_CLOSED);
}

static const struct conformance_case cases[] = {
    CASE(a_store_tells_what_it_is, READ_HALF),
    CASE(row25_the_disk_size_is_that_of_the_files, KV_CAN_WRITE | NEEDS_FILES | NEEDS_BARE),
    CASE(row20_what_is_committed_is_there_after_reopening, KV_CAN_WRITE),
    CASE(row20_writers_exclude_each_other, KV_CAN_WRITE),
    CASE(row20_close_waits_for_open_transactions, KV_CAN_WRITE | NEEDS_BARE),
};
GROUP(store_cases, cases);
