/*
 * What kvtool says on stderr, and which exit code a status is.
 *
 * Every message is one line "kvtool: STORE: what: reason".
 */
#ifndef KVCORE_TOOLS_REPORT_H
#define KVCORE_TOOLS_REPORT_H

#include "kvcore/tools/verb.h"

/** Gives the exit code that stands for `status`. */
tool_exit tool_exit_of(int status);

/** Says "kvtool: LOCATION: " and the formatted sentence. */
void tool_say(const char *location, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Says "kvtool: LOCATION: ", the formatted text, ": " and the status's own text, and gives its exit code. A status
 * that is KV_OK says nothing. */
tool_exit tool_report(const char *location, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** Says what is wrong with the command line of `verb`, and how it is written. Gives TOOL_USAGE. */
tool_exit tool_usage(const tool_verb *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
