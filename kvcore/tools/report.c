#include "kvcore/tools/report.h"

#include <stdarg.h>
#include <stdio.h>

tool_exit tool_exit_of(int status)
{
    switch (status) {
    case KV_NOT_FOUND:
        return TOOL_NOT_FOUND;
    case KV_ERR_NAME:
    case KV_ERR_OPTION:
    case KV_ERR_SCHEME:
        return TOOL_USAGE;
    default:
        return status < 0 ? TOOL_FAILED : TOOL_DONE;
    }
}

void tool_say(const char *location, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(stderr, "kvtool: %s: %s\n", location, text);
}

tool_exit tool_report(const char *location, int status, const char *format, ...)
{
    if (status != KV_OK) {
        char text[2048];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        fprintf(stderr, "kvtool: %s: %s: %s\n", location, text, kv_status_text(status));
    }
    return tool_exit_of(status);
}

tool_exit tool_usage(const tool_verb *verb, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(stderr, "kvtool %s: %s\nusage: kvtool %s [OPTION]... %s\n", verb->name, text, verb->name, verb->arguments);
    return TOOL_USAGE;
}
