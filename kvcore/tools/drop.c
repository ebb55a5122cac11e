#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    const char *spelled = call->arguments[1];
    if (*spelled == '\0') {
        return tool_usage(call->verb, "the root map cannot be dropped; clear removes its pairs");
    }
    tool_exit code = tool_place_enter(call, call->arguments[0], spelled, TOOL_WRITE, &place);
    if (code != TOOL_DONE) {
        return code;
    }
    int status = kv_bucket_drop(place.txn, place.name);
    return tool_place_commit(&place, tool_place_report(&place, status));
}

static const tool_verb_option options[] = {
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_drop = {
    .name = "drop",
    .arguments = "STORE BUCKET",
    .summary = "remove a bucket with all its pairs",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
