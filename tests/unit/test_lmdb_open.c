/* Opening LMDB environments: what there is, what is made, what is refused before LMDB maps it. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "kvcore/kvcore.h"
#include "tests/unit/foreign.h"

static int place(void **state)
{
    static char path[PLACE_MAX];
    place_new("store", path);
    *state = path;
    return 0;
}

static int leave(void **state)
{
    place_remove(*state);
    return 0;
}

static int put_one(struct foreign *foreign, const void *argument)
{
    (void)argument;
    return foreign_put(foreign, "b", 0, "key", "value");
}

/* Opens and answers the status; closes again when it could be opened, after reading the pair that put_one stored. */
static int open_and_read(const char *path, unsigned flags, kv_message *message)
{
    kv_store *store;
    int status = kv_store_open(path, flags, NULL, &store, message);
    if (status != KV_OK) {
        return status;
    }
    kv_txn *txn;
    kv_slice value;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_txn_get(txn, "b", kv_slice_text("key"), &value), KV_OK);
    assert_true(kv_slice_equal(value, kv_slice_text("value")));
    kv_txn_free(txn);
    assert_int_equal(kv_store_close(store), KV_OK);
    return KV_OK;
}

/* The message names the file, and says more than that. */
static void expect_failure(const char *path, unsigned flags, int expected)
{
    kv_message message = {""};
    assert_int_equal(open_and_read(path, flags, &message), expected);
    char base[PLACE_MAX];
    snprintf(base, sizeof base, "%s", path);
    if (strncmp(message.text, base, strlen(base)) != 0 || strlen(message.text) < strlen(base) + 10) {
        fail_msg("a poor message: %s", message.text);
    }
}

static void data_of(const char *path, char *data)
{
    struct stat about;
    bool is_directory = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    assert_in_range(snprintf(data, PLACE_MAX, is_directory ? "%s/data.mdb" : "%s", path), 1, PLACE_MAX - 1);
}

static void write_at(const char *file, off_t offset, const void *bytes, size_t size)
{
    int fd = open(file, O_RDWR | O_CREAT, 0644);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, size, offset), size);
    close(fd);
}

static void missing_is_no_store(void **state)
{
    expect_failure(*state, 0, KV_ERR_NO_STORE);
    expect_failure(*state, KV_OPEN_READ_ONLY | KV_OPEN_CREATE, KV_ERR_NO_STORE);
    assert_int_not_equal(access(*state, F_OK), 0); /* and none was made */
}

static void directory_and_single_file(void **state)
{
    const char *path = *state;
    char single[PLACE_MAX + 8], data[PLACE_MAX + 16], through[PLACE_MAX + 16];
    kv_message message = {""};
    foreign_do(path, 0, put_one, NULL);
    assert_int_equal(open_and_read(path, 0, &message), KV_OK);
    snprintf(single, sizeof single, "%s.mdb", path);
    foreign_do(single, MDB_NOSUBDIR, put_one, NULL);
    assert_int_equal(open_and_read(single, 0, &message), KV_OK);
    /* By way of a link it is the same file, with the same lock file. */
    snprintf(through, sizeof through, "%s.link", path);
    assert_int_equal(symlink(single, through), 0);
    assert_int_equal(open_and_read(through, 0, &message), KV_OK);
    strcat(through, "-lock");
    assert_int_not_equal(access(through, F_OK), 0);
    /* The data file of a directory is the directory, and gets no lock file of its own. */
    snprintf(data, sizeof data, "%s/data.mdb", path);
    assert_int_equal(open_and_read(data, 0, &message), KV_OK);
    strcat(data, "-lock");
    assert_int_not_equal(access(data, F_OK), 0);
}

