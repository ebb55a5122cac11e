/* Options: "name=value,name" by a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kvcore/base/option.h"

enum { QUIET, READERS, MAP_SIZE, COMMIT, SPOOL, LABEL, COUNT };

static const struct kvi_option table[] = {
    [QUIET] = {"quiet", NULL, "say nothing", KVI_OPTION_FLAG, NULL},
    [READERS] = {"readers", "NUMBER", "reader slots", KVI_OPTION_COUNT, "126"},
    [MAP_SIZE] = {"map_size", "SIZE", "room to grow", KVI_OPTION_SIZE, NULL},
    [COMMIT] = {"commit", "TIME", "time between commits", KVI_OPTION_DURATION, "100ms"},
    [SPOOL] = {"spool", "DIRECTORY", "where values wait", KVI_OPTION_TEXT, "/var/tmp"},
    [LABEL] = {"label", "TEXT", "what it is called", KVI_OPTION_TEXT, NULL},
    {NULL, NULL, NULL, KVI_OPTION_FLAG, NULL},
};

struct outcome {
    int status;
    union kvi_option_value values[COUNT];
    kv_message message;
    char settings[256]; /* text values lie here */
};

static void parse(const char *settings, struct outcome *ret_outcome)
{
    memset(ret_outcome, 0x5A, sizeof *ret_outcome);
    ret_outcome->message.text[0] = '\0';
    if (settings != NULL) {
        snprintf(ret_outcome->settings, sizeof ret_outcome->settings, "%s", settings);
    }
    ret_outcome->status =
        kvi_options_parse(table, settings ? ret_outcome->settings : NULL, ret_outcome->values, &ret_outcome->message);
}

static void what_is_not_given_has_its_preset(void **state)
{
    (void)state;
    static const char *const nothing[] = {NULL, "", ",", ",,"};
    for (unsigned i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        struct outcome outcome;
        parse(nothing[i], &outcome);
        assert_int_equal(outcome.status, KV_OK);
        assert_false(outcome.values[QUIET].flag);
        assert_int_equal(outcome.values[READERS].number, 126);
        assert_int_equal(outcome.values[MAP_SIZE].number, 0);
        assert_int_equal(outcome.values[COMMIT].number, 100000000);
        assert_string_equal(outcome.values[SPOOL].text, "/var/tmp");
        assert_null(outcome.values[LABEL].text);
    }
}

static void all_sorts_are_read_together(void **state)
{
    (void)state;
    struct outcome outcome;
    parse("readers=7,quiet,,map_size=3G,commit=2m,label=,readers=8,spool=/a=b", &outcome);
    assert_int_equal(outcome.status, KV_OK);
    assert_true(outcome.values[QUIET].flag);
    assert_int_equal(outcome.values[READERS].number, 8);
    assert_true(outcome.values[MAP_SIZE].number == UINT64_C(3) << 30);
    assert_true(outcome.values[COMMIT].number == UINT64_C(120000000000));
    assert_string_equal(outcome.values[LABEL].text, "");
    assert_string_equal(outcome.values[SPOOL].text, "/a=b");
}

static void units_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        int option;
        uint64_t number;
    } units[] = {
        {"map_size=0", MAP_SIZE, 0},
        {"map_size=5", MAP_SIZE, 5},
        {"map_size=2k", MAP_SIZE, 2048},
        {"map_size=2K", MAP_SIZE, 2048},
        {"map_size=1m", MAP_SIZE, 1048576},
        {"map_size=4T", MAP_SIZE, UINT64_C(4) << 40},
        {"map_size=16777215T", MAP_SIZE, UINT64_C(16777215) << 40},
        {"map_size=18446744073709551615", MAP_SIZE, UINT64_MAX},
        {"commit=0", COMMIT, 0},
        {"commit=3", COMMIT, UINT64_C(3000000000)},
        {"commit=3s", COMMIT, UINT64_C(3000000000)},
        {"commit=250ms", COMMIT, 250000000},
        {"commit=2h", COMMIT, UINT64_C(7200000000000)},
        {"readers=4294967296", READERS, UINT64_C(4294967296)},
    };
    for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
        struct outcome outcome;
        parse(units[i].settings, &outcome);
        assert_int_equal(outcome.status, KV_OK);
        assert_true(outcome.values[units[i].option].number == units[i].number);
    }
}

static void a_comma_in_a_value_has_a_backslash(void **state)
{
    (void)state;
    struct outcome outcome;
    parse("label=a\\,b\\\\,spool=\\c\\", &outcome);
    assert_int_equal(outcome.status, KV_OK);
    assert_string_equal(outcome.values[LABEL].text, "a,b\\");
    assert_string_equal(outcome.values[SPOOL].text, "\\c\\");
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        const char *message;
    } wrong[] = {
        {"quiet,nothing=1", "unknown option 'nothing'"},
        {"=1", "unknown option ''"},
        {"Quiet", "unknown option 'Quiet'"},
        {"quiets", "unknown option 'quiets'"},
        {"quiet=1", "option 'quiet' takes no value"},
        {"readers", "option 'readers' needs a value: readers=NUMBER"},
        {"readers=", "option 'readers': '' is not a NUMBER"},
        {"readers=1k", "option 'readers': '1k' is not a NUMBER"},
        {"readers=-1", "option 'readers': '-1' is not a NUMBER"},
        {"readers=+1", "option 'readers': '+1' is not a NUMBER"},
        {"readers= 1", "option 'readers': ' 1' is not a NUMBER"},
        {"readers=18446744073709551616", "option 'readers': '18446744073709551616' is not a NUMBER"},
        {"map_size=K", "option 'map_size': 'K' is not a SIZE"},
        {"map_size=1KB", "option 'map_size': '1KB' is not a SIZE"},
        {"map_size=16777216T", "option 'map_size': '16777216T' is not a SIZE"},
        {"commit=1d", "option 'commit': '1d' is not a TIME"},
        {"commit=9223372037", "option 'commit': '9223372037' is not a TIME"},
    };
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct outcome outcome;
        parse(wrong[i].settings, &outcome);
        assert_int_equal(outcome.status, KV_ERR_OPTION);
        assert_string_equal(outcome.message.text, wrong[i].message);
    }
    char settings[] = "nothing";
    union kvi_option_value values[COUNT];
    assert_int_equal(kvi_options_parse(table, settings, values, NULL), KV_ERR_OPTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_given_has_its_preset),
        cmocka_unit_test(all_sorts_are_read_together),
        cmocka_unit_test(units_are_read),
        cmocka_unit_test(a_comma_in_a_value_has_a_backslash),
        cmocka_unit_test(what_is_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
