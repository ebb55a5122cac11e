#include <inttypes.h>

#include "kvcore/tools/escape.h"
#include "kvcore/tools/output.h"
#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

typedef struct number {
    const char *name;  /* in JSON */
    const char *label; /* for people */
    uint64_t value;
} number;

enum { NUMBER_COUNT = 9 };

static void list_numbers(const kv_store_stat *stat, number *numbers)
{
    const number list[NUMBER_COUNT] = {
        {"txid", "last transaction", stat->txid},
        {"disk_size", "bytes on disk", stat->disk_size},
        {"used_size", "bytes in use", stat->used_size},
        {"size_limit", "bytes at most", stat->size_limit},
        {"page_size", "page size", stat->page_size},
        {"readers_max", "readers at most", stat->readers_max},
        {"readers_now", "readers now", stat->readers_now},
        {"bucket_count", "buckets", stat->bucket_count},
        {"root_pairs", "pairs in the root map", stat->root_pairs},
    };
    memcpy(numbers, list, sizeof list);
}

static void print_store(const tool_call *call, const tool_place *place, const kv_store_stat *stat)
{
    number numbers[NUMBER_COUNT];
    list_numbers(stat, numbers);
    if (call->options.is_json) {
        tool_output_text("{\"location\":");
        tool_escape_print_json(kv_slice_text(place->location));
        tool_output_format(",\"scheme\":\"%s\"", kv_store_scheme(place->store));
        for (unsigned i = 0; i < NUMBER_COUNT; i++) {
            tool_output_format(",\"%s\":%" PRIu64, numbers[i].name, numbers[i].value);
        }
        tool_output_text(",\"buckets\":[");
        return;
    }
    tool_output_format("%-22s %s\n", "kind of store", kv_store_scheme(place->store));
    for (unsigned i = 0; i < NUMBER_COUNT; i++) {
        tool_output_format("%-22s %" PRIu64 "\n", numbers[i].label, numbers[i].value);
    }
}

static int print_bucket(const tool_call *call, const tool_place *place, const char *name, const char *before)
{
    kv_bucket *bucket;
    uint64_t pairs = 0;
    uint64_t size = 0;
    char kind[KV_KIND_TEXT_MAX];
    char text[TOOL_NAME_SIZE];
    int status = kv_bucket_open(place->txn, name, &bucket);
    if (status == KV_OK) {
        status = kv_bucket_count(bucket, &pairs);
    }
    if (status == KV_OK) {
        status = kv_bucket_size(bucket, &size);
    }
    if (status != KV_OK) {
        return status;
    }
    kv_kind_format(kv_bucket_kind(bucket), kind);
    if (call->options.is_json) {
        tool_output_format("%s{\"name\":", before);
        tool_escape_print_json(kv_slice_text(name));
        tool_output_format(",\"kind\":\"%s\",\"pairs\":%" PRIu64 ",\"size\":%" PRIu64 "}", kind, pairs, size);
        return KV_OK;
    }
    tool_output_text("bucket ");
    tool_output_text(*name != '\0' ? tool_spelling_name(KV_NAME_ROOT_ENTRY, kv_slice_text(name), text) : "''");
    tool_output_format(": %s, %" PRIu64 " pairs, %" PRIu64 " bytes\n", kind, pairs, size);
    return KV_OK;
}

static int print_buckets(const tool_call *call, tool_place *place)
{
    const char *before = "";
    int status = KV_OK;
    *place->name = '\0';
    while (status == KV_OK && !tool_output_failed()) {
        status = kv_bucket_next(place->txn, place->name, place->name);
        if (status == KV_NOT_FOUND) {
            return KV_OK;
        }
        if (status == KV_OK) {
            status = print_bucket(call, place, place->name, before);
            before = ",";
        }
    }
    return status;
}

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    kv_store_stat stat;
    int is_one = call->argument_count > 1;
    tool_exit code = is_one ? tool_place_enter(call, call->arguments[0], call->arguments[1], TOOL_READ, &place)
                            : tool_place_begin(call, call->arguments[0], TOOL_READ, &place);
    if (code != TOOL_DONE) {
        return code;
    }
    if (is_one) {
        code = tool_place_report(&place, print_bucket(call, &place, place.name, ""));
        tool_output_text(call->options.is_json && code == TOOL_DONE ? "\n" : "");
        return code;
    }
    int status = kv_store_statistics(place.store, &stat);
    if (status == KV_OK) {
        print_store(call, &place, &stat);
        status = print_buckets(call, &place);
        /* Without its end no reader takes an object that broke off for a whole one. */
        tool_output_text(call->options.is_json && status == KV_OK ? "]}\n" : "");
    }
    return tool_report(place.location, status, "statistics");
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_JSON, "one JSON object"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_stat = {
    .name = "stat",
    .arguments = "STORE [BUCKET]",
    .summary = "tell the sizes of a store and of its buckets",
    .details = "Sizes are in bytes; 0 is told for what a store does not know.",
    .options = options,
    .least = 1,
    .most = 2,
    .run = run,
};
