/* The trace: it reports calls, and sees what a bad backend and a bad core break. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kvcore/kvcore.h"
#include "kvcore/layer/readonly.h"
#include "kvcore/layer/trace.h"
#include "kvcore/registry/registry.h"

static const kv_slice nothing = {.data = NULL, .size = 0};

/* What the sink has seen. */
struct seen {
    unsigned calls;
    unsigned violations;
    struct kvi_trace_event last;
    struct kvi_trace_event violated; /* the last violation */
};

static void see(void *argument, const struct kvi_trace_event *event)
{
    struct seen *seen = argument;
    if (event->violation) {
        seen->violations++;
        seen->violated = *event;
        return;
    }
    seen->calls++;
    seen->last = *event;
}

/* ---- a store of one bucket with three pairs, which breaks one rule ---- */

enum fault {
    NO_FAULT,
    BAD_CODE,         /* a number that is no status */
    BAD_ANSWER,       /* a status that the slot does not give */
    WRITES_OUTPUT,    /* an output on KV_NOT_FOUND */
    FORGETS_OUTPUT,   /* none on KV_OK */
    LEAVES_PLACE,     /* NEXT at the end begins again */
    WRONG_WAY,        /* NEXT goes back */
    CHANGES_LENT,     /* bytes of a read transaction change */
    LENDS_ANOTHER,    /* two objects of one bucket */
    GOES_ON_IN_BROKEN /* commits after it said that it is broken */
};

static enum fault fault;

struct bad_cursor {
    struct kvi_cursor cursor;
    int at;
};

static char lent_key[3][2] = {"a", "b", "c"};
static struct kvi_store bad_store;
static struct kvi_txn bad_txn;
static struct kvi_bucket bad_buckets[2];
static struct bad_cursor bad_cursor;
static unsigned lendings;

static int bad_close(struct kvi_store *store)
{
    (void)store;
    return KV_OK;
}

static int bad_begin(struct kvi_store *store, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                     struct kvi_txn **ret_txn)
{
    (void)parent;
    (void)deadline;
    bad_txn = (struct kvi_txn){.store = store, .is_write = (flags & KV_TXN_WRITE) != 0};
    lendings = 0;
    *ret_txn = &bad_txn;
    return KV_OK;
}

static int bad_commit(struct kvi_txn *txn)
{
    (void)txn;
    return KV_OK;
}

static void bad_abort(struct kvi_txn *txn)
{
    (void)txn;
}

static int bad_bucket_open(struct kvi_txn *txn, const char *name, struct kvi_bucket **ret_bucket)
{
    (void)name;
    struct kvi_bucket *bucket = &bad_buckets[fault == LENDS_ANOTHER ? lendings++ % 2 : 0];
    bucket->txn = txn;
    *ret_bucket = bucket;
    return KV_OK;
}

static int bad_get(struct kvi_bucket *bucket, kv_slice key, kv_slice *ret_value)
{
    (void)bucket;
    switch (fault) {
    case BAD_CODE:
        return 1234;
    case BAD_ANSWER:
        return KV_EXISTS;
    case FORGETS_OUTPUT:
        return KV_OK;
    case WRITES_OUTPUT:
        *ret_value = key;
        return KV_NOT_FOUND;
    default:
        return KV_NOT_FOUND;
    }
}

static int bad_put(struct kvi_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode)
{
    (void)bucket;
    (void)key;
    (void)value;
    (void)mode;
    return fault == GOES_ON_IN_BROKEN ? KV_ERR_TXN_BROKEN : KV_OK;
}

static int bad_cursor_open(struct kvi_bucket *bucket, struct kvi_cursor **ret_cursor)
{
    bad_cursor = (struct bad_cursor){.cursor = {.bucket = bucket}};
    *ret_cursor = &bad_cursor.cursor;
    return KV_OK;
}

static void bad_cursor_close(struct kvi_cursor *cursor)
{
    (void)cursor;
    if (fault == CHANGES_LENT)
        lent_key[1][0] = 'x';
}

static int bad_cursor_move(struct kvi_cursor *base, enum kvi_move move, kv_slice key, kv_slice value, kv_slice *ret_key,
                           kv_slice *ret_value)
{
    struct bad_cursor *cursor = (struct bad_cursor *)base;
    (void)key;
    (void)value;
    int to = cursor->at;
    if (move == KVI_FIRST)
        to = 0;
    else if (move == KVI_LAST)
        to = 2;
    else if (move == KVI_NEXT)
        to += fault == WRONG_WAY ? -1 : 1;
    if (to < 0 || to > 2) {
        if (fault == LEAVES_PLACE)
            cursor->at = 0;
        return KV_NOT_FOUND;
    }
    cursor->at = to;
    *ret_key = kv_slice_of(lent_key[to], 1);
    *ret_value = nothing;
    return KV_OK;
}

