#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    const char *spelled = call->arguments[1];
    if (tool_spelling_read_bucket(spelled, place.name) != KV_OK) {
        return tool_report(call->arguments[0], KV_ERR_NAME, "bucket %s", spelled);
    }
    tool_exit code = tool_place_begin(call, call->arguments[0], TOOL_WRITE, &place);
    if (code != TOOL_DONE) {
        return code;
    }
    int status = kv_bucket_create(place.txn, place.name, call->options.kind, NULL);
    if (status < 0) {
        return tool_place_report(&place, status);
    }
    return tool_place_commit(&place, TOOL_DONE);
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_KIND, "the kind of the bucket, plain when it is not said"},
    {TOOL_OPTION_CREATE, "make the store when there is none"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_mkbucket = {
    .name = "mkbucket",
    .arguments = "STORE BUCKET",
    .summary = "make a bucket of a kind",
    .details =
        "KIND is plain, or some of dup-sort, dup-fixed, integer-key, integer-dup, reverse-key and reverse-dup, joined\n"
        "by +. It is done when the bucket is there with that kind already, and a failure when with another one.",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
