#include "kvcore/backend/lmdb/record.h"

#include "kvcore/backend/lmdb/error.h"
#include "kvcore/backend/lmdb/objects.h"
#include "kvcore/status.h"

int kvi_lmdb_record_find(MDB_cursor *cursor, const char *name, unsigned *ret_flags)
{
    MDB_val key = {.mv_size = strlen(name), .mv_data = (void *)(uintptr_t)name};
    MDB_val value;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_KEY);
    if (code != 0) {
        return kvi_lmdb_status(code);
    }
    if (!kvi_lmdb_is_record(&key, &value)) {
        return KV_EXISTS;
    }
    *ret_flags = kvi_lmdb_record_flags(&value);
    return KV_OK;
}

int kvi_lmdb_records_count(MDB_txn *txn, unsigned limit, unsigned *ret_count)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    unsigned flags = 0, count = 0;
    int code = mdb_dbi_flags(txn, KVI_LMDB_MAIN_DBI, &flags);
    if (code != 0 || !kvi_lmdb_can_hold_buckets(flags)) {
        return code;
    }
    code = mdb_cursor_open(txn, KVI_LMDB_MAIN_DBI, &cursor);
    while (code == 0 && limit-- > 0) {
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        count += code == 0 && kvi_lmdb_is_record(&key, &value);
    }
    if (cursor != NULL) {
        mdb_cursor_close(cursor);
    }
    if (code == MDB_NOTFOUND) {
        code = 0;
    }
    if (code == 0) {
        *ret_count = count;
    }
    return code;
}
