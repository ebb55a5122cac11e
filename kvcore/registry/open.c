/* Opening stores by what users write, and telling which kinds there are. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "kvcore/base/message.h"
#include "kvcore/base/url.h"
#include "kvcore/core/core.h"
#include "kvcore/layer/readonly.h"
#include "kvcore/registry/registry.h"

#define OPEN_FLAGS (unsigned)(KV_OPEN_READ_ONLY | KV_OPEN_CREATE | KV_OPEN_STRICT | KV_OPEN_NO_SYNC)

int kv_store_open(const char *location, unsigned flags, const char *settings, kv_store **ret_store,
                  kv_message *ret_message)
{
    struct kvi_store *spi;
    kv_slice scheme;
    const char *rest;
    if (flags & ~OPEN_FLAGS) {
        kvi_message_format(ret_message, "%s: unknown flags", location);
        return KV_ERR_INVALID;
    }
    kvi_url_split(location, &scheme, &rest);
    const struct kvi_backend *backend = scheme.size ? kvi_registry_find(scheme) : kvi_registry_at(0);
    if (!backend) {
        kvi_message_format(ret_message, "%s: there is no kind of store called \"%.*s\"", location, (int)scheme.size,
                           (const char *)scheme.data);
        return KV_ERR_SCHEME;
    }
    int status = kvi_registry_open(backend, rest, flags, settings, &spi, ret_message);
    /* Also where the backend could write: an environment may be shared with one that was opened for it. */
    if (status == KV_OK && (flags & KV_OPEN_READ_ONLY) && (spi->capabilities & KV_CAN_WRITE))
        status = kvi_readonly_open(spi, &spi);
    return status == KV_OK ? kvi_store_wrap(spi, location, flags, ret_store) : status;
}

/* Texts of the option tables, made once. */
#define LISTED_MAX 16
static char texts[LISTED_MAX][4096];
static pthread_once_t is_listed = PTHREAD_ONCE_INIT;

static void list_options(const struct kvi_option *option, char *text, size_t room)
{
    for (; option && option->name && room > 1; option++) {
        int length = snprintf(text, room, "%s%s%s  %s\n", option->name, option->argument ? "=" : "",
                              option->argument ? option->argument : "", option->help);
        if (length < 0 || (size_t)length >= room)
            return;
        text += length;
        room -= (size_t)length;
    }
}

static void list_all(void)
{
    for (unsigned i = 0; i < LISTED_MAX && kvi_registry_at(i); i++)
        list_options(kvi_registry_at(i)->options, texts[i], sizeof texts[i]);
}

int kv_backend_list(unsigned index, kv_backend_info *ret_info)
{
    const struct kvi_backend *backend = index < LISTED_MAX ? kvi_registry_at(index) : NULL;
    if (!backend)
        return KV_NOT_FOUND;
    pthread_once(&is_listed, list_all);
    *ret_info = (kv_backend_info){.scheme = backend->scheme, .summary = backend->summary, .options = texts[index]};
    return KV_OK;
}
