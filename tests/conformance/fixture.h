/*
 * What every conformance case works on: one new store of the row under test, and the transactions and cursors that the
 * case began, which are ended for it however it ends.
 *
 * Where it sits: between the cases and the row (tests/support/store_row.h).
 * What people get wrong: ending a transaction of the fixture with kv_txn_free (it is freed again): use commit, give_up.
 */
#ifndef TESTS_CONFORMANCE_FIXTURE_H
#define TESTS_CONFORMANCE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/store_row.h"

enum { FIXTURE_TRANSACTIONS = 40, FIXTURE_CURSORS = 64 };

struct fixture {
    struct opened_store place;
    kv_store *store; /**< the store that the case drives */
    unsigned splits; /**< how many pairs were dealt to base and session: the dealing's only input */
    kv_txn *transactions[FIXTURE_TRANSACTIONS];
    kv_cursor *cursors[FIXTURE_CURSORS];
};

/** Opens a new store of `row`. */
void fixture_open(struct fixture *f, const struct store_row *row);

/** Ends every transaction and cursor, closes the store and opens it again. */
void fixture_reopen(struct fixture *f, unsigned flags);

/** Ends everything and opens another new store with `flags`. */
void fixture_renew(struct fixture *f, unsigned flags);

/** Ends everything. */
void fixture_close(struct fixture *f);

/** Begins transactions, which the fixture keeps. */
kv_txn *begin_read(struct fixture *f);
kv_txn *begin_write(struct fixture *f);
kv_txn *begin_child(struct fixture *f, kv_txn *parent);

/** Lets the fixture free a transaction that the case began itself. */
void keep_txn(struct fixture *f, kv_txn *txn);

/** Forgets a transaction that the case has freed itself. */
void forget_txn(struct fixture *f, kv_txn *txn);

/** Commits, which must succeed, and frees. */
void commit(struct fixture *f, kv_txn *txn);

/** Aborts and frees. */
void give_up(struct fixture *f, kv_txn *txn);

/** Lends the handle of a bucket that must be there. */
kv_bucket *bucket_of(kv_txn *txn, const char *name);

/** Opens a cursor, which the fixture closes. */
kv_cursor *cursor_of(struct fixture *f, kv_txn *txn, const char *name);

/** Lets the fixture close a cursor that the case opened itself. */
void keep_cursor(struct fixture *f, kv_cursor *cursor);

/** Closes a cursor of the fixture. */
void close_cursor(struct fixture *f, kv_cursor *cursor);

/** Fails the case with both names unless `status` is `expected`. */
#define assert_status(call, expected) check_status((call), (expected), #call, __FILE__, __LINE__)
void check_status(int status, int expected, const char *call, const char *file, int line);

#endif
