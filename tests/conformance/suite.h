/*
 * The suite that defines a correct backend: every case, run on one row.
 *
 * A case is named after the rows of the one-semantics table that it asserts ("row05_…", several joined by '_'); the
 * run ends with a test that each row of the table was asserted by a case that ran. A case whose needs the store does
 * not meet is not registered, and said so.
 */
#ifndef TESTS_CONFORMANCE_SUITE_H
#define TESTS_CONFORMANCE_SUITE_H

#include "tests/conformance/content.h"

/** Needs beside the KV_CAN_ of the store. */
enum {
    NEEDS_FILES = 1u << 16,   /**< the store is there again after a close */
    NEEDS_BARE = 1u << 17,    /**< not under a session: what a session leaves to its base */
    NEEDS_SESSION = 1u << 21, /**< under a session */
    NEEDS_NO_EMPTY_KEY = 1u << 18,
    NEEDS_NO_EMPTY_DUP = 1u << 19,
    READ_HALF = 1u << 20 /**< no need: the case writes by `fill` alone, so that read-only rows run it too */
};

struct conformance_case {
    const char *name;
    unsigned needs;
    void (*run)(struct fixture *f);
};

/** The cases of one theme. */
struct conformance_group {
    const char *theme;
    const struct conformance_case *cases;
    size_t count;
};

#define CASE(function, needed)                                                                                         \
    {                                                                                                                  \
        .name = #function, .needs = (needed), .run = (function)                                                        \
    }
#define GROUP(name, table)                                                                                             \
    const struct conformance_group name = {.theme = #name, .cases = (table), .count = sizeof(table) / sizeof *(table)}

extern const struct conformance_group txn_cases, nested_cases, managed_cases, bucket_cases, pair_cases, kind_cases,
    append_cases, move_cases, seek_cases, gap_cases, cursor_write_cases, prefix_cases, dup_move_cases, dup_fixed_cases,
    sequence_cases, range_cases, batch_cases, limit_cases, read_only_cases, memory_cases, backup_cases, root_cases,
    deadline_cases, merge_cases, store_cases;

/** Runs every case that applies to `row`; the answer is main's. */
int run_suite(const struct store_row *row);

#endif
