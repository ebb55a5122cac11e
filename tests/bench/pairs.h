/*
 * The pairs that the benchmarks store, the order in which they are asked for, and the sums that prove that both sides
 * saw the same.
 *
 * A key has 16 bytes and sorts by its number; a value has 100 bytes that depend on the number. Both are made in a few
 * instructions, so that making them does not hide what is measured.
 */
#ifndef TESTS_BENCH_PAIRS_H
#define TESTS_BENCH_PAIRS_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    KEY_SIZE = 16,
    VALUE_SIZE = 100,
    DUPS = 10,        /* values of a key in the dup-sort bucket */
    FIXED_DUPS = 1000 /* in the dup-fixed one, of 8 bytes */
};

/* What one pair in a hundred goes through in a session: `step` counts these pairs. */
enum change { CHANGE_VALUE, CHANGE_INSERT, CHANGE_REMOVE, CHANGES };

static inline enum change change_of(uint32_t step)
{
    return (enum change)(step % CHANGES);
}

/* A store to be measured. */
struct pairs {
    uint32_t count;
    uint32_t *order; /* 0 to count - 1, shuffled */
    const char *directory;
};

static inline uint64_t mix(uint64_t number)
{
    number = (number ^ number >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    number = (number ^ number >> 27) * UINT64_C(0x94D049BB133111EB);
    return number ^ number >> 31;
}

/* The key of a number; `is_between`: one that sorts between it and the next. */
static inline void write_key_at(unsigned char *key, uint64_t number, int is_between)
{
    uint64_t ordered = htobe64(2 * number + (is_between ? 1 : 0));
    memcpy(key, "key/0000", 8);
    memcpy(key + 8, &ordered, 8);
}

static inline void write_key(unsigned char *key, uint64_t number)
{
    write_key_at(key, number, 0);
}

/* `value` was filled with anything constant before: only its head depends on the number. */
static inline void write_value(unsigned char *value, uint64_t number)
{
    uint64_t head = mix(number + 1);
    memcpy(value, &head, 8);
}

/* Consumes a pair: the ends of the key and of the value, which is what brings their cache lines in. */
static inline uint64_t sum_pair(uint64_t sum, const void *key, size_t key_size, const void *value, size_t value_size)
{
    uint64_t tail, head, last;
    memcpy(&tail, (const unsigned char *)key + key_size - 8, 8);
    memcpy(&head, value, 8);
    memcpy(&last, (const unsigned char *)value + value_size - 8, 8);
    return (sum << 5 | sum >> 59) + tail + head + last;
}

/* Consumes packed values of 8 bytes, each of them. */
static inline uint64_t sum_packed(uint64_t sum, const void *values, size_t size)
{
    for (size_t at = 0; at < size; at += 8) {
        uint64_t value;
        memcpy(&value, (const unsigned char *)values + at, 8);
        sum += value;
    }
    return sum;
}

#endif
