/*
 * How the keys and values of one bucket are spelled on the command line and in output.
 *
 * Keys are spelled as kvfs names files (kvcore/name.h). Values are bytes in one of the forms of escape.h, except that
 * the values of an integer-dup bucket are decimal numbers. Integers have 4 or 8 bytes: the first pair tells; in an
 * empty bucket the command line, and if it does not, 8.
 */
#ifndef KVCORE_TOOLS_SPELLING_H
#define KVCORE_TOOLS_SPELLING_H

#include "kvcore/tools/buffer.h"
#include "kvcore/tools/options.h"

typedef struct tool_spelling {
    kv_name_form key_form;
    kv_name_form value_form; /**< KV_NAME_BYTES, or a form of integers */
} tool_spelling;

/**
 * Finds how `bucket` (NULL: it does not exist, and would be plain) spells; `integer_size` is 0, 4 or 8 from the
 * command line. Returns KV_OK or a failure to read the first pair.
 */
int tool_spelling_find(kv_bucket *bucket, uint64_t integer_size, tool_spelling *ret_spelling);

/** Reads a key from the command line into `buffer`. Returns KV_OK, KV_ERR_NAME, KV_ERR_NO_MEMORY. */
int tool_spelling_read_key(const tool_spelling *spelling, const char *text, tool_buffer *buffer);

/** Reads a value from the command line into `buffer`. Returns KV_OK, KV_ERR_INVALID, KV_ERR_NO_MEMORY. */
int tool_spelling_read_value(const tool_spelling *spelling, tool_spelled as, const char *text, tool_buffer *buffer);

/** Prints a key. One that has no name in its form (in an integer bucket, a key of an odd size) is printed as bytes. */
void tool_spelling_print_key(const tool_spelling *spelling, tool_format format, kv_slice key);

/** Prints a value. */
void tool_spelling_print_value(const tool_spelling *spelling, tool_format format, kv_slice value);

/** Room that tool_spelling_name needs for a key or bucket name of up to 511 bytes. */
#define TOOL_NAME_SIZE 2048

/** Writes the name of `key`, cut with "..." when it does not fit, into `text` of TOOL_NAME_SIZE bytes, for messages. */
const char *tool_spelling_name(kv_name_form form, kv_slice key, char *text);

/** The same for the bucket `name`, as "bucket NAME" or "the root map". */
const char *tool_spelling_bucket(const char *name, char *text);

/** Reads the name of a bucket ("" and NULL: the root map) into `name` of KV_BUCKET_NAME_SIZE bytes.
 * Returns KV_OK, or KV_ERR_NAME when no bucket has this name. */
int tool_spelling_read_bucket(const char *text, char *name);

#endif
