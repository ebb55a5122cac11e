#include "kvcore/tools/dump_reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "kvcore/tools/escape.h"
#include "kvcore/tools/signals.h"

__attribute__((format(printf, 2, 3))) static int refuse(tool_dump_reader *reader, const char *format, ...)
{
    char reason[384];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    snprintf(reader->problem, sizeof reader->problem, "line %llu: %s", (unsigned long long)reader->line, reason);
    return KV_ERR_INVALID;
}

/* Reads one line without its newline, and a NUL after it. Returns KV_OK, KV_NOT_FOUND at the end of the input. */
static int read_line(tool_dump_reader *reader, tool_buffer *line)
{
    errno = 0;
    ssize_t size = getdelim(&line->data, &line->room, '\n', reader->file);
    if (size < 0) {
        if (tool_signals_came()) {
            return KV_ERR_CANCELLED;
        }
        return feof(reader->file) ? KV_NOT_FOUND : kv_status_from_errno(errno != 0 ? errno : EIO);
    }
    reader->line++;
    if (line->data[size - 1] != '\n') {
        return refuse(reader, "the input ends within the line");
    }
    line->data[size - 1] = '\0';
    line->size = (size_t)size - 1;
    return KV_OK;
}

/* ---- Headers ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *keyword;
    kv_kind bit;
} flags[] = {
    /* Berkeley DB's word for values in order of arrival; sorted they are at least all there. */
    {"duplicates", KV_DUP_SORT},    {"dupsort", KV_DUP_SORT},       {"dupfixed", KV_DUP_FIXED},
    {"integerkey", KV_INTEGER_KEY}, {"integerdup", KV_INTEGER_DUP}, {"reversekey", KV_REVERSE_KEY},
    {"reversedup", KV_REVERSE_DUP},
};

static int is_word(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(text, *words) == 0) {
            return 1;
        }
    }
    return 0;
}

static int read_name(tool_dump_reader *reader, const char *text, tool_dump_section *section)
{
    size_t size = strlen(text);
    if (size == 0 || size >= sizeof section->name) {
        return refuse(reader, "a bucket name of %zu bytes", size);
    }
    memcpy(section->name, text, size + 1);
    return KV_OK;
}

static int read_flag(tool_dump_reader *reader, const char *keyword, const char *text, tool_dump_section *section)
{
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(keyword, flags[i].keyword) == 0) {
            if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0) {
                return refuse(reader, "%s=%s: neither 0 nor 1", keyword, text);
            }
            section->kind |= *text == '1' ? flags[i].bit : 0;
            return KV_OK;
        }
    }
    /* The rest is advice (mapsize, maxreaders, db_pagesize, ...) to a writer that has to be told. */
    return KV_OK;
}

static int read_keyword(tool_dump_reader *reader, const char *keyword, const char *text, tool_dump_section *section)
{
    static const char *const versions[] = {"1", "2", "3", NULL};
    if (strcmp(keyword, "VERSION") == 0) {
        return is_word(text, versions) ? KV_OK : refuse(reader, "version %s of the format is unknown", text);
    }
    if (strcmp(keyword, "format") == 0) {
        section->is_print = strcmp(text, "print") == 0;
        return section->is_print || strcmp(text, "bytevalue") == 0 ? KV_OK : refuse(reader, "unknown format %s", text);
    }
    if (strcmp(keyword, "type") == 0) {
        return strcmp(text, "btree") == 0 ? KV_OK : refuse(reader, "type %s is not btree", text);
    }
    if (strcmp(keyword, "database") == 0) {
        return read_name(reader, text, section);
    }
    return read_flag(reader, keyword, text, section);
}

/* The first keyword is VERSION: what begins otherwise is something else. */
static int read_first_line(tool_dump_reader *reader, tool_buffer *line)
{
    int status = read_line(reader, line);
    if (status == KV_NOT_FOUND && reader->sections == 0) {
        return refuse(reader, "the input is empty");
    }
    if (status == KV_OK && strncmp(line->data, "VERSION=", strlen("VERSION=")) != 0) {
        return refuse(reader, "a header begins with VERSION=");
    }
    return status;
}

static int read_header(tool_dump_reader *reader, tool_dump_section *section)
{
    tool_buffer *line = &reader->key;
    int status = read_first_line(reader, line);
    while (status == KV_OK && strcmp(line->data, "HEADER=END") != 0) {
        char *equals = strchr(line->data, '=');
        if (equals == NULL || strlen(line->data) != line->size) {
            return refuse(reader, "not a line of a header");
        }
        *equals = '\0';
        status = read_keyword(reader, line->data, equals + 1, section);
        if (status == KV_OK) {
            status = read_line(reader, line);
            if (status == KV_NOT_FOUND) {
                return refuse(reader, "the input ends within a header");
            }
        }
    }
    return status;
}

