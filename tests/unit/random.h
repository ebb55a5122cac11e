/*
 * Random numbers for tests that can be run again: every step of a test has a seed of its own, which a failure prints.
 *
 * KV_TEST_SEED=N begins at step N, KV_TEST_STEPS=N sets how many steps are taken: what a failure prints repeats
 * just the step that failed.
 */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

struct random {
    uint64_t seed; /* of this step */
    uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
    /* splitmix64 */
    uint64_t mixed = random->state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

/* Below `limit`, which is above 0. */
static inline size_t random_below(struct random *random, size_t limit)
{
    return (size_t)(random_next(random) % limit);
}

/* From `least` to `most`. */
static inline size_t random_between(struct random *random, size_t least, size_t most)
{
    return least + random_below(random, most - least + 1);
}

static inline struct random random_of_seed(uint64_t seed)
{
    return (struct random){seed, seed};
}

static inline uint64_t random_first_seed(void)
{
    const char *given = getenv("KV_TEST_SEED");
    return given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000000000;
}

static inline uint64_t random_steps(uint64_t usual)
{
    const char *given = getenv("KV_TEST_STEPS");
    return given ? strtoull(given, NULL, 10) : usual;
}

static inline void random_print_replay(const struct random *random)
{
    print_error("again with KV_TEST_STEPS=1 KV_TEST_SEED=%llu\n", (unsigned long long)random->seed);
}

/* Fails the test, and says how to repeat it, when `condition` is false. */
#define assert_in_step(random, condition)                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            random_print_replay(random);                                                                               \
            assert_true(condition);                                                                                    \
        }                                                                                                              \
    } while (0)

#endif
