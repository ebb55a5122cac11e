/*
 * Measuring two ways to do one thing: each run in a process of its own, in turns, and a line of a table from them.
 *
 * A process a run, because an LMDB environment is opened once in a process only, and so that no run inherits the heap
 * and the page tables of the one before. What is noise on this machine at this hour hits both sides alike.
 */
#ifndef TESTS_BENCH_MEASURE_H
#define TESTS_BENCH_MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/wait.h>
#include <unistd.h>

enum { REPETITIONS_MAX = 99 };

/* What a run gives. */
struct outcome {
    double nanoseconds; /* an operation */
    uint64_t sum;       /* of what it saw */
};

typedef void measured_run(const void *argument, struct outcome *ret_outcome);

/* Processor time of this process: what others do on the machine costs caches only. */
static inline int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Ends the program with what failed. */
static inline void require(int is_right, const char *what, const char *why)
{
    if (!is_right) {
        fprintf(stderr, "bench: %s: %s\n", what, why);
        exit(EXIT_FAILURE);
    }
}

static inline struct outcome measure_once(measured_run *run, const void *argument)
{
    int pipes[2];
    struct outcome outcome = {0};
    fflush(NULL);
    require(pipe(pipes) == 0, "pipe", "failed");
    pid_t child = fork();
    require(child >= 0, "fork", "failed");
    if (child == 0) {
        run(argument, &outcome);
        require(write(pipes[1], &outcome, sizeof outcome) == (ssize_t)sizeof outcome, "pipe", "short write");
        _exit(EXIT_SUCCESS);
    }
    int status;
    close(pipes[1]);
    ssize_t got = read(pipes[0], &outcome, sizeof outcome);
    close(pipes[0]);
    require(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0, "a run", "failed");
    require(got == (ssize_t)sizeof outcome, "a run", "gave nothing");
    return outcome;
}

static inline int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* A line of the table. */
struct comparison {
    const char *name;
    double target; /* kvcore over raw; 0: none is set */
    measured_run *raw;
    measured_run *ours;
};

static inline void print_heading(void)
{
    printf("%-34s %28s   %28s   %6s %6s  %s\n", "", "raw LMDB, ns (min .. max)", "kvcore, ns (min .. max)", "ratio",
           "least", "target");
}

static inline void print_line(const struct comparison *comparison, double *raw, double *ours, unsigned count)
{
    char target[32] = "-";
    qsort(raw, count, sizeof *raw, compare_doubles);
    qsort(ours, count, sizeof *ours, compare_doubles);
    double ratio = ours[count / 2] / raw[count / 2];
    if (comparison->target > 0)
        snprintf(target, sizeof target, "<= %.2f%s", comparison->target, ratio > comparison->target ? "  MISSED" : "");
    printf("%-34s %9.1f (%7.1f .. %7.1f)   %9.1f (%7.1f .. %7.1f)   %6.3f %6.3f  %s\n", comparison->name,
           raw[count / 2], raw[0], raw[count - 1], ours[count / 2], ours[0], ours[count - 1], ratio, ours[0] / raw[0],
           target);
}

/* Runs both sides in turns and prints their line. Ends the program when they did not see the same. */
static inline void compare(const struct comparison *comparison, const void *argument, unsigned repetitions)
{
    double raw[REPETITIONS_MAX], ours[REPETITIONS_MAX];
    for (unsigned i = 0; i < repetitions; i++) {
        struct outcome one = measure_once(comparison->raw, argument);
        struct outcome other = measure_once(comparison->ours, argument);
        require(one.sum == other.sum, comparison->name, "the two sides saw different bytes");
        raw[i] = one.nanoseconds;
        ours[i] = other.nanoseconds;
    }
    print_line(comparison, raw, ours, repetitions);
}

#endif
