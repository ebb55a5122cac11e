/*
 * A session over an LMDB store, and another process that writes and locks the same environment.
 *
 * Verbs are of one transaction each. The other process is this program again, told by one letter a command.
 */
#ifndef TESTS_UNIT_SESSION_FIXTURE_H
#define TESTS_UNIT_SESSION_FIXTURE_H

#include <stdint.h>
#include <sys/types.h>

#include "kvcore/kvcore.h"

struct other {
    pid_t pid;
    int orders;
    int answers;
};

struct fixture {
    struct other other;
    kv_store *store;
    kv_session *session;
};

#define SESSION_STORE "session.db"

/* First in main: becomes the other process, and does not return, when the program was started as that. */
void session_other_run(int count, char **arguments);

/* Makes the other process do something, and waits until it has:
 * 'h' hold the writer's lock, 'r' release it, 'p' put shared=theirs into b, 'n' put a pair into doomed, 't' make the bucket
 * taken, 'k' make the bucket made, of another kind than this process does. */
void session_tell(const struct other *other, char order);

int session_setup(void **state);
int session_setup_small(void **state); /* a store of 1 MiB, and no other process */
int session_teardown(void **state);

/* Threads cannot leave a test as cmocka's assertions do. */
#define must(condition) session_must_be(condition, #condition, __LINE__)
void session_must_be(int condition, const char *text, int line);

int session_put(kv_store *store, const char *bucket, const char *key, const char *value);
int session_has(kv_store *store, const char *bucket, const char *key, const char *value);
int session_exists(kv_store *store, const char *bucket);
void session_change(kv_store *store, int (*verb)(kv_txn *, const char *), const char *bucket);
void session_delete(kv_store *store, const char *bucket, const char *key);
void session_commit(struct fixture *fixture);
uint64_t session_pending(struct fixture *fixture);

#endif
