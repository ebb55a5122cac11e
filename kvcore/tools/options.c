#include "kvcore/tools/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "kvcore/tools/verb.h"

/* Each reads the text of an option (NULL for one without argument) into its field. 0, or -1 when it does not fit. */
typedef int parse(const char *text, void *field);

static int parse_flag(const char *text, void *field)
{
    (void)text;
    *(int *)field = 1;
    return 0;
}

static int parse_text(const char *text, void *field)
{
    *(const char **)field = text;
    return 0;
}

static int parse_number(const char *text, void *field)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0') {
        return -1;
    }
    *(uint64_t *)field = number;
    return 0;
}

/* A number of bytes with one of the letters K, M, G for powers of 1024. */
static int parse_size(const char *text, void *field)
{
    static const char units[] = "KMG";
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || number == 0) {
        return -1;
    }
    unsigned shift = 0;
    if (*end != '\0') {
        const char *unit = strchr(units, *end);
        if (unit == NULL || end[1] != '\0') {
            return -1;
        }
        shift = 10 * (unsigned)(unit - units + 1);
    }
    if (number > UINT64_MAX >> shift) {
        return -1;
    }
    *(uint64_t *)field = (uint64_t)number << shift;
    return 0;
}

static int parse_kind(const char *text, void *field)
{
    return kv_kind_parse(text, field) == KV_OK ? 0 : -1;
}

static int parse_integer_size(const char *text, void *field)
{
    uint64_t size;
    if (parse_number(text, &size) != 0 || (size != 4 && size != 8)) {
        return -1;
    }
    *(uint64_t *)field = size;
    return 0;
}

/* Finds `text` among `words`, ended by NULL; -1 when it is not there. */
static int index_of_word(const char *const *words, const char *text)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            return i;
        }
    }
    return -1;
}

static int parse_format(const char *text, void *field)
{
    static const char *const words[] = {"text", "hex", "json", NULL};
    int index = index_of_word(words, text);
    if (index < 0) {
        return -1;
    }
    *(tool_format *)field = (tool_format)(TOOL_FORMAT_TEXT + index);
    return 0;
}

static int parse_as(const char *text, void *field)
{
    static const char *const words[] = {"raw", "text", "hex", NULL};
    int index = index_of_word(words, text);
    if (index < 0) {
        return -1;
    }
    *(tool_spelled *)field = (tool_spelled)(TOOL_AS_RAW + index);
    return 0;
}

typedef struct known_option {
    tool_option spelled;
    parse *parse;
    size_t field;
} known_option;

#define FIELD(name) offsetof(tool_options, name)

static const known_option known[TOOL_OPTION_COUNT] = {
    [TOOL_OPTION_SETTINGS] = {{"options", 'o', "SETTINGS"}, parse_text, FIELD(settings)},
    [TOOL_OPTION_HELP] = {{"help", 'h', NULL}, parse_flag, FIELD(wants_help)},
    [TOOL_OPTION_ALL] = {{"all", 'a', NULL}, parse_flag, FIELD(is_all)},
    [TOOL_OPTION_APPEND] = {{"append", '\0', NULL}, parse_flag, FIELD(is_append)},
    [TOOL_OPTION_AS] = {{"as", '\0', "raw|text|hex"}, parse_as, FIELD(as)},
    [TOOL_OPTION_BATCH] = {{"batch", '\0', "SIZE"}, parse_size, FIELD(batch)},
    [TOOL_OPTION_BUCKET] = {{"bucket", 'b', "NAME"}, parse_text, FIELD(bucket)},
    [TOOL_OPTION_COMPACT] = {{"compact", 'c', NULL}, parse_flag, FIELD(is_compact)},
    [TOOL_OPTION_CREATE] = {{"create", '\0', NULL}, parse_flag, FIELD(is_create)},
    [TOOL_OPTION_FILE] = {{"file", 'f', "FILE"}, parse_text, FIELD(file)},
    [TOOL_OPTION_FORMAT] = {{"format", '\0', "text|hex|json"}, parse_format, FIELD(format)},
    [TOOL_OPTION_FROM] = {{"from", '\0', "KEY"}, parse_text, FIELD(from)},
    [TOOL_OPTION_INTEGER_SIZE] = {{"integer-size", '\0', "4|8"}, parse_integer_size, FIELD(integer_size)},
    [TOOL_OPTION_JSON] = {{"json", '\0', NULL}, parse_flag, FIELD(is_json)},
    [TOOL_OPTION_KEYS] = {{"keys", 'k', NULL}, parse_flag, FIELD(is_keys_only)},
    [TOOL_OPTION_KIND] = {{"kind", '\0', "KIND"}, parse_kind, FIELD(kind)},
    [TOOL_OPTION_LIMIT] = {{"limit", 'n', "N"}, parse_number, FIELD(limit)},
    [TOOL_OPTION_NEW_ONLY] = {{"new-only", 'N', NULL}, parse_flag, FIELD(is_new_only)},
    [TOOL_OPTION_PREFIX] = {{"prefix", '\0', "KEY"}, parse_text, FIELD(prefix)},
    [TOOL_OPTION_PRINT] = {{"print", 'p', NULL}, parse_flag, FIELD(is_print)},
    [TOOL_OPTION_QUIET] = {{"quiet", 'q', NULL}, parse_flag, FIELD(is_quiet)},
    [TOOL_OPTION_REVERSE] = {{"reverse", 'r', NULL}, parse_flag, FIELD(is_reverse)},
    [TOOL_OPTION_STRICT] = {{"strict", '\0', NULL}, parse_flag, FIELD(is_strict)},
    [TOOL_OPTION_TEXT] = {{"text", 'T', NULL}, parse_flag, FIELD(is_text)},
    [TOOL_OPTION_TO] = {{"to", '\0', "KEY"}, parse_text, FIELD(to)},
};

