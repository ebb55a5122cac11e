#include "kvcore/base/option.h"

#include <assert.h>
#include <string.h>

#include "kvcore/base/message.h"

struct unit {
    const char *suffix;
    uint64_t factor;
};

#define SECOND UINT64_C(1000000000)

static const struct unit count_units[] = {{"", 1}, {NULL, 0}};
static const struct unit size_units[] = {{"", 1},
                                         {"K", UINT64_C(1) << 10},
                                         {"k", UINT64_C(1) << 10},
                                         {"M", UINT64_C(1) << 20},
                                         {"m", UINT64_C(1) << 20},
                                         {"G", UINT64_C(1) << 30},
                                         {"g", UINT64_C(1) << 30},
                                         {"T", UINT64_C(1) << 40},
                                         {"t", UINT64_C(1) << 40},
                                         {NULL, 0}};
static const struct unit duration_units[] = {{"", SECOND},       {"ms", SECOND / 1000}, {"s", SECOND},
                                             {"m", 60 * SECOND}, {"h", 3600 * SECOND},  {NULL, 0}};

/* Not strtoull: it takes signs and blanks, and wraps negative numbers round. */
static bool read_number(const char *text, const struct unit *units, uint64_t limit, uint64_t *ret_number)
{
    uint64_t number = 0;
    const char *digit = text;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*digit - '0'), &number)) {
            return false;
        }
    }
    if (digit == text) {
        return false;
    }
    for (; units->suffix != NULL; units++) {
        if (strcmp(units->suffix, digit) == 0) {
            return !__builtin_mul_overflow(number, units->factor, ret_number) && *ret_number <= limit;
        }
    }
    return false;
}

static bool read_value(enum kvi_option_type type, const char *text, union kvi_option_value *value)
{
    switch (type) {
    case KVI_OPTION_FLAG:
        value->flag = true;
        return true;
    case KVI_OPTION_COUNT:
        return read_number(text, count_units, UINT64_MAX, &value->number);
    case KVI_OPTION_SIZE:
        return read_number(text, size_units, SIZE_MAX, &value->number);
    case KVI_OPTION_DURATION:
        return read_number(text, duration_units, INT64_MAX, &value->number); /* so that a clock's reading can hold it */
    case KVI_OPTION_TEXT:
        value->text = text;
        return true;
    }
    return false;
}

/* Ends the item at `item` where its comma is, takes its backslashes out, and gives what follows, or NULL. */
static char *cut_item(char *item)
{
    char *to = item;
    for (char *from = item;; from++) {
        if (*from == '\\' && (from[1] == ',' || from[1] == '\\')) {
            *to++ = *++from;
        } else if (*from == ',' || *from == '\0') {
            char *rest = *from == ',' ? from + 1 : NULL;
            *to = '\0';
            return rest;
        } else {
            *to++ = *from;
        }
    }
}

static int read_item(const struct kvi_option *table, char *item, union kvi_option_value *values, kv_message *message)
{
    char *equals = strchr(item, '=');
    if (equals != NULL) {
        *equals = '\0';
    }
    const struct kvi_option *option = table;
    while (option->name != NULL && strcmp(option->name, item) != 0) {
        option++;
    }
    if (option->name == NULL) {
        kvi_message_format(message, "unknown option '%s'", item);
    } else if (option->type == KVI_OPTION_FLAG && equals != NULL) {
        kvi_message_format(message, "option '%s' takes no value", item);
    } else if (option->type != KVI_OPTION_FLAG && equals == NULL) {
        kvi_message_format(message, "option '%s' needs a value: %s=%s", item, item, option->argument);
    } else if (!read_value(option->type, equals != NULL ? equals + 1 : "", &values[option - table])) {
        kvi_message_format(message, "option '%s': '%s' is not a %s", item, equals + 1, option->argument);
    } else {
        return KV_OK;
    }
    return KV_ERR_OPTION;
}

int kvi_options_parse(const struct kvi_option *table, char *settings, union kvi_option_value *values,
                      kv_message *message)
{
    for (const struct kvi_option *option = table; option->name != NULL; option++) {
        union kvi_option_value *value = &values[option - table];
        memset(value, 0, sizeof *value);
        bool is_read = option->preset == NULL || read_value(option->type, option->preset, value);
        assert(is_read);
        (void)is_read;
    }
    while (settings != NULL) {
        char *item = settings;
        settings = cut_item(item);
        int status = *item == '\0' ? KV_OK : read_item(table, item, values, message);
        if (status < 0) {
            return status;
        }
    }
    return KV_OK;
}
