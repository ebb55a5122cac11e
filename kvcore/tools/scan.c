#include "kvcore/tools/output.h"
#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

/* The keys that bound a scan, in memory that outlives kv_range_open. */
struct bounds {
    tool_buffer buffers[3];
    kv_slice slices[3];
};

static void bounds_done_scoped(struct bounds *bounds)
{
    for (unsigned i = 0; i < 3; i++) {
        tool_buffer_done_scoped(&bounds->buffers[i]);
    }
}

/* Reads the `index`th bound from the command line, NULL when it was not given. */
static tool_exit read_bound(const tool_place *place, const char *text, unsigned index, struct bounds *bounds,
                            const kv_slice **ret_bound)
{
    if (text == NULL || *text == '\0') {
        return TOOL_DONE;
    }
    tool_exit code = tool_place_read_key(place, text, &bounds->buffers[index]);
    bounds->slices[index] = tool_buffer_slice(&bounds->buffers[index]);
    *ret_bound = &bounds->slices[index];
    return code;
}

static tool_exit read_bounds(const tool_call *call, const tool_place *place, struct bounds *bounds,
                             kv_range_options *range)
{
    tool_exit code = read_bound(place, call->options.from, 0, bounds, &range->from);
    if (code == TOOL_DONE) {
        code = read_bound(place, call->options.to, 1, bounds, &range->to);
    }
    if (code == TOOL_DONE) {
        code = read_bound(place, call->options.prefix, 2, bounds, &range->prefix);
    }
    return code;
}

static void print_pair(const tool_call *call, const tool_spelling *spelling, kv_slice key, kv_slice value)
{
    int is_json = call->options.format == TOOL_FORMAT_JSON;
    tool_output_text(is_json ? "{\"key\":" : "");
    tool_spelling_print_key(spelling, call->options.format, key);
    if (!call->options.is_keys_only) {
        tool_output_text(is_json ? ",\"value\":" : "\t");
        tool_spelling_print_value(spelling, call->options.format, value);
    }
    tool_output_text(is_json ? "}\n" : "\n");
}

static int print_range(const tool_call *call, const tool_place *place, const kv_range_options *options)
{
    kv_range *range;
    kv_slice key;
    kv_slice value;
    int status = kv_range_open(place->txn, place->name, options, &range);
    if (status != KV_OK) {
        return status;
    }
    while ((status = kv_range_next(range, &key, &value)) == KV_OK && !tool_output_failed()) {
        print_pair(call, &place->spelling, key, value);
    }
    kv_range_close(range);
    return status;
}

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    struct bounds bounds __attribute__((cleanup(bounds_done_scoped))) = {0};
    kv_range_options range = {
        .limit = call->options.limit,
        .is_reverse = call->options.is_reverse,
        .is_keys_only = call->options.is_keys_only,
    };
    const char *bucket = call->argument_count > 1 ? call->arguments[1] : "";
    tool_exit code = tool_place_enter(call, call->arguments[0], bucket, TOOL_READ, &place);
    if (code == TOOL_DONE) {
        code = read_bounds(call, &place, &bounds, &range);
    }
    if (code != TOOL_DONE) {
        return code;
    }
    int status = print_range(call, &place, &range);
    if (status == KV_ERR_INVALID) {
        return tool_usage(call->verb, "--from is past --to");
    }
    if (status == KV_ERR_INCOMPATIBLE) {
        return tool_usage(call->verb, "--prefix needs a bucket whose keys are ordered as bytes");
    }
    return status < 0 ? tool_place_report(&place, status) : TOOL_DONE;
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_PREFIX, "only keys that begin with KEY"},
    {TOOL_OPTION_FROM, "begin at KEY, included"},
    {TOOL_OPTION_TO, "end before KEY"},
    {TOOL_OPTION_REVERSE, "from the last key (or --from) down to the first (or --to)"},
    {TOOL_OPTION_LIMIT, "print at most N pairs"},
    {TOOL_OPTION_KEYS, "print keys only"},
    {TOOL_OPTION_FORMAT, "how to print; text is the default"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_scan = {
    .name = "scan",
    .arguments = "STORE [BUCKET]",
    .summary = "print the pairs of a bucket in order, one a line",
    .details = "text  the key's name, a tab, and the value, in which \\\\ \\n \\r \\t \\xHH stand for a backslash, "
               "control bytes\n"
               "      and what is not well-formed UTF-8 (printf %b reads it back)\n"
               "hex   key and value as hex digits, a tab between them\n"
               "json  {\"key\":K,\"value\":V}: a string where the bytes are well-formed UTF-8, else {\"hex\":\"...\"}\n"
               "Integers of integer buckets are decimal in text, decimal strings in JSON.",
    .options = options,
    .least = 1,
    .most = 2,
    .run = run,
};
