#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "kvcore/tools/help.h"
#include "kvcore/tools/options.h"
#include "kvcore/tools/output.h"
#include "kvcore/tools/report.h"
#include "kvcore/tools/signals.h"
#include "kvcore/tools/verb.h"

/* Runs the verb of words[0] with the options that stood before it. */
static tool_exit run_verb(const tool_verb *verb, tool_options options, int count, char **words)
{
    tool_call call = {.verb = verb, .options = options};
    int first;
    if (tool_options_parse(verb, count, words, &call.options, &first) != 0) {
        fprintf(stderr, "usage: kvtool %s [OPTION]... %s\n", verb->name, verb->arguments);
        return TOOL_USAGE;
    }
    if (call.options.wants_help) {
        tool_help_print_verb(verb);
        return TOOL_DONE;
    }
    call.arguments = words + first;
    call.argument_count = count - first;
    if (call.argument_count < verb->least || call.argument_count > verb->most) {
        return tool_usage(verb, "%s",
                          call.argument_count < verb->least ? "arguments are missing" : "too many arguments");
    }
    return verb->run(&call);
}

/* Reads what stands before the verb, and runs it. */
static tool_exit run(int count, char **words)
{
    tool_options options = {0};
    int next = 1;
    if (next + 1 < count && strcmp(words[next], "-o") == 0) {
        options.settings = words[next + 1];
        next += 2;
    }
    if (next >= count) {
        fputs("usage: kvtool VERB [OPTION]... STORE [BUCKET] [KEY]...\n       kvtool --help\n", stderr);
        return TOOL_USAGE;
    }
    if (strcmp(words[next], "--help") == 0 || strcmp(words[next], "-h") == 0) {
        tool_help_print();
        return TOOL_DONE;
    }
    if (strcmp(words[next], "--version") == 0 || strcmp(words[next], "-V") == 0) {
        tool_output_text("kvtool " KVTOOL_VERSION "\n");
        return TOOL_DONE;
    }
    const tool_verb *verb = tool_verb_find(words[next]);
    if (verb == NULL) {
        fprintf(stderr, "kvtool: %s: no such verb; kvtool --help lists them\n", words[next]);
        return TOOL_USAGE;
    }
    return run_verb(verb, options, count - next, words + next);
}

/* A store's file must not get the number of a closed standard stream: messages would be written into the store. What
 * was closed stays unusable: reading from it and writing to it fail as before. */
static int hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            return -1;
        }
    }
    return 0;
}

int main(int count, char **words)
{
    if (hold_standard_streams() != 0) {
        _exit(TOOL_FAILED);
    }
    tool_signals_init();
    tool_exit code = run(count, words);
    int error = tool_output_flush();
    if (error == EPIPE) {
        tool_signals_deliver_pipe();
    }
    if (error != 0) {
        fprintf(stderr, "kvtool: standard output: %s\n", strerror(error));
        code = TOOL_FAILED;
    }
    if (code != TOOL_DONE) {
        tool_signals_deliver();
    }
    return code;
}
