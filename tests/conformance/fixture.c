#include "tests/conformance/fixture.h"

void check_status(int status, int expected, const char *call, const char *file, int line)
{
    if (status != expected) {
        print_error("%s: is %s, not %s\n", call, kv_status_name(status), kv_status_name(expected));
        _fail(file, line);
    }
}

void fixture_open(struct fixture *f, const struct store_row *row)
{
    memset(f, 0, sizeof *f);
    store_row_open(&f->place, row, 0);
    f->store = f->place.store;
}

static void end_all(struct fixture *f)
{
    for (unsigned i = 0; i < FIXTURE_CURSORS; i++) {
        kv_cursor_close(f->cursors[i]);
        f->cursors[i] = NULL;
    }
    /* Children were begun after their parents. */
    for (unsigned i = FIXTURE_TRANSACTIONS; i-- > 0;) {
        kv_txn_free(f->transactions[i]);
        f->transactions[i] = NULL;
    }
}

void fixture_reopen(struct fixture *f, unsigned flags)
{
    end_all(f);
    store_row_reopen(&f->place, flags);
    f->store = f->place.store;
}

void fixture_renew(struct fixture *f, unsigned flags)
{
    const struct store_row *row = f->place.row;
    fixture_close(f);
    store_row_open(&f->place, row, flags);
    f->store = f->place.store;
}

void fixture_close(struct fixture *f)
{
    end_all(f);
    store_row_close(&f->place);
}

/* In the first free place above all that are taken, so that the order stays that of the beginnings. */
void keep_txn(struct fixture *f, kv_txn *txn)
{
    unsigned place = FIXTURE_TRANSACTIONS;
    while (place > 0 && f->transactions[place - 1] == NULL) {
        place--;
    }
    assert_true(place < FIXTURE_TRANSACTIONS);
    f->transactions[place] = txn;
}

void forget_txn(struct fixture *f, kv_txn *txn)
{
    for (unsigned i = 0; i < FIXTURE_TRANSACTIONS; i++) {
        if (f->transactions[i] == txn) {
            f->transactions[i] = NULL;
        }
    }
}

static kv_txn *begin(struct fixture *f, kv_txn *parent, unsigned flags)
{
    kv_txn *txn = NULL;
    assert_status(kv_txn_begin(f->store, parent, flags, KV_FOREVER, &txn), KV_OK);
    keep_txn(f, txn);
    return txn;
}

kv_txn *begin_read(struct fixture *f)
{
    return begin(f, NULL, KV_TXN_READ);
}

kv_txn *begin_write(struct fixture *f)
{
    return begin(f, NULL, KV_TXN_WRITE);
}

kv_txn *begin_child(struct fixture *f, kv_txn *parent)
{
    return begin(f, parent, KV_TXN_WRITE);
}

void commit(struct fixture *f, kv_txn *txn)
{
    assert_status(kv_txn_commit(txn, KV_FOREVER), KV_OK);
    give_up(f, txn);
}

void give_up(struct fixture *f, kv_txn *txn)
{
    forget_txn(f, txn);
    kv_txn_free(txn);
}

kv_bucket *bucket_of(kv_txn *txn, const char *name)
{
    kv_bucket *bucket = NULL;
    assert_status(kv_bucket_open(txn, name, &bucket), KV_OK);
    return bucket;
}

void keep_cursor(struct fixture *f, kv_cursor *cursor)
{
    for (unsigned i = 0; i < FIXTURE_CURSORS; i++) {
        if (f->cursors[i] == NULL) {
            f->cursors[i] = cursor;
            return;
        }
    }
    fail_msg("no room for another cursor");
}

void close_cursor(struct fixture *f, kv_cursor *cursor)
{
    for (unsigned i = 0; i < FIXTURE_CURSORS; i++) {
        if (f->cursors[i] == cursor) {
            f->cursors[i] = NULL;
        }
    }
    kv_cursor_close(cursor);
}

kv_cursor *cursor_of(struct fixture *f, kv_txn *txn, const char *name)
{
    kv_cursor *cursor = NULL;
    assert_status(kv_txn_cursor(txn, name, &cursor), KV_OK);
    keep_cursor(f, cursor);
    return cursor;
}
