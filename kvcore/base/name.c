#include "kvcore/name.h"

#include <stdint.h>
#include <string.h>

#include "kvcore/base/decimal.h"
#include "kvcore/base/part.h"
#include "kvcore/status.h"

enum {
    SPECIAL_MAX = 7,       /* longest key below */
    CONTINUATION_SIZE = 16 /* what makes a component of KVI_CUT_FROM bytes be cut: more than fits in it */
};

/*
 * Whole keys that are not spelled unit by unit: those whose spelling means something to every file system or to
 * kvfs, and those that look like the spelling of such a one.
 */
static const struct special {
    const char *key;
    const char *name;
    bool is_root_only;
} specials[] = {
    {"", KV_NAME_EMPTY, false},
    {".", "%2E", false},
    {"..", "%2E.", false},
    {".kvfs", "%2Ekvfs", true},
    {KV_NAME_EMPTY, "%25empty", false},
    {"%2E", "%252E", false},
    {"%2E.", "%252E.", false},
    {"%2Ekvfs", "%252Ekvfs", true},
};

enum { SPECIAL_COUNT = sizeof specials / sizeof specials[0] };

static bool is_special(const struct special *special, kv_name_form form)
{
    return !special->is_root_only || form == KV_NAME_ROOT_ENTRY;
}

static const struct special *special_of_key(kv_name_form form, kv_slice key)
{
    if (key.size > SPECIAL_MAX || (key.size > 0 && strchr(".%", *(const char *)key.data) == NULL)) {
        return NULL; /* almost every key */
    }
    for (unsigned i = 0; i < SPECIAL_COUNT; i++) {
        if (is_special(&specials[i], form) && kv_slice_equal(key, kv_slice_text(specials[i].key))) {
            return &specials[i];
        }
    }
    return NULL;
}

static const struct special *special_of_name(kv_name_form form, const char *name)
{
    for (unsigned i = 0; name[0] == '%' && i < SPECIAL_COUNT; i++) {
        if (is_special(&specials[i], form) && strcmp(name, specials[i].name) == 0) {
            return &specials[i];
        }
    }
    return NULL;
}

/* Gives the size of the keys of an integer form, or 0. */
static size_t integer_size(kv_name_form form)
{
    return form == KV_NAME_UINT32 ? sizeof(uint32_t) : form == KV_NAME_UINT64 ? sizeof(uint64_t) : 0;
}

size_t kv_name_bound(size_t key_size)
{
    /* Three bytes for each, KV_NAME_MORE and '/' for every KVI_CUT_FROM of those, and what the specials need. */
    size_t bound;
    if (__builtin_mul_overflow(key_size, 3, &bound) || __builtin_add_overflow(bound, key_size / 16 + 32, &bound)) {
        return SIZE_MAX;
    }
    return bound;
}

/* Writes the components of a non-empty key, or only gives their length when `buffer` is NULL. */
static size_t spell_parts(kv_slice key, char *buffer)
{
    struct kvi_part part;
    size_t length = 0;
    for (;;) {
        size_t taken = kvi_part_spell(key, &part);
        if (buffer != NULL) {
            memcpy(buffer + length, part.text, part.length);
        }
        length += part.length;
        if (taken == key.size) {
            return length;
        }
        key = kv_slice_of((const char *)key.data + taken, key.size - taken);
        if (buffer != NULL) {
            buffer[length] = '/';
        }
        length++;
    }
}

int kv_name_encode(kv_name_form form, kv_slice key, char *buffer, size_t buffer_size, size_t *ret_length)
{
    size_t size = integer_size(form);
    if (size > 0) {
        return kvi_decimal_encode(key, size, buffer, buffer_size, ret_length);
    }
    const struct special *special = special_of_key(form, key);
    if (special != NULL) {
        size_t length = strlen(special->name);
        if (length >= buffer_size) {
            return KV_ERR_INVALID;
        }
        memcpy(buffer, special->name, length + 1);
        *ret_length = length;
        return KV_OK;
    }
    if (buffer_size < kv_name_bound(key.size) && spell_parts(key, NULL) >= buffer_size) {
        return KV_ERR_INVALID;
    }
    *ret_length = spell_parts(key, buffer);
    buffer[*ret_length] = '\0';
    return KV_OK;
}

