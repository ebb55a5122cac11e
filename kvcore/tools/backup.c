#include <unistd.h>

#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    const char *file = call->arguments[1];
    int is_stdout = strcmp(file, "-") == 0;
    unsigned flags = call->options.is_compact ? KV_BACKUP_COMPACT : 0;
    if (is_stdout && isatty(STDOUT_FILENO)) {
        return tool_usage(call->verb, "not to a terminal");
    }
    tool_exit code = tool_place_open_store(call, call->arguments[0], TOOL_READ, &place);
    if (code != TOOL_DONE) {
        return code;
    }
    int status =
        is_stdout ? kv_store_backup_fd(place.store, STDOUT_FILENO, flags) : kv_store_backup(place.store, file, flags);
    if (status == KV_OK) {
        return TOOL_DONE;
    }
    tool_report(place.location, status, "backup to %s", file);
    return TOOL_FAILED;
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_COMPACT, "leave free pages out: smaller, slower"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_backup = {
    .name = "backup",
    .arguments = "STORE FILE",
    .summary = "write one consistent snapshot as a single file that is a store again",
    .details = "FILE is made new; - is standard output. Others may write the store meanwhile.",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
