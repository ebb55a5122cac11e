/*
 * Tells whether the pages that a short data file lacks are all free.
 *
 * Where it sits: below precheck.c, which knows why a healthy file may be short. Reads by pread and trusts nothing: the
 * file may be damaged, or be changed by another process meanwhile.
 */
#ifndef KVCORE_BACKEND_LMDB_FREELIST_H
#define KVCORE_BACKEND_LMDB_FREELIST_H

#include "kvcore/backend/lmdb/meta.h"

/**
 * Looks up the pages from `pages` (how many the file has) to the last page of `meta` in the free database.
 * Returns KV_OK when all of them are there, KV_ERR_CORRUPT when not or when the database cannot be read,
 * KV_ERR_NO_MEMORY, KV_ERR_IO.
 */
int kvi_lmdb_freelist_covers(int fd, const struct kvi_lmdb_meta *meta, uint64_t pages);

#endif
