/*
 * LMDB's bucket handles under threads: buckets are made, dropped, made again as another kind, read and given up, all at
 * once. Every pair names its bucket, so that a handle that leads to another bucket shows.
 *
 * test timeout: 120
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kvcore/kvcore.h"
#include "tests/unit/foreign.h"

enum { READERS = 3, WRITERS = 2, BUCKETS = 12, READS = 10000, WRITES = 1000, MADE = 5000, KEPT = 100 };

struct shared {
    char path[PLACE_MAX];
    kv_store *store;
    atomic_int failures;
    atomic_int hits;
    atomic_int writers_left;
    atomic_uint followed; /* how many commits the reader of the last test has come to */
};

struct worker {
    struct shared *shared;
    pthread_t thread;
    unsigned seed;
};

static void check(struct shared *shared, bool is_good, const char *what, int status)
{
    if (!is_good && atomic_fetch_add(&shared->failures, 1) < 5) {
        print_error("%s: %s\n", what, kv_status_name(status));
    }
}

static void name_of(unsigned number, char *name)
{
    snprintf(name, 16, "bucket%04u", number);
}

/* Half of the kinds are dup-sort; a bucket of one kind becomes one of the other when it is made again. */
static void check_bucket(struct shared *shared, kv_txn *txn, const char *name)
{
    kv_bucket *bucket;
    kv_cursor *cursor;
    kv_slice key, value;
    uint64_t count = 0, pairs = 0;
    int status = kv_bucket_open(txn, name, &bucket);
    /* BUSY: an older bucket of the name is still read. */
    check(shared, status >= 0 || status == KV_ERR_STALE || status == KV_ERR_BUSY || status == KV_ERR_TOO_MANY_BUCKETS,
          "open", status);
    if (status != KV_OK) {
        return;
    }
    status = kv_bucket_count(bucket, &count);
    check(shared, status == KV_OK, "count", status);
    status = kv_cursor_open(bucket, &cursor);
    check(shared, status == KV_OK, "cursor", status);
    while ((status = kv_cursor_next(cursor, &key, &value)) == KV_OK) {
        pairs++;
        check(shared, value.size >= strlen(name) && memcmp(value.data, name, strlen(name)) == 0, "value", 0);
    }
    check(shared, status == KV_NOT_FOUND, "next", status);
    check(shared, pairs == count && pairs > 0, "number of pairs", 0);
    kv_cursor_close(cursor);
    atomic_fetch_add(&shared->hits, 1);
}

static void check_one(struct shared *shared, kv_txn *txn, const char *name)
{
    kv_slice value;
    int status = kv_txn_get(txn, name, kv_slice_text("key"), &value);
    check(shared, status == KV_OK && kv_slice_equal(value, kv_slice_text(name)), name, status);
    atomic_fetch_add(&shared->hits, 1);
}