/* One component of a name. */
struct component {
    const char *text;
    size_t length;
    size_t own_length; /* without KV_NAME_MORE */
    bool is_last;
};

/* Tells whether `text` begins with what can be a component: 1 to 255 bytes, and a cut one if another follows. */
static bool split_component(const char *text, struct component *ret_component)
{
    size_t length = strcspn(text, "/");
    bool is_last = text[length] == '\0';
    bool has_more = kvi_part_has_more(text, length);
    *ret_component = (struct component){text, length, has_more ? length - (sizeof KV_NAME_MORE - 1) : length, is_last};
    return length > 0 && length <= KV_NAME_PART_MAX && (has_more || is_last);
}

/*
 * Tells whether a component is spelled as the bytes that it reads as are, given those that follow, and how many
 * they are. Only the next component matters: with it, or alone when there is none, the text is too long to end
 * before the cut. Of a directory's last one any continuation would do that completes nothing begun before it; there
 * is a key that goes on so, and where a cut is possible at all it is there for this one.
 */
static bool check_component(const struct component *component, bool is_directory, size_t *ret_size)
{
    unsigned char bytes[2 * KV_NAME_PART_MAX];
    struct kvi_part part;
    size_t size = kvi_part_read(component->text, component->own_length, bytes);
    size_t window = size;
    if (!component->is_last) {
        struct component next;
        if (!split_component(component->text + component->length + 1, &next)) {
            return false;
        }
        window += kvi_part_read(next.text, next.own_length, bytes + size);
    } else if (is_directory) {
        memset(bytes + size, 'z', CONTINUATION_SIZE);
        window += CONTINUATION_SIZE;
    }
    *ret_size = size;
    return kvi_part_spell(kv_slice_of(bytes, window), &part) == size && part.length == component->length &&
           memcmp(part.text, component->text, part.length) == 0;
}

/* Gives the size of the key, or KV_ERR_NAME when the components are no key's. */
static int check_components(const char *name, bool is_directory, size_t *ret_size)
{
    struct component component;
    *ret_size = 0;
    for (const char *text = name;; text += component.length + 1) {
        size_t size;
        if (!split_component(text, &component) || !check_component(&component, is_directory, &size)) {
            return KV_ERR_NAME;
        }
        *ret_size += size;
        if (component.is_last) {
            return KV_OK; /* it ends as it must, or its spelling would have differed */
        }
    }
}

static void read_components(const char *name, unsigned char *bytes)
{
    struct component component;
    do {
        split_component(name, &component);
        bytes += kvi_part_read(component.text, component.own_length, bytes);
        name += component.length + 1;
    } while (!component.is_last);
}

static int decode_components(const char *name, bool is_directory, void *buffer, size_t buffer_size, size_t *ret_size)
{
    size_t size;
    int status = check_components(name, is_directory, &size);
    if (status < 0) {
        return status;
    }
    if (buffer_size < size) {
        return KV_ERR_INVALID;
    }
    read_components(name, buffer);
    *ret_size = size;
    return KV_OK;
}

int kv_name_decode(kv_name_form form, const char *name, void *buffer, size_t buffer_size, size_t *ret_size)
{
    size_t size = integer_size(form);
    if (size > 0) {
        return kvi_decimal_decode(name, size, buffer, buffer_size, ret_size);
    }
    const struct special *special = special_of_name(form, name);
    if (special == NULL) {
        /* A special key has no other name than its own, however well this one is spelled ("."). */
        return special_of_key(form, kv_slice_text(name)) == NULL
                   ? decode_components(name, false, buffer, buffer_size, ret_size)
                   : KV_ERR_NAME;
    }
    size = strlen(special->key);
    if (buffer_size < size) {
        return KV_ERR_INVALID;
    }
    if (size > 0) { /* the buffer for the empty key may be NULL */
        memcpy(buffer, special->key, size);
    }
    *ret_size = size;
    return KV_OK;
}

int kv_name_decode_directory(kv_name_form form, const char *path, void *buffer, size_t buffer_size, size_t *ret_size)
{
    return integer_size(form) == 0 ? decode_components(path, true, buffer, buffer_size, ret_size) : KV_ERR_NAME;
}

int kv_name_is_directory(const char *component)
{
    return kvi_part_has_more(component, strlen(component));
}
