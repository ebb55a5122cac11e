#include "tests/model/run.h"

#include <time.h>

enum { STEPS_IN_CI = 40000 };

/* ---- telling ---- */

void say(struct run *run, const char *format, ...)
{
    char *line = run->log[run->step % LOG_LINES];
    size_t used = (size_t)snprintf(line, LOG_WIDTH, "%lu: ", run->step);
    va_list list;
    va_start(list, format);
    vsnprintf(line + used, LOG_WIDTH - used, format, list);
    va_end(list);
    if (run->is_tracing) {
        print_message("%s\n", line);
    }
}

void mismatch(struct run *run, const char *format, ...)
{
    char text[1000];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    for (unsigned i = 1; i <= LOG_LINES; i++) {
        const char *line = run->log[(run->step + i) % LOG_LINES];
        if (line[0] != '\0') {
            print_error("  %s\n", line);
        }
    }
    print_error("%s: step %lu: %s\n", run->opened.row->name, run->step, text);
    print_error("again: KV_TEST_SEED=%llu KV_TEST_STEPS=%lu KV_TEST_TRACE=1\n", (unsigned long long)run->seed,
                run->step + 1);
    fail();
    abort(); /* fail() does not come back */
}

void expect_status(struct run *run, int status, int expected)
{
    if (status != expected) {
        mismatch(run, "%s, not %s", kv_status_name(status), kv_status_name(expected));
    }
}

void expect_slice(struct run *run, const char *what, kv_slice is, kv_slice expected)
{
    if (!kv_slice_equal(is, expected)) {
        mismatch(run, "the %s is %s of %zu, not %s of %zu", what, shown(is), is.size, shown(expected), expected.size);
    }
}

/* ---- comparing everything ---- */

static void compare_walk(struct run *run, kv_txn *txn, int number, const struct map *map, bool is_back)
{
    kv_slice key, value;
    kv_cursor *cursor = NULL;
    expect_status(run, kv_txn_cursor(txn, bucket_names[number], &cursor), KV_OK);
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = map->entries[is_back ? map->count - 1 - i : i];
        int status = (is_back ? kv_cursor_prev : kv_cursor_next)(cursor, &key, &value);
        if (status != KV_OK) {
            mismatch(run, "%s %s: %s before %s", is_back ? "backwards" : "forwards", bucket_names[number],
                     kv_status_name(status), shown(entry_key(entry)));
        }
        if (!kv_slice_equal(key, entry_key(entry)) || !kv_slice_equal(value, entry_value(entry))) {
            mismatch(run, "%s %s: pair %zu is %s=%s, not %s=%s", is_back ? "backwards" : "forwards",
                     bucket_names[number], i, shown(key), shown(value), shown(entry_key(entry)),
                     shown(entry_value(entry)));
        }
    }
    expect_status(run, (is_back ? kv_cursor_prev : kv_cursor_next)(cursor, &key, &value), KV_NOT_FOUND);
    kv_cursor_close(cursor);
}

static void compare_names(struct run *run, kv_txn *txn, const struct world *world)
{
    char name[KV_BUCKET_NAME_SIZE] = "";
    for (int i = 1; i < BUCKETS; i++) {
        if (world->maps[i].exists) {
            expect_status(run, kv_bucket_next(txn, name[0] != '\0' ? name : NULL, name), KV_OK);
            if (strcmp(name, bucket_names[i]) != 0) {
                mismatch(run, "bucket %s, not %s", name, bucket_names[i]);
            }
        }
    }
    expect_status(run, kv_bucket_next(txn, name[0] != '\0' ? name : NULL, name), KV_NOT_FOUND);
}

void compare_world(struct run *run, kv_txn *txn, const struct world *world)
{
    compare_names(run, txn, world);
    for (int i = 0; i < BUCKETS; i++) {
        uint64_t count = 0;
        const struct map *map = &world->maps[i];
        compare_walk(run, txn, i, map, false);
        compare_walk(run, txn, i, map, true);
        int status = kv_txn_count(txn, bucket_names[i], &count);
        expect_status(run, status, map->exists ? KV_OK : KV_NOT_FOUND);
        if (count != map->count) {
            mismatch(run, "%s counts %llu, not %zu", bucket_names[i], (unsigned long long)count, map->count);
        }
    }
}

/* ---- running ---- */

static void operate(struct run *run)
{
    static const struct {
        bool (*operate)(struct run *run);
        unsigned share;
    } table[] = {{operate_txn, 10},          {operate_session, 40},     {operate_bucket, 3}, {operate_range, 4},
                 {operate_cursor_write, 20}, {operate_cursor_move, 60}, {operate_pair, 30},  {operate_bulk, 1}};
    bool is_done = false;
    while (!is_done) {
        unsigned i = 0;
        for (unsigned left = any(run, 168); left >= table[i].share; i++) {
            left -= table[i].share;
        }
        is_done = table[i].operate(run);
    }
}

static unsigned long number_from(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? strtoul(text, NULL, 10) : otherwise;
}

static struct run run;

static int open_run(void **state)
{
    const struct store_row *row = *state;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    memset(&run, 0, sizeof run);
    run.seed = number_from("KV_TEST_SEED", (unsigned long)now.tv_nsec ^ (unsigned long)now.tv_sec << 20);
    run.random = run.seed * 2 + 1;
    run.steps = number_from("KV_TEST_STEPS", STEPS_IN_CI);
    run.is_tracing = getenv("KV_TEST_TRACE") != NULL;
    run.is_paranoid = getenv("KV_TEST_PARANOID") != NULL;
    for (int i = 0; i < BUCKETS; i++) {
        run.committed.maps[i].kind = run.base.maps[i].kind = bucket_kinds[i];
    }
    run.committed.maps[0].exists = run.base.maps[0].exists = true;
    store_row_open(&run.opened, row, 0);
    run.can = kv_store_capabilities(run.opened.store);
    print_message("%s: KV_TEST_SEED=%llu KV_TEST_STEPS=%lu\n", row->name, (unsigned long long)run.seed, run.steps);
    return 0;
}

static void random_operations_agree_with_the_model(void **state)
{
    (void)state;
    for (run.step = 0; run.step < run.steps; run.step++) {
        operate(&run);
        if (run.is_paranoid && run.depth > 0) {
            compare_world(&run, top(&run)->txn, &top(&run)->world);
        }
    }
    end_levels(&run, true);
}

static int close_run(void **state)
{
    (void)state;
    while (run.depth > 0) {
        release_level(&run.levels[--run.depth]);
    }
    release_level(&run.old);
    store_row_close(&run.opened);
    world_clear(&run.committed);
    world_clear(&run.base);
    for (int i = 0; i < BUCKETS; i++) {
        map_clear(&run.touched[i]);
        free(run.touched[i].entries);
    }
    return 0;
}

int run_model(const struct store_row *row)
{
    struct CMUnitTest test =
        cmocka_unit_test_setup_teardown(random_operations_agree_with_the_model, open_run, close_run);
    memcpy(&test.initial_state, &row, sizeof row);
    return _cmocka_run_group_tests(row->name, &test, 1, NULL, NULL);
}