static void what_is_made(void **state)
{
    static const struct {
        const char *suffix;
        bool is_single;
    } cases[] = {{"", false}, {"-x/", false}, {".d", false}, {".mdb", true}, {".lmdb", true}, {".db", true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[PLACE_MAX + 8];
        struct stat about;
        kv_store *store;
        kv_message message = {""};
        snprintf(path, sizeof path, "%s%s", (const char *)*state, cases[i].suffix);
        assert_int_equal(kv_store_open(path, KV_OPEN_CREATE, "mode=600", &store, &message), KV_OK);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(S_ISREG(about.st_mode), cases[i].is_single);
        assert_int_equal(about.st_mode & 077, 0);
        assert_int_equal(kv_store_close(store), KV_OK);
    }
}

static void garbage_is_not_a_store(void **state)
{
    char bytes[20000], data[PLACE_MAX];
    memset(bytes, 'x', sizeof bytes);
    snprintf(data, sizeof data, "%s", (const char *)*state);
    write_at(data, 0, bytes, sizeof bytes);
    expect_failure(data, 0, KV_ERR_NOT_A_STORE);
    expect_failure(data, KV_OPEN_READ_ONLY, KV_ERR_NOT_A_STORE);
    expect_failure(data, KV_OPEN_CREATE, KV_ERR_NOT_A_STORE);
    assert_int_equal(truncate(data, 10), 0);
    expect_failure(data, 0, KV_ERR_NOT_A_STORE);
    expect_failure("/dev/null", 0, KV_ERR_NOT_A_STORE);
}

static void empty_file(void **state)
{
    const char *path = *state;
    char data[PLACE_MAX];
    assert_int_equal(mkdir(path, 0755), 0);
    data_of(path, data);
    write_at(data, 0, "", 0);
    expect_failure(path, 0, KV_ERR_NOT_A_STORE);
    expect_failure(path, KV_OPEN_READ_ONLY, KV_ERR_NOT_A_STORE);
    expect_failure(path, KV_OPEN_READ_ONLY | KV_OPEN_CREATE, KV_ERR_NOT_A_STORE);
    kv_store *store;
    kv_message message;
    assert_int_equal(kv_store_open(path, KV_OPEN_CREATE, NULL, &store, &message), KV_OK);
    assert_int_equal(kv_store_close(store), KV_OK);
}

/* Offsets by LMDB's format: a page header of 16 bytes, then the meta page. */
static void damaged_meta_pages(void **state)
{
    static const struct {
        off_t offset;
        uint64_t number;
        size_t size;
        int expected;
    } cases[] = {
        {16, 0x12345678, 4, KV_ERR_NOT_A_STORE}, /* magic */
        {4096 + 16, 0, 4, KV_ERR_CORRUPT},       {20, 999, 4, KV_ERR_VERSION},
        {4096 + 20, 2, 4, KV_ERR_VERSION},       {40, 3000, 4, KV_ERR_CORRUPT},         /* page size */
        {40, 8192, 4, KV_ERR_CORRUPT},           {16 + 64, 1000000, 8, KV_ERR_CORRUPT}, /* root of the free database */
        {16 + 112, 1000000, 8, KV_ERR_CORRUPT},                                         /* of the main one */
        {16 + 112, 1, 8, KV_ERR_CORRUPT},        {16 + 120, UINT64_MAX, 8, KV_ERR_CORRUPT}, /* last page */
        {16 + 120, 100000, 8, KV_ERR_CORRUPT},   {16 + 128, 7, 8, KV_ERR_CORRUPT},          /* transaction number */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[PLACE_MAX + 8], data[PLACE_MAX];
        snprintf(path, sizeof path, "%s%zu", (const char *)*state, i);
        foreign_do(path, 0, put_one, NULL); /* transaction 1, in the second meta page */
        foreign_do(path, 0, put_one, NULL);
        data_of(path, data);
        write_at(data, cases[i].offset, &cases[i].number, cases[i].size);
        print_message("case %zu\n", i);
        expect_failure(path, 0, cases[i].expected);
        expect_failure(path, KV_OPEN_READ_ONLY, cases[i].expected);
    }
}

static int put_many(struct foreign *foreign, const void *argument)
{
    (void)argument;
    int code = put_one(foreign, NULL);
    for (int i = 0; i < 2000 && code == 0; i++) {
        char key[16];
        snprintf(key, sizeof key, "%08d", i);
        code = foreign_put(foreign, i % 2 ? "b" : "c", 0, key, "a value that is a little longer than nothing");
    }
    return code;
}

static void truncated_at_any_length(void **state)
{
    const char *path = *state;
    char data[PLACE_MAX];
    struct stat about;
    foreign_do(path, 0, put_many, NULL);
    data_of(path, data);
    assert_int_equal(stat(data, &about), 0);
    for (off_t size = about.st_size - 1; size > 0; size -= size > 16384 ? 4001 : 997) {
        kv_message message = {""};
        assert_int_equal(truncate(data, size), 0);
        int status = open_and_read(path, size % 2 ? 0 : KV_OPEN_READ_ONLY, &message);
        assert_int_equal(status, size < 152 ? KV_ERR_NOT_A_STORE : KV_ERR_CORRUPT);
    }
}

/* A transaction that inserts and removes at random: after some, the file is shorter than its last page says. */
static int churn(struct foreign *foreign, const void *argument)
{
    unsigned own_seed = *(const unsigned *)argument;
    unsigned *seed = &own_seed;
    char value[3000] = "", key[16];
    MDB_dbi dbi;
    int code = mdb_dbi_open(foreign->txn, "churn", MDB_CREATE, &dbi);
    for (int i = 0; i < 1500 && code == 0; i++) {
        MDB_val key_val = {8, key}, value_val = {rand_r(seed) % 20 ? 100 : sizeof value, value};
        snprintf(key, sizeof key, "%08d", rand_r(seed) % 3000);
        code = rand_r(seed) % 3 ? mdb_put(foreign->txn, dbi, &key_val, &value_val, 0)
                                : mdb_del(foreign->txn, dbi, &key_val, NULL);
        code = code == MDB_NOTFOUND ? 0 : code;
    }
    for (int i = rand_r(seed) % 3000; i < 3000 && code == 0; i++) {
        MDB_val key_val = {8, key};
        snprintf(key, sizeof key, "%08d", i);
        code = mdb_del(foreign->txn, dbi, &key_val, NULL);
        code = code == MDB_NOTFOUND ? 0 : code;
    }
    return code ? code : put_one(foreign, NULL);
}

static uint64_t last_page(const char *data)
{
    uint64_t pages[2], txnids[2];
    int fd = open(data, O_RDONLY);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pread(fd, &pages[i], 8, i * 4096 + 16 + 120), 8);
        assert_int_equal(pread(fd, &txnids[i], 8, i * 4096 + 16 + 128), 8);
    }
    close(fd);
    return pages[txnids[0] < txnids[1]];
}

