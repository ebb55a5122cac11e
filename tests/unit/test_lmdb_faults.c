/*
 * What runs out under an LMDB environment, and what comes back: room in the map, on the disk, in the reader table; a
 * map that another process outgrew; a meta page that could not be written.
 */
#define _GNU_SOURCE /* dup3 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
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

struct fixture {
    char path[PLACE_MAX];
    kv_store *store;
};

static int place(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    place_new("store", fixture->path);
    *state = fixture;
    return 0;
}

static int leave(void **state)
{
    struct fixture *fixture = *state;
    kv_store_close(fixture->store);
    umount2(fixture->path, MNT_DETACH);
    place_remove(fixture->path);
    free(fixture);
    return 0;
}

static void open_store(struct fixture *fixture, unsigned flags, const char *settings)
{
    kv_message message = {""};
    if (kv_store_open(fixture->path, flags, settings, &fixture->store, &message) != KV_OK) {
        fail_msg("%s", message.text);
    }
}

/* Puts pairs until one fails, and answers how that one did. */
static int put_until_full(kv_txn *txn)
{
    char value[2000] = "";
    int status = KV_OK;
    for (unsigned i = 0; status == KV_OK; i++) {
        char key[16];
        snprintf(key, sizeof key, "%08u", i);
        status = kv_txn_put(txn, "b", kv_slice_text(key), kv_slice_of(value, sizeof value));
    }
    return status;
}

static int put_and_commit(kv_store *store, const char *key)
{
    kv_txn *txn;
    int status = kv_txn_begin(store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn);
    if (status != KV_OK) {
        return status;
    }
    status = kv_txn_put(txn, "b", kv_slice_text(key), kv_slice_text("value"));
    assert_int_equal(status, KV_OK);
    return kv_txn_close(txn);
}

static int read_back(kv_store *store, const char *key)
{
    kv_txn *txn;
    kv_slice value;
    int status = kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn);
    if (status == KV_OK) {
        status = kv_txn_get(txn, "b", kv_slice_text(key), &value);
        kv_txn_free(txn);
    }
    return status;
}

static void the_map_is_full(void **state)
{
    struct fixture *fixture = *state;
    kv_txn *txn;
    kv_slice value;
    open_store(fixture, KV_OPEN_CREATE | KV_OPEN_NO_SYNC, "map_size=1M");
    assert_int_equal(put_and_commit(fixture->store, "first"), KV_OK);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(put_until_full(txn), KV_ERR_STORE_FULL);
    assert_int_equal(kv_txn_put(txn, "b", kv_slice_text("x"), kv_slice_text("y")), KV_ERR_TXN_BROKEN);
    assert_true(kv_txn_get(txn, "b", kv_slice_text("first"), &value) < 0);
    assert_int_equal(kv_txn_commit(txn, KV_FOREVER), KV_ERR_TXN_BROKEN);
    kv_txn_free(txn);
    assert_int_equal(read_back(fixture->store, "00000000"), KV_NOT_FOUND);
    assert_int_equal(put_and_commit(fixture->store, "second"), KV_OK);
    assert_int_equal(read_back(fixture->store, "first"), KV_OK);
}

static void the_disk_is_full(void **state)
{
    struct fixture *fixture = *state;
    kv_txn *txn;
    assert_int_equal(mkdir(fixture->path, 0755), 0);
    if (mount("tmpfs", fixture->path, "tmpfs", 0, "size=1M") != 0) {
        print_message("no leave to mount: not run\n");
        skip();
    }
    open_store(fixture, KV_OPEN_CREATE, NULL);
    assert_int_equal(put_and_commit(fixture->store, "first"), KV_OK);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    char value[2000] = "";
    for (unsigned i = 0; i < 1000; i++) {
        char key[16];
        snprintf(key, sizeof key, "%08u", i);
        assert_int_equal(kv_txn_put(txn, "b", kv_slice_text(key), kv_slice_of(value, sizeof value)), KV_OK);
    }
    assert_int_equal(kv_txn_close(txn), KV_ERR_DISK_FULL);
    assert_int_equal(read_back(fixture->store, "00000000"), KV_NOT_FOUND);
    assert_int_equal(read_back(fixture->store, "first"), KV_OK);
    assert_int_equal(put_and_commit(fixture->store, "second"), KV_OK);
}

