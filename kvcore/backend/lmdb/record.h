/*
 * The records of named databases among the pairs of the main database.
 *
 * LMDB keeps a bucket as an entry of the main database whose value is 48 bytes and whose node has a flag. Its interface
 * does not show that flag, and asking by mdb_dbi_open would open a handle for each candidate. So the flag is read where
 * data version 1 has it: in the eight bytes before the key, of which the two in the middle are flags.
 *
 * What people get wrong: asking with a key of one's own. It must be the key as a cursor lent it (any move that gives
 * the key: MDB_SET_KEY, not MDB_SET).
 */
#ifndef KVCORE_BACKEND_LMDB_RECORD_H
#define KVCORE_BACKEND_LMDB_RECORD_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "kvcore/backend/lmdb/meta.h"

/* Tells whether an entry of the main database, as a cursor lent it, is a bucket. */
static inline bool kvi_lmdb_is_record(const MDB_val *key, const MDB_val *value)
{
    if (value->mv_size != sizeof(struct kvi_lmdb_record)) {
        return false;
    }
    uint16_t flags;
    memcpy(&flags, (const char *)key->mv_data - 4, sizeof flags);
    return (flags & (KVI_LMDB_NODE_SUB | KVI_LMDB_NODE_DUP)) == KVI_LMDB_NODE_SUB;
}

/* Gives LMDB's flags of the bucket whose record is `value`. */
static inline unsigned kvi_lmdb_record_flags(const MDB_val *value)
{
    uint16_t flags;
    memcpy(&flags, (const char *)value->mv_data + offsetof(struct kvi_lmdb_record, flags), sizeof flags);
    return flags;
}

/* Counts the buckets among the first `limit` entries of the main database. Returns LMDB's code. */
int kvi_lmdb_records_count(MDB_txn *txn, unsigned limit, unsigned *ret_count);

/* Looks for bucket `name` by a cursor on a main database that can hold buckets. Returns KV_OK and its LMDB flags,
 * KV_EXISTS when a pair has that key, KV_NOT_FOUND, or what LMDB failed with. */
int kvi_lmdb_record_find(MDB_cursor *cursor, const char *name, unsigned *ret_flags);

#endif
