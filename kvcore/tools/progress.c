#include "kvcore/tools/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { RENEWAL = 200 * 1000 * 1000, CLOCK_EVERY = 256 };

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void tool_progress_init(tool_progress *progress, int is_quiet)
{
    *progress = (tool_progress){.is_on = !is_quiet && isatty(STDERR_FILENO)};
}

static void show(tool_progress *progress)
{
    double mebibytes = (double)progress->bytes / (1024 * 1024);
    if (progress->pairs_expected > 0) {
        double part = 100 * (double)progress->pairs / (double)progress->pairs_expected;
        fprintf(stderr, "\r%3.0f %%  %" PRIu64 " of %" PRIu64 " pairs, %.1f MiB\033[K", part, progress->pairs,
                progress->pairs_expected, mebibytes);
    } else {
        fprintf(stderr, "\r%" PRIu64 " pairs, %.1f MiB\033[K", progress->pairs, mebibytes);
    }
    fflush(stderr);
    progress->is_shown = 1;
}

void tool_progress_step(tool_progress *progress, uint64_t bytes)
{
    progress->pairs++;
    progress->bytes += bytes;
    /* Large pairs are few: each looks at the clock. */
    if (!progress->is_on || (bytes < 1024 * 1024 && progress->pairs % CLOCK_EVERY != 0)) {
        return;
    }
    int64_t time = now();
    if (time - progress->shown_at >= RENEWAL) {
        progress->shown_at = time;
        show(progress);
    }
}

void tool_progress_clear(tool_progress *progress)
{
    if (progress->is_shown) {
        fputs("\r\033[K", stderr);
        progress->is_shown = 0;
    }
}
