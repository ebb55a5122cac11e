/* Names of stores: scheme and rest, or a path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kvcore/base/url.h"

static void check(const char *name, const char *scheme, const char *rest)
{
    kv_slice found;
    const char *found_rest;
    kvi_url_split(name, &found, &found_rest);
    assert_int_equal(found.size, strlen(scheme));
    assert_memory_equal(found.data, scheme, found.size);
    assert_string_equal(found_rest, rest);
}

static void a_scheme_ends_at_the_colon(void **state)
{
    (void)state;
    check("lmdb:/srv/data", "lmdb", "/srv/data");
    check("lmdb:relative", "lmdb", "relative");
    check("mem:", "mem", "");
    check("tablets:a,b", "tablets", "a,b");
    check("kv://host:7000", "kv", "//host:7000");
    check("kvs://[::1]:7000/x", "kvs", "//[::1]:7000/x");
    check("kv+unix:/run/kv.socket", "kv+unix", "/run/kv.socket");
    check("a:b:c", "a", "b:c");
    check("s3:x", "s3", "x");
}

static void everything_else_is_a_path(void **state)
{
    (void)state;
    static const char *const paths[] = {"",    "/",    "data", "./a:b", "/x:y",  "a/b:c", ":x",  ":",
                                        "C:x", "1a:x", "+a:x", "a b:c", "a_b:c", "a.b:c", "mem", "\xC3\xA9:x"};
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        check(paths[i], "", paths[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scheme_ends_at_the_colon),
        cmocka_unit_test(everything_else_is_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
