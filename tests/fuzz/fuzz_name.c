/*
 * Names of keys: the first byte chooses the form, the rest is taken for a key, for a name, and for the path of a
 * directory of long names. Whatever it is, what one way accepts the other way must give back.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kvcore/name.h"
#include "kvcore/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Buffers come from malloc and of just the size that the contract names, so that a sanitizer sees every byte more. */

static void try_key(kv_name_form form, kv_slice key)
{
    size_t bound = kv_name_bound(key.size), length, size;
    char *name = malloc(bound);
    int status = kv_name_encode(form, key, name, bound, &length);
    if (status == KV_OK) {
        unsigned char *back = malloc(key.size > 0 ? key.size : 1);
        assert(strlen(name) == length && length < bound);
        assert(kv_name_decode(form, name, back, key.size, &size) == KV_OK);
        assert(kv_slice_equal(kv_slice_of(back, size), key));
        free(back);
    } else {
        assert(status == KV_ERR_WRONG_SIZE && form != KV_NAME_BYTES && form != KV_NAME_ROOT_ENTRY);
    }
    free(name);
}

static void try_name(kv_name_form form, const char *name)
{
    size_t room = strlen(name) + sizeof(uint64_t), size, length;
    unsigned char *key = malloc(room);
    int status = kv_name_decode(form, name, key, room, &size);
    if (status == KV_OK) {
        char *again = malloc(strlen(name) + 1);
        assert(kv_name_encode(form, kv_slice_of(key, size), again, strlen(name) + 1, &length) == KV_OK);
        assert(strcmp(again, name) == 0);
        free(again);
    } else {
        assert(status == KV_ERR_NAME);
    }
    free(key);
}

static void try_directory(kv_name_form form, const char *path)
{
    static const char continuation[] = "................";
    size_t path_length = strlen(path), size, length;
    unsigned char *key = malloc(path_length + sizeof continuation);
    int status = kv_name_decode_directory(form, path, key, path_length, &size);
    if (status == KV_OK) {
        assert(size < path_length);
        memcpy(key + size, continuation, sizeof continuation);
        size += sizeof continuation;
        size_t bound = kv_name_bound(size);
        char *name = malloc(bound);
        assert(kv_name_encode(form, kv_slice_of(key, size), name, bound, &length) == KV_OK);
        assert(memcmp(name, path, path_length) == 0 && name[path_length] == '/');
        free(name);
    } else {
        assert(status == KV_ERR_NAME);
    }
    free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    kv_name_form form = (kv_name_form)(data[0] % 4);
    kv_slice rest = kv_slice_of(data + 1, size - 1);
    char *text = malloc(size);
    memcpy(text, rest.data, rest.size);
    text[rest.size] = '\0';

    try_key(form, rest);
    try_name(form, text);
    try_directory(form, text);
    free(text);
    return 0;
}
