/*
 * A verb of kvtool: `kvtool VERB [OPTIONS] STORE [BUCKET] [KEY]...`.
 *
 * Each verb is one file NAME.c that holds its work, its options and its help in one constant, listed in verbs.c.
 * Parsing (options.h), --help (help.h) and the manual page come from these constants and from nowhere else.
 *
 * Thread rule: kvtool has one thread. What people get wrong: returning a status where an exit code is meant; report.h
 * turns one into the other.
 */
#ifndef KVCORE_TOOLS_VERB_H
#define KVCORE_TOOLS_VERB_H

#include "kvcore/kvcore.h"

#include "kvcore/tools/options.h"

/** What kvtool exits with. */
typedef enum tool_exit { TOOL_DONE = 0, TOOL_NOT_FOUND = 1, TOOL_USAGE = 2, TOOL_FAILED = 3 } tool_exit;

/** One command line, taken apart. */
typedef struct tool_call {
    const struct tool_verb *verb;
    tool_options options;
    char **arguments; /**< what is no option, the verb excluded: borrowed from main */
    int argument_count;
} tool_call;

/** An option that a verb has, and what it does there. */
typedef struct tool_verb_option {
    tool_option_id id;
    const char *text;
} tool_verb_option;

/** A verb. */
typedef struct tool_verb {
    const char *name;
    const char *arguments;           /**< "STORE [BUCKET] KEY" */
    const char *summary;             /**< one line for the list of verbs */
    const char *details;             /**< further lines for the verb's own help, or NULL */
    const tool_verb_option *options; /**< ended by TOOL_NO_OPTION; what every verb has is not listed */
    int least;                       /**< so many arguments */
    int most;
    tool_exit (*run)(const tool_call *call);
} tool_verb;

/** Gives the `index`th verb, NULL past the last. */
const tool_verb *tool_verb_at(unsigned index);

/** Finds a verb by its name, or NULL. */
const tool_verb *tool_verb_find(const char *name);

extern const tool_verb tool_verb_backup;
extern const tool_verb tool_verb_buckets;
extern const tool_verb tool_verb_check;
extern const tool_verb tool_verb_clear;
extern const tool_verb tool_verb_copy;
extern const tool_verb tool_verb_del;
extern const tool_verb tool_verb_drop;
extern const tool_verb tool_verb_dump;
extern const tool_verb tool_verb_get;
extern const tool_verb tool_verb_load;
extern const tool_verb tool_verb_mkbucket;
extern const tool_verb tool_verb_put;
extern const tool_verb tool_verb_scan;
extern const tool_verb tool_verb_stat;

#endif
