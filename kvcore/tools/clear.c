#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    const char *spelled = call->argument_count > 1 ? call->arguments[1] : "";
    tool_exit code = tool_place_enter(call, call->arguments[0], spelled, TOOL_WRITE, &place);
    if (code != TOOL_DONE) {
        return code;
    }
    int status = kv_bucket_clear(place.txn, place.name);
    return tool_place_commit(&place, tool_place_report(&place, status));
}

static const tool_verb_option options[] = {
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_clear = {
    .name = "clear",
    .arguments = "STORE [BUCKET]",
    .summary = "remove all pairs of a bucket, and keep it and its kind",
    .details = "Without BUCKET the pairs of the root map go; the buckets stay.",
    .options = options,
    .least = 1,
    .most = 2,
    .run = run,
};
