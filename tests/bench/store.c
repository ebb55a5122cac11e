/*
 * kvcore against raw LMDB: what the library costs over the store below it.
 *
 *     build/tests/bench/store                       all lines, 1,000,000 pairs, 5 runs a side
 *     build/tests/bench/store -n 200000 -r 3        fewer pairs, fewer runs
 *     build/tests/bench/store -o scan               only the lines with "scan" in their name
 *     build/tests/bench/store -d DIRECTORY          where the stores are made (a new directory in it, removed after)
 *
 * A line compares the same work done by both: keys of 16 bytes, values of 100, the data in the page cache. Every run is
 * a process of its own, raw LMDB and kvcore in turns, and measures its processor time (user and kernel): nothing waits
 * for a disk here, and on a busy machine the wall clock tells about the neighbours. The line gives the median of each
 * side with its least and most, the ratio of the medians and that of the least, and the target that the project has
 * set for the ratio. Nothing fails for being slow: the exit code is 0 unless something went wrong or the two sides did
 * not see the same bytes (both sum what they read).
 *
 * Both open with MDB_NOTLS and a map of 64 GiB. Reads are of the same files, opened read-only; each run goes through its
 * work once before it is timed, and then for 50 ms at least. Loads go into new stores with MDB_NOSYNC (KV_OPEN_NO_SYNC),
 * all in one transaction; the commit is timed, the opening is not.
 *
 * Figures move by a factor of two from hour to hour on a shared machine. Only the ratio says something, and only when
 * the least and the most of both sides lie together.
 */
#include <errno.h>
#include <stdbool.h>

#include <sys/stat.h>

#include "kvcore/kvcore.h"
#include "tests/bench/measure.h"
#include "tests/bench/pairs.h"
#include "tests/bench/raw.h"

enum { PATH_SIZE = 512, COMMITTED = 100000 };

/* kvcore's side while it is open. */
struct ours {
    kv_store *base;
    kv_session *session; /* NULL without one */
    kv_store *store;
    kv_txn *txn;
    kv_bucket *bucket;
    const char *name; /* of the bucket */
    const struct pairs *pairs;
};

enum session { NO_SESSION, SESSION_EMPTY, SESSION_CHANGED };

/* What a comparison works on. */
struct job {
    struct comparison comparison;
    const char *bucket;
    uint64_t (*raw)(struct raw *raw);
    uint64_t (*ours)(struct ours *ours);
    enum session session;
    bool is_random;        /* a load in random order */
    bool is_commit_only;   /* of a session: the puts are not timed */
    const char *directory; /* of the store to read */
    const struct pairs *pairs;
};

static void our_require(int status, const char *what)
{
    require(status == KV_OK, what, kv_status_text(status));
}

/* ---- kvcore's side of the reads ---- */

static uint64_t our_walk(struct ours *ours, int (*first)(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value),
                         int (*next)(kv_cursor *cursor, kv_slice *ret_key, kv_slice *ret_value))
{
    kv_cursor *cursor;
    kv_slice key, value;
    uint64_t sum = 0;
    our_require(kv_cursor_open(ours->bucket, &cursor), "kv_cursor_open");
    int status = first(cursor, &key, &value);
    while (status == KV_OK) {
        sum = sum_pair(sum, key.data, key.size, value.data, value.size);
        status = next(cursor, &key, &value);
    }
    require(status == KV_NOT_FOUND, "scan", kv_status_text(status));
    kv_cursor_close(cursor);
    return sum;
}

static uint64_t our_scan(struct ours *ours)
{
    return our_walk(ours, kv_cursor_first, kv_cursor_next);
}

static uint64_t our_scan_back(struct ours *ours)
{
    return our_walk(ours, kv_cursor_last, kv_cursor_prev);
}

