#include "kvcore/tools/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* One buffer and one failure: a program has one standard output. */
static struct {
    char bytes[64 * 1024];
    size_t used;
    int error;
} output;

/* From lent memory: write(2) answers EFAULT where touching a page of a truncated file would be SIGBUS. */
static void write_out(const char *data, size_t size)
{
    while (size > 0 && output.error == 0) {
        ssize_t written = write(STDOUT_FILENO, data, size);
        if (written < 0 && errno != EINTR) {
            output.error = errno;
        } else if (written > 0) {
            data += written;
            size -= (size_t)written;
        }
    }
}

int tool_output_flush(void)
{
    size_t used = output.used;
    output.used = 0;
    write_out(output.bytes, used);
    return output.error;
}

void tool_output(kv_slice bytes)
{
    if (bytes.size > sizeof output.bytes - output.used) {
        tool_output_flush();
    }
    if (bytes.size >= sizeof output.bytes) {
        write_out(bytes.data, bytes.size);
    } else if (bytes.size > 0) {
        memcpy(output.bytes + output.used, bytes.data, bytes.size);
        output.used += bytes.size;
    }
}

void tool_output_text(const char *text)
{
    tool_output(kv_slice_text(text));
}

void tool_output_byte(char byte)
{
    if (output.used == sizeof output.bytes) {
        tool_output_flush();
    }
    output.bytes[output.used++] = byte;
}

void tool_output_format(const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tool_output_text(text);
}

int tool_output_failed(void)
{
    return output.error != 0;
}
