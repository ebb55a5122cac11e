#include "kvcore/tools/help.h"

#include <stdio.h>

#include "kvcore/tools/output.h"

static const char introduction[] =
    "usage: kvtool VERB [OPTION]... STORE [BUCKET] [KEY]...\n"
    "\n"
    "Reads and writes transactional ordered key-value stores.\n"
    "\n"
    "STORE is a path (an LMDB environment: a directory or a single file) or SCHEME:REST.\n"
    "BUCKET and KEY are spelled as kvfs spells file names: most are themselves, the others have %XX escapes. In a\n"
    "bucket of integers they are decimal numbers. Without BUCKET, or with an empty one, the store's unnamed root map\n"
    "is meant. Words after -- are no options.\n"
    "\n"
    "verbs:\n";

static const char conclusion[] = "\n"
                                 "kvtool VERB --help tells a verb's options, kvtool --version the version.\n"
                                 "exit status: 0 done, 1 not found, 2 wrong usage, 3 failure\n"
                                 "\n"
                                 "kinds of stores, and their settings for -o name=value,name=value:\n";

static void print_backends(void)
{
    kv_backend_info info;
    for (unsigned i = 0; kv_backend_list(i, &info) == KV_OK; i++) {
        tool_output_format("  %-11s%s\n", info.scheme, info.summary);
        const char *line = info.options != NULL ? info.options : "";
        while (*line != '\0') {
            size_t length = strcspn(line, "\n");
            tool_output_format("      %.*s\n", (int)length, line);
            line += length + (line[length] == '\n');
        }
    }
}

void tool_help_print(void)
{
    tool_output_text(introduction);
    const tool_verb *verb;
    for (unsigned i = 0; (verb = tool_verb_at(i)) != NULL; i++) {
        tool_output_format("  %-11s%s\n", verb->name, verb->summary);
    }
    tool_output_text(conclusion);
    print_backends();
}

static void print_option(tool_option_id id, const char *text)
{
    const tool_option *option = tool_option_spelled(id);
    char letter[8] = "    ";
    char spelled[64];
    if (option->letter != '\0') {
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    }
    snprintf(spelled, sizeof spelled, "%s--%s%s%s", letter, option->name, option->argument != NULL ? " " : "",
             option->argument != NULL ? option->argument : "");
    tool_output_format("  %-27s %s\n", spelled, text);
}

void tool_help_print_verb(const tool_verb *verb)
{
    tool_output_format("usage: kvtool %s [OPTION]... %s\n\n%s.\n", verb->name, verb->arguments, verb->summary);
    if (verb->details != NULL) {
        tool_output_format("\n%s\n", verb->details);
    }
    tool_output_text("\noptions:\n");
    for (const tool_verb_option *option = verb->options; option->id != TOOL_NO_OPTION; option++) {
        print_option(option->id, option->text);
    }
    print_option(TOOL_OPTION_SETTINGS, "settings of the store, as name=value,name=value (kvtool --help lists them)");
    print_option(TOOL_OPTION_HELP, "print this and exit");
}
