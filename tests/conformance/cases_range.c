#include "tests/conformance/suite.h"

static const char table[] = "key1=1.1 key1=1.3 key3=3.1 key3=3.3";

#define assert_range(f, txn, bucket, text, ...)                                                                        \
    check_range((txn), (bucket), &(const kv_range_options){__VA_ARGS__}, (text), __FILE__, __LINE__)
#define K(text) (&(const kv_slice){(text), sizeof(text) - 1})

static void check_range(kv_txn *txn, const char *bucket, const kv_range_options *options, const char *text,
                        const char *file, int line)
{
    char is[1000] = "";
    size_t used = 0;
    kv_slice key, value;
    kv_range *range = NULL;
    int status;
    check_status(kv_range_open(txn, bucket, options, &range), KV_OK, "kv_range_open", file, line);
    while ((status = kv_range_next(range, &key, &value)) == KV_OK) {
        used += (size_t)snprintf(is + used, sizeof is - used, "%s%.*s=%.*s", used > 0 ? " " : "", (int)key.size,
                                 (const char *)key.data, (int)value.size, (const char *)value.data);
        assert_true(used < sizeof is);
    }
    check_status(status, KV_NOT_FOUND, "kv_range_next", file, line);
    check_status(kv_range_next(range, &key, &value), KV_NOT_FOUND, "kv_range_next at the end", file, line);
    kv_range_close(range);
    if (strcmp(is, text) != 0) {
        print_error("the range is \"%s\", not \"%s\"\n", is, text);
        _fail(file, line);
    }
}

static void row24_ranges_have_bounds(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, table);
    kv_txn *txn = begin_read(f);
    assert_range(f, txn, "d", table, .limit = 0);
    assert_range(f, txn, "d", "key1=1.1 key1=1.3", .from = K("key1"), .to = K("key3"));
    assert_range(f, txn, "d", table, .from = K("key1"));
    assert_range(f, txn, "d", "key1=1.1 key1=1.3", .to = K("key3"));
    assert_range(f, txn, "d", "key3=3.1 key3=3.3", .from = K("key2"));
    assert_range(f, txn, "d", "", .from = K("key4"));
    assert_range(f, txn, "d", "", .from = K("key2"), .to = K("key3"));
    assert_range(f, txn, "d", "key1=1.1 key1=1.3", .from = K("a"), .to = K("key2"));
}

static void row24_ranges_have_limits(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, table);
    kv_txn *txn = begin_read(f);
    assert_range(f, txn, "d", "key1=1.1", .limit = 1);
    assert_range(f, txn, "d", "key1=1.1 key1=1.3 key3=3.1", .limit = 3);
    assert_range(f, txn, "d", table, .limit = 9);
    assert_range(f, txn, "d", "key3=3.3 key3=3.1", .limit = 2, .is_reverse = 1);
}

static void row24_ranges_go_down(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, table);
    kv_txn *txn = begin_read(f);
    assert_range(f, txn, "d", "key3=3.3 key3=3.1 key1=1.3 key1=1.1", .is_reverse = 1);
    assert_range(f, txn, "d", "key3=3.3 key3=3.1", .from = K("key3"), .to = K("key1"), .is_reverse = 1);
    assert_range(f, txn, "d", "key1=1.3 key1=1.1", .from = K("key2"), .is_reverse = 1);
    assert_range(f, txn, "d", "key3=3.3 key3=3.1", .to = K("key1"), .is_reverse = 1);
    assert_range(f, txn, "d", "", .from = K("key0"), .is_reverse = 1);
}

