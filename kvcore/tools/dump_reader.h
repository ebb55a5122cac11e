/*
 * Reads the text format of mdb_dump: headers and pairs, strictly, from input that may be damaged or hostile.
 *
 * After KV_ERR_INVALID the sentence in `problem` names the line. What people get wrong: taking the end of the input for
 * the end of a section; only its last line is, and input that ends before it is an error.
 */
#ifndef KVCORE_TOOLS_DUMP_READER_H
#define KVCORE_TOOLS_DUMP_READER_H

#include <stdio.h>

#include "kvcore/tools/buffer.h"

/** What a header says. */
typedef struct tool_dump_section {
    char name[KV_BUCKET_NAME_SIZE]; /**< "": the root map */
    kv_kind kind;
    int is_print;
} tool_dump_section;

typedef struct tool_dump_reader {
    FILE *file;         /**< borrowed */
    int has_no_headers; /**< only pairs of lines, in the form of format=print without the space before them */
    int is_print;       /**< the form of the section's data */
    uint64_t line;      /**< read so far */
    uint64_t sections;
    tool_buffer key;
    tool_buffer value;
    char problem[512];
} tool_dump_reader;

/** Reads the next header. Returns KV_OK, KV_NOT_FOUND at the end of the input, KV_ERR_INVALID, KV_ERR_NO_MEMORY,
 * KV_ERR_IO, KV_ERR_CANCELLED. */
int tool_dump_next_section(tool_dump_reader *reader, tool_dump_section *ret_section);

/** Reads the next pair of the section, lent until the next call. Returns KV_OK, KV_NOT_FOUND after the last, and as
 * tool_dump_next_section. */
int tool_dump_next_pair(tool_dump_reader *reader, kv_slice *ret_key, kv_slice *ret_value);

/** Frees what the reader holds. */
void tool_dump_reader_done_scoped(tool_dump_reader *reader);

#endif
