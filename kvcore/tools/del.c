#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

static int remove_pairs(const tool_call *call, const tool_place *place, kv_slice key, const kv_slice *value)
{
    if (value != NULL) {
        return kv_bucket_delete_pair(place->bucket, key, *value);
    }
    return (call->options.is_all ? kv_bucket_delete_all : kv_bucket_delete)(place->bucket, key);
}

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    tool_buffer key __attribute__((cleanup(tool_buffer_done_scoped))) = {0};
    tool_buffer value __attribute__((cleanup(tool_buffer_done_scoped))) = {0};
    const char *bucket = call->argument_count > 2 ? call->arguments[1] : "";
    const char *spelled = call->arguments[call->argument_count > 2 ? 2 : 1];
    int has_value = call->argument_count > 3;

    if (has_value && call->options.is_all) {
        return tool_usage(call->verb, "VALUE or --all, not both");
    }
    tool_exit code = tool_place_enter(call, call->arguments[0], bucket, TOOL_WRITE, &place);
    if (code == TOOL_DONE) {
        code = tool_place_read_key(&place, spelled, &key);
    }
    if (code == TOOL_DONE && has_value) {
        code = tool_place_read_value(&place, call, call->arguments[3], &value);
    }
    if (code != TOOL_DONE) {
        return code;
    }
    kv_slice pair_value = tool_buffer_slice(&value);
    int status = remove_pairs(call, &place, tool_buffer_slice(&key), has_value ? &pair_value : NULL);
    if (status == KV_ERR_INCOMPATIBLE && !has_value) {
        tool_say(place.location, "key %s may have several values: say which, or --all", spelled);
        return TOOL_FAILED;
    }
    code = tool_report(place.location, status == KV_UNCHANGED ? KV_NOT_FOUND : status, "key %s", spelled);
    return tool_place_commit(&place, code);
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_ALL, "all values of the key"},
    {TOOL_OPTION_AS, "VALUE is spelled so: its own bytes (default), with the escapes of scan, hex"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_del = {
    .name = "del",
    .arguments = "STORE BUCKET KEY [VALUE]",
    .summary = "remove a key, or one of its values",
    .details =
        "With VALUE only that very pair goes, in a plain bucket too. A key of a dup-sort bucket needs VALUE or --all.\n"
        "An empty BUCKET is the root map; del STORE KEY is short for del STORE '' KEY.",
    .options = options,
    .least = 2,
    .most = 4,
    .run = run,
};