static void no_disk_for_the_lock_file(void **state)
{
    struct fixture *fixture = *state;
    char filler[PLACE_MAX + 16], bytes[4096] = "";
    kv_message message = {""};
    assert_int_equal(mkdir(fixture->path, 0755), 0);
    if (mount("tmpfs", fixture->path, "tmpfs", 0, "size=160K") != 0) {
        print_message("no leave to mount: not run\n");
        skip();
    }
    snprintf(filler, sizeof filler, "%s/filler", fixture->path);
    int fd = open(filler, O_WRONLY | O_CREAT, 0644);
    while (write(fd, bytes, sizeof bytes) > 0) {}
    close(fd);
    assert_int_equal(kv_store_open(fixture->path, KV_OPEN_CREATE, NULL, &fixture->store, &message), KV_ERR_DISK_FULL);
    assert_non_null(strstr(message.text, fixture->path));
    /* The same beside data that were copied without their lock file. */
    char lock[PLACE_MAX + 16];
    snprintf(lock, sizeof lock, "%s/lock.mdb", fixture->path);
    assert_int_equal(unlink(filler), 0);
    open_store(fixture, KV_OPEN_CREATE, NULL);
    assert_int_equal(put_and_commit(fixture->store, "key"), KV_OK);
    assert_int_equal(kv_store_close(fixture->store), KV_OK);
    fixture->store = NULL;
    assert_int_equal(unlink(lock), 0);
    fd = open(filler, O_WRONLY | O_CREAT, 0644);
    while (write(fd, bytes, sizeof bytes) > 0) {}
    close(fd);
    assert_int_equal(kv_store_open(fixture->path, 0, NULL, &fixture->store, &message), KV_ERR_DISK_FULL);
}

static void readers_are_full(void **state)
{
    struct fixture *fixture = *state;
    kv_txn *txns[8];
    int count = 0, status = KV_OK;
    open_store(fixture, KV_OPEN_CREATE, "readers=4");
    while (count < 8 && (status = kv_txn_begin(fixture->store, NULL, KV_TXN_READ, KV_FOREVER, &txns[count])) == KV_OK) {
        count++;
    }
    assert_int_equal(count, 4);
    assert_int_equal(status, KV_ERR_READERS_FULL);
    kv_txn_free(txns[--count]);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_READ, KV_FOREVER, &txns[count]), KV_OK);
    count++;
    while (count > 0) {
        kv_txn_free(txns[--count]);
    }
}

/* The other program is killed in its read transactions: LMDB leaves their slots taken. */
static void slots_of_the_dead(void **state)
{
    struct fixture *fixture = *state;
    kv_txn *txn;
    char ready;
    int ends[2];
    open_store(fixture, KV_OPEN_CREATE, "readers=4");
    assert_int_equal(put_and_commit(fixture->store, "key"), KV_OK);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        MDB_env *env;
        MDB_txn *own;
        mdb_env_create(&env);
        int code = mdb_env_open(env, fixture->path, MDB_NOTLS, 0644);
        for (int i = 0; i < 4 && code == 0; i++) {
            code = mdb_txn_begin(env, NULL, MDB_RDONLY, &own);
        }
        if (code != 0 || write(ends[1], "r", 1) != 1) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    close(ends[0]);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_ERR_READERS_FULL);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(read_back(fixture->store, "key"), KV_OK);
}

static int outgrow(struct foreign *foreign, const void *argument)
{
    (void)argument;
    char *value = calloc(1, 8 << 20);
    MDB_dbi dbi;
    char name[] = "big";
    MDB_val key = {3, name}, data = {8 << 20, value};
    int code = mdb_dbi_open(foreign->txn, "b", MDB_CREATE, &dbi);
    code = code ? code : mdb_put(foreign->txn, dbi, &key, &data, 0);
    free(value);
    return code;
}

