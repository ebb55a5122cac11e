/*
 * test timeout: 600
 *
 * Names of random keys, and random names: the bijection (S9), against the second spelling in name_reference.
 */
#include <string.h>

#include "kvcore/status.h"
#include "tests/unit/name_reference.h"

static const kv_name_form forms[] = {KV_NAME_BYTES, KV_NAME_ROOT_ENTRY};

/* Spells `key` into `name`, of NAME_MAX_LENGTH, and asserts all that is true of every name. */
static void check_key(struct random *random, kv_name_form form, kv_slice key, char *name)
{
    static char spelling[NAME_MAX_LENGTH];
    unsigned char back[KEY_MAX];
    size_t length, size;
    size_t bound = kv_name_bound(key.size);
    assert_in_step(random, bound <= NAME_MAX_LENGTH);
    assert_in_step(random, kv_name_encode(form, key, name, bound, &length) == KV_OK);
    assert_in_step(random, length < bound && strlen(name) == length);
    assert_in_step(random, is_path(name));
    reference_spelling(form, key, spelling);
    assert_in_step(random, is_cut_of(name, spelling));
    assert_in_step(random, kv_name_decode(form, name, back, key.size, &size) == KV_OK);
    assert_in_step(random, kv_slice_equal(kv_slice_of(back, size), key));
}

/* Whatever `name` is: if a key has it, it is the key's name; so no two names reach one key. */
static bool check_name(struct random *random, kv_name_form form, const char *name)
{
    unsigned char key[NAME_MAX_LENGTH];
    char again[NAME_MAX_LENGTH * 4];
    size_t size = 4711, length;
    int status = kv_name_decode(form, name, key, sizeof key, &size);
    if (status != KV_OK) {
        assert_in_step(random, status == KV_ERR_NAME && size == 4711);
        return false;
    }
    assert_in_step(random, size <= strlen(name));
    assert_in_step(random, kv_name_encode(form, kv_slice_of(key, size), again, sizeof again, &length) == KV_OK);
    assert_in_step(random, strcmp(again, name) == 0);
    return true;
}

static void S9_every_short_key_has_its_name(void **state)
{
    (void)state;
    struct random unused = random_of_seed(0);
    char name[NAME_MAX_LENGTH];
    for (unsigned form = 0; form < 2; form++) {
        check_key(&unused, forms[form], kv_slice_of(NULL, 0), name);
        for (unsigned both = 0; both < 65536; both++) {
            const unsigned char key[] = {(unsigned char)(both & 0xFF), (unsigned char)(both >> 8)};
            check_key(&unused, forms[form], kv_slice_of(key, 1), name);
            check_key(&unused, forms[form], kv_slice_of(key, 2), name);
        }
    }
}

static void S9_random_keys_and_spoiled_names(void **state)
{
    (void)state;
    struct random random = random_of_seed(random_first_seed());
    uint64_t steps = random_steps(1800000);
    uint64_t names = 0;
    for (uint64_t step = 0; step < steps; step++, random = random_of_seed(random.seed + 1)) {
        unsigned char key[KEY_MAX];
        char name[NAME_MAX_LENGTH];
        size_t size = random_key(&random, key);
        kv_name_form form = forms[random_below(&random, 2)];
        check_key(&random, form, kv_slice_of(key, size), name);
        random_change(&random, name);
        names += check_name(&random, form, name);
    }
    /* Spoiling must leave a good part of both sorts, or the half of this test tests nothing. */
    assert_true(steps < 1000 || (names > steps / 20 && names < steps - steps / 20));
}

static void S9_names_from_nothing(void **state)
{
    (void)state;
    struct random random = random_of_seed(random_first_seed());
    for (uint64_t steps = random_steps(500000); steps > 0; steps--, random = random_of_seed(random.seed + 1)) {
        static const char alphabet[] = "%%%2525EF+./a\xC3\xA9\xE2\x82\xAC\x01 kvfs";
        char name[10];
        size_t length = random_below(&random, sizeof name);
        for (size_t i = 0; i < length; i++) {
            name[i] = alphabet[random_below(&random, sizeof alphabet - 1)];
        }
        name[length] = '\0';
        check_name(&random, forms[steps & 1], name);
    }
}

static void S5_random_integers(void **state)
{
    (void)state;
    struct random random = random_of_seed(random_first_seed());
    for (uint64_t steps = random_steps(300000); steps > 0; steps--, random = random_of_seed(random.seed + 1)) {
        uint64_t wide = random_next(&random) >> random_below(&random, 64);
        uint32_t narrow = (uint32_t)wide;
        uint64_t back;
        char name[32], decimal[32];
        size_t length, size;
        snprintf(decimal, sizeof decimal, "%llu", (unsigned long long)wide);
        assert_in_step(&random, kv_name_encode(KV_NAME_UINT64, kv_slice_of(&wide, 8), name, 32, &length) == KV_OK);
        assert_in_step(&random, strcmp(name, decimal) == 0 && length == strlen(name));
        assert_in_step(&random, kv_name_decode(KV_NAME_UINT64, name, &back, 8, &size) == KV_OK);
        assert_in_step(&random, size == 8 && back == wide);
        int status = kv_name_decode(KV_NAME_UINT32, name, &back, 8, &size);
        assert_in_step(&random, status == (narrow == wide ? KV_OK : KV_ERR_NAME));
        assert_in_step(&random, kv_name_encode(KV_NAME_UINT32, kv_slice_of(&narrow, 4), name, 32, &length) == KV_OK);
        snprintf(decimal, sizeof decimal, "%lu", (unsigned long)narrow);
        assert_in_step(&random, strcmp(name, decimal) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S9_every_short_key_has_its_name),
        cmocka_unit_test(S9_random_keys_and_spoiled_names),
        cmocka_unit_test(S9_names_from_nothing),
        cmocka_unit_test(S5_random_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
