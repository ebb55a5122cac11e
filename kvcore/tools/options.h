/*
 * The options of kvtool: one table of all that exist, from which each verb picks (verb.h).
 *
 * An option means the same kind of thing in every verb that has it, and is parsed once, here.
 */
#ifndef KVCORE_TOOLS_OPTIONS_H
#define KVCORE_TOOLS_OPTIONS_H

#include <stdint.h>

#include "kvcore/kvcore.h"

/** Every option. */
typedef enum tool_option_id {
    TOOL_NO_OPTION = 0,
    TOOL_OPTION_SETTINGS,
    TOOL_OPTION_HELP,
    TOOL_OPTION_ALL,
    TOOL_OPTION_APPEND,
    TOOL_OPTION_AS,
    TOOL_OPTION_BATCH,
    TOOL_OPTION_BUCKET,
    TOOL_OPTION_COMPACT,
    TOOL_OPTION_CREATE,
    TOOL_OPTION_FILE,
    TOOL_OPTION_FORMAT,
    TOOL_OPTION_FROM,
    TOOL_OPTION_INTEGER_SIZE,
    TOOL_OPTION_JSON,
    TOOL_OPTION_KEYS,
    TOOL_OPTION_KIND,
    TOOL_OPTION_LIMIT,
    TOOL_OPTION_NEW_ONLY,
    TOOL_OPTION_PREFIX,
    TOOL_OPTION_PRINT,
    TOOL_OPTION_QUIET,
    TOOL_OPTION_REVERSE,
    TOOL_OPTION_STRICT,
    TOOL_OPTION_TEXT,
    TOOL_OPTION_TO,
    TOOL_OPTION_COUNT
} tool_option_id;

/** How pairs are printed. */
typedef enum tool_format { TOOL_FORMAT_UNSET = 0, TOOL_FORMAT_TEXT, TOOL_FORMAT_HEX, TOOL_FORMAT_JSON } tool_format;

/** How a VALUE on the command line is spelled. */
typedef enum tool_spelled { TOOL_AS_RAW = 0, TOOL_AS_TEXT, TOOL_AS_HEX } tool_spelled;

/** What the options said. All zero: nothing was said. Texts are borrowed from the command line. */
typedef struct tool_options {
    const char *settings;
    const char *bucket;
    const char *file;
    const char *from;
    const char *prefix;
    const char *to;
    tool_format format;
    tool_spelled as;
    kv_kind kind;
    uint64_t batch;        /* bytes; 0: everything in one transaction */
    uint64_t integer_size; /* 4 or 8; 0: not said */
    uint64_t limit;
    int wants_help;
    int is_all;
    int is_append;
    int is_compact;
    int is_create;
    int is_json;
    int is_keys_only;
    int is_new_only;
    int is_print;
    int is_quiet;
    int is_reverse;
    int is_strict;
    int is_text;
} tool_options;

/** How an option is written. */
typedef struct tool_option {
    const char *name;     /**< "limit", for --limit */
    char letter;          /**< 'a' for -a, or NUL */
    const char *argument; /**< "N", or NULL when it takes none */
} tool_option;

struct tool_verb;

/** Lends how the option `id` is written. */
const tool_option *tool_option_spelled(tool_option_id id);

/**
 * Takes the words after the verb apart: options into `*ret_options`, the others to the end of `words` (which is
 * reordered), their first index into `*ret_first`. Says on stderr what is wrong.
 * Returns 0, or -1 on wrong usage.
 */
int tool_options_parse(const struct tool_verb *verb, int count, char **words, tool_options *ret_options,
                       int *ret_first);

#endif
