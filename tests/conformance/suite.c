#include "tests/conformance/suite.h"

enum { ROW_LAST = 34, CASES_MAX = 600 };

/* Rows of the table that no backend of today can show: tablets (29, 30) and the remote store (31). */
static const bool rows_of_later_stores[ROW_LAST + 1] = {[29] = true, [30] = true, [31] = true};

static const struct conformance_group *const groups[] = {
    &txn_cases,          &nested_cases, &managed_cases,  &bucket_cases,    &pair_cases,
    &kind_cases,         &append_cases, &move_cases,     &seek_cases,      &gap_cases,
    &cursor_write_cases, &prefix_cases, &dup_move_cases, &dup_fixed_cases, &sequence_cases,
    &range_cases,        &batch_cases,  &limit_cases,    &read_only_cases, &memory_cases,
    &backup_cases,       &root_cases,   &deadline_cases, &merge_cases,     &store_cases,
};

static const struct store_row *row_under_test;
static bool rows_that_ran[ROW_LAST + 1];

static void note_rows(const char *name)
{
    for (const char *at = strstr(name, "row"); at != NULL; at = strstr(at + 1, "row")) {
        int number = atoi(at + 3);
        if (number >= 1 && number <= ROW_LAST) {
            rows_that_ran[number] = true;
        }
    }
}

/* Opened and closed by cmocka's hooks, which run also when the case failed. */
static struct fixture fixture;
static const struct conformance_case *running;

static int open_fixture(void **state)
{
    running = *state;
    fixture_open(&fixture, row_under_test);
    return 0;
}

static void run_case(void **state)
{
    (void)state;
    running->run(&fixture);
}

static int close_fixture(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static void every_row_of_the_table_was_asserted(void **state)
{
    (void)state;
    for (int row = 1; row <= ROW_LAST; row++) {
        if (!rows_that_ran[row] && !rows_of_later_stores[row]) {
            fail_msg("no case asserts row %d", row);
        }
    }
}

/* The needs as what a store of this row has, to compare with. */
static unsigned abilities_of(const struct store_row *row)
{
    struct opened_store opened = {0};
    store_row_open(&opened, row, 0);
    unsigned can = kv_store_capabilities(opened.store);
    store_row_close(&opened);
    can |= store_row_persists(row) ? NEEDS_FILES : 0u;
    can |= row->is_session ? NEEDS_SESSION : NEEDS_BARE;
    can |= (can & KV_CAN_EMPTY_KEY) != 0 ? 0u : NEEDS_NO_EMPTY_KEY;
    can |= (can & KV_CAN_EMPTY_DUP) != 0 ? 0u : NEEDS_NO_EMPTY_DUP;
    return can | READ_HALF;
}

static bool applies(const struct conformance_case *one, unsigned can)
{
    if (row_under_test->is_read_only && (one->needs & READ_HALF) == 0) {
        return false;
    }
    if ((one->needs & ~can) != 0) {
        print_message("not for %s: %s\n", row_under_test->name, one->name);
        return false;
    }
    return true;
}

int run_suite(const struct store_row *row)
{
    static struct CMUnitTest tests[CASES_MAX];
    const char *only = getenv("KV_TEST_ONLY");
    size_t count = 0;
    row_under_test = row;
    unsigned can = abilities_of(row);
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        for (size_t i = 0; i < groups[g]->count; i++) {
            const struct conformance_case *one = &groups[g]->cases[i];
            if (count + 1 < CASES_MAX && applies(one, can) && (only == NULL || strstr(one->name, only) != NULL)) {
                struct CMUnitTest test = {.name = one->name,
                                          .test_func = run_case,
                                          .setup_func = open_fixture,
                                          .teardown_func = close_fixture};
                memcpy(&test.initial_state, &one, sizeof one);
                tests[count++] = test;
                note_rows(one->name);
            }
        }
    }
    if (only == NULL && !row->is_read_only) {
        tests[count++] = (struct CMUnitTest)cmocka_unit_test(every_row_of_the_table_was_asserted);
    }
    return _cmocka_run_group_tests(row->name, tests, count, NULL, NULL);
}
