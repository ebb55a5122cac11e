/* Names of long keys: where they are cut, and the directories that the cuts make (S11). */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kvcore/base/part.h"
#include "kvcore/status.h"
#include "tests/unit/name_reference.h"

static void spell(kv_slice key, char *name)
{
    size_t length;
    assert_int_equal(kv_name_encode(KV_NAME_BYTES, key, name, NAME_MAX_LENGTH, &length), KV_OK);
}

static void S11_a_name_that_fits_is_not_cut(void **state)
{
    (void)state;
    char key[256], name[NAME_MAX_LENGTH], expected[300];
    memset(key, 'a', sizeof key);
    spell(kv_slice_of(key, 255), name);
    assert_memory_equal(name, key, 255);
    assert_int_equal(strlen(name), 255);

    spell(kv_slice_of(key, 256), name);
    snprintf(expected, sizeof expected, "%.240s%%+/%.16s", key, key);
    assert_string_equal(name, expected);
}

/* Each of these, moved over the cut byte by byte. */
static const struct row {
    const char *unit;
    size_t size;
} rows[] = {
#define ROW(unit)                                                                                                      \
    {                                                                                                                  \
        unit, sizeof unit - 1                                                                                          \
    }
    ROW("a"),
    ROW("/"),
    ROW("\0"),
    ROW("%"),
    ROW("%2"),
    ROW("%25"),
    ROW("%00"),
    ROW("%+"),
    ROW("\xC3"),
    ROW("\xC3\xA9"),
    ROW("\xA9"),
    ROW("\xE2\x82"),
    ROW("\xE2\x82\xAC"),
    ROW("\xF0\x9F\x98\x80"),
    ROW("\xF0\x9F\x98"),
    ROW("\xFF"),
    ROW("."),
    ROW("\xF4\x90"),
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static void check_cut(kv_slice key)
{
    static char name[NAME_MAX_LENGTH], spelling[NAME_MAX_LENGTH];
    unsigned char back[KEY_MAX];
    size_t size;
    spell(key, name);
    reference_spelling(KV_NAME_BYTES, key, spelling);
    assert_true(is_path(name));
    assert_true(is_cut_of(name, spelling));
    assert_int_equal(kv_name_decode(KV_NAME_BYTES, name, back, sizeof back, &size), KV_OK);
    assert_true(kv_slice_equal(kv_slice_of(back, size), key));
}

static void S11_every_length_of_every_unit(void **state)
{
    (void)state;
    unsigned char key[KEY_MAX];
    for (unsigned row = 0; row < ROW_COUNT; row++) {
        for (size_t i = 0; i < KEY_MAX; i++) {
            key[i] = (unsigned char)rows[row].unit[i % rows[row].size];
        }
        for (size_t size = 1; size <= KEY_MAX; size++) {
            check_cut(kv_slice_of(key, size));
        }
    }
}

static void S11_every_unit_at_every_place_about_a_cut(void **state)
{
    (void)state;
    unsigned char key[KEY_MAX];
    for (unsigned row = 0; row < ROW_COUNT; row++) {
        for (size_t place = 225; place < 500; place += place == 260 ? 200 : 1) {
            for (size_t count = 1; count <= 6; count++) {
                size_t length = count * rows[row].size;
                memset(key, 'A', sizeof key);
                for (size_t i = 0; i < length; i++) {
                    key[place + i] = (unsigned char)rows[row].unit[i % rows[row].size];
                }
                check_cut(kv_slice_of(key, place + length));
                check_cut(kv_slice_of(key, place + length + 1));
                check_cut(kv_slice_of(key, place + length + 60));
            }
        }
    }
}

/* Gives how many bytes of the name its first `count` components have. */
static size_t leading_length(const char *name, unsigned count)
{
    const char *end = name;
    while (count-- > 0) {
        end = strchr(end, '/');
        end += end[1] != '\0';
    }
    return (size_t)(end - name - 1);
}

static unsigned cuts_of(const char *name)
{
    unsigned count = 0;
    for (const char *slash = name; (slash = strchr(slash, '/')) != NULL; slash++) {
        count++;
    }
    return count;
}

static void S11_keys_that_begin_alike_share_the_directory(void **state)
{
    (void)state;
    struct random random = random_of_seed(random_first_seed());
    uint64_t steps = random_steps(300000), shared = 0;
    for (uint64_t step = 0; step < steps; step++, random = random_of_seed(random.seed + 1)) {
        unsigned char key[KEY_MAX], other[2 * KEY_MAX];
        struct kvi_part part, other_part;
        size_t size = random_key(&random, key);
        size_t taken = kvi_part_spell(kv_slice_of(key, size), &part);
        if (taken == size || part.length - 2 >= KVI_CUT_ANYWAY) {
            continue; /* not cut, or in a row of halves, where the cut looks ahead */
        }
        memcpy(other, key, taken);
        size_t other_size = random_key(&random, other + taken);
        memset(other + taken + other_size, random_below(&random, 2) ? 0xA9 : '2', 300);
        assert_in_step(&random, kvi_part_spell(kv_slice_of(other, taken + other_size + 300), &other_part) == taken);
        assert_in_step(&random, part.length == other_part.length && !memcmp(part.text, other_part.text, part.length));
        shared++;
    }
    assert_true(steps < 1000 || shared > steps / 20);
}

static void S11_every_leading_part_is_a_directory(void **state)
{
    (void)state;
    struct random random = random_of_seed(random_first_seed());
    uint64_t steps = random_steps(200000), parts = 0;
    for (uint64_t step = 0; step < steps; step++, random = random_of_seed(random.seed + 1)) {
        unsigned char key[KEY_MAX], prefix[KEY_MAX];
        char name[NAME_MAX_LENGTH];
        size_t size = random_key(&random, key), prefix_size;
        spell(kv_slice_of(key, size), name);
        assert_in_step(&random, kv_name_decode_directory(KV_NAME_BYTES, name, prefix, KEY_MAX, &prefix_size) ==
                                    KV_ERR_NAME); /* the whole name */
        for (unsigned cuts = cuts_of(name); cuts > 0; cuts--, parts++) {
            name[leading_length(name, cuts)] = '\0';
            assert_in_step(&random, kv_name_is_directory(name));
            assert_in_step(&random,
                           kv_name_decode_directory(KV_NAME_BYTES, name, prefix, KEY_MAX, &prefix_size) == KV_OK);
            assert_in_step(&random, prefix_size < size && memcmp(prefix, key, prefix_size) == 0);
            assert_in_step(&random, kv_name_decode_directory(KV_NAME_BYTES, name, prefix, prefix_size - 1,
                                                             &prefix_size) == KV_ERR_INVALID);
            assert_in_step(&random, kv_name_decode(KV_NAME_BYTES, name, prefix, KEY_MAX, &prefix_size) == KV_ERR_NAME);
        }
    }
    assert_true(steps < 1000 || parts > steps / 20);
}

/* Tells whether the name of the key that goes on after `prefix` with `more` begins with the components `path`. */
static bool goes_on_below(const char *path, const unsigned char *prefix, size_t prefix_size, const char *more)
{
    static unsigned char key[2 * NAME_MAX_LENGTH];
    static char name[8 * NAME_MAX_LENGTH];
    size_t length, path_length = strlen(path);
    memcpy(key, prefix, prefix_size);
    memcpy(key + prefix_size, more, strlen(more));
    memset(key + prefix_size + strlen(more), 'q', 300);
    kv_slice whole = kv_slice_of(key, prefix_size + strlen(more) + 300);
    assert_int_equal(kv_name_encode(KV_NAME_BYTES, whole, name, sizeof name, &length), KV_OK);
    return strncmp(name, path, path_length) == 0 && name[path_length] == '/';
}

/* Reads the components as they stand, canonical or not. */
static size_t read_as_it_stands(const char *path, unsigned char *prefix)
{
    size_t size = 0;
    for (;;) {
        size_t length = strcspn(path, "/");
        size_t own = kvi_part_has_more(path, length) ? length - 2 : length;
        size += kvi_part_read(path, own, prefix + size);
        if (path[length] == '\0') {
            return size;
        }
        path += length + 1;
    }
}

static void S11_no_other_path_is_a_directory(void **state)
{
    (void)state;
    static const char *const continuations[] = {"",     "0",        "20",       "2F",           "+", "\x80",
                                                "\xA9", "\x82\xAC", "\x98\x80", "\x9F\x98\x80", "%", "\xC3"};
    struct random random = random_of_seed(random_first_seed());
    uint64_t steps = random_steps(200000), accepted = 0, refused = 0;
    for (uint64_t step = 0; step < steps; step++, random = random_of_seed(random.seed + 1)) {
        unsigned char key[KEY_MAX], prefix[NAME_MAX_LENGTH];
        char path[NAME_MAX_LENGTH];
        size_t size = random_key(&random, key), prefix_size = 4711;
        spell(kv_slice_of(key, size), path);
        unsigned cuts = cuts_of(path);
        if (cuts > 0) {
            path[leading_length(path, 1 + (unsigned)random_below(&random, cuts))] = '\0';
        }
        random_change(&random, path);
        int status = kv_name_decode_directory(KV_NAME_BYTES, path, prefix, sizeof prefix, &prefix_size);
        if (status == KV_OK) {
            assert_in_step(&random, goes_on_below(path, prefix, prefix_size, ""));
            accepted++;
            continue;
        }
        assert_in_step(&random, status == KV_ERR_NAME && prefix_size == 4711);
        prefix_size = read_as_it_stands(path, prefix);
        for (unsigned i = 0; i < sizeof continuations / sizeof continuations[0]; i++) {
            assert_in_step(&random, !goes_on_below(path, prefix, prefix_size, continuations[i]));
        }
        refused++;
    }
    assert_true(steps < 1000 || (accepted > steps / 1000 && refused > steps / 20));
}

static void S11_integers_have_no_directories(void **state)
{
    (void)state;
    char path[300];
    unsigned char prefix[300];
    size_t size;
    memset(path, '1', 240);
    strcpy(path + 240, "%+");
    assert_int_equal(kv_name_decode_directory(KV_NAME_BYTES, path, prefix, sizeof prefix, &size), KV_OK);
    assert_int_equal(kv_name_decode_directory(KV_NAME_ROOT_ENTRY, path, prefix, sizeof prefix, &size), KV_OK);
    assert_int_equal(kv_name_decode_directory(KV_NAME_UINT32, path, prefix, sizeof prefix, &size), KV_ERR_NAME);
    assert_int_equal(kv_name_decode_directory(KV_NAME_UINT64, path, prefix, sizeof prefix, &size), KV_ERR_NAME);
}

/* Makes the directories that lead to `name`. */
static void make_directories(char *name)
{
    for (char *slash = name; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        assert_true(mkdir(name, 0700) == 0 || errno == EEXIST);
        *slash = '/';
    }
}

static void S11_a_file_system_holds_long_names(void **state)
{
    (void)state;
    char root[] = "long-XXXXXX";
    assert_non_null(mkdtemp(root));
    assert_int_equal(chdir(root), 0);
    for (unsigned row = 0; row < ROW_COUNT; row++) {
        unsigned char key[511];
        char name[NAME_MAX_LENGTH];
        for (size_t i = 0; i < sizeof key; i++) {
            key[i] = (unsigned char)rows[row].unit[i % rows[row].size];
        }
        spell(kv_slice_of(key, sizeof key), name);
        make_directories(name);
        FILE *file = fopen(name, "wx");
        assert_non_null(file);
        fclose(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S11_a_name_that_fits_is_not_cut),
        cmocka_unit_test(S11_every_length_of_every_unit),
        cmocka_unit_test(S11_every_unit_at_every_place_about_a_cut),
        cmocka_unit_test(S11_keys_that_begin_alike_share_the_directory),
        cmocka_unit_test(S11_every_leading_part_is_a_directory),
        cmocka_unit_test(S11_no_other_path_is_a_directory),
        cmocka_unit_test(S11_integers_have_no_directories),
        cmocka_unit_test(S11_a_file_system_holds_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
