#include "kvcore/backend/lmdb/record.h"

#include "kvcore/backend/lmdb/error.h"
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