static void *run_reader(void *argument)
{
    struct worker *worker = argument;
    struct shared *shared = worker->shared;
    kv_txn *txn = NULL;
    int status = kv_txn_begin(shared->store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
    for (int i = 0; i < READS || atomic_load(&shared->writers_left) > 0; i++) {
        check(shared, status == KV_OK, "begin", status);
        for (int j = rand_r(&worker->seed) % 4; j >= 0; j--) {
            char name[16];
            name_of((unsigned)rand_r(&worker->seed) % BUCKETS, name);
            check_bucket(shared, txn, name);
        }
        if (rand_r(&worker->seed) % 4 != 0) {
            kv_txn_reset(txn);
            status = kv_txn_renew(txn);
        } else {
            kv_txn_free(txn);
            txn = NULL;
            status = kv_txn_begin(shared->store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
        }
    }
    kv_txn_free(txn);
    return NULL;
}

static int fill(kv_txn *txn, const char *name, unsigned *seed)
{
    kv_bucket *bucket;
    int status = kv_bucket_create(txn, name, rand_r(seed) % 2 ? KV_DUP_SORT : KV_PLAIN, &bucket);
    if (status == KV_ERR_INCOMPATIBLE) {
        status = kv_bucket_open(txn, name, &bucket);
    }
    for (int i = 0; i < 20 && status >= 0; i++) {
        char key[16], value[32];
        snprintf(key, sizeof key, "%d", rand_r(seed) % 10);
        snprintf(value, sizeof value, "%s %d", name, i);
        status = kv_bucket_put(bucket, kv_slice_text(key), kv_slice_text(value));
    }
    return status;
}

static void write_once(struct worker *worker)
{
    struct shared *shared = worker->shared;
    kv_txn *txn, *child = NULL;
    char name[16];
    int status = kv_txn_begin(shared->store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn);
    check(shared, status == KV_OK, "begin to write", status);
    for (int i = 0; i < 3 && status >= 0; i++) {
        name_of((unsigned)rand_r(&worker->seed) % BUCKETS, name);
        if (i == 2 && rand_r(&worker->seed) % 3 == 0 &&
            kv_txn_begin(shared->store, txn, KV_TXN_WRITE, 0, &child) != 0) {
            check(shared, false, "begin a child", 0);
        }
        kv_txn *inner = child != NULL ? child : txn;
        if (rand_r(&worker->seed) % 3 == 0) {
            status = kv_bucket_drop(inner, name);
        }
        if (status >= 0 && rand_r(&worker->seed) % 3 != 0) {
            status = fill(inner, name, &worker->seed);
        }
    }
    check(shared, status >= 0 || status == KV_ERR_BUSY || status == KV_ERR_TOO_MANY_BUCKETS, "write", status);
    if (child != NULL && status >= 0 && rand_r(&worker->seed) % 2) {
        status = kv_txn_close(child);
    } else {
        kv_txn_free(child);
    }
    if (status >= 0 && rand_r(&worker->seed) % 5 != 0) {
        status = kv_txn_close(txn);
        check(shared, status == KV_OK, "commit", status);
    } else {
        kv_txn_free(txn);
    }
}

static void *run_writer(void *argument)
{
    struct worker *worker = argument;
    for (int i = 0; i < WRITES; i++) {
        write_once(worker);
    }
    atomic_fetch_sub(&worker->shared->writers_left, 1);
    return NULL;
}

static void run_all(const char *settings)
{
    struct shared shared = {.writers_left = WRITERS};
    struct worker workers[READERS + WRITERS];
    kv_message message = {""};
    place_new("store", shared.path);
    int status = kv_store_open(shared.path, KV_OPEN_CREATE | KV_OPEN_NO_SYNC, settings, &shared.store, &message);
    if (status != KV_OK) {
        fail_msg("%s", message.text);
    }
    for (unsigned i = 0; i < READERS + WRITERS; i++) {
        workers[i] = (struct worker){.shared = &shared, .seed = i + 1};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, i < READERS ? run_reader : run_writer, &workers[i]),
                         0);
    }
    for (unsigned i = 0; i < READERS + WRITERS; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    assert_int_equal(kv_store_close(shared.store), KV_OK);
    place_remove(shared.path);
    assert_int_equal(atomic_load(&shared.failures), 0);
    assert_true(atomic_load(&shared.hits) > READS);
}

static void with_room_for_all(void **state)
{
    (void)state;
    run_all(NULL);
}

static void with_few_handles(void **state)
{
    (void)state;
    run_all("buckets=5");
}

/* One bucket a commit, and an old one less. */
static void *make_buckets(void *argument)
{
    struct shared *shared = argument;
    for (unsigned i = 0; i < MADE; i++) {
        kv_txn *txn;
        char name[16];
        while (i > atomic_load(&shared->followed) + KEPT / 2) {
            sched_yield(); /* what the reader is about to open must not be dropped yet */
        }
        int status = kv_txn_begin(shared->store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn);
        check(shared, status == KV_OK, "begin to write", status);
        if (i >= KEPT) {
            name_of(i - KEPT, name);
            status = kv_bucket_drop(txn, name);
            check(shared, status == KV_OK, "drop", status);
        }
        name_of(i, name);
        status = kv_txn_put(txn, name, kv_slice_text("key"), kv_slice_text(name));
        check(shared, status == KV_OK, "put", status);
        status = kv_txn_close(txn);
        check(shared, status == KV_OK, "commit", status);
    }
    atomic_fetch_sub(&shared->writers_left, 1);
    return NULL;
}

/* Takes each snapshot as soon as there is one, and opens its newest bucket when there is the next. */
static void follow_commits(struct shared *shared)
{
    uint64_t last = 0, newest = 0;
    while (atomic_load(&shared->writers_left) > 0) {
        kv_txn *txn;
        int status = kv_txn_begin(shared->store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
        check(shared, status == KV_OK, "begin", status);
        uint64_t id = kv_txn_id(txn);
        if (id != last) {
            char name[16];
            last = id;
            atomic_store(&shared->followed, (unsigned)id);
            while (newest <= id && atomic_load(&shared->writers_left) > 0) {
                status = kv_store_txid(shared->store, &newest);
                check(shared, status == KV_OK, "txid", status);
            }
            if (id > 0) {
                name_of((unsigned)id - 1, name); /* the first commit of a new store has number 1 */
                check_one(shared, txn, name);
            }
        }
        kv_txn_free(txn);
    }
}

/* A snapshot that shows a bucket can open it, however late. */
static void opened_after_the_next_commit(void **state)
{
    (void)state;
    struct shared shared = {.writers_left = 1};
    kv_message message = {""};
    pthread_t maker;
    assert_int_equal(kv_store_open("mem:", KV_OPEN_CREATE, NULL, &shared.store, &message), KV_OK);
    assert_int_equal(pthread_create(&maker, NULL, make_buckets, &shared), 0);
    follow_commits(&shared);
    pthread_join(maker, NULL);
    assert_int_equal(kv_store_close(shared.store), KV_OK);
    assert_int_equal(atomic_load(&shared.failures), 0);
    assert_true(atomic_load(&shared.hits) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_room_for_all),
        cmocka_unit_test(with_few_handles),
        cmocka_unit_test(opened_after_the_next_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