static void short_but_healthy(void **state)
{
    const char *path = *state;
    char data[PLACE_MAX];
    unsigned shorter = 0;
    for (unsigned seed = 1; seed < 200 && shorter < 5; seed++) {
        struct stat about;
        kv_message message = {""};
        foreign_do(path, MDB_NOSYNC, churn, &seed);
        data_of(path, data);
        assert_int_equal(stat(data, &about), 0);
        if ((uint64_t)about.st_size < (last_page(data) + 1) * 4096) {
            shorter++;
            if (open_and_read(path, 0, &message) != KV_OK) {
                fail_msg("%s", message.text);
            }
        }
    }
    assert_int_equal(shorter, 5);
}

static void foreign_lock_file(void **state)
{
    const char *path = *state;
    char lock[PLACE_MAX + 16], bytes[8192];
    kv_message message = {""};
    memset(bytes, 'x', sizeof bytes);
    foreign_do(path, 0, put_one, NULL);
    snprintf(lock, sizeof lock, "%s/lock.mdb", path);
    write_at(lock, 0, bytes, sizeof bytes);
    /* Nobody has it locked, so LMDB begins it anew. */
    assert_int_equal(open_and_read(path, 0, &message), KV_OK);
}

static uint64_t size_limit(const char *path, unsigned flags, const char *settings)
{
    kv_store *store;
    kv_message message = {""};
    kv_store_stat stat;
    if (kv_store_open(path, flags, settings, &store, &message) != KV_OK) {
        fail_msg("%s", message.text);
    }
    assert_int_equal(kv_store_statistics(store, &stat), KV_OK);
    assert_int_equal(kv_store_close(store), KV_OK);
    return stat.size_limit;
}

static void map_sizes(void **state)
{
    const char *path = *state;
    foreign_do(path, 0, put_many, NULL);
    assert_int_equal(size_limit(path, 0, NULL), (uint64_t)64 << 30);
    assert_int_equal(size_limit(path, 0, "map_size=10M"), 10 << 20);
    assert_in_range(size_limit(path, KV_OPEN_READ_ONLY, "map_size=1"), 4096 * 3, 10 << 20); /* what is used at least */
    char data[PLACE_MAX];
    data_of(path, data);
    uint64_t recorded = (uint64_t)1 << 40;
    write_at(data, 16 + 16, &recorded, 8);
    write_at(data, 4096 + 16 + 16, &recorded, 8);
    assert_int_equal(size_limit(path, 0, NULL), recorded);
    /* More than there is of addresses: halved until it fits. */
    recorded = (uint64_t)1 << 60;
    write_at(data, 16 + 16, &recorded, 8);
    write_at(data, 4096 + 16 + 16, &recorded, 8);
    assert_in_range(size_limit(path, 0, NULL), (uint64_t)1 << 30, (uint64_t)1 << 48);
}

static void options_are_checked(void **state)
{
    static const char *const bad[] = {
        "map_size=lots", "readers=99999999999", "buckets=99999999", "mode=9", "mode=400", "mode=", "speed=1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        kv_store *store;
        kv_message message = {""};
        assert_int_equal(kv_store_open(*state, KV_OPEN_CREATE, bad[i], &store, &message), KV_ERR_OPTION);
        assert_true(message.text[0] != '\0');
    }
    assert_int_not_equal(access(*state, F_OK), 0);
}