static const struct kvi_backend bad_backend = {
    .scheme = "bad",
    .summary = "breaks a rule",
    .store_close = bad_close,
    .txn_begin = bad_begin,
    .txn_commit = bad_commit,
    .txn_abort = bad_abort,
    .bucket_open = bad_bucket_open,
    .get = bad_get,
    .put = bad_put,
    .cursor_open = bad_cursor_open,
    .cursor_close = bad_cursor_close,
    .cursor_move = bad_cursor_move,
};

/* A trace over it or over a real one, with a transaction and a bucket. */
struct traced {
    struct seen seen;
    struct kvi_store *store;
    const struct kvi_backend *ops;
    struct kvi_txn *txn;
    struct kvi_bucket *bucket;
};

static void open_traced(struct traced *traced, struct kvi_store *below, unsigned flags)
{
    *traced = (struct traced){.store = NULL};
    assert_int_equal(kvi_trace_open(below, see, &traced->seen, &traced->store), KV_OK);
    traced->ops = traced->store->backend;
    assert_int_equal(traced->ops->txn_begin(traced->store, NULL, flags, KV_FOREVER, &traced->txn), KV_OK);
    traced->ops = traced->txn->store->backend;
    assert_int_equal(traced->ops->bucket_open(traced->txn, "", &traced->bucket), KV_OK);
}

static void open_bad(struct traced *traced, enum fault which, unsigned flags)
{
    fault = which;
    memcpy(lent_key, (char[3][2]){"a", "b", "c"}, sizeof lent_key);
    bad_store = (struct kvi_store){
        .backend = &bad_backend, .capabilities = KV_CAN_WRITE, .limits = {.key_max = 8, .value_max = 8}};
    open_traced(traced, &bad_store, flags);
}

static struct kvi_store *open_memory(void)
{
    struct kvi_store *store;
    const struct kvi_backend *memory = kvi_registry_find(kv_slice_text("mem"));
    assert_non_null(memory);
    assert_int_equal(kvi_registry_open(memory, "", KV_OPEN_CREATE, NULL, &store, NULL), KV_OK);
    return store;
}

static void close_traced(struct traced *traced)
{
    assert_int_equal(traced->store->backend->store_close(traced->store), KV_OK);
}

/* Exactly the violations that are expected, the last of them about `what`. */
static void assert_seen(const struct traced *traced, unsigned violations, const char *what)
{
    if (traced->seen.violations > 0 && !strstr(traced->seen.violated.violation, what))
        fail_msg("\"%s\" is not about \"%s\"", traced->seen.violated.violation, what);
    assert_int_equal(traced->seen.violations, violations);
    assert_int_equal(kvi_trace_violations(traced->store), violations);
}

static void bad_answers_are_caught(void **state)
{
    (void)state;
    static const struct {
        enum fault fault;
        const char *what;
        int status;
    } cases[] = {
        {BAD_CODE, "not in status.h", 1234},
        {BAD_ANSWER, "answer that the slot does not have", KV_EXISTS},
        {WRITES_OUTPUT, "wrote an output", KV_NOT_FOUND},
        {FORGETS_OUTPUT, "left an output unwritten", KV_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct traced traced;
        kv_slice value = nothing;
        open_bad(&traced, cases[i].fault, KV_TXN_READ);
        assert_int_equal(traced.ops->get(traced.bucket, kv_slice_text("k"), &value), cases[i].status);
        assert_seen(&traced, 1, cases[i].what);
        if (cases[i].status != KV_OK)
            assert_null(value.data);
        traced.ops->txn_abort(traced.txn);
        close_traced(&traced);
    }
}

static void bad_moves_are_caught(void **state)
{
    (void)state;
    struct traced traced;
    struct kvi_cursor *cursor;
    kv_slice key, value;
    open_bad(&traced, LEAVES_PLACE, KV_TXN_READ);
    assert_int_equal(traced.ops->cursor_open(traced.bucket, &cursor), KV_OK);
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_LAST, nothing, nothing, &key, &value), KV_OK);
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_NEXT, nothing, nothing, &key, &value), KV_NOT_FOUND);
    assert_seen(&traced, 1, "left the place");
    traced.ops->cursor_close(cursor);
    traced.ops->txn_abort(traced.txn);
    close_traced(&traced);

    open_bad(&traced, WRONG_WAY, KV_TXN_READ);
    assert_int_equal(traced.ops->cursor_open(traced.bucket, &cursor), KV_OK);
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_LAST, nothing, nothing, &key, &value), KV_OK);
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_NEXT, nothing, nothing, &key, &value), KV_OK);
    assert_seen(&traced, 1, "where the move does not go");
    traced.ops->cursor_close(cursor);
    traced.ops->txn_abort(traced.txn);
    close_traced(&traced);
}

