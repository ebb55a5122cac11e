/*
 * The text format of mdb_dump, byte for byte. With --print a backslash is written \5c: mdb_dump 0.9.24 leaves it as it
 * is, and mdb_load 0.9.24 reads neither that nor \\ back.
 */
#include <inttypes.h>

#include "kvcore/tools/escape.h"
#include "kvcore/tools/output.h"
#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

/* In mdb_dump's order. */
static const struct {
    kv_kind bit;
    const char *line;
} flags[] = {
    {KV_DUP_SORT, "duplicates=1\n"},    {KV_REVERSE_KEY, "reversekey=1\n"}, {KV_DUP_SORT, "dupsort=1\n"},
    {KV_INTEGER_KEY, "integerkey=1\n"}, {KV_DUP_FIXED, "dupfixed=1\n"},     {KV_INTEGER_DUP, "integerdup=1\n"},
    {KV_REVERSE_DUP, "reversedup=1\n"},
};

static void print_header(const tool_call *call, const tool_place *place, const kv_store_stat *stat)
{
    tool_output_format("VERSION=3\nformat=%s\n", call->options.is_print ? "print" : "bytevalue");
    if (*place->name != '\0') {
        tool_output_text("database=");
        tool_output_text(place->name);
        tool_output_byte('\n');
    }
    tool_output_text("type=btree\n");
    if (stat->size_limit != 0) {
        tool_output_format("mapsize=%" PRIu64 "\n", stat->size_limit);
    }
    if (stat->readers_max != 0) {
        tool_output_format("maxreaders=%u\n", stat->readers_max);
    }
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if ((kv_bucket_kind(place->bucket) & flags[i].bit) != 0) {
            tool_output_text(flags[i].line);
        }
    }
    if (stat->page_size != 0) {
        tool_output_format("db_pagesize=%u\n", stat->page_size);
    }
    tool_output_text("HEADER=END\n");
}

/* What isprint says in the C locale. */
static int is_printable(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '\\';
}

static void print_printable(kv_slice bytes)
{
    const char *data = bytes.data;
    size_t printed = 0;
    for (size_t at = 0; at < bytes.size; at++) {
        if (!is_printable((unsigned char)data[at])) {
            tool_output(kv_slice_of(data + printed, at - printed));
            tool_output_byte('\\');
            tool_escape_print_hex(kv_slice_of(data + at, 1));
            printed = at + 1;
        }
    }
    tool_output(bytes.size > 0 ? kv_slice_of(data + printed, bytes.size - printed) : bytes);
}

static void print_bytes(const tool_call *call, kv_slice bytes)
{
    tool_output_byte(' ');
    (call->options.is_print ? print_printable : tool_escape_print_hex)(bytes);
    tool_output_byte('\n');
}

/* Dumps place->bucket. */
static int dump_bucket(const tool_call *call, const tool_place *place, const kv_store_stat *stat)
{
    kv_cursor *cursor __attribute__((cleanup(kv_cursor_close_scoped))) = NULL;
    kv_slice key;
    kv_slice value;
    print_header(call, place, stat);
    int status = kv_cursor_open(place->bucket, &cursor);
    while (status == KV_OK && !tool_output_failed()) {
        status = kv_cursor_next(cursor, &key, &value);
        if (status == KV_OK) {
            print_bytes(call, key);
            print_bytes(call, value);
        }
    }
    /* Without its last line no reader takes a dump that broke off for a whole one. */
    tool_output_text(status >= 0 ? "DATA=END\n" : "");
    return status < 0 ? status : KV_OK;
}

static tool_exit dump_named(const tool_call *call, tool_place *place, const kv_store_stat *stat)
{
    uint64_t pairs = 0;
    if (strchr(place->name, '\n') != NULL) {
        char text[TOOL_NAME_SIZE];
        tool_say(place->location, "%s: the format holds no name with a newline",
                 tool_spelling_bucket(place->name, text));
        return TOOL_FAILED;
    }
    int status = kv_bucket_open(place->txn, place->name, &place->bucket);
    if (status == KV_OK) {
        status = kv_bucket_count(place->bucket, &pairs);
    }
    /* The root map comes first, so that no name before it could be taken for its own. */
    if (status == KV_OK && (*place->name != '\0' || pairs > 0)) {
        status = dump_bucket(call, place, stat);
    }
    return tool_place_report(place, status);
}

static tool_exit dump_all(const tool_call *call, tool_place *place, const kv_store_stat *stat)
{
    tool_exit code = TOOL_DONE;
    int status = KV_OK;
    if ((kv_store_capabilities(place->store) & KV_CAN_ROOT_MAP) != 0) {
        code = dump_named(call, place, stat);
    }
    while (code == TOOL_DONE && (status = kv_bucket_next(place->txn, place->name, place->name)) == KV_OK) {
        code = dump_named(call, place, stat);
    }
    return status < 0 ? tool_report(place->location, status, "buckets") : code;
}

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    kv_store_stat stat;
    const char *bucket = call->argument_count > 1 ? call->arguments[1] : "";
    if (call->options.is_all && *bucket != '\0') {
        return tool_usage(call->verb, "BUCKET or --all, not both");
    }
    tool_exit code = call->options.is_all ? tool_place_begin(call, call->arguments[0], TOOL_READ, &place)
                                          : tool_place_enter(call, call->arguments[0], bucket, TOOL_READ, &place);
    if (code == TOOL_DONE) {
        code = tool_report(place.location, kv_store_statistics(place.store, &stat), "statistics");
    }
    if (code != TOOL_DONE) {
        return code;
    }
    if (call->options.is_all) {
        return dump_all(call, &place, &stat);
    }
    return strchr(place.name, '\n') != NULL ? dump_named(call, &place, &stat)
                                            : tool_report(place.location, dump_bucket(call, &place, &stat), "dump");
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_ALL, "the root map, when it holds pairs, and all buckets"},
    {TOOL_OPTION_PRINT, "printable characters as they are (format=print), else hex"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_dump = {
    .name = "dump",
    .arguments = "STORE [BUCKET]",
    .summary = "print a bucket in the text format of mdb_dump, which load and mdb_load read",
    .options = options,
    .least = 1,
    .most = 2,
    .run = run,
};