const tool_option *tool_option_spelled(tool_option_id id)
{
    return &known[id].spelled;
}

/* Larger than any letter, so that getopt's answer tells the two apart. */
enum { LONG_ONLY = 256 };

/* What getopt_long wants to be told of a verb's options. */
struct grammar {
    struct option names[TOOL_OPTION_COUNT + 1];
    char letters[2 * TOOL_OPTION_COUNT + 2];
    tool_option_id by_letter[LONG_ONLY];
    size_t name_count;
    size_t letter_count;
};

static void grammar_add(struct grammar *grammar, tool_option_id id)
{
    const tool_option *spelled = &known[id].spelled;
    grammar->names[grammar->name_count++] = (struct option){
        .name = spelled->name,
        .has_arg = spelled->argument != NULL ? required_argument : no_argument,
        .val = LONG_ONLY + (int)id,
    };
    if (spelled->letter != '\0') {
        grammar->by_letter[(unsigned char)spelled->letter] = id;
        grammar->letters[grammar->letter_count++] = spelled->letter;
        if (spelled->argument != NULL) {
            grammar->letters[grammar->letter_count++] = ':';
        }
    }
}

static void grammar_init(struct grammar *grammar, const tool_verb *verb)
{
    *grammar = (struct grammar){.letters = ":", .letter_count = 1};
    grammar_add(grammar, TOOL_OPTION_SETTINGS);
    grammar_add(grammar, TOOL_OPTION_HELP);
    for (const tool_verb_option *option = verb->options; option->id != TOOL_NO_OPTION; option++) {
        grammar_add(grammar, option->id);
    }
}

int tool_options_parse(const tool_verb *verb, int count, char **words, tool_options *ret_options, int *ret_first)
{
    struct grammar grammar;
    grammar_init(&grammar, verb);
    tool_options options = *ret_options;
    int answer;

    optind = 0; /* glibc: begin again, main has read the words before the verb */
    while ((answer = getopt_long(count, words, grammar.letters, grammar.names, NULL)) != -1) {
        const char *word = words[optind > 0 ? optind - 1 : 0];
        if (answer == '?' || answer == ':') {
            fprintf(stderr, "kvtool %s: %s: %s\n", verb->name, word,
                    answer == ':' ? "the option needs an argument" : "no such option");
            return -1;
        }
        tool_option_id id = answer >= LONG_ONLY ? (tool_option_id)(answer - LONG_ONLY) : grammar.by_letter[answer];
        if (known[id].parse(optarg, (char *)&options + known[id].field) != 0) {
            fprintf(stderr, "kvtool %s: --%s: '%s' does not fit %s\n", verb->name, known[id].spelled.name, optarg,
                    known[id].spelled.argument);
            return -1;
        }
    }
    *ret_options = options;
    *ret_first = optind;
    return 0;
}
