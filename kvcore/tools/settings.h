/*
 * The settings that a store is opened with: what -o says, after what kvtool itself wants.
 *
 * kvtool copies, dumps and checks whole stores in one transaction, and so comes to every bucket in it. A backend that
 * keeps only some buckets open, and says so by a setting `buckets`, is asked to keep them all.
 */
#ifndef KVCORE_TOOLS_SETTINGS_H
#define KVCORE_TOOLS_SETTINGS_H

#include "kvcore/tools/buffer.h"

/** Writes the settings for the store `location`, NUL-terminated, into `buffer`; `said` is what -o said or NULL.
 * Returns KV_OK or KV_ERR_NO_MEMORY. */
int tool_settings_write(const char *location, const char *said, tool_buffer *buffer);

#endif
