/*
 * How far a long transfer is, in one line on a terminal's stderr, renewed five times a second; nothing elsewhere.
 */
#ifndef KVCORE_TOOLS_PROGRESS_H
#define KVCORE_TOOLS_PROGRESS_H

#include <stdint.h>

/** All counts are of what is done; `pairs_expected` is 0 when nobody knows. */
typedef struct tool_progress {
    uint64_t pairs;
    uint64_t bytes;
    uint64_t pairs_expected;
    int64_t shown_at; /**< monotonic nanoseconds */
    int is_on;
    int is_shown;
} tool_progress;

/** Begins; `is_quiet` shows nothing even on a terminal. */
void tool_progress_init(tool_progress *progress, int is_quiet);

/** One more pair of `bytes`. */
void tool_progress_step(tool_progress *progress, uint64_t bytes);

/** Takes the line away, so that what comes next on stderr stands alone. */
void tool_progress_clear(tool_progress *progress);

#endif
