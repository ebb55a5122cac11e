#include "kvcore/kind.h"

#include "kvcore/status.h"

/* In the order in which kv_kind_format writes them. */
static const struct {
    const char *word;
    kv_kind bit;
    kv_kind implies; /* what need not be written beside it */
} words[] = {
    {"dup-sort", KV_DUP_SORT, 0},       {"dup-fixed", KV_DUP_FIXED, KV_DUP_SORT},
    {"integer-key", KV_INTEGER_KEY, 0}, {"integer-dup", KV_INTEGER_DUP, KV_DUP_FIXED | KV_DUP_SORT},
    {"reverse-key", KV_REVERSE_KEY, 0}, {"reverse-dup", KV_REVERSE_DUP, KV_DUP_SORT},
};

enum { WORD_COUNT = sizeof words / sizeof words[0] };

static kv_kind implied_by(kv_kind kind)
{
    kv_kind implied = 0;
    for (unsigned i = 0; i < WORD_COUNT; i++) {
        if ((kind & words[i].bit) != 0) {
            implied |= words[i].implies;
        }
    }
    return implied;
}

int kv_kind_complete(kv_kind kind, kv_kind *ret_kind)
{
    const kv_kind both_keys = KV_INTEGER_KEY | KV_REVERSE_KEY;
    const kv_kind both_dups = KV_INTEGER_DUP | KV_REVERSE_DUP;

    if ((kind & ~(kv_kind)KV_KIND_ALL) != 0 || (kind & both_keys) == both_keys || (kind & both_dups) == both_dups) {
        return KV_ERR_INVALID;
    }
    *ret_kind = kind | implied_by(kind);
    return KV_OK;
}

/* Gives the bit of a word, or 0. */
static kv_kind bit_of_word(const char *word, size_t length)
{
    for (unsigned i = 0; i < WORD_COUNT; i++) {
        if (strlen(words[i].word) == length && memcmp(words[i].word, word, length) == 0) {
            return words[i].bit;
        }
    }
    return 0;
}

int kv_kind_parse(const char *text, kv_kind *ret_kind)
{
    if (strcmp(text, "plain") == 0) {
        *ret_kind = KV_PLAIN;
        return KV_OK;
    }
    kv_kind kind = 0;
    for (const char *word = text;;) {
        size_t length = strcspn(word, "+,");
        kv_kind bit = bit_of_word(word, length);
        if (bit == 0) {
            return KV_ERR_INVALID;
        }
        kind |= bit;
        if (word[length] == '\0') {
            return kv_kind_complete(kind, ret_kind);
        }
        word += length + 1;
    }
}

void kv_kind_format(kv_kind kind, char *text)
{
    kv_kind written = kind & ~implied_by(kind);
    char *end = text;
    for (unsigned i = 0; i < WORD_COUNT; i++) {
        if ((written & words[i].bit) != 0) {
            if (end != text) {
                *end++ = '+';
            }
            size_t length = strlen(words[i].word);
            memcpy(end, words[i].word, length);
            end += length;
        }
    }
    if (end == text) {
        memcpy(text, "plain", sizeof "plain");
        return;
    }
    *end = '\0';
}
