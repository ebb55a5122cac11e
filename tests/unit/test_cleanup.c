/* Scopes that release what they acquired, and the clock. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kvcore/base/cleanup.h"
#include "kvcore/base/clock.h"

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* Opens two descriptors and leaves by an early return; gives their numbers, and the second one open if asked. */
static void open_two(int *ret_closed, int *ret_other, bool is_taken)
{
    KVI_SCOPED_FD first = open("/dev/null", O_RDONLY);
    KVI_SCOPED_FD second = open("/dev/null", O_RDONLY);
    *ret_closed = first;
    *ret_other = second;
    if (!is_taken) {
        return;
    }
    *ret_other = KVI_TAKE_FD(second);
    assert_int_equal(second, -1);
}

static void descriptors_are_closed_unless_taken(void **state)
{
    (void)state;
    int first, second;
    open_two(&first, &second, false);
    assert_false(is_open(first));
    assert_false(is_open(second));
    open_two(&first, &second, true);
    assert_false(is_open(first));
    assert_true(is_open(second));
    close(second);
}

static unsigned releases;

static void count_release(char **text)
{
    releases += *text != NULL;
    kvi_cleanup_memory(text);
}

static char *copy_text(bool is_taken)
{
    KVI_CLEANUP(count_release) char *copy = malloc(3);
    KVI_SCOPED_MEMORY char *freed = malloc(3); /* a leak here is the sanitizer's to find */
    KVI_SCOPED_MEMORY char *none = NULL;
    assert_non_null(freed);
    assert_null(none);
    return is_taken ? KVI_TAKE(copy) : NULL;
}

static void memory_is_freed_unless_taken(void **state)
{
    (void)state;
    assert_null(copy_text(false));
    assert_int_equal(releases, 1);
    char *taken = copy_text(true);
    assert_int_equal(releases, 1);
    assert_non_null(taken);
    taken[2] = 'x';
    free(taken);
}

static int file_of_a_scope(void)
{
    KVI_SCOPED_FILE *file = fopen("/dev/null", "r");
    KVI_SCOPED_FILE *none = NULL;
    assert_non_null(file);
    assert_null(none);
    return fileno(file);
}

static void files_are_closed(void **state)
{
    (void)state;
    assert_false(is_open(file_of_a_scope()));
}

static void errno_is_kept(void **state)
{
    (void)state;
    errno = 0;
    {
        KVI_SCOPED_FD bad = 1000000; /* not open: close fails with EBADF */
        errno = ENOSPC;
        (void)bad;
    }
    assert_int_equal(errno, ENOSPC);
}

static void a_lock_is_held_for_its_scope(void **state)
{
    (void)state;
    pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
    {
        KVI_SCOPED_LOCK(&first);
        KVI_SCOPED_LOCK(&second);
        assert_int_equal(pthread_mutex_trylock(&first), EBUSY);
        assert_int_equal(pthread_mutex_trylock(&second), EBUSY);
    }
    assert_int_equal(pthread_mutex_trylock(&first), 0);
    assert_int_equal(pthread_mutex_trylock(&second), 0);
    pthread_mutex_unlock(&first);
    pthread_mutex_unlock(&second);
}

static void the_clock_never_goes_back(void **state)
{
    (void)state;
    int64_t begin = kvi_clock_ns(), before = begin;
    assert_true(begin > 0);
    while (before - begin < 2000000) { /* it moves, and by nanoseconds */
        int64_t now = kvi_clock_ns();
        assert_true(now >= before);
        before = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_are_closed_unless_taken),
        cmocka_unit_test(memory_is_freed_unless_taken),
        cmocka_unit_test(files_are_closed),
        cmocka_unit_test(errno_is_kept),
        cmocka_unit_test(a_lock_is_held_for_its_scope),
        cmocka_unit_test(the_clock_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