static void changed_bytes_and_objects_are_caught(void **state)
{
    (void)state;
    struct traced traced;
    struct kvi_cursor *cursor;
    struct kvi_bucket *again;
    kv_slice key, value;
    open_bad(&traced, CHANGES_LENT, KV_TXN_READ);
    assert_int_equal(traced.ops->cursor_open(traced.bucket, &cursor), KV_OK);
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_FIRST, nothing, nothing, &key, &value), KV_OK);
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_NEXT, nothing, nothing, &key, &value), KV_OK);
    traced.ops->cursor_close(cursor);
    assert_seen(&traced, 0, "");
    traced.ops->txn_abort(traced.txn);
    assert_seen(&traced, 1, "changed lent bytes");
    close_traced(&traced);

    open_bad(&traced, LENDS_ANOTHER, KV_TXN_READ);
    assert_int_equal(traced.ops->bucket_open(traced.txn, "", &again), KV_OK);
    assert_seen(&traced, 1, "another bucket");
    traced.ops->txn_abort(traced.txn);
    close_traced(&traced);

    open_bad(&traced, GOES_ON_IN_BROKEN, KV_TXN_WRITE);
    assert_int_equal(traced.ops->put(traced.bucket, kv_slice_text("k"), nothing, KVI_PUT), KV_ERR_TXN_BROKEN);
    assert_seen(&traced, 0, "");
    assert_int_equal(traced.ops->txn_commit(traced.txn), KV_OK);
    assert_seen(&traced, 1, "broken");
    close_traced(&traced);
}

/* ---- a bad core over the memory store ---- */

static void misused_transactions_are_caught(void **state)
{
    (void)state;
    struct traced traced;
    struct kvi_txn *child;
    kv_slice value;
    open_traced(&traced, open_memory(), KV_TXN_READ);
    assert_int_equal(traced.ops->put(traced.bucket, kv_slice_text("k"), nothing, KVI_PUT), KV_ERR_INVALID);
    assert_seen(&traced, 1, "read-only");
    traced.ops->txn_abort(traced.txn);
    assert_int_equal(traced.ops->get(traced.bucket, kv_slice_text("k"), &value), KV_ERR_INVALID);
    assert_seen(&traced, 2, "bucket that has ended");
    assert_int_equal(traced.ops->txn_commit(traced.txn), KV_ERR_INVALID);
    assert_seen(&traced, 3, "transaction that has ended");
    close_traced(&traced);

    open_traced(&traced, open_memory(), KV_TXN_WRITE);
    assert_int_equal(traced.ops->txn_begin(traced.store, traced.txn, KV_TXN_WRITE, KV_FOREVER, &child), KV_OK);
    assert_int_equal(traced.ops->put(traced.bucket, kv_slice_text("k"), nothing, KVI_PUT), KV_ERR_INVALID);
    assert_seen(&traced, 1, "has a child");
    assert_int_equal(traced.ops->txn_commit(child), KV_OK);
    assert_int_equal(traced.ops->get(traced.bucket, kv_slice_text("k"), &value), KV_ERR_INVALID);
    assert_seen(&traced, 2, "ask for a bucket again");
    assert_int_equal(traced.ops->txn_commit(traced.txn), KV_OK);
    close_traced(&traced);
}

static void misused_cursors_are_caught(void **state)
{
    (void)state;
    struct traced traced;
    struct kvi_cursor *cursor;
    kv_slice key, value;
    open_traced(&traced, open_memory(), KV_TXN_WRITE);
    assert_int_equal(traced.ops->put(traced.bucket, kv_slice_text("k"), nothing, KVI_PUT), KV_OK);
    assert_int_equal(traced.ops->cursor_open(traced.bucket, &cursor), KV_OK);
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_NEXT, nothing, nothing, &key, &value), KV_ERR_INVALID);
    assert_seen(&traced, 1, "nowhere");
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_FIRST, nothing, nothing, &key, &value), KV_OK);
    assert_int_equal(traced.ops->put(traced.bucket, kv_slice_text("l"), nothing, KVI_PUT), KV_OK);
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_NEXT, nothing, nothing, &key, &value), KV_ERR_INVALID);
    assert_seen(&traced, 2, "after a write");
    assert_int_equal(traced.ops->cursor_move(cursor, KVI_SEEK, nothing, nothing, &key, &value), KV_ERR_INVALID);
    assert_seen(&traced, 3, "empty key");
    assert_int_equal(traced.ops->txn_commit(traced.txn), KV_OK);
    assert_seen(&traced, 4, "cursor open over the end");
    close_traced(&traced);
}

