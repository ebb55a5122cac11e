/*
 * A run of the model test: random operations on a row's store and on the model, compared at every step.
 *
 * KV_TEST_SEED chooses the operations (a new seed else, printed), KV_TEST_STEPS how many; KV_TEST_TRACE prints each;
 * KV_TEST_PARANOID compares everything after each, to find the one that did the damage.
 * Operations are dealt by a table (run.c); each picks its inputs, calls the store, asks the model, and compares.
 * Where no document says what a call does, the operation is not made, or the cursor is rewound after it.
 */
#ifndef TESTS_MODEL_RUN_H
#define TESTS_MODEL_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/model/place.h"
#include "tests/support/store_row.h"

enum { CURSORS = 4, LEVELS = 4, KEYS_TOUCHED = 4096, LOG_LINES = 24, LOG_WIDTH = 200 };

/** A cursor and its model. */
struct model_cursor {
    kv_cursor *real;
    int bucket;
    struct place place;
    struct bound bound;
};

/** A transaction and the world that it sees. */
struct level {
    kv_txn *txn;
    struct world world;
    struct model_cursor cursors[CURSORS];
};

struct run {
    struct opened_store opened;
    unsigned can; /**< KV_CAN_ */
    uint64_t seed, random;
    unsigned long step, steps;
    struct world committed; /**< what new transactions see */
    struct world base;      /**< under a session: what the base holds */
    struct level levels[LEVELS];
    int depth;                   /**< open transactions, each nested in the one before */
    bool is_write;               /**< whether the open ones are read-write */
    struct level old;            /**< a read transaction that stays open over commits; txn NULL: none */
    struct map touched[BUCKETS]; /**< under a session: keys that it has written since its last commit */
    bool is_rebuilt[BUCKETS];    /**< buckets that it has made, cleared or dropped */
    char log[LOG_LINES][LOG_WIDTH];
    bool is_tracing;
    bool is_paranoid;
};

/** The buckets of every world. */
extern const char *const bucket_names[BUCKETS];
extern const kv_kind bucket_kinds[BUCKETS];

/** One line about what is about to be done. */
__attribute__((format(printf, 2, 3))) void say(struct run *run, const char *format, ...);

/** Fails the run, with its seed and what was done last. */
__attribute__((format(printf, 2, 3), noreturn)) void mismatch(struct run *run, const char *format, ...);

void expect_status(struct run *run, int status, int expected);
void expect_slice(struct run *run, const char *what, kv_slice is, kv_slice expected);

/** Compares all content of a transaction, in both directions, counts and names, with a world. */
void compare_world(struct run *run, kv_txn *txn, const struct world *world);

/* ---- choosing (choose.c) ---- */

/** A number below `end`. */
unsigned any(struct run *run, unsigned end);
bool one_in(struct run *run, unsigned n);

/** A key that bucket `number` may have; lent until the next choice. Two keys may be held at a time. */
kv_slice any_key(struct run *run, int number);

/** A value likewise. */
kv_slice any_value(struct run *run, int number);

/** A key, or a pair, that is there in half of the cases. */
kv_slice likely_key(struct run *run, int number);
void likely_pair(struct run *run, int number, kv_slice *ret_key, kv_slice *ret_value);

/** Text of a slice for the log; lent for a few calls. */
const char *shown(kv_slice slice);

/* ---- what operations share (effect.c) ---- */

struct level *top(struct run *run);
struct map *top_map(struct run *run, int number);

/** Keeps the model's cursors right while a pair comes or goes. */
void model_put(struct run *run, int number, kv_slice key, kv_slice value);
void model_remove_at(struct run *run, int number, size_t index);
void model_remove_key(struct run *run, int number, kv_slice key);

/** After a child's end: places of its parent whose pairs are gone or came back. */
void settle_cursors(struct run *run, struct level *level);

/** Rewinds the cursors of the top level in one bucket. */
void rewind_bucket(struct run *run, int number);

/** Remembers that a session has written there. */
void touch(struct run *run, int number, kv_slice key);
void touch_bucket(struct run *run, int number);

/** Tells whether a dup-sort bucket may not hold this pair beside what it holds (row 34). */
bool is_refused_empty(struct run *run, int number, kv_slice key, kv_slice value);

/* ---- operations: each answers whether it was made ---- */

bool operate_pair(struct run *run);
bool operate_bucket(struct run *run);
bool operate_bulk(struct run *run);
bool operate_cursor_move(struct run *run);
bool operate_cursor_write(struct run *run);
bool operate_range(struct run *run);
bool operate_txn(struct run *run);
bool operate_session(struct run *run);

/** Ends the reader that stays open over commits, after a last look. */
void end_old_reader(struct run *run);

/** Begins and ends transactions of every level. */
void end_levels(struct run *run, bool is_commit);
void release_level(struct level *level);

/** Runs a row; the answer is main's. */
int run_model(const struct store_row *row);

#endif
