#include "tests/conformance/suite.h"

#include <fcntl.h>
#include <unistd.h>

static const char *path_in(const struct fixture *f, const char *name)
{
    static char path[STORE_PATH_MAX];
    assert_true(snprintf(path, sizeof path, "%.400s/%s", f->place.directory, name) < (int)sizeof path);
    return path;
}

static void check_copy(const char *path)
{
    kv_store *copy = NULL;
    kv_txn *txn = NULL;
    kv_message message = {""};
    uint64_t count = 0;
    kv_slice value;
    if (kv_store_open(path, KV_OPEN_READ_ONLY, NULL, &copy, &message) != KV_OK) {
        fail_msg("the copy does not open: %s", message.text);
    }
    assert_status(kv_txn_begin(copy, NULL, KV_TXN_READ, KV_FOREVER, &txn), KV_OK);
    assert_status(kv_txn_get(txn, "b", T("b"), &value), KV_OK);
    assert_slice(value, "2");
    assert_status(kv_txn_count(txn, "b", &count), KV_OK);
    assert_int_equal(count, 2);
    assert_status(kv_txn_count(txn, "d", &count), KV_OK);
    assert_int_equal(count, 3);
    assert_int_equal(kv_bucket_kind(bucket_of(txn, "d")), KV_DUP_SORT);
    assert_status(kv_txn_close(txn), KV_OK);
    assert_status(kv_store_close(copy), KV_OK);
}

static void fill_some(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    fill(f, "d", KV_DUP_SORT, "a=1 a=2 b=1");
}

static void backup_to_a_path_opens_again(struct fixture *f)
{
    fill_some(f);
    assert_status(kv_store_backup(f->store, path_in(f, "copy"), 0), KV_OK);
    assert_status(kv_store_backup(f->store, path_in(f, "copy"), 0), KV_EXISTS);
    check_copy(path_in(f, "copy"));
    assert_status(kv_store_backup(f->store, path_in(f, "compact"), KV_BACKUP_COMPACT), KV_OK);
    check_copy(path_in(f, "compact"));
}

static void backup_to_a_descriptor(struct fixture *f)
{
    fill_some(f);
    int fd = open(path_in(f, "copy"), O_CREAT | O_EXCL | O_RDWR, 0600);
    assert_true(fd >= 0);
    assert_status(kv_store_backup_fd(f->store, fd, 0), KV_OK);
    close(fd);
    check_copy(path_in(f, "copy"));
}

static void backup_is_of_what_is_committed(struct fixture *f)
{
    fill_some(f);
    kv_txn *txn = begin_write(f);
    assert_status(kv_txn_put(txn, "b", T("c"), T("3")), KV_OK);
    /* LMDB takes the writer's lock for a copy that is not compact: not while this thread has it. */
    assert_status(kv_store_backup(f->store, path_in(f, "copy"), KV_BACKUP_COMPACT), KV_OK);
    commit(f, txn);
    check_copy(path_in(f, "copy"));
}

static void backup_that_cannot_be_written_leaves_nothing(struct fixture *f)
{
    fill_some(f);
    assert_true(kv_store_backup(f->store, path_in(f, "no/such/directory"), 0) < 0);
    assert_committed(f, "b", "a=1 b=2");
}

static const struct conformance_case cases[] = {
    CASE(backup_to_a_path_opens_again, KV_CAN_BACKUP | READ_HALF),
    CASE(backup_to_a_descriptor, KV_CAN_BACKUP | READ_HALF),
    CASE(backup_is_of_what_is_committed, KV_CAN_BACKUP),
    CASE(backup_that_cannot_be_written_leaves_nothing, KV_CAN_BACKUP | READ_HALF),
};
GROUP(backup_cases, cases);
