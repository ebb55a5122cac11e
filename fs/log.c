#include "fs/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

enum { LINE_SIZE = 2048 };

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

/* One call to fprintf a line, so that lines of several threads do not mix. Names come from anybody: what they contain
 * is spelled so that it cannot end a line or steer a terminal. */
static void write_line(int priority, const char *said)
{
    char text[3 * LINE_SIZE];
    size_t used = 0;
    for (const char *from = said; *from && used + 4 < sizeof text; from++) {
        unsigned char byte = (unsigned char)*from;
        if (byte < 0x20 || byte == 0x7f) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%%%02X", byte);
        } else {
            text[used++] = *from;
        }
    }
    text[used] = '\0';
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
    char line[LINE_SIZE];
    const char *what = strerrorname_np(error);
    snprintf(line, sizeof line, "%s%s%s: %s (%s)%s%s", operation, name ? " " : "", name ? name : "", strerror(error),
             what ? what : "?", reason[0] ? ": " : "", reason);
    write_line(LOG_ERR, line);
    reason[0] = '\0';
}

void kvfs_log_warning(const char *format, ...)
{
    char line[LINE_SIZE];
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
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    write_line(LOG_DEBUG, line);
}
