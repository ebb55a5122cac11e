/*
 * The yardstick: LMDB used as its documentation says, with a cursor kept where that is faster.
 *
 * The environment is opened as kvcore opens it: MDB_NOTLS, a map of 64 GiB, MDB_NOSYNC where something is written.
 */
#ifndef TESTS_BENCH_RAW_H
#define TESTS_BENCH_RAW_H

#include <lmdb.h>

#include "tests/bench/measure.h"
#include "tests/bench/pairs.h"

#define MAP_SIZE ((size_t)64 << 30)

/* An open environment, and in it a transaction and a bucket. */
struct raw {
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    const struct pairs *pairs;
};

static inline void raw_require(int code, const char *what)
{
    require(code == 0, what, mdb_strerror(code));
}

static inline void raw_open(struct raw *raw, const char *directory, unsigned flags)
{
    raw_require(mdb_env_create(&raw->env), "mdb_env_create");
    raw_require(mdb_env_set_mapsize(raw->env, MAP_SIZE), "mdb_env_set_mapsize");
    raw_require(mdb_env_set_maxdbs(raw->env, 16), "mdb_env_set_maxdbs");
    raw_require(mdb_env_open(raw->env, directory, MDB_NOTLS | flags, 0644), directory);
}

static inline void raw_begin(struct raw *raw, const char *bucket, unsigned txn_flags, unsigned dbi_flags)
{
    raw_require(mdb_txn_begin(raw->env, NULL, txn_flags, &raw->txn), "mdb_txn_begin");
    raw_require(mdb_dbi_open(raw->txn, bucket, dbi_flags, &raw->dbi), bucket);
    if (txn_flags & MDB_RDONLY) {
        /* A handle outlives the transaction that opened it only when that one commits. */
        raw_require(mdb_txn_commit(raw->txn), "mdb_txn_commit");
        raw_require(mdb_txn_begin(raw->env, NULL, txn_flags, &raw->txn), "mdb_txn_begin");
    }
}

/* Goes through a bucket by `first` and then `next`. */
static inline uint64_t raw_walk(struct raw *raw, MDB_cursor_op first, MDB_cursor_op next)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t sum = 0;
    raw_require(mdb_cursor_open(raw->txn, raw->dbi, &cursor), "mdb_cursor_open");
    int code = mdb_cursor_get(cursor, &key, &value, first);
    while (code == 0) {
        sum = sum_pair(sum, key.mv_data, key.mv_size, value.mv_data, value.mv_size);
        code = mdb_cursor_get(cursor, &key, &value, next);
    }
    require(code == MDB_NOTFOUND, "scan", mdb_strerror(code));
    mdb_cursor_close(cursor);
    return sum;
}

static inline uint64_t raw_scan(struct raw *raw)
{
    return raw_walk(raw, MDB_FIRST, MDB_NEXT);
}

static inline uint64_t raw_scan_back(struct raw *raw)
{
    return raw_walk(raw, MDB_LAST, MDB_PREV);
}

static inline uint64_t raw_scan_pages(struct raw *raw)
{
    MDB_cursor *cursor;
    MDB_val key, page;
    uint64_t sum = 0;
    raw_require(mdb_cursor_open(raw->txn, raw->dbi, &cursor), "mdb_cursor_open");
    int code = mdb_cursor_get(cursor, &key, &page, MDB_FIRST);
    while (code == 0) {
        code = mdb_cursor_get(cursor, &key, &page, MDB_GET_MULTIPLE);
        while (code == 0) {
            sum = sum_packed(sum, page.mv_data, page.mv_size);
            code = mdb_cursor_get(cursor, &key, &page, MDB_NEXT_MULTIPLE);
        }
        require(code == MDB_NOTFOUND, "scan by pages", mdb_strerror(code));
        code = mdb_cursor_get(cursor, &key, &page, MDB_NEXT_NODUP);
    }
    mdb_cursor_close(cursor);
    return sum;
}

static inline uint64_t raw_get_one(struct raw *raw, uint64_t sum, uint32_t number)
{
    unsigned char bytes[KEY_SIZE];
    MDB_val key = {.mv_size = KEY_SIZE, .mv_data = bytes}, value;
    write_key(bytes, number);
    int code = mdb_get(raw->txn, raw->dbi, &key, &value);
    require(code == 0, "mdb_get", mdb_strerror(code));
    return sum_pair(sum, bytes, KEY_SIZE, value.mv_data, value.mv_size);
}

static inline uint64_t raw_get(struct raw *raw)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < raw->pairs->count; i++)
        sum = raw_get_one(raw, sum, raw->pairs->order[i]);
    return sum;
}

static inline uint64_t raw_get_renewed(struct raw *raw)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < raw->pairs->count; i++) {
        mdb_txn_reset(raw->txn);
        raw_require(mdb_txn_renew(raw->txn), "mdb_txn_renew");
        sum = raw_get_one(raw, sum, raw->pairs->order[i]);
    }
    return sum;
}

static inline uint64_t raw_get_begun(struct raw *raw)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < raw->pairs->count; i++) {
        mdb_txn_abort(raw->txn);
        raw_require(mdb_txn_begin(raw->env, NULL, MDB_RDONLY, &raw->txn), "mdb_txn_begin");
        sum = raw_get_one(raw, sum, raw->pairs->order[i]);
    }
    return sum;
}

static inline void raw_put(MDB_cursor *cursor, uint64_t number, unsigned flags)
{
    unsigned char key_bytes[KEY_SIZE], value_bytes[VALUE_SIZE] = {0};
    MDB_val key = {.mv_size = KEY_SIZE, .mv_data = key_bytes}, value = {.mv_size = VALUE_SIZE, .mv_data = value_bytes};
    write_key(key_bytes, number);
    write_value(value_bytes, number);
    int code = mdb_cursor_put(cursor, &key, &value, flags);
    require(code == 0, "mdb_cursor_put", mdb_strerror(code));
}

/* Puts `count` pairs, the number of each from `order` (NULL: sorted, by MDB_APPEND), and commits. */
static inline void raw_load(struct raw *raw, uint32_t count, const uint32_t *order)
{
    MDB_cursor *cursor;
    raw_begin(raw, "plain", 0, MDB_CREATE);
    raw_require(mdb_cursor_open(raw->txn, raw->dbi, &cursor), "mdb_cursor_open");
    for (uint32_t i = 0; i < count; i++)
        raw_put(cursor, order ? order[i] : i, order ? 0 : MDB_APPEND);
    mdb_cursor_close(cursor);
    raw_require(mdb_txn_commit(raw->txn), "mdb_txn_commit");
}

#endif
