#include "kvcore/base/url.h"

#include <stdbool.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

void kvi_url_split(const char *name, kv_slice *ret_scheme, const char **ret_rest)
{
    size_t length = strspn(name, LETTERS "0123456789+");
    bool has_scheme = length > 0 && name[length] == ':' && strchr(LETTERS, name[0]) != NULL;
    *ret_scheme = kv_slice_of(name, has_scheme ? length : 0);
    *ret_rest = has_scheme ? name + length + 1 : name;
}
