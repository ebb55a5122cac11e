/*
 * Bytes that kvtool owns: a key from the command line, a value from a file.
 *
 * All zero is an empty buffer. It grows by doubling; tool_buffer_done_scoped is for __attribute__((cleanup)).
 */
#ifndef KVCORE_TOOLS_BUFFER_H
#define KVCORE_TOOLS_BUFFER_H

#include "kvcore/kvcore.h"

typedef struct tool_buffer {
    char *data;
    size_t size;
    size_t room;
} tool_buffer;

/** Makes room for `size` bytes in all. Returns KV_OK or KV_ERR_NO_MEMORY. */
int tool_buffer_reserve(tool_buffer *buffer, size_t size);

/** Appends everything that can be read from the descriptor `fd`. Returns KV_OK, KV_ERR_NO_MEMORY, KV_ERR_IO. */
int tool_buffer_read(tool_buffer *buffer, int fd);

/** Lends the bytes, until the buffer changes. */
kv_slice tool_buffer_slice(const tool_buffer *buffer);

/** Frees the bytes. */
void tool_buffer_done_scoped(tool_buffer *buffer);

#endif