static void row24_ranges_take_a_prefix(struct fixture *f)
{
    fill(f, "d", KV_DUP_SORT, "a=0 key1=1.1 key1=1.3 key3=3.1 z=1");
    kv_txn *txn = begin_read(f);
    assert_range(f, txn, "d", "key1=1.1 key1=1.3 key3=3.1", .prefix = K("key"));
    assert_range(f, txn, "d", "key1=1.1 key1=1.3", .prefix = K("key1"));
    assert_range(f, txn, "d", "", .prefix = K("e"));
    assert_range(f, txn, "d", "key3=3.1 key1=1.3 key1=1.1", .prefix = K("key"), .is_reverse = 1);
    assert_range(f, txn, "d", "key3=3.1", .prefix = K("key"), .from = K("key2"));
    assert_range(f, txn, "d", "key1=1.1 key1=1.3", .prefix = K("key"), .to = K("key2"));
}

static void ranges_refuse_bounds_the_wrong_way_round(struct fixture *f)
{
    kv_range *range = NULL;
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_read(f);
    const kv_range_options up = {.from = K("b"), .to = K("a")};
    const kv_range_options down = {.from = K("a"), .to = K("b"), .is_reverse = 1};
    assert_status(kv_range_open(txn, "b", &up, &range), KV_ERR_INVALID);
    assert_status(kv_range_open(txn, "b", &down, &range), KV_ERR_INVALID);
    assert_null(range);
    kv_range_close(NULL);
}

static void row17_a_range_over_a_missing_bucket_is_empty(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_read(f);
    assert_range(f, txn, "none", "", .limit = 0);
    assert_status(kv_bucket_exists(txn, "none"), KV_NOT_FOUND);
}

static void ranges_give_keys_only(struct fixture *f)
{
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    assert_range(f, begin_read(f), "b", "a= b=", .is_keys_only = 1);
}

static void row33_a_range_ends_at_its_deadline(struct fixture *f)
{
    kv_slice key, value;
    kv_range *range = NULL;
    fill(f, "b", KV_PLAIN, "a=1 b=2");
    kv_txn *txn = begin_read(f);
    const kv_range_options late = {.deadline = 1};
    const kv_range_options early = {.deadline = kv_deadline_after(60000)};
    assert_status(kv_range_open(txn, "b", &late, &range), KV_OK);
    assert_status(kv_range_next(range, &key, &value), KV_ERR_TIMEOUT);
    kv_range_close(range);
    assert_status(kv_range_open(txn, "b", &early, &range), KV_OK);
    assert_status(kv_range_next(range, &key, &value), KV_OK);
    kv_range_close(range);
}

static void row24_ranges_follow_the_buckets_order(struct fixture *f)
{
    fill(f, "r", KV_REVERSE_KEY, "az=1 by=2 z=3 cx=4");
    kv_txn *txn = begin_read(f);
    assert_range(f, txn, "r", "cx=4 by=2 z=3 az=1", .limit = 0);
    assert_range(f, txn, "r", "by=2 z=3", .from = K("y"), .to = K("az"));
    assert_range(f, txn, "r", "z=3 by=2", .from = K("z"), .to = K("cx"), .is_reverse = 1);
}

static void row20_ranges_may_be_closed_after_the_end(struct fixture *f)
{
    kv_range *range = NULL;
    const kv_range_options all = {.limit = 0};
    fill(f, "b", KV_PLAIN, "a=1");
    kv_txn *txn = begin_read(f);
    assert_status(kv_range_open(txn, "b", &all, &range), KV_OK);
    commit(f, txn);
    kv_range_close(range);
}

static const struct conformance_case cases[] = {
    CASE(row24_ranges_have_bounds, READ_HALF),
    CASE(row24_ranges_have_limits, READ_HALF),
    CASE(row24_ranges_go_down, READ_HALF),
    CASE(row24_ranges_take_a_prefix, READ_HALF),
    CASE(ranges_refuse_bounds_the_wrong_way_round, READ_HALF),
    CASE(row17_a_range_over_a_missing_bucket_is_empty, READ_HALF),
    CASE(ranges_give_keys_only, READ_HALF),
    CASE(row33_a_range_ends_at_its_deadline, READ_HALF),
    CASE(row24_ranges_follow_the_buckets_order, READ_HALF),
    CASE(row20_ranges_may_be_closed_after_the_end, READ_HALF),
};
GROUP(range_cases, cases);
