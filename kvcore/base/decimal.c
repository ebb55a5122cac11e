#include "kvcore/base/decimal.h"

#include <stdint.h>
#include <string.h>

#include "kvcore/status.h"

enum { DECIMAL_MAX = 20 }; /* digits of UINT64_MAX */

int kvi_decimal_encode(kv_slice key, size_t size, char *buffer, size_t buffer_size, size_t *ret_length)
{
    if (key.size != size) {
        return KV_ERR_WRONG_SIZE;
    }
    uint32_t narrow;
    uint64_t number;
    if (size == sizeof narrow) {
        memcpy(&narrow, key.data, sizeof narrow);
        number = narrow;
    } else {
        memcpy(&number, key.data, sizeof number);
    }
    char decimal[DECIMAL_MAX];
    char *first = decimal + sizeof decimal;
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    size_t length = (size_t)(decimal + sizeof decimal - first);
    if (length >= buffer_size) {
        return KV_ERR_INVALID;
    }
    memcpy(buffer, first, length);
    buffer[length] = '\0';
    *ret_length = length;
    return KV_OK;
}

int kvi_decimal_decode(const char *name, size_t size, void *buffer, size_t buffer_size, size_t *ret_size)
{
    uint64_t number = 0;
    size_t length = strspn(name, "0123456789");
    if (length == 0 || length > DECIMAL_MAX || name[length] != '\0' || (name[0] == '0' && length > 1)) {
        return KV_ERR_NAME;
    }
    for (const char *digit = name; *digit != '\0'; digit++) {
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*digit - '0'), &number)) {
            return KV_ERR_NAME;
        }
    }
    uint32_t narrow = (uint32_t)number;
    if (size == sizeof narrow && narrow != number) {
        return KV_ERR_NAME;
    }
    if (buffer_size < size) {
        return KV_ERR_INVALID;
    }
    memcpy(buffer, size == sizeof narrow ? (void *)&narrow : (void *)&number, size);
    *ret_size = size;
    return KV_OK;
}
