/*
 * Between the kinds of kind.h and the flags that LMDB stores with a database.
 */
#ifndef KVCORE_BACKEND_LMDB_KIND_FLAGS_H
#define KVCORE_BACKEND_LMDB_KIND_FLAGS_H

#include "kvcore/kind.h"

/* Gives the LMDB flags of a bucket of `kind`, which is complete. */
unsigned kvi_lmdb_flags_of(kv_kind kind);

/**
 * Gives the complete kind of a database with LMDB flags `flags`, as LMDB itself would treat it: values have an order
 * only where there are several, and where two orders are asked for one of them wins.
 * Returns KV_OK, or KV_ERR_NOT_SUPPORTED for flags that this version does not know.
 */
int kvi_lmdb_kind_of(unsigned flags, kv_kind *ret_kind);

#endif