static uint64_t our_range(struct ours *ours)
{
    kv_range *range;
    kv_slice key, value;
    uint64_t sum = 0;
    our_require(kv_range_open(ours->txn, ours->name, NULL, &range), "kv_range_open");
    int status = kv_range_next(range, &key, &value);
    while (status == KV_OK) {
        sum = sum_pair(sum, key.data, key.size, value.data, value.size);
        status = kv_range_next(range, &key, &value);
    }
    require(status == KV_NOT_FOUND, "range", kv_status_text(status));
    kv_range_close(range);
    return sum;
}

static uint64_t our_scan_pages(struct ours *ours)
{
    kv_cursor *cursor;
    kv_slice key, page;
    uint64_t sum = 0;
    our_require(kv_cursor_open(ours->bucket, &cursor), "kv_cursor_open");
    int status = kv_cursor_first(cursor, &key, NULL);
    while (status == KV_OK) {
        status = kv_cursor_get_multi(cursor, &page);
        while (status == KV_OK) {
            sum = sum_packed(sum, page.data, page.size);
            status = kv_cursor_next_multi(cursor, &key, &page);
        }
        require(status == KV_NOT_FOUND, "scan by pages", kv_status_text(status));
        status = kv_cursor_next_no_dup(cursor, &key, NULL);
    }
    kv_cursor_close(cursor);
    return sum;
}

static uint64_t our_get(struct ours *ours)
{
    unsigned char key[KEY_SIZE];
    kv_slice value;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < ours->pairs->count; i++) {
        write_key(key, ours->pairs->order[i]);
        our_require(kv_bucket_get(ours->bucket, kv_slice_of(key, KEY_SIZE), &value), "kv_bucket_get");
        sum = sum_pair(sum, key, KEY_SIZE, value.data, value.size);
    }
    return sum;
}

static uint64_t our_get_by_name(struct ours *ours, uint64_t sum, uint32_t number)
{
    unsigned char key[KEY_SIZE];
    kv_slice value;
    write_key(key, number);
    our_require(kv_txn_get(ours->txn, ours->name, kv_slice_of(key, KEY_SIZE), &value), "kv_txn_get");
    return sum_pair(sum, key, KEY_SIZE, value.data, value.size);
}

static uint64_t our_get_renewed(struct ours *ours)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < ours->pairs->count; i++) {
        our_require(kv_txn_reset(ours->txn), "kv_txn_reset");
        our_require(kv_txn_renew(ours->txn), "kv_txn_renew");
        sum = our_get_by_name(ours, sum, ours->pairs->order[i]);
    }
    return sum;
}

static uint64_t our_get_begun(struct ours *ours)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < ours->pairs->count; i++) {
        kv_txn_free(ours->txn);
        our_require(kv_txn_begin(ours->store, NULL, KV_TXN_READ, KV_FOREVER, &ours->txn), "kv_txn_begin");
        sum = our_get_by_name(ours, sum, ours->pairs->order[i]);
    }
    return sum;
}

/* ---- one pair in a hundred changed ---- */

static void change_ours(kv_txn *txn, uint32_t count)
{
    unsigned char key_bytes[KEY_SIZE], value_bytes[VALUE_SIZE] = {0};
    const kv_slice key = kv_slice_of(key_bytes, KEY_SIZE), value = kv_slice_of(value_bytes, VALUE_SIZE);
    for (uint32_t step = 0; step < count / 100; step++) {
        write_key_at(key_bytes, (uint64_t)step * 100, change_of(step) == CHANGE_INSERT);
        write_value(value_bytes, (uint64_t)count + step);
        our_require(change_of(step) == CHANGE_REMOVE ? kv_txn_delete(txn, "plain", key)
                                                     : kv_txn_put(txn, "plain", key, value),
                    "a change");
    }
}

