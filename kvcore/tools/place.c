#include "kvcore/tools/place.h"

#include <stdio.h>

#include "kvcore/tools/settings.h"

static int has_option(const tool_verb *verb, tool_option_id id)
{
    for (const tool_verb_option *option = verb->options; option->id != TOOL_NO_OPTION; option++) {
        if (option->id == id) {
            return 1;
        }
    }
    return 0;
}

static tool_exit report_open(const tool_call *call, const char *location, int status, const char *reason)
{
    if (status == KV_ERR_NO_STORE && has_option(call->verb, TOOL_OPTION_CREATE) && !call->options.is_create) {
        tool_say(location, "there is no store; --create makes one");
    } else if (strncmp(reason, location, strlen(location)) == 0) {
        fprintf(stderr, "kvtool: %s\n", reason);
    } else {
        tool_say(location, "%s", *reason != '\0' ? reason : kv_status_text(status));
    }
    return tool_exit_of(status);
}

tool_exit tool_place_open_store(const tool_call *call, const char *location, unsigned how, tool_place *place)
{
    unsigned flags = 0;
    if ((how & TOOL_WRITE) == 0) {
        flags |= KV_OPEN_READ_ONLY;
    } else {
        flags |= call->options.is_create ? KV_OPEN_CREATE : 0;
        flags |= call->options.is_strict ? KV_OPEN_STRICT : 0;
    }
    kv_message message = {""};
    tool_buffer settings __attribute__((cleanup(tool_buffer_done_scoped))) = {0};
    place->location = location;
    int status = tool_settings_write(location, call->options.settings, &settings);
    if (status == KV_OK) {
        status = kv_store_open(location, flags, settings.data, &place->store, &message);
    }
    return status < 0 ? report_open(call, location, status, message.text) : TOOL_DONE;
}

tool_exit tool_place_begin(const tool_call *call, const char *location, unsigned how, tool_place *place)
{
    tool_exit code = place->store != NULL ? TOOL_DONE : tool_place_open_store(call, location, how, place);
    if (code != TOOL_DONE) {
        return code;
    }
    unsigned flags = (how & TOOL_WRITE) != 0 ? KV_TXN_WRITE : KV_TXN_READ;
    int status = kv_txn_begin(place->store, NULL, flags, KV_FOREVER, &place->txn);
    return tool_report(location, status, "cannot begin a transaction");
}

/* Gives the bucket's handle in place->bucket. */
static int open_bucket(tool_place *place, unsigned how)
{
    int status = kv_bucket_open(place->txn, place->name, &place->bucket);
    if (status == KV_NOT_FOUND && (how & TOOL_MAKE_BUCKET) != 0) {
        status = kv_bucket_create(place->txn, place->name, KV_PLAIN, &place->bucket);
    }
    return status;
}

tool_exit tool_place_enter(const tool_call *call, const char *location, const char *bucket, unsigned how,
                           tool_place *place)
{
    if (tool_spelling_read_bucket(bucket, place->name) != KV_OK) {
        return tool_report(location, KV_ERR_NAME, "bucket %s", bucket);
    }
    tool_exit code = tool_place_begin(call, location, how, place);
    if (code != TOOL_DONE) {
        return code;
    }
    int status = open_bucket(place, how);
    if (status == KV_OK) {
        status = tool_spelling_find(place->bucket, call->options.integer_size, &place->spelling);
    }
    return tool_place_report(place, status);
}

tool_exit tool_place_report(const tool_place *place, int status)
{
    char text[TOOL_NAME_SIZE];
    return tool_report(place->location, status, "%s", tool_spelling_bucket(place->name, text));
}

tool_exit tool_place_commit(tool_place *place, tool_exit code)
{
    if (code == TOOL_USAGE || code == TOOL_FAILED) {
        return code;
    }
    int status = kv_txn_commit(place->txn, KV_FOREVER);
    return status < 0 ? tool_report(place->location, status, "nothing was changed") : code;
}

void tool_place_leave_scoped(tool_place *place)
{
    kv_txn_free(place->txn);
    kv_store_close(place->store);
}

tool_exit tool_place_read_key(const tool_place *place, const char *text, tool_buffer *buffer)
{
    int status = tool_spelling_read_key(&place->spelling, text, buffer);
    return tool_report(place->location, status, "key %s", text);
}

tool_exit tool_place_read_value(const tool_place *place, const tool_call *call, const char *text, tool_buffer *buffer)
{
    int status = tool_spelling_read_value(&place->spelling, call->options.as, text, buffer);
    if (status == KV_ERR_INVALID) {
        tool_say(place->location, "value %s: not spelled as --as or the kind of the bucket say", text);
        return TOOL_USAGE;
    }
    return tool_report(place->location, status, "value");
}
