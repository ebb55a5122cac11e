/*
 * How values are printed, and read back: each form holds any bytes.
 *
 *   text  well-formed UTF-8 as it is; \\ \n \r \t for these four; \xHH for every other control byte, DEL and every
 *         byte that is not well-formed UTF-8. printf(1) reads it as %b.
 *   hex   two lower-case digits a byte
 *   json  a string when the bytes are well-formed UTF-8, else {"hex":"..."}
 */
#ifndef KVCORE_TOOLS_ESCAPE_H
#define KVCORE_TOOLS_ESCAPE_H

#include "kvcore/tools/buffer.h"
#include "kvcore/tools/options.h"

/** Prints the text form of `bytes` (borrowed). */
void tool_escape_print_text(kv_slice bytes);

/** Prints the hex form. */
void tool_escape_print_hex(kv_slice bytes);

/** Prints the JSON form. */
void tool_escape_print_json(kv_slice bytes);

/** Prints the form that `format` says. */
void tool_escape_print(tool_format format, kv_slice bytes);

/** Gives the value of one hex digit, or -1. */
int tool_hex_digit(char digit);

/** Reads the text form back into `buffer` (appended). Returns KV_OK, KV_ERR_INVALID, KV_ERR_NO_MEMORY. */
int tool_escape_read_text(const char *text, tool_buffer *buffer);

/** Reads the hex form back, digits of either case. Returns as tool_escape_read_text. */
int tool_escape_read_hex(const char *text, tool_buffer *buffer);

#endif
