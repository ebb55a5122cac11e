/*
 * kvcore: one transactional interface over ordered key-value stores. The only header that programs include.
 *
 *   store.h    open a store, statistics, backup, managed transactions
 *   txn.h      transactions, buckets of a store, sequences
 *   bucket.h   get, put, delete
 *   cursor.h   cursors in both directions, dup-sort and dup-fixed, ranges
 *   session.h  pending changes over a store, committed as one transaction
 *   name.h     file names of keys
 *   kind.h, status.h, slice.h   the values they all speak of
 */
#ifndef KVCORE_KVCORE_H
#define KVCORE_KVCORE_H

/* IWYU pragma: begin_exports */
#include "kvcore/bucket.h"
#include "kvcore/cursor.h"
#include "kvcore/kind.h"
#include "kvcore/name.h"
#include "kvcore/session.h"
#include "kvcore/slice.h"
#include "kvcore/status.h"
#include "kvcore/store.h"
#include "kvcore/txn.h"
/* IWYU pragma: end_exports */

#endif
