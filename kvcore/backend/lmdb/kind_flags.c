#include "kvcore/backend/lmdb/kind_flags.h"

#include <lmdb.h>

#include "kvcore/status.h"

static const struct {
    kv_kind kind;
    unsigned flag;
} pairs[] = {
    {KV_DUP_SORT, MDB_DUPSORT},       {KV_DUP_FIXED, MDB_DUPFIXED},     {KV_INTEGER_KEY, MDB_INTEGERKEY},
    {KV_INTEGER_DUP, MDB_INTEGERDUP}, {KV_REVERSE_KEY, MDB_REVERSEKEY}, {KV_REVERSE_DUP, MDB_REVERSEDUP},
};

enum { PAIRS = sizeof pairs / sizeof pairs[0] };

unsigned kvi_lmdb_flags_of(kv_kind kind)
{
    unsigned flags = 0;
    for (unsigned i = 0; i < PAIRS; i++) {
        flags |= (kind & pairs[i].kind) != 0 ? pairs[i].flag : 0;
    }
    return flags;
}

int kvi_lmdb_kind_of(unsigned flags, kv_kind *ret_kind)
{
    kv_kind kind = KV_PLAIN;
    for (unsigned i = 0; i < PAIRS; i++) {
        kind |= (flags & pairs[i].flag) != 0 ? pairs[i].kind : KV_PLAIN;
        flags &= ~pairs[i].flag;
    }
    if (flags != 0) {
        return KV_ERR_NOT_SUPPORTED;
    }
    if ((kind & KV_DUP_SORT) == 0) {
        kind &= ~(kv_kind)(KV_DUP_FIXED | KV_INTEGER_DUP | KV_REVERSE_DUP);
    }
    if ((kind & KV_REVERSE_KEY) != 0) {
        kind &= ~(kv_kind)KV_INTEGER_KEY;
    }
    if ((kind & KV_INTEGER_DUP) != 0) {
        kind &= ~(kv_kind)KV_REVERSE_DUP;
    }
    return kv_kind_complete(kind, ret_kind);
}
