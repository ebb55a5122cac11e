#define _GNU_SOURCE /* nftw */
#include "tests/unit/foreign.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

void place_new(const char *name, char *path)
{
    const char *parent = getenv("TEST_TMPDIR");
    char directory[PLACE_MAX / 2];
    int length = snprintf(directory, sizeof directory, "%s/lmdb.XXXXXX", parent ? parent : P_tmpdir);
    assert_in_range(length, 1, sizeof directory - 1);
    assert_non_null(mkdtemp(directory));
    length = snprintf(path, PLACE_MAX, "%s/%s", directory, name);
    assert_in_range(length, 1, PLACE_MAX - 1);
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

void place_remove(const char *path)
{
    char directory[PLACE_MAX];
    snprintf(directory, sizeof directory, "%s", path);
    *strrchr(directory, '/') = '\0';
    nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int work_in_child(const char *path, unsigned flags, foreign_work *work, const void *argument)
{
    struct foreign foreign = {NULL, NULL};
    if ((flags & (MDB_NOSUBDIR | MDB_RDONLY)) == 0) {
        mkdir(path, 0755);
    }
    int code = mdb_env_create(&foreign.env);
    code = code ? code : mdb_env_set_maxdbs(foreign.env, 1000);
    code = code ? code : mdb_env_set_mapsize(foreign.env, (size_t)1 << 30);
    code = code ? code : mdb_env_open(foreign.env, path, flags, 0644);
    code = code ? code : mdb_txn_begin(foreign.env, NULL, flags & MDB_RDONLY, &foreign.txn);
    code = code ? code : work(&foreign, argument);
    code = code ? code : mdb_txn_commit(foreign.txn);
    if (code != 0) {
        fprintf(stderr, "the other program: %s\n", mdb_strerror(code));
        return 1;
    }
    mdb_env_close(foreign.env);
    return 0;
}

void foreign_do(const char *path, unsigned flags, foreign_work *work, const void *argument)
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(work_in_child(path, flags, work, argument));
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
}

int foreign_put(struct foreign *foreign, const char *name, unsigned flags, const char *key, const char *value)
{
    MDB_dbi dbi;
    MDB_val key_val = {strlen(key), (void *)(uintptr_t)key};
    MDB_val value_val = {strlen(value), (void *)(uintptr_t)value};
    int code = mdb_dbi_open(foreign->txn, name, flags | MDB_CREATE, &dbi);
    return code ? code : mdb_put(foreign->txn, dbi, &key_val, &value_val, 0);
}

int foreign_drop(struct foreign *foreign, const char *name)
{
    MDB_dbi dbi;
    int code = mdb_dbi_open(foreign->txn, name, 0, &dbi);
    return code ? code : mdb_drop(foreign->txn, dbi, 1);
}