static void change_raw(struct raw *raw, uint32_t count)
{
    unsigned char key_bytes[KEY_SIZE], value_bytes[VALUE_SIZE] = {0};
    MDB_val key = {.mv_size = KEY_SIZE, .mv_data = key_bytes}, value = {.mv_size = VALUE_SIZE, .mv_data = value_bytes};
    for (uint32_t step = 0; step < count / 100; step++) {
        write_key_at(key_bytes, (uint64_t)step * 100, change_of(step) == CHANGE_INSERT);
        write_value(value_bytes, (uint64_t)count + step);
        raw_require(change_of(step) == CHANGE_REMOVE ? mdb_del(raw->txn, raw->dbi, &key, NULL)
                                                     : mdb_put(raw->txn, raw->dbi, &key, &value, 0),
                    "a change");
    }
}

/* ---- opening and closing kvcore's side ---- */

static void our_open(struct ours *ours, const char *directory, unsigned flags)
{
    kv_message message = {""};
    char location[PATH_SIZE + 32];
    snprintf(location, sizeof location, "lmdb:%s", directory);
    int status = kv_store_open(location, flags, "map_size=64G", &ours->base, &message);
    require(status == KV_OK, location, message.text);
    ours->store = ours->base;
}

static void our_open_session(struct ours *ours, const char *spool)
{
    kv_message message = {""};
    require(kv_session_open(ours->base, spool, &ours->session, &message) == KV_OK, "kv_session_open", message.text);
    ours->store = kv_session_store(ours->session);
}

static void our_begin(struct ours *ours, unsigned flags)
{
    our_require(kv_txn_begin(ours->store, NULL, flags, KV_FOREVER, &ours->txn), "kv_txn_begin");
}

static void our_close(struct ours *ours)
{
    kv_txn_free(ours->txn);
    kv_session_close(ours->session);
    our_require(kv_store_close(ours->base), "kv_store_close");
}

/* ---- runs of reads ---- */

/* A millisecond or two would be one interrupt more or less. */
static bool is_enough(int64_t began, int passes)
{
    return passes >= 1 && now_ns() - began > 50 * 1000000;
}

static void read_raw(const void *argument, struct outcome *ret_outcome)
{
    const struct job *job = argument;
    struct raw raw = {.pairs = job->pairs};
    raw_open(&raw, job->directory, MDB_RDONLY);
    raw_begin(&raw, job->bucket, MDB_RDONLY, 0);
    job->raw(&raw);
    int64_t began = now_ns();
    int passes = 0;
    while (!is_enough(began, passes++))
        ret_outcome->sum = job->raw(&raw);
    ret_outcome->nanoseconds = (double)(now_ns() - began) / (passes - 1) / job->pairs->count;
    mdb_txn_abort(raw.txn);
    mdb_env_close(raw.env);
}

/* The store whose changes are committed, for raw LMDB, and its own base, for a session. */
static void read_merged_raw(const void *argument, struct outcome *ret_outcome)
{
    struct job job = *(const struct job *)argument;
    char directory[PATH_SIZE];
    snprintf(directory, sizeof directory, "%s/merged", job.pairs->directory);
    job.directory = directory;
    read_raw(&job, ret_outcome);
}

static void read_ours(const void *argument, struct outcome *ret_outcome)
{
    const struct job *job = argument;
    struct ours ours = {.pairs = job->pairs, .name = job->bucket};
    our_open(&ours, job->directory, job->session == NO_SESSION ? KV_OPEN_READ_ONLY : KV_OPEN_NO_SYNC);
    if (job->session != NO_SESSION)
        our_open_session(&ours, job->pairs->directory);
    if (job->session == SESSION_CHANGED) {
        our_begin(&ours, KV_TXN_WRITE);
        change_ours(ours.txn, job->pairs->count);
        our_require(kv_txn_close(ours.txn), "kv_txn_close");
    }
    our_begin(&ours, KV_TXN_READ);
    our_require(kv_bucket_open(ours.txn, job->bucket, &ours.bucket), job->bucket);
    job->ours(&ours);
    int64_t began = now_ns();
    int passes = 0;
    while (!is_enough(began, passes++))
        ret_outcome->sum = job->ours(&ours);
    ret_outcome->nanoseconds = (double)(now_ns() - began) / (passes - 1) / job->pairs->count;
    our_close(&ours);
}

