/* Memory stores: scratch environments that nobody else sees and that leave nothing behind. */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "kvcore/kvcore.h"
#include "tests/unit/foreign.h"

static int place(void **state)
{
    static char path[PLACE_MAX];
    place_new("spool", path);
    assert_int_equal(mkdir(path, 0755), 0);
    *state = path;
    return 0;
}

static int leave(void **state)
{
    umount2(*state, MNT_DETACH);
    place_remove(*state);
    return 0;
}

static int open_in(const char *directory, const char *more, kv_store **ret_store, kv_message *message)
{
    char settings[PLACE_MAX + 64];
    snprintf(settings, sizeof settings, "dir=%s%s", directory, more);
    return kv_store_open("mem:", KV_OPEN_CREATE, settings, ret_store, message);
}

static void expect_nothing_in(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    assert_non_null(directory);
    while ((entry = readdir(directory)) != NULL) {
        assert_true(entry->d_name[0] == '.');
    }
    closedir(directory);
}

static int put(kv_store *store, const char *key, size_t size)
{
    kv_txn *txn;
    char *value = calloc(1, size);
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    int status = kv_txn_put(txn, "b", kv_slice_text(key), kv_slice_of(value, size));
    free(value);
    int ended = kv_txn_close(txn);
    return status < 0 ? status : ended;
}

static int get(kv_store *store, const char *key)
{
    kv_txn *txn;
    kv_slice value;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    int status = kv_txn_get(txn, "b", kv_slice_text(key), &value);
    kv_txn_free(txn);
    return status;
}

static void two_stores_share_nothing(void **state)
{
    kv_store *first, *second;
    kv_message message = {""};
    assert_int_equal(open_in(*state, "", &first, &message), KV_OK);
    assert_int_equal(open_in(*state, "", &second, &message), KV_OK);
    assert_int_equal(put(first, "key", 10), KV_OK);
    assert_int_equal(get(first, "key"), KV_OK);
    assert_int_equal(get(second, "key"), KV_NOT_FOUND);
    assert_false(kv_store_capabilities(first) & KV_CAN_SHARE);
    expect_nothing_in(*state);
    assert_int_equal(kv_store_close(first), KV_OK);
    assert_int_equal(kv_store_close(second), KV_OK);
}

static void nothing_is_left_by_a_kill(void **state)
{
    int ends[2];
    char ready;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        kv_store *store;
        kv_message message = {""};
        if (open_in(*state, "", &store, &message) != KV_OK || put(store, "key", 100000) != KV_OK ||
            write(ends[1], "r", 1) != 1) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    close(ends[0]);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    expect_nothing_in(*state);
}

/* A written map would bring SIGBUS here. */
static void the_scratch_disk_is_full(void **state)
{
    kv_store *store;
    kv_message message = {""};
    if (mount("tmpfs", *state, "tmpfs", 0, "size=1M") != 0) {
        print_message("no leave to mount: not run\n");
        skip();
    }
    assert_int_equal(open_in(*state, "", &store, &message), KV_OK);
    assert_int_equal(put(store, "small", 100), KV_OK);
    assert_int_equal(put(store, "large", 2 << 20), KV_ERR_DISK_FULL);
    assert_int_equal(get(store, "large"), KV_NOT_FOUND);
    assert_int_equal(get(store, "small"), KV_OK);
    assert_int_equal(put(store, "again", 100), KV_OK);
    assert_int_equal(kv_store_close(store), KV_OK);
}

static void where_it_cannot_be(void **state)
{
    kv_store *store;
    kv_message message = {""};
    char missing[PLACE_MAX + 16];
    snprintf(missing, sizeof missing, "%s/missing", (const char *)*state);
    assert_int_equal(open_in(missing, "", &store, &message), KV_ERR_NO_STORE);
    assert_non_null(strstr(message.text, missing));
    assert_int_equal(open_in(*state, ",readers=0", &store, &message), KV_ERR_OPTION);
    assert_int_equal(kv_store_open("mem:somewhere", KV_OPEN_CREATE, NULL, &store, &message), KV_ERR_INVALID);
    assert_true(message.text[0] != '\0');
}

static void a_backup_is_an_environment(void **state)
{
    kv_store *store, *copy;
    kv_message message = {""};
    char path[PLACE_MAX + 16];
    assert_int_equal(open_in(*state, "", &store, &message), KV_OK);
    assert_int_equal(put(store, "key", 10), KV_OK);
    for (unsigned flags = 0; flags <= KV_BACKUP_COMPACT; flags += KV_BACKUP_COMPACT) {
        snprintf(path, sizeof path, "%s/backup%u.mdb", (const char *)*state, flags);
        assert_int_equal(kv_store_backup(store, path, flags), KV_OK);
        assert_int_equal(kv_store_open(path, KV_OPEN_READ_ONLY, NULL, &copy, &message), KV_OK);
        assert_int_equal(get(copy, "key"), KV_OK);
        assert_int_equal(kv_store_close(copy), KV_OK);
    }
    assert_int_equal(kv_store_close(store), KV_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_stores_share_nothing, place, leave),
        cmocka_unit_test_setup_teardown(nothing_is_left_by_a_kill, place, leave),
        cmocka_unit_test_setup_teardown(the_scratch_disk_is_full, place, leave),
        cmocka_unit_test_setup_teardown(where_it_cannot_be, place, leave),
        cmocka_unit_test_setup_teardown(a_backup_is_an_environment, place, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
