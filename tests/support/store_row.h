/*
 * A row of the conformance suite and of the model test: a backend under its layers, opened in a directory of its own.
 *
 * Where it sits: the tests drive `store`; under a session that is the merged store and `base` the one below it.
 * What people get wrong: `store_row_reopen` on a row that does not persist gives the same store again (a session is
 * committed and begun anew), so what it checks is the commit and not the disk.
 */
#ifndef TESTS_SUPPORT_STORE_ROW_H
#define TESTS_SUPPORT_STORE_ROW_H

#include <stdbool.h>

#include "kvcore/kvcore.h"

enum { STORE_PATH_MAX = 512 };

/** A backend and what lies over it. */
struct store_row {
    const char *name;
    const char *scheme;  /**< "lmdb": each store gets a new path; "mem": none */
    bool is_session;     /**< the merged store of a session is driven */
    bool is_base_filled; /**< fixtures put a part of their pairs into the base before the session */
    bool is_read_only;   /**< fixtures write, then reopen read-only */
    bool is_traced;      /**< the store is wrapped in the trace layer */
};

/** A row's store while it is open. Zero it before store_row_open. */
struct opened_store {
    const struct store_row *row;
    char directory[STORE_PATH_MAX]; /**< made by store_row_open, removed by store_row_close */
    char location[STORE_PATH_MAX];
    unsigned flags;
    kv_store *base;
    kv_session *session; /**< NULL unless the row is a session */
    kv_store *store;
};

/** Makes the directory and opens the store in it, new, with `flags` (KV_OPEN_CREATE and KV_OPEN_NO_SYNC are added). */
void store_row_open(struct opened_store *opened, const struct store_row *row, unsigned flags);

/** Commits and closes a session, closes the store and opens it again with `flags`; what was committed is kept. */
void store_row_reopen(struct opened_store *opened, unsigned flags);

/** Closes what is open and removes the directory. Nothing when it is closed already. */
void store_row_close(struct opened_store *opened);

/** Tells whether the row's store is there again after it was closed. */
bool store_row_persists(const struct store_row *row);

#endif