static void one_environment_one_map(void **state)
{
    const char *path = *state;
    char other_name[PLACE_MAX + 16];
    kv_store *first, *second, *reader;
    kv_message message = {""};
    kv_txn *txn;
    kv_slice value;
    snprintf(other_name, sizeof other_name, "%s/../store/data.mdb", path);
    assert_int_equal(kv_store_open(path, KV_OPEN_CREATE, NULL, &first, &message), KV_OK);
    assert_int_equal(kv_store_open(other_name, 0, NULL, &second, &message), KV_OK);
    assert_int_equal(kv_store_open(path, KV_OPEN_READ_ONLY, NULL, &reader, &message), KV_OK);
    assert_true(kv_store_is_read_only(reader));
    assert_int_equal(kv_txn_begin(reader, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_ERR_READ_ONLY);

    assert_int_equal(kv_txn_begin(second, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_txn_put(txn, "b", kv_slice_text("key"), kv_slice_text("value")), KV_OK);
    assert_int_equal(kv_txn_close(txn), KV_OK);
    assert_int_equal(kv_store_close(second), KV_OK);
    /* The locks survived that close: another program cannot take the environment for unused. */
    foreign_do(path, 0, put_one, NULL);
    assert_int_equal(kv_txn_begin(reader, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_txn_get(txn, "b", kv_slice_text("key"), &value), KV_OK);
    kv_txn_free(txn);
    assert_int_equal(kv_store_close(first), KV_OK);
    assert_int_equal(kv_store_close(reader), KV_OK);
}

static void read_only_first(void **state)
{
    const char *path = *state;
    kv_store *reader, *writer;
    kv_message message = {""};
    foreign_do(path, 0, put_one, NULL);
    assert_int_equal(kv_store_open(path, KV_OPEN_READ_ONLY, NULL, &reader, &message), KV_OK);
    assert_int_equal(kv_store_open(path, 0, NULL, &writer, &message), KV_ERR_BUSY);
    assert_non_null(strstr(message.text, path));
    assert_int_equal(kv_store_close(reader), KV_OK);
    assert_int_equal(kv_store_open(path, 0, NULL, &writer, &message), KV_OK);
    assert_int_equal(kv_store_close(writer), KV_OK);
}

static void replaced_while_open(void **state)
{
    const char *path = *state;
    char data[PLACE_MAX];
    kv_store *store, *other;
    kv_message message = {""};
    assert_int_equal(kv_store_open(path, KV_OPEN_CREATE, NULL, &store, &message), KV_OK);
    data_of(path, data);
    assert_int_equal(unlink(data), 0);
    assert_int_equal(kv_store_open(path, KV_OPEN_CREATE, NULL, &other, &message), KV_ERR_BUSY);
    assert_int_equal(kv_store_close(store), KV_OK);
    assert_int_equal(kv_store_open(path, KV_OPEN_CREATE, NULL, &other, &message), KV_OK);
    assert_int_equal(kv_store_close(other), KV_OK);
}

static void read_only_media(void **state)
{
    const char *path = *state;
    kv_store *store;
    kv_message message = {""};
    foreign_do(path, 0, put_one, NULL);
    if (mount(path, path, NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) != 0) {
        umount2(path, MNT_DETACH);
        print_message("no leave to mount: not run\n");
        skip();
    }
    int status = kv_store_open(path, KV_OPEN_CREATE, NULL, &store, &message);
    bool is_read_only = status == KV_OK && kv_store_is_read_only(store);
    unsigned capabilities = status == KV_OK ? kv_store_capabilities(store) : KV_CAN_WRITE;
    if (status == KV_OK) {
        kv_store_close(store);
        status = open_and_read(path, 0, &message);
    }
    umount2(path, MNT_DETACH);
    assert_int_equal(status, KV_OK);
    assert_true(is_read_only);
    assert_false(capabilities & KV_CAN_WRITE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(missing_is_no_store, place, leave),
        cmocka_unit_test_setup_teardown(directory_and_single_file, place, leave),
        cmocka_unit_test_setup_teardown(what_is_made, place, leave),
        cmocka_unit_test_setup_teardown(garbage_is_not_a_store, place, leave),
        cmocka_unit_test_setup_teardown(empty_file, place, leave),
        cmocka_unit_test_setup_teardown(damaged_meta_pages, place, leave),
        cmocka_unit_test_setup_teardown(truncated_at_any_length, place, leave),
        cmocka_unit_test_setup_teardown(short_but_healthy, place, leave),
        cmocka_unit_test_setup_teardown(foreign_lock_file, place, leave),
        cmocka_unit_test_setup_teardown(map_sizes, place, leave),
        cmocka_unit_test_setup_teardown(options_are_checked, place, leave),
        cmocka_unit_test_setup_teardown(one_environment_one_map, place, leave),
        cmocka_unit_test_setup_teardown(read_only_first, place, leave),
        cmocka_unit_test_setup_teardown(replaced_while_open, place, leave),
        cmocka_unit_test_setup_teardown(read_only_media, place, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
