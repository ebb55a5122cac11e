#include "kvcore/registry/registry.h"

#include <stdlib.h>
#include <string.h>

#include "kvcore/backend/lmdb/lmdb_backend.h"
#include "kvcore/base/cleanup.h"
#include "kvcore/base/message.h"

static const struct kvi_backend *const backends[] = {
    &kvi_backend_lmdb, /* the first is what a path without a scheme is */
    &kvi_backend_memory,
};

#define BACKENDS (sizeof backends / sizeof *backends)

/* More options than any backend has; checked when a store is opened. */
#define OPTIONS_MAX 32

const struct kvi_backend *kvi_registry_at(unsigned index)
{
    return index < BACKENDS ? backends[index] : NULL;
}

const struct kvi_backend *kvi_registry_find(kv_slice scheme)
{
    for (unsigned i = 0; i < BACKENDS; i++)
        if (kv_slice_equal(kv_slice_text(backends[i]->scheme), scheme))
            return backends[i];
    return NULL;
}

static unsigned count_options(const struct kvi_option *table)
{
    unsigned count = 0;
    while (table && table[count].name)
        count++;
    return count;
}

int kvi_registry_open(const struct kvi_backend *backend, const char *location, unsigned flags, const char *settings,
                      struct kvi_store **ret_store, kv_message *message)
{
    static const struct kvi_option none[] = {{.name = NULL}};
    const struct kvi_option *table = backend->options ? backend->options : none;
    union kvi_option_value values[OPTIONS_MAX];
    kv_message ignored;
    if (!message)
        message = &ignored;
    message->text[0] = '\0';
    if (count_options(table) > OPTIONS_MAX)
        return KV_ERR_OPTION;
    KVI_SCOPED_MEMORY char *copy = settings ? strdup(settings) : NULL;
    if (settings && !copy)
        return KV_ERR_NO_MEMORY;
    int status = kvi_options_parse(table, copy, values, message);
    if (status != KV_OK)
        return status;
    const struct kvi_open_request request = {
        .location = location, .flags = flags, .settings = values, .message = message};
    status = backend->store_open(&request, ret_store);
    if (status < 0 && message->text[0] == '\0')
        kvi_message_format(message, "%s: %s", location, kv_status_text(status));
    return status;
}
