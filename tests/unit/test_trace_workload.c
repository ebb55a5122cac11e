/* Random work through the public verbs over a traced memory store: neither the core nor the backend breaks a rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kvcore/core/core.h"
#include "kvcore/kvcore.h"
#include "kvcore/layer/trace.h"
#include "kvcore/registry/registry.h"
#include "tests/unit/random.h"

struct seen {
    unsigned calls;
    unsigned violations;
    struct kvi_trace_event violated; /* the last violation */
};

static void see(void *argument, const struct kvi_trace_event *event)
{
    struct seen *seen = argument;
    if (event->violation) {
        seen->violations++;
        seen->violated = *event;
    } else {
        seen->calls++;
    }
}

static struct kvi_store *open_memory(void)
{
    struct kvi_store *store;
    const struct kvi_backend *memory = kvi_registry_find(kv_slice_text("mem"));
    assert_non_null(memory);
    assert_int_equal(kvi_registry_open(memory, "", KV_OPEN_CREATE, NULL, &store, NULL), KV_OK);
    return store;
}

/* A key of few, so that pairs are met again; of a size that suits integer kinds too. */
static kv_slice draw(struct random *random, uint64_t *number)
{
    *number = random_below(random, 40) + 1;
    return kv_slice_of(number, sizeof *number);
}

static int move_at_random(struct random *random, kv_cursor *cursor, kv_slice key, kv_slice value)
{
    kv_slice run;
    uint64_t count;
    switch (random_below(random, 14)) {
    case 0:
        return kv_cursor_first(cursor, NULL, NULL);
    case 1:
        return kv_cursor_last(cursor, NULL, NULL);
    case 2:
        return kv_cursor_seek(cursor, key, NULL, NULL);
    case 3:
        return kv_cursor_seek_both_range(cursor, key, value, NULL);
    case 4:
        return kv_cursor_put(cursor, key, value);
    case 5:
        return kv_cursor_delete_current(cursor);
    case 6:
        return kv_cursor_next_dup(cursor, NULL, NULL);
    case 7:
        return kv_cursor_prev_no_dup(cursor, NULL, NULL);
    case 8:
        return kv_cursor_get_multi(cursor, &run);
    case 9:
        return kv_cursor_count_dups(cursor, &count);
    case 10:
        return kv_cursor_next_no_dup(cursor, NULL, NULL);
    case 11:
        return kv_cursor_set_keys_only(cursor, (int)random_below(random, 2));
    case 12:
        return kv_cursor_prev(cursor, NULL, NULL);
    default:
        return kv_cursor_next(cursor, NULL, NULL);
    }
}

static void work_on_cursor(struct random *random, kv_txn *txn, const char *name)
{
    kv_cursor *cursor __attribute__((cleanup(kv_cursor_close_scoped))) = NULL;
    if (kv_txn_cursor(txn, name, &cursor) != KV_OK)
        return;
    for (unsigned i = 0; i < 40; i++) {
        uint64_t first, second;
        kv_slice key = draw(random, &first), value = draw(random, &second);
        int status = move_at_random(random, cursor, key, value);
        assert_in_step(random, status >= KV_OK || status == KV_ERR_NOT_POSITIONED || status == KV_ERR_INCOMPATIBLE ||
                                   status == KV_ERR_READ_ONLY);
    }
}

static const struct {
    const char *name;
    kv_kind kind;
} buckets[] = {{"plain", KV_PLAIN},
               {"dups", KV_DUP_SORT},
               {"fixed", KV_DUP_FIXED},
               {"numbers", KV_INTEGER_KEY | KV_INTEGER_DUP},
               {"", KV_PLAIN}};

/* Random work in a transaction, some of it in children. */
static void work(struct random *random, kv_store *store, kv_txn *txn, unsigned depth)
{
    for (unsigned i = 0; i < 12; i++) {
        size_t at = random_below(random, sizeof buckets / sizeof *buckets);
        const char *name = buckets[at].name;
        uint64_t first, second;
        kv_slice key = draw(random, &first), value = draw(random, &second), found;
        if (name[0])
            assert_in_step(random, kv_bucket_create(txn, name, buckets[at].kind, NULL) >= KV_OK);
        work_on_cursor(random, txn, name);
        assert_in_step(random, kv_txn_put(txn, name, key, value) >= KV_OK);
        assert_in_step(random, kv_txn_get(txn, name, key, &found) == KV_OK);
        assert_in_step(random, kv_txn_delete_pair(txn, name, value, key) >= KV_OK);
        if (name[0] && random_below(random, 6) == 0)
            assert_in_step(random, kv_bucket_drop(txn, name) == KV_OK);
        else if (random_below(random, 6) == 0)
            assert_in_step(random, kv_bucket_clear(txn, name) == KV_OK);
        if (depth < 2 && random_below(random, 8) == 0) {
            kv_txn *child __attribute__((cleanup(kv_txn_free_scoped))) = NULL;
            assert_in_step(random, kv_txn_begin(store, txn, KV_TXN_WRITE, KV_FOREVER, &child) == KV_OK);
            work(random, store, child, depth + 1);
            if (random_below(random, 2))
                assert_in_step(random, kv_txn_commit(child, KV_FOREVER) == KV_OK);
        }
    }
}

static void look(struct random *random, kv_store *store)
{
    kv_txn *txn __attribute__((cleanup(kv_txn_free_scoped))) = NULL;
    kv_store_stat stat;
    assert_in_step(random, kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn) == KV_OK);
    for (size_t i = 0; i < sizeof buckets / sizeof *buckets; i++) {
        work_on_cursor(random, txn, buckets[i].name);
        assert_in_step(random, kv_txn_reset(txn) == KV_OK);
        assert_in_step(random, kv_txn_renew(txn) == KV_OK);
    }
    assert_in_step(random, kv_store_statistics(store, &stat) == KV_OK);
}

static void the_core_and_the_memory_store_break_no_rule(void **state)
{
    (void)state;
    uint64_t seed = random_first_seed(), steps = random_steps(20);
    for (uint64_t step = 0; step < steps; step++) {
        struct random random = random_of_seed(seed + step);
        struct seen seen = {0};
        struct kvi_store *traced;
        kv_store *store;
        assert_int_equal(kvi_trace_open(open_memory(), see, &seen, &traced), KV_OK);
        assert_int_equal(kvi_store_wrap(traced, "traced", 0, &store), KV_OK);
        for (unsigned round = 0; round < 3; round++) {
            kv_txn *txn __attribute__((cleanup(kv_txn_free_scoped))) = NULL;
            assert_in_step(&random, kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn) == KV_OK);
            work(&random, store, txn, 0);
            assert_in_step(&random, kv_txn_commit(txn, KV_FOREVER) == KV_OK);
            look(&random, store);
        }
        if (seen.violations > 0)
            print_error("%s: %s\n", seen.violated.slot, seen.violated.violation);
        assert_in_step(&random, seen.violations == 0 && kvi_trace_violations(traced) == 0);
        assert_in_step(&random, seen.calls > 1000);
        assert_int_equal(kv_store_close(store), KV_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_core_and_the_memory_store_break_no_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
