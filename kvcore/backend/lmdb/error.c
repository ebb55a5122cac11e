#include "kvcore/backend/lmdb/error.h"

#include <lmdb.h>

#include "kvcore/status.h"

int kvi_lmdb_status(int code)
{
    switch (code) {
    case MDB_SUCCESS:
        return KV_OK;
    case MDB_NOTFOUND:
        return KV_NOT_FOUND;
    case MDB_KEYEXIST:
        return KV_EXISTS;
    case MDB_PAGE_NOTFOUND:
    case MDB_CORRUPTED:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
        return KV_ERR_CORRUPT;
    case MDB_VERSION_MISMATCH:
        return KV_ERR_VERSION;
    case MDB_INVALID:
        return KV_ERR_NOT_A_STORE;
    case MDB_MAP_FULL:
        return KV_ERR_STORE_FULL;
    case MDB_DBS_FULL:
        return KV_ERR_TOO_MANY_BUCKETS;
    case MDB_READERS_FULL:
        return KV_ERR_READERS_FULL;
    case MDB_TXN_FULL:
        return KV_ERR_TXN_FULL;
    case MDB_MAP_RESIZED:
        return KV_ERR_BUSY;
    case MDB_INCOMPATIBLE:
        return KV_ERR_INCOMPATIBLE;
    case MDB_BAD_TXN:
    case MDB_BAD_DBI: /* at commit: a handle was lost, and with it what was written through it */
        return KV_ERR_TXN_BROKEN;
    case MDB_BAD_VALSIZE: /* the core lets none through */
        return KV_ERR_INVALID;
    case MDB_PANIC:
    case MDB_BAD_RSLOT:
    case MDB_TLS_FULL:
        return KV_ERR_IO;
    default:
        return kv_status_from_errno(code);
    }
}
