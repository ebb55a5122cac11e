/*
 * Looks at a data file before LMDB maps it: what LMDB takes on trust and would crash on.
 *
 * Checked: the size, both meta pages, the page size, the roots, and that no page in use lies beyond the end of the
 * file (which would be a SIGBUS). Not checked: the pages in between. A file damaged there can still crash LMDB.
 *
 * Thread rule: opens and closes the data file, so not while this process has the environment open: that would not
 * hurt LMDB's locks (they are on the lock file), but env.c's list is what says that it is not.
 */
#ifndef KVCORE_BACKEND_LMDB_PRECHECK_H
#define KVCORE_BACKEND_LMDB_PRECHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "kvcore/status.h"

/* What the file says of itself. */
struct kvi_lmdb_facts {
    bool is_empty;     /* of size 0: what a process leaves that was killed at its very first write */
    uint64_t size;     /* of the file */
    uint64_t map_size; /* as recorded; may be nonsense */
    uint64_t used;     /* bytes up to the last page in use */
};

/**
 * Checks the data file `path` (borrowed) and gives what it says.
 * Returns KV_OK, KV_ERR_NOT_A_STORE, KV_ERR_VERSION, KV_ERR_CORRUPT, KV_ERR_ACCESS, KV_ERR_NO_MEMORY, KV_ERR_IO; on
 * failure with a message that names the file.
 */
int kvi_lmdb_precheck(const char *path, struct kvi_lmdb_facts *ret_facts, kv_message *message);

#endif