/* Lines without headers begin with any byte. */
static int await_first_byte(tool_dump_reader *reader)
{
    errno = 0;
    int byte = getc(reader->file);
    if (byte != EOF) {
        ungetc(byte, reader->file);
        return KV_OK;
    }
    return feof(reader->file) ? refuse(reader, "the input is empty") : kv_status_from_errno(errno != 0 ? errno : EIO);
}

int tool_dump_next_section(tool_dump_reader *reader, tool_dump_section *ret_section)
{
    tool_dump_section section = {.kind = KV_PLAIN, .is_print = reader->has_no_headers};
    if (reader->has_no_headers) {
        if (reader->sections > 0) {
            return KV_NOT_FOUND;
        }
        int status = await_first_byte(reader);
        if (status != KV_OK) {
            return status;
        }
    } else {
        int status = read_header(reader, &section);
        if (status != KV_OK) {
            return status;
        }
        if (kv_kind_complete(section.kind, &section.kind) != KV_OK) {
            return refuse(reader, "no bucket can have all these flags");
        }
    }
    reader->sections++;
    reader->is_print = section.is_print;
    *ret_section = section;
    return KV_OK;
}

/* ---- Data ------------------------------------------------------------------------------------------------------- */

/* Decodes line->data from `from` in place: no form is shorter than its bytes. */
static int decode_hex(tool_dump_reader *reader, tool_buffer *line, size_t from)
{
    size_t to = 0;
    if ((line->size - from) % 2 != 0) {
        return refuse(reader, "an odd number of hex digits");
    }
    for (size_t at = from; at < line->size; at += 2) {
        int high = tool_hex_digit(line->data[at]);
        int low = tool_hex_digit(line->data[at + 1]);
        if (high < 0 || low < 0) {
            return refuse(reader, "not a hex digit at column %zu", at + (high < 0 ? 1 : 2));
        }
        line->data[to++] = (char)(high * 16 + low);
    }
    line->size = to;
    return KV_OK;
}

static int decode_print(tool_dump_reader *reader, tool_buffer *line, size_t from)
{
    size_t to = 0;
    for (size_t at = from; at < line->size; at++) {
        char byte = line->data[at];
        if (byte == '\\') {
            /* The NUL behind the line is no digit, so nothing is read past it. */
            int high = tool_hex_digit(line->data[at + 1]);
            int low = high < 0 ? -1 : tool_hex_digit(line->data[at + 2]);
            if (line->data[at + 1] == '\\') {
                at += 1;
            } else if (low >= 0) {
                byte = (char)(high * 16 + low);
                at += 2;
            } else {
                return refuse(reader, "a backslash at column %zu begins no escape", at + 1);
            }
        }
        line->data[to++] = byte;
    }
    line->size = to;
    return KV_OK;
}

/* Reads and decodes one line of data. Returns KV_OK, KV_NOT_FOUND at the end of the section. */
static int read_datum(tool_dump_reader *reader, tool_buffer *line)
{
    int status = read_line(reader, line);
    size_t from = reader->has_no_headers ? 0 : 1;
    if (status == KV_NOT_FOUND && !reader->has_no_headers) {
        return refuse(reader, "the input ends before DATA=END");
    }
    if (status != KV_OK) {
        return status;
    }
    if (from == 1 && strcmp(line->data, "DATA=END") == 0) {
        return KV_NOT_FOUND;
    }
    if (from == 1 && line->data[0] != ' ') {
        return refuse(reader, "a line of data begins with a space");
    }
    return (reader->is_print ? decode_print : decode_hex)(reader, line, from);
}

int tool_dump_next_pair(tool_dump_reader *reader, kv_slice *ret_key, kv_slice *ret_value)
{
    int status = read_datum(reader, &reader->key);
    if (status != KV_OK) {
        return status;
    }
    status = read_datum(reader, &reader->value);
    if (status == KV_NOT_FOUND) {
        return refuse(reader, "a key without a value");
    }
    if (status == KV_OK) {
        *ret_key = tool_buffer_slice(&reader->key);
        *ret_value = tool_buffer_slice(&reader->value);
    }
    return status;
}

void tool_dump_reader_done_scoped(tool_dump_reader *reader)
{
    tool_buffer_done_scoped(&reader->key);
    tool_buffer_done_scoped(&reader->value);
}
