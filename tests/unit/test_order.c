/* The orders of keys and values, against LMDB's own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <lmdb.h>

#include "kvcore/kind.h"
#include "tests/unit/random.h"

/* The sides of one kind: its key flag and its dup flag, ours and LMDB's. */
static const struct order {
    kv_kind kind;
    unsigned flags;
    const char *name;
    size_t fixed_size; /* 0: any */
} orders[] = {
    {KV_DUP_SORT, MDB_DUPSORT, "bytes", 0},
    {KV_DUP_SORT | KV_REVERSE_KEY | KV_REVERSE_DUP, MDB_DUPSORT | MDB_REVERSEKEY | MDB_REVERSEDUP, "reverse", 0},
    {KV_DUP_SORT | KV_DUP_FIXED | KV_INTEGER_KEY | KV_INTEGER_DUP,
     MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERKEY | MDB_INTEGERDUP, "integer4", 4},
    {KV_DUP_SORT | KV_DUP_FIXED | KV_INTEGER_KEY | KV_INTEGER_DUP,
     MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERKEY | MDB_INTEGERDUP, "integer8", 8},
};

enum { ORDER_COUNT = sizeof orders / sizeof orders[0], BYTES_MAX = 12 };

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* Few values of each byte, so that long common beginnings and ends are frequent. */
static size_t random_bytes(struct random *random, size_t fixed_size, unsigned char *bytes)
{
    static const unsigned char few[] = {0, 1, 0x7F, 0x80, 0xFF};
    size_t size = fixed_size ? fixed_size : random_between(random, 1, BYTES_MAX);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = few[random_below(random, sizeof few)];
    }
    return size;
}

static void every_order_is_that_of_lmdb(void **state)
{
    (void)state;
    MDB_env *environment;
    MDB_txn *txn;
    char directory[] = "order-XXXXXX";
    assert_non_null(mkdtemp(directory));
    assert_int_equal(mdb_env_create(&environment), 0);
    assert_int_equal(mdb_env_set_maxdbs(environment, ORDER_COUNT), 0);
    assert_int_equal(mdb_env_open(environment, directory, MDB_NOSYNC, 0600), 0);
    assert_int_equal(mdb_txn_begin(environment, NULL, 0, &txn), 0);

    for (unsigned o = 0; o < ORDER_COUNT; o++) {
        MDB_dbi map;
        assert_int_equal(mdb_dbi_open(txn, orders[o].name, MDB_CREATE | orders[o].flags, &map), 0);
        struct random random = random_of_seed(random_first_seed());
        for (uint64_t steps = random_steps(100000); steps > 0; steps--, random = random_of_seed(random.seed + 1)) {
            union {
                unsigned char bytes[BYTES_MAX];
                uint64_t aligned; /* LMDB's comparisons of integers ask for that, ours do not */
            } left, right;
            kv_slice a = kv_slice_of(left.bytes, random_bytes(&random, orders[o].fixed_size, left.bytes));
            kv_slice b = kv_slice_of(right.bytes, random_bytes(&random, orders[o].fixed_size, right.bytes));
            MDB_val lmdb_a = {a.size, left.bytes}, lmdb_b = {b.size, right.bytes};
            assert_in_step(&random,
                           sign(kv_key_compare(orders[o].kind, a, b)) == sign(mdb_cmp(txn, map, &lmdb_a, &lmdb_b)));
            assert_in_step(&random,
                           sign(kv_value_compare(orders[o].kind, a, b)) == sign(mdb_dcmp(txn, map, &lmdb_a, &lmdb_b)));
        }
    }
    mdb_txn_abort(txn);
    mdb_env_close(environment);
}

/* Whatever it is given, sizes that no integer has included, and at any address. */
static void every_order_is_total(void **state)
{
    (void)state;
    struct random random = random_of_seed(random_first_seed());
    for (uint64_t steps = random_steps(100000); steps > 0; steps--, random = random_of_seed(random.seed + 1)) {
        unsigned char bytes[3][BYTES_MAX + 1];
        kv_slice slices[3];
        for (int i = 0; i < 3; i++) {
            size_t size = random_below(&random, 3) ? random_bytes(&random, 0, bytes[i] + 1) : 0;
            slices[i] = kv_slice_of(size ? bytes[i] + 1 : NULL, size);
        }
        for (unsigned o = 0; o < ORDER_COUNT; o++) {
            int ab = sign(kv_key_compare(orders[o].kind, slices[0], slices[1]));
            int bc = sign(kv_key_compare(orders[o].kind, slices[1], slices[2]));
            int ac = sign(kv_key_compare(orders[o].kind, slices[0], slices[2]));
            assert_in_step(&random, ab == -sign(kv_key_compare(orders[o].kind, slices[1], slices[0])));
            assert_in_step(&random, (ab == 0) == kv_slice_equal(slices[0], slices[1]));
            assert_in_step(&random, ab != bc || ab == ac);
            assert_in_step(&random, sign(kv_value_compare(orders[o].kind, slices[0], slices[1])) == ab);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_is_that_of_lmdb),
        cmocka_unit_test(every_order_is_total),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
