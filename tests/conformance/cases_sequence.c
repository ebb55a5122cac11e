#include "tests/conformance/suite.h"

static uint64_t sequence(kv_txn *txn, const char *name, uint64_t add)
{
    uint64_t before = UINT64_MAX;
    assert_status(kv_txn_sequence(txn, name, add, &before), KV_OK);
    return before;
}

static void row26_sequence_gives_the_value_before(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_int_equal(sequence(txn, "one", 0), 0);
    assert_int_equal(sequence(txn, "one", 1), 0);
    assert_int_equal(sequence(txn, "one", 6), 1);
    assert_int_equal(sequence(txn, "one", 1), 7);
    assert_int_equal(sequence(txn, "two", 0), 0);
    assert_int_equal(sequence(txn, "two", 1000), 0);
    assert_int_equal(sequence(txn, "one", 0), 8);
    commit(f, txn);
    fixture_reopen(f, 0);
    txn = begin_read(f);
    assert_int_equal(sequence(txn, "one", 0), 8);
    assert_int_equal(sequence(txn, "two", 0), 1000);
    assert_int_equal(sequence(txn, "three", 0), 0);
}

static void row26_sequence_is_rolled_back(struct fixture *f)
{
    kv_txn *txn = begin_write(f);
    assert_int_equal(sequence(txn, "s", 12), 0);
    commit(f, txn);
    txn = begin_write(f);
    assert_int_equal(sequence(txn, "s", 240), 12);
    assert_int_equal(sequence(txn, "s", 0), 252);
    give_up(f, txn);
    txn = begin_read(f);
    assert_int_equal(sequence(txn, "s", 0), 12);
}

static void row26_sequence_is_kept_as_eight_bytes(struct fixture *f)
{
    kv_slice value;
    kv_txn *txn = begin_write(f);
    assert_int_equal(sequence(txn, "s", 0x0102), 0);
    assert_status(kv_txn_get(txn, "sequence", T("s"), &value), KV_OK);
    assert_true(kv_slice_equal(value, B("\0\0\0\0\0\0\1\2")));
    assert_status(kv_txn_put(txn, "sequence", T("s"), T("short")), KV_OK);
    uint64_t before = 5;
    assert_status(kv_txn_sequence(txn, "s", 1, &before), KV_ERR_CORRUPT);
    assert_int_equal(before, 5);
}

static void row26_sequence_does_not_overflow(struct fixture *f)
{
    uint64_t before = 5;
    kv_txn *txn = begin_write(f);
    assert_int_equal(sequence(txn, "s", UINT64_MAX - 1), 0);
    assert_int_equal(sequence(txn, "s", 1), UINT64_MAX - 1);
    assert_status(kv_txn_sequence(txn, "s", 1, &before), KV_ERR_INVALID);
    assert_int_equal(before, 5);
    assert_true(sequence(txn, "s", 0) == UINT64_MAX);
}

static void row22_sequence_in_a_read_only_transaction_reads(struct fixture *f)
{
    uint64_t before = 5;
    kv_txn *txn = begin_write(f);
    assert_int_equal(sequence(txn, "s", 3), 0);
    commit(f, txn);
    txn = begin_read(f);
    assert_int_equal(sequence(txn, "s", 0), 3);
    assert_status(kv_txn_sequence(txn, "s", 1, &before), KV_ERR_READ_ONLY);
    assert_int_equal(before, 5);
    assert_int_equal(sequence(begin_read(f), "s", 0), 3);
}

static const struct conformance_case cases[] = {
    CASE(row26_sequence_gives_the_value_before, KV_CAN_WRITE),
    CASE(row26_sequence_is_rolled_back, KV_CAN_WRITE),
    CASE(row26_sequence_is_kept_as_eight_bytes, KV_CAN_WRITE),
    CASE(row26_sequence_does_not_overflow, KV_CAN_WRITE),
    CASE(row22_sequence_in_a_read_only_transaction_reads, KV_CAN_WRITE),
};
GROUP(sequence_cases, cases);
