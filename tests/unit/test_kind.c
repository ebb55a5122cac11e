/* Kinds of buckets: completing, reading and writing them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kvcore/kind.h"
#include "kvcore/status.h"

static kv_kind completed(kv_kind kind)
{
    kv_kind complete = 0;
    assert_int_equal(kv_kind_complete(kind, &complete), KV_OK);
    return complete;
}

static void a_kind_is_completed_by_what_it_implies(void **state)
{
    (void)state;
    assert_int_equal(completed(KV_PLAIN), KV_PLAIN);
    assert_int_equal(completed(KV_DUP_FIXED), KV_DUP_FIXED | KV_DUP_SORT);
    assert_int_equal(completed(KV_INTEGER_DUP), KV_INTEGER_DUP | KV_DUP_FIXED | KV_DUP_SORT);
    assert_int_equal(completed(KV_REVERSE_DUP), KV_REVERSE_DUP | KV_DUP_SORT);
    assert_int_equal(completed(KV_REVERSE_KEY), KV_REVERSE_KEY);
}

static void a_kind_of_two_orders_or_unknown_bits_is_refused(void **state)
{
    (void)state;
    kv_kind untouched = 77;
    assert_int_equal(kv_kind_complete(KV_INTEGER_KEY | KV_REVERSE_KEY, &untouched), KV_ERR_INVALID);
    assert_int_equal(kv_kind_complete(KV_INTEGER_DUP | KV_REVERSE_DUP, &untouched), KV_ERR_INVALID);
    assert_int_equal(kv_kind_complete(KV_KIND_ALL + 1, &untouched), KV_ERR_INVALID);
    assert_int_equal(kv_kind_complete(1u << 31, &untouched), KV_ERR_INVALID);
    assert_int_equal(untouched, 77);
    assert_int_equal(completed(KV_INTEGER_KEY | KV_REVERSE_DUP), KV_INTEGER_KEY | KV_REVERSE_DUP | KV_DUP_SORT);
}

static void words_are_read_with_either_separator(void **state)
{
    (void)state;
    kv_kind kind = 77;
    assert_int_equal(kv_kind_parse("plain", &kind), KV_OK);
    assert_int_equal(kind, KV_PLAIN);
    assert_int_equal(kv_kind_parse("integer-key,dup-sort", &kind), KV_OK);
    assert_int_equal(kind, KV_INTEGER_KEY | KV_DUP_SORT);
    assert_int_equal(kv_kind_parse("dup-fixed+reverse-dup", &kind), KV_OK);
    assert_int_equal(kind, KV_DUP_FIXED | KV_DUP_SORT | KV_REVERSE_DUP);
}

static void other_words_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "dup",
                                        "dup-sort+",
                                        "+dup-sort",
                                        "plain+dup-sort",
                                        "Plain",
                                        "dup-sort ",
                                        "dup-sort++reverse-key",
                                        "integer-key+reverse-key",
                                        "dup-sortx"};
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        kv_kind untouched = 77;
        assert_int_equal(kv_kind_parse(wrong[i], &untouched), KV_ERR_INVALID);
        assert_int_equal(untouched, 77);
    }
}

static void what_is_written_reads_back_and_is_shortest(void **state)
{
    (void)state;
    for (kv_kind kind = 0; kind <= KV_KIND_ALL; kind++) {
        kv_kind complete, back;
        char text[KV_KIND_TEXT_MAX + 1];
        memset(text, 'x', sizeof text);
        kv_kind_format(kind, text); /* also of what is no kind it must fit */
        assert_true(memchr(text, '\0', KV_KIND_TEXT_MAX) != NULL);
        if (kv_kind_complete(kind, &complete) == KV_OK) {
            assert_int_equal(kv_kind_parse(text, &back), KV_OK);
            assert_int_equal(back, complete);
        }
    }
    char text[KV_KIND_TEXT_MAX];
    kv_kind_format(KV_INTEGER_DUP | KV_DUP_FIXED | KV_DUP_SORT | KV_REVERSE_KEY, text);
    assert_string_equal(text, "integer-dup+reverse-key");
    kv_kind_format(KV_PLAIN, text);
    assert_string_equal(text, "plain");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kind_is_completed_by_what_it_implies),
        cmocka_unit_test(a_kind_of_two_orders_or_unknown_bits_is_refused),
        cmocka_unit_test(words_are_read_with_either_separator),
        cmocka_unit_test(other_words_are_refused),
        cmocka_unit_test(what_is_written_reads_back_and_is_shortest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
