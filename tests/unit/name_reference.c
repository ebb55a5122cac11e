#include "tests/unit/name_reference.h"

#include <string.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

size_t reference_utf8_length(const unsigned char *bytes, size_t size)
{
    static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = bytes[0] < 0x80             ? 1
                    : (bytes[0] & 0xE0) == 0xC0 ? 2
                    : (bytes[0] & 0xF0) == 0xE0 ? 3
                    : (bytes[0] & 0xF8) == 0xF0 ? 4
                                                : 0;
    if (length == 0 || length > size) {
        return 0;
    }
    unsigned long point = length == 1 ? bytes[0] : bytes[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (!is_continuation(bytes[i])) {
            return 0;
        }
        point = point << 6 | (bytes[i] & 0x3F);
    }
    bool is_point = point >= least[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
    return is_point ? length : 0;
}

static const char upper_hex[] = "0123456789ABCDEF";

static bool is_upper_hex(unsigned char byte)
{
    return byte != '\0' && strchr(upper_hex, byte) != NULL;
}

static bool reads_as_escape(const unsigned char *percent, size_t size)
{
    if (size < 3 || !is_upper_hex(percent[1]) || !is_upper_hex(percent[2])) {
        return false;
    }
    char hex[] = {(char)percent[1], (char)percent[2], '\0'};
    unsigned long byte = strtoul(hex, NULL, 16);
    return byte < 0x20 || byte == 0x25 || byte == 0x2F || byte >= 0x7F;
}

static bool has_text(kv_slice key, const char *text)
{
    return kv_slice_equal(key, kv_slice_text(text));
}

size_t reference_spelling(kv_name_form form, kv_slice key, char *text)
{
    const unsigned char *bytes = key.data;
    bool is_root = form == KV_NAME_ROOT_ENTRY;
    if (key.size == 0) {
        return (size_t)sprintf(text, "%%empty");
    }
    if (has_text(key, ".") || has_text(key, "..") || (is_root && has_text(key, ".kvfs"))) {
        return (size_t)sprintf(text, "%%2E%.*s", (int)key.size - 1, (const char *)bytes + 1);
    }
    if (has_text(key, "%empty") || has_text(key, "%2E") || has_text(key, "%2E.") ||
        (is_root && has_text(key, "%2Ekvfs"))) {
        return (size_t)sprintf(text, "%%25%.*s", (int)key.size - 1, (const char *)bytes + 1);
    }
    char *end = text;
    for (size_t i = 0; i < key.size;) {
        size_t left = key.size - i;
        size_t length = reference_utf8_length(bytes + i, left);
        bool is_escaped = length == 0 || bytes[i] < 0x20 || bytes[i] == 0x7F || bytes[i] == '/';
        if (bytes[i] == '%') {
            is_escaped = reads_as_escape(bytes + i, left) || (left == 2 && bytes[i + 1] == '+');
        }
        if (is_escaped) {
            *end++ = '%';
            *end++ = upper_hex[bytes[i] / 16];
            *end++ = upper_hex[bytes[i] % 16];
            i++;
        } else {
            memcpy(end, bytes + i, length);
            end += length;
            i += length;
        }
    }
    *end = '\0';
    return (size_t)(end - text);
}

bool is_cut_of(const char *name, const char *spelling)
{
    if (strlen(spelling) <= 255) {
        return strcmp(name, spelling) == 0;
    }
    for (;;) {
        const char *slash = strchr(name, '/');
        size_t length = slash ? (size_t)(slash - name) : strlen(name);
        size_t own = slash ? length - 2 : length;
        if (length > 255 || (slash && (own < 240 || memcmp(slash - 2, "%+", 2) != 0)) ||
            strncmp(name, spelling, own) != 0) {
            return false;
        }
        spelling += own;
        if (!slash) {
            return *spelling == '\0';
        }
        name = slash + 1;
    }
}

bool is_path(const char *name)
{
    for (;;) {
        size_t length = strcspn(name, "/");
        if (length < 1 || length > 255 || (length <= 2 && strspn(name, ".") == length)) {
            return false;
        }
        for (size_t i = 0; i < length;) {
            size_t step = reference_utf8_length((const unsigned char *)name + i, length - i);
            if (step == 0 || (unsigned char)name[i] < 0x20 || name[i] == 0x7F) {
                return false;
            }
            i += step;
        }
        if (name[length] == '\0') {
            return true;
        }
        name += length + 1;
    }
}

/* Pieces that mean something somewhere, or do so together with the next. */
static const struct {
    const char *bytes;
    size_t size;
} pieces[] = {
#define PIECE(text)                                                                                                    \
    {                                                                                                                  \
        text, sizeof text - 1                                                                                          \
    }
    PIECE("%"),        PIECE("%"),
    PIECE("%"),        PIECE("%2"),
    PIECE("%25"),      PIECE("%2F"),
    PIECE("%2E"),      PIECE("%20"),
    PIECE("%00"),      PIECE("%C3"),
    PIECE("%ff"),      PIECE("+"),
    PIECE("%+"),       PIECE("5"),
    PIECE("F"),        PIECE("E"),
    PIECE("."),        PIECE("/"),
    PIECE("\0"),       PIECE("\x1F"),
    PIECE("\x7F"),     PIECE("empty"),
    PIECE("kvfs"),     PIECE(" "),
    PIECE("a"),        PIECE("z"),
    PIECE("\xC3"),     PIECE("\xA9"),
    PIECE("\xE2"),     PIECE("\xE2\x82"),
    PIECE("\x82\xAC"), PIECE("\xC3\xA9"),
    PIECE("\xF0\x9F"), PIECE("\x98\x80"),
    PIECE("\xED"),     PIECE("\xED\xA0\x80"),
    PIECE("\xC0\x80"), PIECE("\xE0\x9F\xBF"),
    PIECE("\xF4\x90"), PIECE("\xF4\x8F"),
    PIECE("\xFF"),     PIECE("\x80"),
};

enum { PIECE_COUNT = sizeof pieces / sizeof pieces[0] };

/* Adds pieces until `size`, more or less. */
static size_t add_pieces(struct random *random, unsigned char *key, size_t from, size_t size)
{
    while (from < size) {
        size_t piece = random_below(random, PIECE_COUNT);
        if (from + pieces[piece].size > KEY_MAX) {
            break;
        }
        memcpy(key + from, pieces[piece].bytes, pieces[piece].size);
        from += pieces[piece].size;
    }
    return from;
}

/* Adds one piece again and again: the cut must find its place among them. */
static size_t add_row(struct random *random, unsigned char *key, size_t from, size_t size)
{
    size_t piece = random_below(random, PIECE_COUNT);
    while (from < size && from + pieces[piece].size <= KEY_MAX) {
        memcpy(key + from, pieces[piece].bytes, pieces[piece].size);
        from += pieces[piece].size;
    }
    return from;
}

static size_t add_bytes(struct random *random, unsigned char *key, size_t from, size_t size)
{
    for (; from < size; from++) {
        key[from] = (unsigned char)random_next(random);
    }
    return from;
}

/* Some component's worth of plain bytes, then trouble about the cut, then perhaps enough to be cut. */
static size_t add_cut(struct random *random, unsigned char *key)
{
    size_t size = random_between(random, 225, 250);
    memset(key, 'a', size);
    size_t trouble = size + random_between(random, 0, 20);
    size = random_below(random, 2) ? add_pieces(random, key, size, trouble) : add_row(random, key, size, trouble);
    return add_pieces(random, key, size, size + random_between(random, 0, random_below(random, 8) ? 40 : 600));
}

size_t random_key(struct random *random, unsigned char *key)
{
    size_t kind = random_below(random, 128);
    if (kind == 0) {
        return add_pieces(random, key, 0, random_between(random, 0, KEY_MAX));
    }
    if (kind == 1) {
        return add_row(random, key, 0, random_between(random, 0, 600));
    }
    if (kind == 2) {
        return add_bytes(random, key, 0, random_between(random, 60, 300));
    }
    if (kind < 8) {
        return add_cut(random, key);
    }
    return kind < 24 ? add_bytes(random, key, 0, random_between(random, 0, 20))
                     : add_pieces(random, key, 0, random_between(random, 0, 12));
}

static void insert_text(char *at, const char *text)
{
    size_t length = strlen(text);
    memmove(at + length, at, strlen(at) + 1);
    memcpy(at, text, length);
}

void random_change(struct random *random, char *name)
{
    static const char *const inserts[] = {"%", "+", "/", "%+", "%+/", "25", "2", ".", "\xA9", "\xC3", "a", "%2E"};
    static const char replacements[] = "%+/.25FEaf \x1F\x7F\xC3\xA9z";
    for (size_t changes = random_between(random, 1, 3); changes > 0; changes--) {
        size_t length = strlen(name);
        size_t near_end = length < 12 ? length : random_below(random, 12);
        size_t place = random_below(random, 2) ? random_below(random, length + 1) : length - near_end;
        switch (random_below(random, 5)) {
        case 0:
            insert_text(name + place, inserts[random_below(random, sizeof inserts / sizeof inserts[0])]);
            break;
        case 1:
            if (place < length) {
                memmove(name + place, name + place + 1, length - place);
            }
            break;
        case 2:
            name[place] = '\0';
            break;
        case 3: /* escape a byte that may need none */
            if (place < length) {
                char escape[4];
                snprintf(escape, sizeof escape, "%%%02X", (unsigned char)name[place]);
                memmove(name + place, name + place + 1, length - place);
                insert_text(name + place, escape);
            }
            break;
        default:
            if (place < length) {
                name[place] = replacements[random_below(random, sizeof replacements - 1)];
            }
        }
    }
}