/* ---- runs of loads ---- */

static void make_place(const struct job *job, char *directory)
{
    snprintf(directory, PATH_SIZE, "%s/load.XXXXXX", job->pairs->directory);
    require(mkdtemp(directory) != NULL, directory, strerror(errno));
}

static void remove_store(const char *directory)
{
    char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s/data.mdb", directory);
    unlink(path);
    snprintf(path, sizeof path, "%s/lock.mdb", directory);
    unlink(path);
    rmdir(directory);
}

/* What was loaded, read by raw LMDB on both sides; the store is then removed. */
static uint64_t sum_and_remove(const char *directory)
{
    struct raw raw = {.pairs = NULL};
    raw_open(&raw, directory, MDB_RDONLY);
    raw_begin(&raw, "plain", MDB_RDONLY, 0);
    uint64_t sum = raw_scan(&raw);
    mdb_txn_abort(raw.txn);
    mdb_env_close(raw.env);
    remove_store(directory);
    return sum;
}

static void load_raw(const void *argument, struct outcome *ret_outcome)
{
    const struct job *job = argument;
    struct raw raw = {.pairs = job->pairs};
    uint32_t count = job->session == NO_SESSION || job->pairs->count < COMMITTED ? job->pairs->count : COMMITTED;
    char directory[PATH_SIZE];
    make_place(job, directory);
    raw_open(&raw, directory, MDB_NOSYNC);
    int64_t began = now_ns();
    raw_load(&raw, count, job->is_random ? job->pairs->order : NULL);
    ret_outcome->nanoseconds = (double)(now_ns() - began) / count;
    mdb_env_close(raw.env);
    ret_outcome->sum = sum_and_remove(directory);
}

static void put_ours(struct ours *ours, uint32_t count, const uint32_t *order)
{
    unsigned char key_bytes[KEY_SIZE], value_bytes[VALUE_SIZE] = {0};
    const kv_slice key = kv_slice_of(key_bytes, KEY_SIZE), value = kv_slice_of(value_bytes, VALUE_SIZE);
    our_begin(ours, KV_TXN_WRITE);
    our_require(kv_bucket_create(ours->txn, "plain", KV_PLAIN, &ours->bucket), "kv_bucket_create");
    for (uint32_t i = 0; i < count; i++) {
        write_key(key_bytes, order ? order[i] : i);
        write_value(value_bytes, order ? order[i] : i);
        our_require(order ? kv_bucket_put(ours->bucket, key, value) : kv_bucket_append(ours->bucket, key, value),
                    "kv_bucket_put");
    }
    int status = kv_txn_close(ours->txn);
    ours->txn = NULL;
    our_require(status, "kv_txn_close");
}

static void load_ours(const void *argument, struct outcome *ret_outcome)
{
    const struct job *job = argument;
    struct ours ours = {.pairs = job->pairs};
    char directory[PATH_SIZE];
    make_place(job, directory);
    our_open(&ours, directory, KV_OPEN_CREATE | KV_OPEN_NO_SYNC);
    int64_t began = now_ns();
    put_ours(&ours, job->pairs->count, job->is_random ? job->pairs->order : NULL);
    ret_outcome->nanoseconds = (double)(now_ns() - began) / job->pairs->count;
    our_close(&ours);
    ret_outcome->sum = sum_and_remove(directory);
}

static void commit_ours(const void *argument, struct outcome *ret_outcome)
{
    const struct job *job = argument;
    struct ours ours = {.pairs = job->pairs};
    uint32_t count = job->pairs->count < COMMITTED ? job->pairs->count : COMMITTED;
    kv_message message = {""};
    char directory[PATH_SIZE];
    make_place(job, directory);
    our_open(&ours, directory, KV_OPEN_CREATE | KV_OPEN_NO_SYNC);
    our_open_session(&ours, job->pairs->directory);
    int64_t began = now_ns();
    put_ours(&ours, count, job->pairs->order);
    if (job->is_commit_only)
        began = now_ns();
    require(kv_session_commit(ours.session, KV_FOREVER, &message) == KV_OK, "kv_session_commit", message.text);
    ret_outcome->nanoseconds = (double)(now_ns() - began) / count;
    our_close(&ours);
    ret_outcome->sum = sum_and_remove(directory);
}

