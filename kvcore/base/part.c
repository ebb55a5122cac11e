#include "kvcore/base/part.h"

#include <string.h>

#include "kvcore/base/utf8.h"

enum { MORE_LENGTH = sizeof KV_NAME_MORE - 1 };

static const char digits[] = "0123456789ABCDEF";

/* Whether some spelling of the byte is an escape. */
static bool is_escapable(unsigned char byte)
{
    return byte < 0x20 || byte >= 0x7F || byte == '/' || byte == '%';
}

/* Gives the value of an upper-case hex digit, or -1. */
static int digit_value(unsigned char byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* Gives the byte that the two bytes after a '%' stand for, or -1 when they make no escape. */
static int escaped_byte(const unsigned char *two)
{
    int high = digit_value(two[0]);
    int low = digit_value(two[1]);
    if (high < 0 || low < 0) {
        return -1;
    }
    unsigned char byte = (unsigned char)(high << 4 | low);
    return is_escapable(byte) ? byte : -1;
}

/* A unit as it is read from a key. */
struct unit {
    size_t size;      /* bytes of the key */
    size_t length;    /* bytes of text */
    size_t unsettled; /* how far from its first byte on boundaries are not settled */
};

static struct unit spell_escape(unsigned char byte, size_t unsettled, char *text)
{
    text[0] = '%';
    text[1] = digits[byte >> 4];
    text[2] = digits[byte & 15];
    return (struct unit){.size = 1, .length = 3, .unsettled = unsettled};
}

static struct unit spell_percent(const unsigned char *key, size_t size, char *text)
{
    bool is_escape = size > 2 && escaped_byte(key + 1) >= 0;
    if (is_escape || (size == 2 && key[1] == '+')) {
        size_t following = is_escape ? 2 : 1;
        memcpy(text, "%25", 3);
        memcpy(text + 3, key + 1, following);
        return (struct unit){.size = 1 + following, .length = 3 + following};
    }
    /* A digit that begins no escape (3 to 6) is counted as half an escape too: simpler, and just as certain. */
    bool has_digit = size > 1 && digit_value(key[1]) >= 0;
    text[0] = '%';
    return (struct unit){.size = 1, .length = 1, .unsettled = has_digit ? 2 : 1};
}

static struct unit spell_high(const unsigned char *key, size_t size, char *text)
{
    size_t matching;
    size_t length = kvi_utf8_length(key, size, &matching);
    if (length == 0) {
        return spell_escape(key[0], matching, text);
    }
    memcpy(text, key, length);
    return (struct unit){.size = length, .length = length};
}

/* Spells a unit that does not begin with a plain byte. */
static struct unit spell_unit(const unsigned char *key, size_t size, char *text)
{
    if (key[0] == '%') {
        return spell_percent(key, size, text);
    }
    return key[0] >= 0x80 ? spell_high(key, size, text) : spell_escape(key[0], 0, text);
}

size_t kvi_part_spell(kv_slice rest, struct kvi_part *part)
{
    const unsigned char *key = rest.data;
    size_t position = 0, length = 0;
    size_t unsettled = 0; /* boundaries up to here are not */
    size_t cut_position = 0, cut_length = 0;

    while (position < rest.size) {
        if (!is_escapable(key[position])) {
            part->text[length++] = (char)key[position++];
        } else {
            struct unit unit = spell_unit(key + position, rest.size - position, part->text + length);
            if (unit.unsettled > 0 && position + unit.unsettled > unsettled) {
                unsettled = position + unit.unsettled;
            }
            position += unit.size;
            length += unit.length;
        }
        if (length < KVI_CUT_FROM) {
            continue;
        }
        if (length > KV_NAME_PART_MAX) {
            memcpy(part->text + cut_length, KV_NAME_MORE, MORE_LENGTH);
            part->length = cut_length + MORE_LENGTH;
            return cut_position;
        }
        if (cut_length == 0 && (position > unsettled || length >= KVI_CUT_ANYWAY)) {
            cut_position = position;
            cut_length = length;
        }
    }
    part->length = length;
    return position;
}

size_t kvi_part_read(const char *text, size_t length, unsigned char *bytes)
{
    const unsigned char *from = (const unsigned char *)text;
    const unsigned char *end = from + length;
    unsigned char *to = bytes;
    while (from < end) {
        int byte = *from == '%' && end - from > 2 ? escaped_byte(from + 1) : -1;
        *to++ = byte >= 0 ? (unsigned char)byte : *from;
        from += byte >= 0 ? 3 : 1;
    }
    return (size_t)(to - bytes);
}

bool kvi_part_has_more(const char *text, size_t length)
{
    return length >= MORE_LENGTH && memcmp(text + length - MORE_LENGTH, KV_NAME_MORE, MORE_LENGTH) == 0;
}
