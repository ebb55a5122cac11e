/* Bytes that grow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kvcore/base/buffer.h"

static void bytes_are_added_and_replaced(void **state)
{
    (void)state;
    KVI_SCOPED_BUFFER buffer = {0};
    assert_int_equal(kvi_buffer_append(&buffer, kv_slice_of(NULL, 0)), KV_OK);
    assert_int_equal(kvi_buffer_slice(&buffer).size, 0);
    assert_int_equal(kvi_buffer_append(&buffer, kv_slice_text("one")), KV_OK);
    assert_int_equal(kvi_buffer_append(&buffer, kv_slice_text("two")), KV_OK);
    assert_true(kv_slice_equal(kvi_buffer_slice(&buffer), kv_slice_text("onetwo")));
    assert_int_equal(kvi_buffer_assign(&buffer, kv_slice_text("three")), KV_OK);
    assert_true(kv_slice_equal(kvi_buffer_slice(&buffer), kv_slice_text("three")));
    kvi_buffer_clear(&buffer);
    assert_int_equal(buffer.size, 0);
    assert_true(buffer.capacity >= 6);
}

static void many_bytes_keep_their_places(void **state)
{
    (void)state;
    KVI_SCOPED_BUFFER buffer = {0};
    unsigned moves = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        const unsigned char *before = buffer.data;
        assert_int_equal(kvi_buffer_append(&buffer, kv_slice_of(&i, sizeof i)), KV_OK);
        moves += buffer.data != before;
        assert_true(buffer.capacity >= buffer.size);
    }
    for (uint32_t i = 0; i < 100000; i++) {
        assert_memory_equal(buffer.data + i * sizeof i, &i, sizeof i);
    }
    assert_true(moves < 50);
}

static void what_cannot_be_held_changes_nothing(void **state)
{
    (void)state;
    KVI_SCOPED_BUFFER buffer = {0};
    assert_int_equal(kvi_buffer_append(&buffer, kv_slice_text("kept")), KV_OK);
    const struct kvi_buffer before = buffer;
    assert_int_equal(kvi_buffer_reserve(&buffer, SIZE_MAX), KV_ERR_NO_MEMORY);
    assert_int_equal(kvi_buffer_append(&buffer, kv_slice_of("", SIZE_MAX - 3)), KV_ERR_NO_MEMORY);
    assert_int_equal(kvi_buffer_assign(&buffer, kv_slice_of("", SIZE_MAX)), KV_ERR_NO_MEMORY);
    assert_memory_equal(&buffer, &before, sizeof buffer);
    assert_true(kv_slice_equal(kvi_buffer_slice(&buffer), kv_slice_text("kept")));
}

static void the_content_is_given_away(void **state)
{
    (void)state;
    struct kvi_buffer buffer = {0};
    size_t size = 4711;
    assert_null(kvi_buffer_take(&buffer, &size));
    assert_int_equal(size, 0);
    assert_int_equal(kvi_buffer_append(&buffer, kv_slice_text("gift")), KV_OK);
    unsigned char *given = kvi_buffer_take(&buffer, &size);
    assert_int_equal(size, 4);
    assert_memory_equal(given, "gift", 4);
    assert_null(buffer.data);
    assert_int_equal(buffer.capacity, 0);
    free(given);
    assert_int_equal(kvi_buffer_append(&buffer, kv_slice_text("again")), KV_OK);
    kvi_buffer_free(&buffer);
    assert_null(buffer.data);
    kvi_buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_added_and_replaced),
        cmocka_unit_test(many_bytes_keep_their_places),
        cmocka_unit_test(what_cannot_be_held_changes_nothing),
        cmocka_unit_test(the_content_is_given_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
