/* Statuses, their texts, and errno both ways. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kvcore/base/message.h"
#include "kvcore/status.h"

static const struct {
    int status;
    int error;
    const char *name;
    const char *text;
} listed[] = {
#define LISTED(name, number, error, text) {name, error, #name, text},
    KV_STATUS_LIST(LISTED)
#undef LISTED
};

enum { LISTED_COUNT = sizeof listed / sizeof listed[0] };

static void each_status_has_its_text_name_and_errno(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LISTED_COUNT; i++) {
        assert_string_equal(kv_status_text(listed[i].status), listed[i].text);
        assert_string_equal(kv_status_name(listed[i].status), listed[i].name);
        assert_int_equal(kv_status_errno(listed[i].status), listed[i].error);
        assert_true(listed[i].status >= 0 || listed[i].error > 0);
    }
    assert_string_equal(kv_status_name(KV_NOT_FOUND), "KV_NOT_FOUND");
}

static void no_two_statuses_share_a_number_or_a_text(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LISTED_COUNT; i++) {
        for (unsigned j = 0; j < i; j++) {
            assert_int_not_equal(listed[i].status, listed[j].status);
            assert_string_not_equal(listed[i].text, listed[j].text);
        }
    }
}

static void an_unknown_status_is_harmless(void **state)
{
    (void)state;
    assert_string_equal(kv_status_text(-4711), "unknown status");
    assert_string_equal(kv_status_name(4711), "?");
    assert_int_equal(kv_status_errno(-4711), EIO);
    assert_int_equal(kv_status_errno(4711), 0);
}

static void a_failed_system_call_is_a_failure(void **state)
{
    (void)state;
    assert_int_equal(kv_status_from_errno(0), KV_OK);
    assert_int_equal(kv_status_from_errno(ENOSPC), KV_ERR_DISK_FULL);
    assert_int_equal(kv_status_from_errno(ENOENT), KV_ERR_NO_STORE);
    assert_int_equal(kv_status_from_errno(EPERM), KV_ERR_ACCESS);
    assert_int_equal(kv_status_from_errno(EXDEV), KV_ERR_IO);
    for (int error = 1; error < 200; error++) {
        assert_true(kv_status_from_errno(error) < 0);
    }
}

static void the_errno_of_a_status_survives_the_way_there_and_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LISTED_COUNT; i++) {
        assert_int_equal(kv_status_errno(kv_status_from_errno(listed[i].error)), listed[i].error);
    }
}

static void a_message_is_cut_to_its_room(void **state)
{
    (void)state;
    struct {
        kv_message message;
        char behind;
    } place = {.behind = 'x'};
    char text[2 * sizeof place.message.text];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';

    kvi_message_format(&place.message, "%s: %s", "file", text);
    assert_int_equal(strlen(place.message.text), sizeof place.message.text - 1);
    assert_memory_equal(place.message.text, "file: aaa", 9);
    assert_int_equal(place.behind, 'x');
    kvi_message_format(NULL, "%s", text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_status_has_its_text_name_and_errno),
        cmocka_unit_test(no_two_statuses_share_a_number_or_a_text),
        cmocka_unit_test(an_unknown_status_is_harmless),
        cmocka_unit_test(a_failed_system_call_is_a_failure),
        cmocka_unit_test(the_errno_of_a_status_survives_the_way_there_and_back),
        cmocka_unit_test(a_message_is_cut_to_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
