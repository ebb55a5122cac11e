#include "kvcore/base/utf8.h"

static size_t length_by_lead(unsigned char lead)
{
    if (lead < 0xC2 || lead > 0xF4) {
        return 0; /* ASCII, a continuation byte, overlong in two bytes, or above U+10FFFF */
    }
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

size_t kvi_utf8_length(const unsigned char *bytes, size_t size, size_t *ret_matching)
{
    unsigned char lead = bytes[0];
    size_t length = length_by_lead(lead);
    /* What is overlong, a surrogate or too big shows in the second byte. */
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;

    size_t matching = length > 0;
    while (matching < length && matching < size && bytes[matching] >= low && bytes[matching] <= high) {
        low = 0x80;
        high = 0xBF;
        matching++;
    }
    *ret_matching = matching;
    return matching == length ? length : 0;
}
