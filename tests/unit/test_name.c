/* Names of keys, by example (S9 to S11). */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kvcore/name.h"
#include "kvcore/status.h"
#include "tests/unit/name_reference.h"

struct example {
    const char *key;
    size_t size;
    const char *name;
};

#define EXAMPLE(key, name)                                                                                             \
    {                                                                                                                  \
        key, sizeof key - 1, name                                                                                      \
    }
#define ITSELF(key) EXAMPLE(key, key)

static void check_example(kv_name_form form, const struct example *example)
{
    char name[64] = "";
    unsigned char key[64];
    size_t length = 0, size = 99;
    kv_slice given = kv_slice_of(example->key, example->size);
    assert_int_equal(kv_name_encode(form, given, name, sizeof name, &length), KV_OK);
    assert_string_equal(name, example->name);
    assert_int_equal(length, strlen(example->name));
    assert_int_equal(kv_name_decode(form, example->name, key, sizeof key, &size), KV_OK);
    assert_int_equal(size, example->size);
    assert_memory_equal(key, example->key, size);
}

static void check_examples(kv_name_form form, const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_example(form, &examples[i]);
    }
}

#define CHECK(form, ...)                                                                                               \
    do {                                                                                                               \
        const struct example examples[] = {__VA_ARGS__};                                                               \
        check_examples(form, examples, sizeof examples / sizeof examples[0]);                                          \
    } while (0)

static void S10_an_ordinary_name_is_its_own_key(void **state)
{
    (void)state;
    CHECK(KV_NAME_BYTES, ITSELF("a"), ITSELF("hello world.txt"), ITSELF("100%"), ITSELF("foo%20bar.html"),
          ITSELF(".bashrc"), ITSELF("..."), ITSELF("-rf"), ITSELF("%"), ITSELF("%%"), ITSELF("%zz"), ITSELF("%2f"),
          ITSELF("%c3%a9"), ITSELF("%41"), ITSELF("a%+b"), ITSELF("+%"), ITSELF("50%+5%"), ITSELF("a%2E"),
          ITSELF("%2Ea"), ITSELF("%2E.."), ITSELF("%emptys"), ITSELF("a%empty"), ITSELF("caf\xC3\xA9"),
          ITSELF("\xE6\x97\xA5\xE6\x9C\xAC"), ITSELF("\xF0\x9F\x98\x80"), ITSELF(".kvfs"), ITSELF("%2Ekvfs"),
          ITSELF("~`!@#$^&*()_={}[]|\\:;\"'<>,?"));
}

static void S10_what_a_name_cannot_hold_is_escaped(void **state)
{
    (void)state;
    CHECK(KV_NAME_BYTES, EXAMPLE("a/b", "a%2Fb"), EXAMPLE("\0", "%00"), EXAMPLE("a\nb\x7F", "a%0Ab%7F"),
          EXAMPLE("\xFF\xFE", "%FF%FE"), EXAMPLE("\xC3", "%C3"), EXAMPLE("\xC3\xC3\xA9", "%C3\xC3\xA9"),
          EXAMPLE("\xC3z", "%C3z"), EXAMPLE("\xC0\x80", "%C0%80"), EXAMPLE("\xED\xA0\x80", "%ED%A0%80"),
          EXAMPLE("\xE0\x9F\xBF", "%E0%9F%BF"), EXAMPLE("\xF4\x90\x80\x80", "%F4%90%80%80"),
          EXAMPLE("\xF4\x8F\xBF\xBF\x80", "\xF4\x8F\xBF\xBF%80"), EXAMPLE("\xE2\x82", "%E2%82"),
          EXAMPLE("\xE2\x82z\xAC", "%E2%82z%AC"));
}

static void S10_a_percent_that_would_read_as_an_escape_is_escaped(void **state)
{
    (void)state;
    CHECK(KV_NAME_BYTES, EXAMPLE("%2F", "%252F"), EXAMPLE("%25", "%2525"), EXAMPLE("%00", "%2500"),
          EXAMPLE("%C3", "%25C3"), EXAMPLE("%%2F", "%%252F"), EXAMPLE("%2%2F", "%2%252F"), EXAMPLE("%+", "%25+"),
          EXAMPLE("a%+", "a%25+"), EXAMPLE("%+%+", "%+%25+"), EXAMPLE("%2\n", "%2%0A"), EXAMPLE("%/", "%%2F"));
}

