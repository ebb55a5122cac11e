#include "kvcore/tools/spelling.h"

#include <stdio.h>
#include <stdlib.h>

#include "kvcore/tools/escape.h"
#include "kvcore/tools/output.h"

static kv_name_form integer_form(size_t first_size, uint64_t said)
{
    uint64_t size = first_size == 4 || first_size == 8 ? first_size : said;
    return size == 4 ? KV_NAME_UINT32 : KV_NAME_UINT64;
}

int tool_spelling_find(kv_bucket *bucket, uint64_t integer_size, tool_spelling *ret_spelling)
{
    tool_spelling spelling = {KV_NAME_BYTES, KV_NAME_BYTES};
    kv_kind kind = bucket != NULL ? kv_bucket_kind(bucket) : KV_PLAIN;
    if (bucket != NULL && *kv_bucket_name(bucket) == '\0') {
        spelling.key_form = KV_NAME_ROOT_ENTRY;
    }
    if ((kind & (KV_INTEGER_KEY | KV_INTEGER_DUP)) != 0) {
        kv_cursor *cursor __attribute__((cleanup(kv_cursor_close_scoped))) = NULL;
        kv_slice key = {NULL, 0};
        kv_slice value = {NULL, 0};
        int status = kv_cursor_open(bucket, &cursor);
        if (status >= 0) {
            status = kv_cursor_first(cursor, &key, &value);
        }
        if (status < 0) {
            return status;
        }
        if ((kind & KV_INTEGER_KEY) != 0) {
            spelling.key_form = integer_form(key.size, integer_size);
        }
        if ((kind & KV_INTEGER_DUP) != 0) {
            spelling.value_form = integer_form(value.size, integer_size);
        }
    }
    *ret_spelling = spelling;
    return KV_OK;
}

static int read_name(kv_name_form form, const char *text, tool_buffer *buffer)
{
    /* A key is never longer than its name, integers excepted. */
    int status = tool_buffer_reserve(buffer, strlen(text) + sizeof(uint64_t));
    if (status == KV_OK) {
        status = kv_name_decode(form, text, buffer->data, buffer->room, &buffer->size);
    }
    return status;
}

int tool_spelling_read_key(const tool_spelling *spelling, const char *text, tool_buffer *buffer)
{
    return read_name(spelling->key_form, text, buffer);
}

int tool_spelling_read_value(const tool_spelling *spelling, tool_spelled as, const char *text, tool_buffer *buffer)
{
    switch (as) {
    case TOOL_AS_TEXT:
        return tool_escape_read_text(text, buffer);
    case TOOL_AS_HEX:
        return tool_escape_read_hex(text, buffer);
    default:
        break;
    }
    if (spelling->value_form != KV_NAME_BYTES) {
        int status = read_name(spelling->value_form, text, buffer);
        return status == KV_ERR_NAME ? KV_ERR_INVALID : status;
    }
    int status = tool_buffer_reserve(buffer, strlen(text) + 1);
    if (status == KV_OK) {
        memcpy(buffer->data, text, strlen(text));
        buffer->size = strlen(text);
    }
    return status;
}

/* Gives the name of `key` in `form`, or as bytes where it has none, in memory that the next call reuses. NULL when
 * memory is out. Keys are many, so the memory is kept. */
static const char *name_of(kv_name_form form, kv_slice key, size_t *ret_length)
{
    static tool_buffer kept;
    size_t bound = kv_name_bound(key.size);
    if (tool_buffer_reserve(&kept, bound) != KV_OK) {
        return NULL;
    }
    if (kv_name_encode(form, key, kept.data, kept.room, ret_length) != KV_OK &&
        kv_name_encode(KV_NAME_BYTES, key, kept.data, kept.room, ret_length) != KV_OK) {
        return NULL;
    }
    return kept.data;
}

static int is_integer(kv_name_form form)
{
    return form == KV_NAME_UINT32 || form == KV_NAME_UINT64;
}

static void print_name(kv_name_form form, kv_slice key)
{
    size_t length;
    const char *name = name_of(form, key, &length);
    if (name != NULL) {
        tool_output(kv_slice_of(name, length));
    }
}

void tool_spelling_print_key(const tool_spelling *spelling, tool_format format, kv_slice key)
{
    if (format == TOOL_FORMAT_TEXT || format == TOOL_FORMAT_UNSET) {
        print_name(spelling->key_form, key);
    } else if (format == TOOL_FORMAT_JSON && is_integer(spelling->key_form)) {
        tool_output_byte('"');
        print_name(spelling->key_form, key);
        tool_output_byte('"');
    } else {
        tool_escape_print(format, key);
    }
}

void tool_spelling_print_value(const tool_spelling *spelling, tool_format format, kv_slice value)
{
    if (is_integer(spelling->value_form) && format != TOOL_FORMAT_HEX) {
        tool_spelling as_key = {spelling->value_form, KV_NAME_BYTES};
        tool_spelling_print_key(&as_key, format, value);
        return;
    }
    tool_escape_print(format, value);
}

const char *tool_spelling_name(kv_name_form form, kv_slice key, char *text)
{
    size_t length;
    const char *name = name_of(form, key, &length);
    if (name == NULL) {
        name = "?";
        length = 1;
    }
    int cut = length >= TOOL_NAME_SIZE;
    snprintf(text, TOOL_NAME_SIZE, "%.*s%s", cut ? TOOL_NAME_SIZE - 4 : (int)length, name, cut ? "..." : "");
    return text;
}

const char *tool_spelling_bucket(const char *name, char *text)
{
    static const char word[] = "bucket ";
    char spelled[TOOL_NAME_SIZE];
    if (*name == '\0') {
        return "the root map";
    }
    tool_spelling_name(KV_NAME_ROOT_ENTRY, kv_slice_text(name), spelled);
    snprintf(text, TOOL_NAME_SIZE, "%s%.*s", word, (int)(TOOL_NAME_SIZE - sizeof word), spelled);
    return text;
}

int tool_spelling_read_bucket(const char *text, char *name)
{
    tool_buffer key __attribute__((cleanup(tool_buffer_done_scoped))) = {0};
    if (text == NULL || *text == '\0') {
        *name = '\0';
        return KV_OK;
    }
    int status = read_name(KV_NAME_ROOT_ENTRY, text, &key);
    if (status != KV_OK) {
        return status;
    }
    if (key.size == 0 || key.size >= KV_BUCKET_NAME_SIZE || memchr(key.data, '\0', key.size) != NULL) {
        return KV_ERR_NAME;
    }
    memcpy(name, key.data, key.size);
    name[key.size] = '\0';
    return KV_OK;
}
