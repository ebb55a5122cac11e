/*
 * The two backends over LMDB: environments on disk, and scratch ones that vanish with the process.
 *
 * Where it sits: floor 2, a backend of spi.h; the registry lists both descriptors. They are in one folder because they
 * are one implementation: a memory store is an LMDB environment in a private directory whose files have no name.
 *
 * Thread rule: a store by any thread; a transaction and what belongs to it by one thread at a time; a read-write
 * transaction by the thread that began it.
 *
 * What people get wrong: opening an environment with another library in the same process (LMDB's locks are lost when
 * either closes it); carrying a store over fork(); writing to a bucket whose program sets a comparator of its own (LMDB
 * does not record that it does: reading in byte order is right, a value added among others lands in the wrong place);
 * trusting damaged files (what precheck.h names is refused, damage between the pages it looks at can still crash LMDB).
 */
#ifndef KVCORE_BACKEND_LMDB_LMDB_BACKEND_H
#define KVCORE_BACKEND_LMDB_LMDB_BACKEND_H

#include "kvcore/core/spi.h"

/** "lmdb": an environment, a directory with data.mdb and lock.mdb or a single file and its "-lock". */
extern const struct kvi_backend kvi_backend_lmdb;

/** "mem": a scratch environment without sync, its files unlinked as soon as they are open. */
extern const struct kvi_backend kvi_backend_memory;

#endif
