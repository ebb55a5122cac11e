/*
 * From a path to the files of an environment.
 *
 * An environment is a directory with data.mdb and lock.mdb, or a single file and beside it the same name with "-lock".
 * What is there decides. What is not there yet becomes a directory, unless the name ends in ".mdb", ".lmdb" or ".db".
 *
 * What people get wrong: opening DIRECTORY/data.mdb as a single file. It would get a lock file of its own, and two
 * processes would write at once; so it is taken for its directory. A link to a single file is followed first, for the
 * same reason.
 */
#ifndef KVCORE_BACKEND_LMDB_LOCATION_H
#define KVCORE_BACKEND_LMDB_LOCATION_H

#include <limits.h>
#include <stdbool.h>

#include "kvcore/status.h"

struct kvi_lmdb_location {
    bool is_single;          /* one file, not a directory */
    bool is_there;           /* the data file exists */
    bool is_directory_there; /* the environment's directory does */
    char path[PATH_MAX];     /* what LMDB is given */
    char data[PATH_MAX + 16];
    char lock[PATH_MAX + 16];
};

/** Finds the files of the environment `path`. Returns KV_OK, or a failure and its message. */
int kvi_lmdb_locate(const char *path, struct kvi_lmdb_location *ret_location, kv_message *message);

/** Fills in the names of an environment in directory `path`, of less than PATH_MAX bytes. */
void kvi_lmdb_locate_in(const char *path, struct kvi_lmdb_location *ret_location);

/** Makes the names of an environment that is open independent of the current directory. */
void kvi_lmdb_locate_firmly(struct kvi_lmdb_location *location);

#endif
