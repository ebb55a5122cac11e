#include "fs/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

static int is_on_stderr = 1;
static int is_debugging;
static _Thread_local char reason[512];

void kvfs_log_begin(int is_foreground, int is_debug)
{
    is_on_stderr = is_foreground;
    is_debugging = is_debug;
    if (!is_foreground) {
        openlog("kvfs", LOG_PID, LOG_DAEMON);
    }
}

void kvfs_log_end(void)
{
    if (!is_on_stderr) {
        closelog();
    }
}

/* One call to fprintf a line, so that lines of several threads do not mix. */
static void write_line(int priority, const char *text)
{
    if (is_on_stderr) {
        fprintf(stderr, "kvfs: %s\n", text);
    } else {
        syslog(priority, "%s", text);
    }
}

void kvfs_reason(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
}

void kvfs_reason_clear(void)
{
    reason[0] = '\0';
}

void kvfs_log_failure(const char *operation, const char *name, int error)
{
    char line[2048];
    const char *what = strerrorname_np(error);
    snprintf(line, sizeof line, "%s%s%s: %s (%s)%s%s", operation, name ? " " : "", name ? name : "", strerror(error),
             what ? what : "?", reason[0] ? ": " : "", reason);
    write_line(LOG_ERR, line);
    reason[0] = '\0';
}

void kvfs_log_warning(const char *format, ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    write_line(LOG_WARNING, line);
}

void kvfs_log_debug(const char *format, ...)
{
    if (!is_debugging) {
        return;
    }
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    write_line(LOG_DEBUG, line);
}