static void another_process_outgrows_the_map(void **state)
{
    struct fixture *fixture = *state;
    kv_txn *kept, *open, *txn;
    open_store(fixture, KV_OPEN_CREATE | KV_OPEN_NO_SYNC, "map_size=1M");
    assert_int_equal(put_and_commit(fixture->store, "key"), KV_OK);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_READ, KV_FOREVER, &kept), KV_OK);
    assert_int_equal(kv_txn_reset(kept), KV_OK);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_READ, KV_FOREVER, &open), KV_OK);
    foreign_do(fixture->path, MDB_NOSYNC, outgrow, NULL);
    /* The map cannot be exchanged under an open transaction. */
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_ERR_BUSY);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_ERR_BUSY);
    assert_int_equal(kv_txn_renew(kept), KV_ERR_BUSY);
    kv_slice value;
    assert_int_equal(kv_txn_get(open, "b", kv_slice_text("key"), &value), KV_OK);
    kv_txn_free(open);
    assert_int_equal(kv_txn_renew(kept), KV_OK);
    assert_int_equal(kv_txn_get(kept, "b", kv_slice_text("big"), &value), KV_OK);
    assert_int_equal(value.size, 8 << 20);
    kv_txn_free(kept);
    assert_int_equal(put_and_commit(fixture->store, "more"), KV_OK);
}

#define READERS 6

/* Reads again and again; each begin may be the one that finds the map too small. */
static void *read_rounds(void *argument)
{
    intptr_t failures = 0;
    kv_txn *txn;
    for (int i = 0; i < 300; i++) {
        if (kv_txn_begin(argument, NULL, KV_TXN_READ, KV_FOREVER, &txn) == KV_OK) {
            kv_txn_free(txn);
        } else {
            failures++;
        }
    }
    return (void *)failures;
}

static void readers_get_over_an_outgrown_map(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[READERS];
    void *failures;
    open_store(fixture, KV_OPEN_CREATE | KV_OPEN_NO_SYNC, "map_size=1M");
    assert_int_equal(put_and_commit(fixture->store, "key"), KV_OK);
    foreign_do(fixture->path, MDB_NOSYNC, outgrow, NULL);
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_rounds, fixture->store), 0);
    }
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], &failures);
        assert_null(failures);
    }
}

/* A program may have opened data.mdb by its own name: its lock file then lies beside that. */
static void the_lock_file_in_use_is_the_one_taken(void **state)
{
    struct fixture *fixture = *state;
    char path[PLACE_MAX + 16];
    struct stat about;
    open_store(fixture, KV_OPEN_CREATE, NULL);
    assert_int_equal(kv_store_close(fixture->store), KV_OK);
    fixture->store = NULL;
    snprintf(path, sizeof path, "%s/lock.mdb", fixture->path);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/data.mdb", fixture->path);
    foreign_do(path, MDB_NOSUBDIR, outgrow, NULL);
    open_store(fixture, 0, NULL);
    snprintf(path, sizeof path, "%s/lock.mdb", fixture->path);
    assert_int_not_equal(stat(path, &about), 0);
}

/* The descriptor by which LMDB writes meta pages: of the data file, and with O_DSYNC. */
static int meta_descriptor(const char *path)
{
    char data[PLACE_MAX + 16];
    struct stat wanted, about;
    snprintf(data, sizeof data, "%s/data.mdb", path);
    assert_int_equal(stat(data, &wanted), 0);
    for (int fd = 0; fd < 256; fd++) {
        if (fstat(fd, &about) == 0 && about.st_dev == wanted.st_dev && about.st_ino == wanted.st_ino &&
            (fcntl(fd, F_GETFL) & O_DSYNC) != 0) {
            return fd;
        }
    }
    fail_msg("LMDB has no such descriptor");
    return -1;
}

static void a_meta_page_cannot_be_written(void **state)
{
    struct fixture *fixture = *state;
    kv_txn *kept;
    kv_slice value;
    kv_message message = {""};
    char directory[PLACE_MAX];
    snprintf(directory, sizeof directory, "%s", fixture->path);
    *strrchr(directory, '/') = '\0';
    assert_int_equal(chdir(directory), 0);
    assert_int_equal(kv_store_open("store", KV_OPEN_CREATE, NULL, &fixture->store, &message), KV_OK);
    assert_int_equal(put_and_commit(fixture->store, "first"), KV_OK);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_READ, KV_FOREVER, &kept), KV_OK);
    int unwritable = open("/dev/full", O_WRONLY);
    assert_true(unwritable >= 0);
    assert_true(dup3(unwritable, meta_descriptor(fixture->path), O_CLOEXEC) >= 0);
    close(unwritable);
    assert_true(put_and_commit(fixture->store, "lost") < 0);
    /* LMDB refuses everything now; a transaction that is open goes on. */
    assert_int_equal(read_back(fixture->store, "first"), KV_ERR_IO);
    assert_int_equal(kv_txn_get(kept, "b", kv_slice_text("first"), &value), KV_OK);
    kv_txn_free(kept);
    /* Without any open the environment is opened again, wherever the process has gone meanwhile. */
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(read_back(fixture->store, "first"), KV_OK);
    assert_int_equal(read_back(fixture->store, "lost"), KV_NOT_FOUND);
    assert_int_equal(put_and_commit(fixture->store, "second"), KV_OK);
    assert_int_equal(read_back(fixture->store, "second"), KV_OK);
}

