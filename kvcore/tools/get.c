#include "kvcore/tools/output.h"
#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

static void print_value(const tool_call *call, const tool_place *place, kv_slice value)
{
    if (call->options.format == TOOL_FORMAT_UNSET && !call->options.is_all) {
        tool_output(value);
        return;
    }
    tool_spelling_print_value(&place->spelling, call->options.format, value);
    tool_output_byte('\n');
}

static int print_all(const tool_call *call, const tool_place *place, kv_slice key)
{
    kv_cursor *cursor __attribute__((cleanup(kv_cursor_close_scoped))) = NULL;
    kv_slice value;
    int status = kv_txn_navigate(place->txn, place->name, key, &cursor);
    if (status == KV_OK) {
        status = kv_cursor_first(cursor, NULL, &value);
    }
    if (status != KV_OK) {
        return status;
    }
    while (status == KV_OK && !tool_output_failed()) {
        print_value(call, place, value);
        status = kv_cursor_next(cursor, NULL, &value);
    }
    return status < 0 ? status : KV_OK;
}

static int print_first(const tool_call *call, const tool_place *place, kv_slice key)
{
    kv_slice value;
    int status = kv_bucket_get(place->bucket, key, &value);
    if (status == KV_OK) {
        print_value(call, place, value);
    }
    return status;
}

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    tool_buffer key __attribute__((cleanup(tool_buffer_done_scoped))) = {0};
    const char *bucket = call->argument_count > 2 ? call->arguments[1] : "";
    const char *spelled = call->arguments[call->argument_count - 1];

    tool_exit code = tool_place_enter(call, call->arguments[0], bucket, TOOL_READ, &place);
    if (code == TOOL_DONE) {
        code = tool_place_read_key(&place, spelled, &key);
    }
    if (code != TOOL_DONE) {
        return code;
    }
    int status = (call->options.is_all ? print_all : print_first)(call, &place, tool_buffer_slice(&key));
    return tool_report(place.location, status, "key %s", spelled);
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_ALL, "every value of the key, in order, one a line, as text unless --format says"},
    {TOOL_OPTION_FORMAT, "print the value so, and a newline"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_get = {
    .name = "get",
    .arguments = "STORE [BUCKET] KEY",
    .summary = "print the value of a key, its bytes and nothing else",
    .details = "Of several values the smallest is printed; --all prints them all. See scan for the formats.",
    .options = options,
    .least = 2,
    .most = 3,
    .run = run,
};
