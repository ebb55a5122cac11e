#include <inttypes.h>

#include "kvcore/tools/escape.h"
#include "kvcore/tools/output.h"
#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

static void print_json(const char *name, const char *kind, uint64_t pairs)
{
    tool_output_text("{\"name\":");
    tool_escape_print_json(kv_slice_text(name));
    tool_output_format(",\"kind\":\"%s\",\"pairs\":%" PRIu64 "}\n", kind, pairs);
}

static void print_text(const char *name, const char *kind, uint64_t pairs)
{
    char text[TOOL_NAME_SIZE];
    if (*name != '\0') {
        tool_output_text(tool_spelling_name(KV_NAME_ROOT_ENTRY, kv_slice_text(name), text));
    }
    tool_output_format("\t%s\t%" PRIu64 "\n", kind, pairs);
}

/* Prints one bucket; the root map only when it holds pairs. */
static int print_bucket(const tool_call *call, kv_txn *txn, const char *name)
{
    kv_bucket *bucket;
    uint64_t pairs = 0;
    char kind[KV_KIND_TEXT_MAX];
    int status = kv_bucket_open(txn, name, &bucket);
    if (status == KV_OK) {
        status = kv_bucket_count(bucket, &pairs);
    }
    if (status != KV_OK || (*name == '\0' && pairs == 0)) {
        return status;
    }
    kv_kind_format(kv_bucket_kind(bucket), kind);
    (call->options.is_json ? print_json : print_text)(name, kind, pairs);
    return KV_OK;
}

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    tool_exit code = tool_place_begin(call, call->arguments[0], TOOL_READ, &place);
    if (code != TOOL_DONE) {
        return code;
    }
    int status = KV_OK;
    if ((kv_store_capabilities(place.store) & KV_CAN_ROOT_MAP) != 0) {
        status = print_bucket(call, place.txn, "");
    }
    while (status >= 0 && !tool_output_failed()) {
        status = kv_bucket_next(place.txn, place.name, place.name);
        if (status != KV_OK) {
            break;
        }
        status = print_bucket(call, place.txn, place.name);
    }
    return status < 0 ? tool_place_report(&place, status) : TOOL_DONE;
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_JSON, "one JSON object a line"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_buckets = {
    .name = "buckets",
    .arguments = "STORE",
    .summary = "list the buckets: name, kind and number of pairs",
    .details = "The columns are separated by tabs. Pairs of the unnamed root map are the line whose name is empty.",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
