/*
 * --help: of kvtool, and of one verb; printed from the verbs' own constants.
 */
#ifndef KVCORE_TOOLS_HELP_H
#define KVCORE_TOOLS_HELP_H

#include "kvcore/tools/verb.h"

/** Prints the help of kvtool on standard output. */
void tool_help_print(void);

/** Prints the help of `verb` on standard output. */
void tool_help_print_verb(const tool_verb *verb);

#endif