static void S10_the_special_names_are_no_other_keys(void **state)
{
    (void)state;
    CHECK(KV_NAME_BYTES, EXAMPLE("", KV_NAME_EMPTY), EXAMPLE(".", "%2E"), EXAMPLE("..", "%2E."),
          EXAMPLE("%empty", "%25empty"), EXAMPLE("%2E", "%252E"), EXAMPLE("%2E.", "%252E."),
          EXAMPLE("%25empty", "%2525empty"), EXAMPLE("%252E", "%25252E"));
    CHECK(KV_NAME_ROOT_ENTRY, EXAMPLE("", KV_NAME_EMPTY), EXAMPLE(".", "%2E"), EXAMPLE("..", "%2E."),
          EXAMPLE(".kvfs", "%2Ekvfs"), EXAMPLE("%2Ekvfs", "%252Ekvfs"), EXAMPLE("%252Ekvfs", "%25252Ekvfs"),
          ITSELF(".kvfs2"), ITSELF("%2Ekvfs2"), ITSELF("kvfs"));
}

static void S5_integers_are_decimal(void **state)
{
    (void)state;
    const uint32_t narrow[] = {0, 7, 4294967295u};
    const uint64_t wide[] = {0, 7, UINT64_MAX};
    CHECK(KV_NAME_UINT32, {(const char *)&narrow[0], 4, "0"}, {(const char *)&narrow[1], 4, "7"},
          {(const char *)&narrow[2], 4, "4294967295"});
    CHECK(KV_NAME_UINT64, {(const char *)&wide[0], 8, "0"}, {(const char *)&wide[1], 8, "7"},
          {(const char *)&wide[2], 8, "18446744073709551615"});
}

static void check_is_no_name(kv_name_form form, const char *name)
{
    unsigned char key[600];
    unsigned char untouched[sizeof key];
    memset(key, 0x5A, sizeof key);
    memset(untouched, 0x5A, sizeof untouched);
    size_t size = 4711;
    if (kv_name_decode(form, name, key, sizeof key, &size) != KV_ERR_NAME) {
        fail_msg("'%s' is a name", name);
    }
    assert_int_equal(size, 4711);
    assert_memory_equal(key, untouched, sizeof key);
}

static void S9_every_other_name_is_no_key(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",       ".",       "..",      "a/b",       "/",     "a/",           "/a",    "a%+/b",     "%+",
        "a%+",    "a%25b",   "%25",     "%2500g/",   "a\nb",  "\x7F",         "\xFF",  "\xC3",      "a\xC3",
        "%C3%A9", "%C3\xA9", "\xC3%A9", "%E2%82%AC", "%25+a", "%25%2F",       "%25zz", "%25emptys", "\xED\xA0\x80",
        "a%25+b", "%2Fa/b",  "%252",    "%25empt",   "%25",   "%F0%9F%98%80",
    };
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        check_is_no_name(KV_NAME_BYTES, wrong[i]);
        check_is_no_name(KV_NAME_ROOT_ENTRY, wrong[i]);
    }
    check_is_no_name(KV_NAME_ROOT_ENTRY, ".kvfs");
    static const char *const no_integers[] = {"",
                                              "00",
                                              "01",
                                              "+1",
                                              "-1",
                                              " 1",
                                              "1 ",
                                              "0x1",
                                              "1.",
                                              "a",
                                              "1%+",
                                              "%31",
                                              "18446744073709551616",
                                              "99999999999999999999",
                                              "100000000000000000000"};
    for (unsigned i = 0; i < sizeof no_integers / sizeof no_integers[0]; i++) {
        check_is_no_name(KV_NAME_UINT32, no_integers[i]);
        check_is_no_name(KV_NAME_UINT64, no_integers[i]);
    }
    check_is_no_name(KV_NAME_UINT32, "4294967296");
}

static void S11_a_component_of_any_length_is_looked_at(void **state)
{
    (void)state;
    static char name[20000];
    for (size_t length = 250; length < sizeof name; length += length < 270 ? 1 : 4000) {
        memset(name, 'a', length);
        name[length] = '\0';
        if (length > 255) {
            check_is_no_name(KV_NAME_BYTES, name);
        }
        memcpy(name + length - 2, "%+", 3);
        check_is_no_name(KV_NAME_BYTES, name);
        memcpy(name + 240, "%+/", 3); /* the next one is too long, or marked, or both */
        check_is_no_name(KV_NAME_BYTES, name);
    }
}

