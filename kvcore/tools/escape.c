#include "kvcore/tools/escape.h"

#include "kvcore/tools/output.h"

static const char hex_digits[] = "0123456789abcdef";

static int is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Gives the size of the well-formed UTF-8 sequence at the start of `bytes` (at least one byte), or 0. The second byte
 * decides about overlong forms, surrogates and what is above U+10FFFF (Unicode, table 3-7). */
static size_t sequence_size(const unsigned char *bytes, size_t left)
{
    unsigned char first = bytes[0];
    if (first < 0x80) {
        return 1;
    }
    size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                  : first >= 0xE0 && first <= 0xEF ? 3
                  : first >= 0xF0 && first <= 0xF4 ? 4
                                                   : 0;
    if (size == 0 || left < size) {
        return 0;
    }
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < low || bytes[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < size; i++) {
        if (!is_continuation(bytes[i])) {
            return 0;
        }
    }
    return size;
}

static int is_utf8(kv_slice bytes)
{
    const unsigned char *data = bytes.data;
    for (size_t at = 0; at < bytes.size;) {
        size_t size = sequence_size(data + at, bytes.size - at);
        if (size == 0) {
            return 0;
        }
        at += size;
    }
    return 1;
}

/* Prints bytes[from, to): most text has nothing to escape, and goes out in long runs. */
static void print_run(const unsigned char *bytes, size_t from, size_t to)
{
    tool_output(kv_slice_of(bytes + from, to - from));
}

static void print_text_escape(unsigned char byte)
{
    static const char letters[] = "\\\\\nn\rr\tt";
    for (size_t i = 0; letters[i] != '\0'; i += 2) {
        if ((unsigned char)letters[i] == byte) {
            tool_output_byte('\\');
            tool_output_byte(letters[i + 1]);
            return;
        }
    }
    tool_output_text("\\x");
    tool_escape_print_hex(kv_slice_of(&byte, 1));
}

void tool_escape_print_text(kv_slice bytes)
{
    const unsigned char *data = bytes.data;
    size_t printed = 0;
    for (size_t at = 0; at < bytes.size;) {
        size_t size = sequence_size(data + at, bytes.size - at);
        if (size > 1 || (size == 1 && data[at] >= 0x20 && data[at] != 0x7F && data[at] != '\\')) {
            at += size;
            continue;
        }
        print_run(data, printed, at);
        print_text_escape(data[at]);
        printed = ++at;
    }
    if (bytes.size > 0) {
        print_run(data, printed, bytes.size);
    }
}

void tool_escape_print_hex(kv_slice bytes)
{
    char digits[4096];
    const unsigned char *data = bytes.data;
    for (size_t at = 0; at < bytes.size;) {
        size_t used = 0;
        for (; at < bytes.size && used < sizeof digits; at++) {
            digits[used++] = hex_digits[data[at] >> 4];
            digits[used++] = hex_digits[data[at] & 15];
        }
        tool_output(kv_slice_of(digits, used));
    }
}

static void print_json_string(kv_slice bytes)
{
    const unsigned char *data = bytes.data;
    size_t printed = 0;
    tool_output_byte('"');
    for (size_t at = 0; at < bytes.size; at++) {
        if (data[at] >= 0x20 && data[at] != 0x7F && data[at] != '"' && data[at] != '\\') {
            continue;
        }
        print_run(data, printed, at);
        if (data[at] == '"' || data[at] == '\\') {
            tool_output_byte('\\');
            tool_output_byte((char)data[at]);
        } else {
            tool_output_format("\\u%04x", data[at]);
        }
        printed = at + 1;
    }
    if (bytes.size > 0) {
        print_run(data, printed, bytes.size);
    }
    tool_output_byte('"');
}

void tool_escape_print_json(kv_slice bytes)
{
    if (is_utf8(bytes)) {
        print_json_string(bytes);
        return;
    }
    tool_output_text("{\"hex\":\"");
    tool_escape_print_hex(bytes);
    tool_output_text("\"}");
}

void tool_escape_print(tool_format format, kv_slice bytes)
{
    switch (format) {
    case TOOL_FORMAT_HEX:
        tool_escape_print_hex(bytes);
        return;
    case TOOL_FORMAT_JSON:
        tool_escape_print_json(bytes);
        return;
    default:
        tool_escape_print_text(bytes);
    }
}

int tool_hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* Reads what follows a backslash. Gives the byte, and how many characters it took; -1 when it is no escape. */
static int read_text_escape(const char *text, size_t *ret_size)
{
    *ret_size = 1;
    switch (*text) {
    case '\\':
        return '\\';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'x':
        break;
    default:
        return -1;
    }
    int high = tool_hex_digit(text[1]);
    int low = high < 0 ? -1 : tool_hex_digit(text[2]);
    *ret_size = 3;
    return low < 0 ? -1 : high * 16 + low;
}

int tool_escape_read_text(const char *text, tool_buffer *buffer)
{
    int status = tool_buffer_reserve(buffer, buffer->size + strlen(text) + 1);
    if (status != KV_OK) {
        return status;
    }
    while (*text != '\0') {
        int byte = (unsigned char)*text++;
        if (byte == '\\') {
            size_t size;
            byte = read_text_escape(text, &size);
            if (byte < 0) {
                return KV_ERR_INVALID;
            }
            text += size;
        }
        buffer->data[buffer->size++] = (char)byte;
    }
    return KV_OK;
}

int tool_escape_read_hex(const char *text, tool_buffer *buffer)
{
    int status = tool_buffer_reserve(buffer, buffer->size + strlen(text) / 2 + 1);
    if (status != KV_OK) {
        return status;
    }
    for (; *text != '\0'; text += 2) {
        int high = tool_hex_digit(text[0]);
        int low = high < 0 ? -1 : tool_hex_digit(text[1]);
        if (low < 0) {
            return KV_ERR_INVALID;
        }
        buffer->data[buffer->size++] = (char)(high * 16 + low);
    }
    return KV_OK;
}