static void wrong_sizes_and_kinds_are_caught(void **state)
{
    (void)state;
    struct traced traced;
    struct kvi_bucket *numbers;
    const uint64_t number = 7;
    char long_key[4096] = "";
    open_traced(&traced, open_memory(), KV_TXN_WRITE);
    assert_int_equal(traced.ops->put(traced.bucket, nothing, nothing, KVI_PUT), KV_ERR_INVALID);
    assert_seen(&traced, 1, "empty key");
    assert_int_equal(traced.ops->put(traced.bucket, kv_slice_of(long_key, sizeof long_key), nothing, KVI_PUT),
                     KV_ERR_INVALID);
    assert_seen(&traced, 2, "key that is too long");
    assert_int_equal(traced.ops->put(traced.bucket, kv_slice_text("k"), nothing, KVI_APPEND_DUP), KV_ERR_INVALID);
    assert_seen(&traced, 3, "plain bucket");
    assert_int_equal(traced.ops->bucket_create(traced.txn, "numbers", KV_INTEGER_KEY, &numbers), KV_OK);
    assert_int_equal(traced.ops->put(numbers, kv_slice_text("odd"), nothing, KVI_PUT), KV_ERR_INVALID);
    assert_seen(&traced, 4, "integer key");
    assert_int_equal(traced.ops->put(numbers, kv_slice_of(&number, sizeof number), nothing, KVI_PUT), KV_OK);
    assert_int_equal(traced.ops->put(numbers, kv_slice_of(&number, sizeof(unsigned)), nothing, KVI_PUT),
                     KV_ERR_INVALID);
    assert_seen(&traced, 5, "integer key");
    assert_int_equal(traced.ops->bucket_create(traced.txn, "numbers", KV_INTEGER_KEY, &numbers), KV_ERR_INVALID);
    assert_seen(&traced, 6, "that is there");
    assert_int_equal(traced.ops->txn_commit(traced.txn), KV_OK);
    close_traced(&traced);
}

/* ---- no fault ---- */

static void calls_are_reported(void **state)
{
    (void)state;
    struct traced traced;
    kv_slice value;
    open_traced(&traced, open_memory(), KV_TXN_WRITE);
    unsigned before = traced.seen.calls;
    assert_int_equal(traced.ops->put(traced.bucket, kv_slice_text("key"), kv_slice_text("value"), KVI_PUT_NEW), KV_OK);
    assert_int_equal(traced.seen.calls, before + 1);
    assert_string_equal(traced.seen.last.slot, "put");
    assert_int_equal(traced.seen.last.detail, KVI_PUT_NEW);
    assert_int_equal(traced.seen.last.key_size, 3);
    assert_int_equal(traced.seen.last.value_size, 5);
    assert_true(traced.seen.last.nanoseconds > 0);
    assert_int_equal(traced.ops->get(traced.bucket, kv_slice_text("key"), &value), KV_OK);
    assert_string_equal(traced.seen.last.slot, "get");
    assert_int_equal(traced.seen.last.result_size, 5);
    assert_int_equal(traced.ops->get(traced.bucket, kv_slice_text("no"), &value), KV_NOT_FOUND);
    assert_int_equal(traced.seen.last.status, KV_NOT_FOUND);
    assert_int_equal(traced.seen.last.result_size, 0);
    traced.ops->txn_abort(traced.txn);
    assert_seen(&traced, 0, "");
    close_traced(&traced);
}

/* A slot that is not there stays so, and a layer below may hand out the transactions of what is under it. */
static void what_is_lacking_below_is_lacking(void **state)
{
    (void)state;
    struct traced traced;
    struct kvi_store *memory = open_memory(), *readonly;
    open_bad(&traced, NO_FAULT, KV_TXN_READ);
    assert_null(traced.ops->txn_reset);
    assert_null(traced.ops->cursor_multi);
    assert_null(traced.ops->reserve);
    traced.ops->txn_abort(traced.txn);
    close_traced(&traced);

    assert_int_equal(kvi_readonly_open(memory, &readonly), KV_OK);
    open_traced(&traced, readonly, KV_TXN_READ);
    assert_null(traced.store->backend->get);
    assert_non_null(traced.ops->get);
    kv_slice value;
    assert_int_equal(traced.ops->get(traced.bucket, kv_slice_text("k"), &value), KV_NOT_FOUND);
    traced.ops->txn_abort(traced.txn);
    assert_seen(&traced, 0, "");
    close_traced(&traced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_answers_are_caught),
        cmocka_unit_test(bad_moves_are_caught),
        cmocka_unit_test(changed_bytes_and_objects_are_caught),
        cmocka_unit_test(misused_transactions_are_caught),
        cmocka_unit_test(misused_cursors_are_caught),
        cmocka_unit_test(wrong_sizes_and_kinds_are_caught),
        cmocka_unit_test(calls_are_reported),
        cmocka_unit_test(what_is_lacking_below_is_lacking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
