#include <errno.h>
#include <stdio.h>

#include "kvcore/tools/dump_reader.h"
#include "kvcore/tools/feed.h"
#include "kvcore/tools/verb.h"

/* Says why the input cannot be read any further. */
static tool_exit report_input(tool_feed *feed, const tool_dump_reader *reader, int status)
{
    return tool_feed_fail(feed, status, status == KV_ERR_INVALID ? reader->problem : "the input");
}

static tool_exit load_pairs(tool_feed *feed, tool_dump_reader *reader)
{
    kv_slice key;
    kv_slice value;
    int status;
    while ((status = tool_dump_next_pair(reader, &key, &value)) == KV_OK) {
        status = tool_feed_put(feed, key, value);
        if (status != KV_OK) {
            char where[64];
            snprintf(where, sizeof where, "line %llu", (unsigned long long)reader->line);
            return tool_feed_fail(feed, status, where);
        }
    }
    return status < 0 ? report_input(feed, reader, status) : TOOL_DONE;
}

/* Loads `section` and all after it; `name` is "" or the bucket that takes the only one. */
static tool_exit load_sections(tool_feed *feed, tool_dump_reader *reader, tool_dump_section section, const char *name)
{
    int status;
    do {
        if (*name != '\0' && reader->sections > 1) {
            return tool_feed_fail(feed, KV_ERR_INVALID, "a second database, and BUCKET can be only one");
        }
        tool_exit code = tool_feed_open(feed, *name != '\0' ? name : section.name, section.kind);
        if (code == TOOL_DONE) {
            code = load_pairs(feed, reader);
        }
        if (code != TOOL_DONE) {
            return code;
        }
    } while ((status = tool_dump_next_section(reader, &section)) == KV_OK);
    return status < 0 ? report_input(feed, reader, status) : TOOL_DONE;
}

/* Waits for the input to begin, and then begins to write: nobody has to wait for one that waits itself, and input that
 * is none makes no store. */
static tool_exit begin(const tool_call *call, tool_dump_reader *reader, tool_place *place,
                       tool_dump_section *ret_section)
{
    const char *location = call->arguments[0];
    tool_feed nothing = {.place = place};
    tool_exit code = TOOL_DONE;
    place->location = location;
    if (!call->options.is_create) {
        code = tool_place_open_store(call, location, TOOL_WRITE, place);
    }
    if (code != TOOL_DONE) {
        return code;
    }
    int status = tool_dump_next_section(reader, ret_section);
    return status == KV_OK ? tool_place_begin(call, location, TOOL_WRITE, place)
                           : report_input(&nothing, reader, status);
}

static void close_scoped(FILE **file)
{
    if (*file != NULL && *file != stdin) {
        fclose(*file);
    }
}

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    tool_dump_reader reader __attribute__((cleanup(tool_dump_reader_done_scoped))) = {0};
    char name[KV_BUCKET_NAME_SIZE];
    tool_dump_section section;
    tool_feed feed;
    const char *location = call->arguments[0];
    const char *bucket = call->argument_count > 1 ? call->arguments[1] : "";
    const char *path = call->options.file;
    int is_stdin = path == NULL || strcmp(path, "-") == 0;

    if (tool_spelling_read_bucket(bucket, name) != KV_OK) {
        return tool_report(location, KV_ERR_NAME, "bucket %s", bucket);
    }
    FILE *file __attribute__((cleanup(close_scoped))) = is_stdin ? stdin : fopen(path, "re");
    if (file == NULL) {
        tool_say(location, "%s: %s", path, strerror(errno));
        return TOOL_FAILED;
    }
    reader.file = file;
    reader.has_no_headers = call->options.is_text;
    tool_exit code = begin(call, &reader, &place, &section);
    if (code != TOOL_DONE) {
        return code;
    }
    tool_feed_init(&feed, call, &place);
    code = load_sections(&feed, &reader, section, name);
    tool_progress_clear(&feed.progress);
    return code == TOOL_DONE ? tool_feed_commit(&feed) : code;
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_FILE, "read FILE, not standard input"},
    {TOOL_OPTION_CREATE, "make the store when there is none"},
    {TOOL_OPTION_NEW_ONLY, "keep what is there: load only keys (in a dup-sort bucket: pairs) that are not"},
    {TOOL_OPTION_APPEND, "fail when a pair does not sort after the one before it and all that are there"},
    {TOOL_OPTION_TEXT, "the input is lines without headers, a key and its value by turns, escaped as in -p"},
    {TOOL_OPTION_BATCH, "commit after each SIZE bytes (K, M, G: powers of 1024), not everything at once"},
    {TOOL_OPTION_QUIET, "no progress on a terminal"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_load = {
    .name = "load",
    .arguments = "STORE [BUCKET]",
    .summary = "store what dump or mdb_dump printed",
    .details =
        "Each database of the input goes into the bucket that it names, made with its kind when it is missing, or\n"
        "into the root map; with BUCKET, the only database of the input goes there whatever it names. Input that\n"
        "is malformed or breaks off changes nothing, unless --batch.",
    .options = options,
    .least = 1,
    .most = 2,
    .run = run,
};
