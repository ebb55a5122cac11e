/*
 * Options: a constant table says which there are, and "name=value,name" strings are read by it.
 *
 * Floor 0; knows nothing of what the options mean. A backend lists its table in its descriptor, the core reads the
 * caller's settings by it, and --help prints it.
 *
 * What people get wrong: freeing the settings string too early. Text values point into it.
 */
#ifndef KVCORE_BASE_OPTION_H
#define KVCORE_BASE_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "kvcore/status.h"

enum kvi_option_type {
    KVI_OPTION_FLAG,     /* "name" alone */
    KVI_OPTION_COUNT,    /* a decimal number */
    KVI_OPTION_SIZE,     /* bytes: a decimal number, with K, M, G or T for powers of 1024 (either case) */
    KVI_OPTION_DURATION, /* seconds: a decimal number, or with its own unit ms, s, m or h; read into nanoseconds */
    KVI_OPTION_TEXT      /* anything; a comma in it is written "\,", a backslash before either as "\\" */
};

/* One option. A table ends with a name of NULL. All strings live for ever. */
struct kvi_option {
    const char *name;
    const char *argument; /* for --help: "SIZE"; NULL for a flag */
    const char *help;     /* one line, without a full stop */
    enum kvi_option_type type;
    const char *preset; /* the value when it is not given, as the user would write it; NULL: false, 0 or no text */
};

/* The value of one option; its type says which member. */
union kvi_option_value {
    bool flag;
    uint64_t number;  /* count, bytes or nanoseconds */
    const char *text; /* NULL: not given and without preset */
};

/**
 * Reads `settings` by `table` into `values`, which has one element an option. Of an option given twice the last one
 * counts; empty items are skipped.
 *   settings   "name=value,name"; changed in place (values lose their backslashes), and text values lie in it: it
 *              must live as long as they. NULL gives the presets
 *   message    NULL, or receives on failure a sentence that names the option
 * Returns KV_OK, or KV_ERR_OPTION; then `values` is partly written.
 */
int kvi_options_parse(const struct kvi_option *table, char *settings, union kvi_option_value *values,
                      kv_message *message);

#endif
