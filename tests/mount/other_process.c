/*
 * Another program that uses the same LMDB environment, by LMDB's own interface.
 *
 * other_process hold ENVIRONMENT                      takes the write lock, says "held", and lets go at a line on stdin
 * other_process read ENVIRONMENT                      the same with a read transaction
 * other_process alternate ENVIRONMENT DATABASE KEY A B  commits a value of A times 'a' and one of B times 'b' by turns,
 *                                                     says "started" after the first, and ends at a line on stdin
 */
#include <lmdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void must(int error, const char *what)
{
    if (error) {
        fprintf(stderr, "other_process: %s: %s\n", what, mdb_strerror(error));
        exit(1);
    }
}

static MDB_env *open_environment(const char *path)
{
    MDB_env *env = NULL;
    struct stat status;
    must(mdb_env_create(&env), "create");
    must(mdb_env_set_maxdbs(env, 8), "set_maxdbs");
    must(mdb_env_set_mapsize(env, (size_t)1 << 30), "set_mapsize");
    unsigned flags = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? MDB_NOSUBDIR : 0;
    must(mdb_env_open(env, path, flags | MDB_NOSYNC, 0644), path);
    return env;
}

static void say(const char *what)
{
    puts(what);
    fflush(stdout);
}

static void hold(MDB_env *env, unsigned flags)
{
    MDB_txn *txn = NULL;
    char byte;
    must(mdb_txn_begin(env, NULL, flags, &txn), "begin");
    say("held");
    if (read(STDIN_FILENO, &byte, 1) < 0) {
        perror("stdin");
    }
    mdb_txn_abort(txn);
}

static void put(MDB_env *env, const char *database, const char *key, char fill, size_t size)
{
    MDB_txn *txn = NULL;
    MDB_dbi dbi;
    MDB_val name = {strlen(key), (void *)(size_t)key};
    char *bytes = malloc(size + 1);
    if (!bytes) {
        exit(1);
    }
    memset(bytes, fill, size);
    MDB_val value = {size, bytes};
    must(mdb_txn_begin(env, NULL, 0, &txn), "begin");
    must(mdb_dbi_open(txn, database, MDB_CREATE, &dbi), database);
    must(mdb_put(txn, dbi, &name, &value, 0), "put");
    must(mdb_txn_commit(txn), "commit");
    free(bytes);
}

static int is_over(void)
{
    struct pollfd event = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&event, 1, 0) != 0;
}

static void alternate(MDB_env *env, char **arguments)
{
    for (unsigned long turn = 0; turn < 2 || !is_over(); turn++) {
        int is_b = turn % 2 == 1;
        put(env, arguments[0], arguments[1], is_b ? 'b' : 'a', (size_t)atol(arguments[is_b ? 3 : 2]));
        if (turn == 0) {
            say("started");
        }
    }
}

int main(int count, char **arguments)
{
    const char *verb = count >= 3 ? arguments[1] : "";
    if (!((count == 3 && (strcmp(verb, "hold") == 0 || strcmp(verb, "read") == 0)) ||
          (count == 7 && strcmp(verb, "alternate") == 0))) {
        return 3;
    }
    MDB_env *env = open_environment(arguments[2]);
    if (count == 7) {
        alternate(env, arguments + 3);
    } else {
        hold(env, verb[0] == 'r' ? MDB_RDONLY : 0);
    }
    mdb_env_close(env);
    return 0;
}
