/*
 * Standard output of kvtool: buffered for small pieces, straight from the store's memory for large ones.
 *
 * The first failure to write is kept and everything after it is dropped, so callers need not look at each piece;
 * a loop looks at tool_output_failed to stop early, and main says what happened.
 */
#ifndef KVCORE_TOOLS_OUTPUT_H
#define KVCORE_TOOLS_OUTPUT_H

#include "kvcore/kvcore.h"

/** Writes bytes (borrowed). */
void tool_output(kv_slice bytes);

/** Writes a C string (borrowed). */
void tool_output_text(const char *text);

/** Writes one byte. */
void tool_output_byte(char byte);

/** Writes a formatted text of less than 1,024 bytes. */
void tool_output_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Tells (1 or 0) whether a write has failed. */
int tool_output_failed(void);

/** Writes what is still in the buffer. Returns 0, or the errno of the first write that failed. */
int tool_output_flush(void);

#endif