/* ---- the stores that are read ---- */

static void fill_dups(struct raw *raw, uint32_t count)
{
    raw_begin(raw, "dups", 0, MDB_CREATE | MDB_DUPSORT);
    unsigned char key_bytes[KEY_SIZE], value_bytes[VALUE_SIZE] = {0};
    MDB_val key = {.mv_size = KEY_SIZE, .mv_data = key_bytes}, value = {.mv_size = VALUE_SIZE, .mv_data = value_bytes};
    for (uint32_t i = 0; i < count; i++) {
        write_key(key_bytes, i / DUPS);
        uint64_t head = htobe64(i);
        memcpy(value_bytes, &head, 8);
        raw_require(mdb_put(raw->txn, raw->dbi, &key, &value, MDB_APPENDDUP), "mdb_put");
    }
    raw_require(mdb_txn_commit(raw->txn), "mdb_txn_commit");
}

static void fill_fixed(struct raw *raw, uint32_t count)
{
    raw_begin(raw, "fixed", 0, MDB_CREATE | MDB_DUPSORT | MDB_DUPFIXED);
    unsigned char key_bytes[KEY_SIZE];
    MDB_val key = {.mv_size = KEY_SIZE, .mv_data = key_bytes};
    for (uint32_t i = 0; i < count; i++) {
        uint64_t ordered = htobe64(i);
        MDB_val value = {.mv_size = 8, .mv_data = &ordered};
        write_key(key_bytes, i / FIXED_DUPS);
        raw_require(mdb_put(raw->txn, raw->dbi, &key, &value, MDB_APPENDDUP), "mdb_put");
    }
    raw_require(mdb_txn_commit(raw->txn), "mdb_txn_commit");
}

/* "read" has the buckets plain, dups and fixed; "merged" has plain with the changes. */
static void fill_stores(const struct pairs *pairs)
{
    char directory[PATH_SIZE];
    struct raw raw = {.pairs = pairs};
    for (int is_merged = 0; is_merged < 2; is_merged++) {
        snprintf(directory, sizeof directory, "%s/%s", pairs->directory, is_merged ? "merged" : "read");
        require(mkdir(directory, 0755) == 0, directory, strerror(errno));
        raw_open(&raw, directory, MDB_NOSYNC);
        raw_load(&raw, pairs->count, NULL);
        if (is_merged) {
            raw_begin(&raw, "plain", 0, 0);
            change_raw(&raw, pairs->count);
            raw_require(mdb_txn_commit(raw.txn), "mdb_txn_commit");
        } else {
            fill_dups(&raw, pairs->count);
            fill_fixed(&raw, pairs->count);
        }
        mdb_env_close(raw.env);
    }
}

/* ---- the table ---- */

#define READ(title, aim, where, by_raw, by_ours)                                                                       \
    {                                                                                                                  \
        .comparison = {.name = (title), .target = (aim), .raw = read_raw, .ours = read_ours}, .bucket = (where),       \
        .raw = (by_raw), .ours = (by_ours)                                                                             \
    }