static void sizes_are_checked(void **state)
{
    (void)state;
    char name[64];
    unsigned char key[64];
    size_t size = 4711;
    uint64_t number = 1234567;
    kv_slice wide = kv_slice_of(&number, 8);
    assert_int_equal(kv_name_encode(KV_NAME_UINT32, wide, name, sizeof name, &size), KV_ERR_WRONG_SIZE);
    assert_int_equal(kv_name_encode(KV_NAME_UINT64, kv_slice_of(&number, 4), name, sizeof name, &size),
                     KV_ERR_WRONG_SIZE);
    assert_int_equal(kv_name_encode(KV_NAME_UINT64, wide, name, 7, &size), KV_ERR_INVALID);
    assert_int_equal(kv_name_encode(KV_NAME_BYTES, kv_slice_text("a/b"), name, 5, &size), KV_ERR_INVALID);
    assert_int_equal(kv_name_encode(KV_NAME_BYTES, kv_slice_text(""), name, 6, &size), KV_ERR_INVALID);
    assert_int_equal(kv_name_encode(KV_NAME_BYTES, kv_slice_text("a"), NULL, 0, &size), KV_ERR_INVALID);
    assert_int_equal(kv_name_decode(KV_NAME_BYTES, "a%2Fb", key, 2, &size), KV_ERR_INVALID);
    assert_int_equal(kv_name_decode(KV_NAME_BYTES, "%2E.", key, 1, &size), KV_ERR_INVALID);
    assert_int_equal(kv_name_decode(KV_NAME_UINT64, "1", key, 7, &size), KV_ERR_INVALID);
    assert_int_equal(size, 4711);

    assert_int_equal(kv_name_encode(KV_NAME_UINT64, wide, name, 8, &size), KV_OK);
    assert_int_equal(kv_name_encode(KV_NAME_BYTES, kv_slice_text("a/b"), name, 6, &size), KV_OK);
    assert_int_equal(kv_name_decode(KV_NAME_BYTES, "a%2Fb", key, 3, &size), KV_OK);
    assert_int_equal(kv_name_decode(KV_NAME_BYTES, KV_NAME_EMPTY, NULL, 0, &size), KV_OK);
    assert_int_equal(size, 0);
    assert_true(kv_name_bound(SIZE_MAX) == SIZE_MAX);
    assert_true(kv_name_bound(SIZE_MAX / 3) == SIZE_MAX);
}

static void directories_are_told_by_their_end(void **state)
{
    (void)state;
    assert_int_equal(kv_name_is_directory("abc%+"), 1);
    assert_int_equal(kv_name_is_directory("%+"), 1);
    assert_int_equal(kv_name_is_directory("abc%25+"), 0);
    assert_int_equal(kv_name_is_directory("%+a"), 0);
    assert_int_equal(kv_name_is_directory("+"), 0);
    assert_int_equal(kv_name_is_directory(""), 0);
}

static const char seconds[] = "\xA9.%/a";

enum { SECOND_COUNT = sizeof seconds }; /* its NUL too */

/* Makes a file by the name of `key` in the directory `at`; it must not be there yet. */
static void make_file(int at, kv_slice key)
{
    char name[64];
    size_t length;
    assert_int_equal(kv_name_encode(KV_NAME_BYTES, key, name, sizeof name, &length), KV_OK);
    int file = openat(at, name, O_CREAT | O_EXCL | O_WRONLY, 0600);
    assert_true(file >= 0);
    close(file);
}

static void S10_a_file_system_holds_every_name(void **state)
{
    (void)state;
    char path[] = "names-XXXXXX";
    assert_non_null(mkdtemp(path));
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (int first = 0; first < 256; first++) {
        unsigned char key[2] = {(unsigned char)first, 0};
        make_file(dirfd(directory), kv_slice_of(key, 1));
        for (int second = 0; second < SECOND_COUNT; second++) {
            key[1] = (unsigned char)seconds[second];
            make_file(dirfd(directory), kv_slice_of(key, 2));
        }
    }
    rewinddir(directory);
    static bool seen[256][SECOND_COUNT + 1];
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        unsigned char key[64];
        size_t size;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        assert_int_equal(kv_name_decode(KV_NAME_BYTES, entry->d_name, key, sizeof key, &size), KV_OK);
        const char *second = size == 2 ? memchr(seconds, key[1], sizeof seconds) : seconds + SECOND_COUNT;
        assert_non_null(second);
        assert_false(seen[key[0]][second - seconds]);
        seen[key[0]][second - seconds] = true;
        assert_int_equal(unlinkat(dirfd(directory), entry->d_name, 0), 0);
        count++;
    }
    assert_int_equal(count, 256 * (SECOND_COUNT + 1));
    closedir(directory);
    assert_int_equal(rmdir(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S10_an_ordinary_name_is_its_own_key),
        cmocka_unit_test(S10_what_a_name_cannot_hold_is_escaped),
        cmocka_unit_test(S10_a_percent_that_would_read_as_an_escape_is_escaped),
        cmocka_unit_test(S10_the_special_names_are_no_other_keys),
        cmocka_unit_test(S5_integers_are_decimal),
        cmocka_unit_test(S9_every_other_name_is_no_key),
        cmocka_unit_test(S11_a_component_of_any_length_is_looked_at),
        cmocka_unit_test(sizes_are_checked),
        cmocka_unit_test(directories_are_told_by_their_end),
        cmocka_unit_test(S10_a_file_system_holds_every_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
