/* What the programs of file operations share: counting what was not as expected. One thread. */
#ifndef TESTS_MOUNT_CHECKS_H
#define TESTS_MOUNT_CHECKS_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int failures;

/** Counts and prints a condition that does not hold, with the last errno. */
#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        errno = 0;                                                                                                     \
        if (!(condition)) {                                                                                            \
            printf("%s:%d: %s (%s)\n", __func__, __LINE__, #condition, strerror(errno));                               \
            failures++;                                                                                                \
        }                                                                                                              \
    } while (0)

#endif
