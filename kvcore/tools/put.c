#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "kvcore/tools/place.h"
#include "kvcore/tools/verb.h"

static void close_scoped(const int *fd)
{
    if (*fd > STDIN_FILENO) {
        close(*fd);
    }
}

/* Reads the value that is not on the command line. */
static tool_exit read_input(const tool_call *call, const char *location, tool_buffer *value)
{
    const char *file = call->options.file;
    int is_stdin = file == NULL || strcmp(file, "-") == 0;
    int fd __attribute__((cleanup(close_scoped))) = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
    const char *named = is_stdin ? "standard input" : file;
    if (fd < 0) {
        tool_say(location, "%s: %s", named, strerror(errno));
        return TOOL_FAILED;
    }
    int status = tool_buffer_read(value, fd);
    return status < 0 ? tool_report(location, status, "%s", named) : TOOL_DONE;
}

static tool_exit run(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    tool_buffer key __attribute__((cleanup(tool_buffer_done_scoped))) = {0};
    tool_buffer value __attribute__((cleanup(tool_buffer_done_scoped))) = {0};
    const char *location = call->arguments[0];
    const char *bucket = call->argument_count > 2 ? call->arguments[1] : "";
    const char *spelled = call->arguments[call->argument_count > 2 ? 2 : 1];
    int has_value = call->argument_count > 3;

    if (has_value && call->options.file != NULL) {
        return tool_usage(call->verb, "VALUE or --file, not both");
    }
    tool_exit code = tool_place_open_store(call, location, TOOL_WRITE, &place);
    /* Before the transaction begins: who waits for input must not make other writers wait. */
    if (code == TOOL_DONE && !has_value) {
        code = read_input(call, location, &value);
    }
    if (code == TOOL_DONE) {
        code = tool_place_enter(call, location, bucket, TOOL_WRITE | TOOL_MAKE_BUCKET, &place);
    }
    if (code == TOOL_DONE) {
        code = tool_place_read_key(&place, spelled, &key);
    }
    if (code == TOOL_DONE && has_value) {
        code = tool_place_read_value(&place, call, call->arguments[3], &value);
    }
    if (code != TOOL_DONE) {
        return code;
    }
    int status = kv_bucket_put(place.bucket, tool_buffer_slice(&key), tool_buffer_slice(&value));
    return tool_place_commit(&place, status < 0 ? tool_report(location, status, "key %s", spelled) : TOOL_DONE);
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_FILE, "the value is the content of FILE"},
    {TOOL_OPTION_AS, "VALUE is spelled so: its own bytes (default), with the escapes of scan, hex"},
    {TOOL_OPTION_INTEGER_SIZE, "bytes of an integer in an integer bucket that is empty; default 8"},
    {TOOL_OPTION_CREATE, "make the store when there is none"},
    {TOOL_OPTION_STRICT, "fail when the bucket is missing, do not make it"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_put = {
    .name = "put",
    .arguments = "STORE BUCKET KEY [VALUE]",
    .summary = "store a pair; in a dup-sort bucket, one more value of the key",
    .details = "Without VALUE and --file the value is what standard input holds, to its end. In an integer-dup bucket "
               "VALUE is\n"
               "a decimal number. An empty BUCKET is the root map; put STORE KEY is short for put STORE '' KEY.",
    .options = options,
    .least = 2,
    .most = 4,
    .run = run,
};