static const struct job jobs[] = {
    READ("scan forward", 1.25, "plain", raw_scan, our_scan),
    READ("scan backward", 1.25, "plain", raw_scan_back, our_scan_back),
    READ("scan by a range", 0, "plain", raw_scan, our_range),
    READ("get, random, one transaction", 1.05, "plain", raw_get, our_get),
    READ("get, random, renew for each", 0, "plain", raw_get_renewed, our_get_renewed),
    READ("get, random, begin for each", 0, "plain", raw_get_begun, our_get_begun),
    READ("dup-sort scan", 1.25, "dups", raw_scan, our_scan),
    READ("dup-fixed scan by pages", 1.25, "fixed", raw_scan_pages, our_scan_pages),
    {.comparison = {.name = "load, sorted (append)", .target = 1.05, .raw = load_raw, .ours = load_ours}},
    {.comparison = {.name = "load, random", .target = 1.05, .raw = load_raw, .ours = load_ours}, .is_random = true},
    {.comparison = {.name = "session scan, nothing pending", .raw = read_raw, .ours = read_ours},
     .bucket = "plain",
     .raw = raw_scan,
     .ours = our_scan,
     .session = SESSION_EMPTY},
    {.comparison = {.name = "session scan, 1% pending", .raw = read_merged_raw, .ours = read_ours},
     .bucket = "plain",
     .raw = raw_scan,
     .ours = our_scan,
     .session = SESSION_CHANGED},
    {.comparison = {.name = "session get, nothing pending", .raw = read_raw, .ours = read_ours},
     .bucket = "plain",
     .raw = raw_get,
     .ours = our_get,
     .session = SESSION_EMPTY},
    {.comparison = {.name = "session commit, 100k puts before", .target = 1.3, .raw = load_raw, .ours = commit_ours},
     .session = SESSION_EMPTY,
     .is_random = true,
     .is_commit_only = true},
    {.comparison = {.name = "session 100k puts and commit", .raw = load_raw, .ours = commit_ours},
     .session = SESSION_EMPTY,
     .is_random = true},
};

static void compare_all(const struct pairs *pairs, unsigned repetitions, const char *only)
{
    char directory[PATH_SIZE];
    snprintf(directory, sizeof directory, "%s/read", pairs->directory);
    print_heading();
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        struct job job = jobs[i];
        job.pairs = pairs;
        job.directory = directory;
        if (!only || strstr(job.comparison.name, only))
            compare(&job.comparison, &job, repetitions);
    }
}

static uint32_t *shuffled(uint32_t count)
{
    uint32_t *order = malloc(count * sizeof *order);
    require(order != NULL, "malloc", "out of memory");
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    for (uint32_t i = count; i > 1; i--) {
        uint32_t other = (uint32_t)(mix(i * UINT64_C(0x9E3779B97F4A7C15)) % i);
        uint32_t kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
    return order;
}

static unsigned long number_of(const char *text, unsigned long least, unsigned long most)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    require(*text && !*end && number >= least && number <= most, text, "not a number in range");
    return number;
}

int main(int count, char **arguments)
{
    struct pairs pairs = {.count = 1000000};
    unsigned repetitions = 5;
    const char *only = NULL, *parent = P_tmpdir;
    int option;
    while ((option = getopt(count, arguments, "n:r:o:d:")) != -1) {
        if (option == 'n')
            pairs.count = (uint32_t)number_of(optarg, FIXED_DUPS, 100000000);
        else if (option == 'r')
            repetitions = (unsigned)number_of(optarg, 1, REPETITIONS_MAX);
        else if (option == 'o')
            only = optarg;
        else if (option == 'd')
            parent = optarg;
        else
            return 2;
    }
    char directory[PATH_SIZE], path[PATH_SIZE + 16];
    snprintf(directory, sizeof directory, "%s/kvbench.XXXXXX", parent);
    require(mkdtemp(directory) != NULL, directory, strerror(errno));
    pairs.directory = directory;
    pairs.order = shuffled(pairs.count);
    printf("%s, %u pairs of %d + %d bytes, %u runs a side, in %s\n", mdb_version(NULL, NULL, NULL), pairs.count,
           KEY_SIZE, VALUE_SIZE, repetitions, directory);
    fill_stores(&pairs);
    compare_all(&pairs, repetitions, only);
    for (int is_merged = 0; is_merged < 2; is_merged++) {
        snprintf(path, sizeof path, "%s/%s", directory, is_merged ? "merged" : "read");
        remove_store(path);
    }
    rmdir(directory);
    free(pairs.order);
    return EXIT_SUCCESS;
}
