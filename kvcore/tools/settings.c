#include "kvcore/tools/settings.h"

#include <stdio.h>

/* The most that LMDB's backend takes. */
static const char all_buckets[] = "buckets=65536";

static int is_scheme_of(const char *scheme, const char *location)
{
    size_t length = strlen(scheme);
    return strncmp(location, scheme, length) == 0 && location[length] == ':';
}

/* Tells whether the backend of `location` has the setting; a path without a scheme is of the first one. */
static int has_buckets(const char *location)
{
    kv_backend_info info;
    int answer = 0;
    for (unsigned i = 0; kv_backend_list(i, &info) == KV_OK; i++) {
        if (i == 0 || is_scheme_of(info.scheme, location)) {
            answer = strstr(info.options, "buckets=") != NULL;
        }
    }
    return answer;
}

int tool_settings_write(const char *location, const char *said, tool_buffer *buffer)
{
    const char *own = has_buckets(location) ? all_buckets : "";
    size_t size = sizeof all_buckets + 1 + (said != NULL ? strlen(said) : 0);
    int status = tool_buffer_reserve(buffer, size);
    if (status == KV_OK) {
        /* Of a setting that is given twice the last one counts. */
        buffer->size = (size_t)snprintf(buffer->data, size, "%s,%s", own, said != NULL ? said : "");
    }
    return status;
}
