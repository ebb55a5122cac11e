/*
 * What another program does to an LMDB environment: by LMDB itself, in a process of its own.
 *
 * The child is forked without exec. It opens the environment anew and touches nothing that its parent has open, and the
 * parent may have it open: closing files in the child takes no lock from the parent.
 */
#ifndef TESTS_UNIT_FOREIGN_H
#define TESTS_UNIT_FOREIGN_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>

enum { PLACE_MAX = 512 };

/** Gives in `path` (PLACE_MAX bytes) the name `name` in a new directory below $TEST_TMPDIR. */
void place_new(const char *name, char *path);

/** Removes the directory that place_new made for `path`. */
void place_remove(const char *path);

/** One environment as the child has it open, in a read-write transaction unless it was asked for reading. */
struct foreign {
    MDB_env *env;
    MDB_txn *txn;
};

/** Works in the child; returns 0 when all is well. */
typedef int foreign_work(struct foreign *foreign, const void *argument);

/** Runs `work` in a child with the environment `path`, opened with LMDB's `flags` (made when missing), in a transaction
 * that is committed. Fails the test unless all of it succeeds. */
void foreign_do(const char *path, unsigned flags, foreign_work *work, const void *argument);

/** In the child: stores a pair in database `name` (NULL: the main one), which is made with `flags` when missing. */
int foreign_put(struct foreign *foreign, const char *name, unsigned flags, const char *key, const char *value);

/** In the child: removes database `name`. */
int foreign_drop(struct foreign *foreign, const char *name);

#endif