/* LMDB stops the writers while it begins a plain copy, and would wait for the very thread that copies. */
static void backup_by_the_writer(void **state)
{
    struct fixture *fixture = *state;
    char copy[PLACE_MAX + 8];
    kv_txn *txn;
    snprintf(copy, sizeof copy, "%s.copy", fixture->path);
    open_store(fixture, KV_OPEN_CREATE, NULL);
    assert_int_equal(put_and_commit(fixture->store, "key"), KV_OK);
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_WRITE, KV_FOREVER, &txn), KV_OK);
    assert_int_equal(kv_store_backup(fixture->store, copy, 0), KV_ERR_BUSY);
    assert_int_equal(kv_store_backup(fixture->store, copy, KV_BACKUP_COMPACT), KV_OK);
    kv_txn_free(txn);
}

static int put_theirs(struct foreign *foreign, const void *argument)
{
    return foreign_put(foreign, "b", 0, argument, "theirs");
}

static int put_key(kv_txn *txn, void *argument)
{
    return kv_txn_put(txn, "b", kv_slice_text(argument), kv_slice_text("ours"));
}

static int put_ours(kv_store *store, const char *key)
{
    char name[16];
    snprintf(name, sizeof name, "%s", key);
    return kv_store_update(store, KV_FOREVER, put_key, name);
}

static bool has(kv_store *store, const char *key)
{
    kv_txn *txn;
    assert_int_equal(kv_txn_begin(store, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    int status = kv_txn_has(txn, "b", kv_slice_text(key));
    kv_txn_free(txn);
    return status == KV_OK;
}

/* Postfix opens its tables so. A commit of ours must not undo one that the lock file does not know of. */
static void others_commit_without_locks(void **state)
{
    struct fixture *fixture = *state;
    kv_txn *reader;
    open_store(fixture, KV_OPEN_CREATE, NULL);
    assert_int_equal(put_ours(fixture->store, "first"), KV_OK);
    foreign_do(fixture->path, MDB_NOLOCK, put_theirs, "second");
    assert_int_equal(put_ours(fixture->store, "third"), KV_OK);
    assert_true(has(fixture->store, "first") && has(fixture->store, "second") && has(fixture->store, "third"));
    foreign_do(fixture->path, MDB_NOLOCK, put_theirs, "fourth");
    assert_int_equal(kv_txn_begin(fixture->store, NULL, KV_TXN_READ, KV_FOREVER, &reader), KV_OK);
    assert_int_equal(put_ours(fixture->store, "fifth"), KV_ERR_UNLOCKED_WRITER);
    kv_txn_free(reader);
    assert_int_equal(put_ours(fixture->store, "fifth"), KV_OK);
    assert_true(has(fixture->store, "fourth") && has(fixture->store, "fifth"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_map_is_full, place, leave),
        cmocka_unit_test_setup_teardown(the_disk_is_full, place, leave),
        cmocka_unit_test_setup_teardown(no_disk_for_the_lock_file, place, leave),
        cmocka_unit_test_setup_teardown(readers_are_full, place, leave),
        cmocka_unit_test_setup_teardown(slots_of_the_dead, place, leave),
        cmocka_unit_test_setup_teardown(another_process_outgrows_the_map, place, leave),
        cmocka_unit_test_setup_teardown(readers_get_over_an_outgrown_map, place, leave),
        cmocka_unit_test_setup_teardown(the_lock_file_in_use_is_the_one_taken, place, leave),
        cmocka_unit_test_setup_teardown(a_meta_page_cannot_be_written, place, leave),
        cmocka_unit_test_setup_teardown(backup_by_the_writer, place, leave),
        cmocka_unit_test_setup_teardown(others_commit_without_locks, place, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
