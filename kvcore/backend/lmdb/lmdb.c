/* The "lmdb" backend: its options, and its descriptor. */
#include <stdlib.h>

#include "kvcore/backend/lmdb/descriptor.h"
#include "kvcore/backend/lmdb/lmdb_backend.h"
#include "kvcore/base/cleanup.h"
#include "kvcore/base/message.h"

enum { MAP_SIZE, READERS, BUCKETS, MODE, NO_READAHEAD };

static const struct kvi_option options[] = {
    [MAP_SIZE] = {"map_size", "SIZE", "what the store may grow to (by default 64 GiB or 16 times the file)",
                  KVI_OPTION_SIZE, NULL},
    [READERS] = {"readers", "COUNT", "read transactions at once, when the lock file is made (1024 for a new store)",
                 KVI_OPTION_COUNT, NULL},
    [BUCKETS] = {"buckets", "COUNT", "buckets open at once (by default 512, or half more than there are)",
                 KVI_OPTION_COUNT, NULL},
    [MODE] = {"mode", "OCTAL", "permissions of files that are made", KVI_OPTION_TEXT, "644"},
    [NO_READAHEAD] = {"noreadahead", NULL, "do not read ahead: for stores larger than memory and random reads",
                      KVI_OPTION_FLAG, NULL},
    {.name = NULL},
};

static int refuse(kv_message *message, const char *option, const char *why)
{
    kvi_message_format(message, "option %s: %s", option, why);
    return KV_ERR_OPTION;
}

static int read_settings(const struct kvi_open_request *request, struct kvi_lmdb_wish *wish)
{
    const union kvi_option_value *settings = request->settings;
    char *end = NULL;
    unsigned long mode = strtoul(settings[MODE].text, &end, 8);
    if (end == settings[MODE].text || *end != '\0' || mode > 0777 || (mode & 0600) != 0600) {
        return refuse(request->message, "mode", "not the octal permissions of a file that its owner reads and writes");
    }
    if (settings[READERS].number > INT32_MAX / 64) {
        return refuse(request->message, "readers", "too many");
    }
    if (settings[BUCKETS].number > KVI_LMDB_HANDLES_MAX) {
        return refuse(request->message, "buckets", "at most 65536");
    }
    *wish = (struct kvi_lmdb_wish){
        .is_read_only = (request->flags & KV_OPEN_READ_ONLY) != 0,
        .is_unsynced = (request->flags & KV_OPEN_NO_SYNC) != 0,
        .may_create = (request->flags & KV_OPEN_CREATE) != 0,
        .has_no_readahead = settings[NO_READAHEAD].flag,
        .mode = (mode_t)mode,
        .readers = (unsigned)settings[READERS].number,
        .handles = (unsigned)settings[BUCKETS].number,
        .map_size = settings[MAP_SIZE].number,
    };
    return KV_OK;
}

static int store_open(const struct kvi_open_request *request, struct kvi_store **ret_store)
{
    struct kvi_lmdb_wish wish;
    struct kvi_lmdb_env *env = NULL;
    int status = read_settings(request, &wish);
    if (status != KV_OK) {
        return status;
    }
    KVI_SCOPED_MEMORY struct kvi_lmdb_location *location = malloc(sizeof *location);
    if (location == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    status = kvi_lmdb_locate(request->location, location, request->message);
    if (status == KV_OK) {
        status = kvi_lmdb_env_open(location, &wish, &env, request->message);
    }
    return status == KV_OK ? kvi_lmdb_store_new(&kvi_backend_lmdb, env, request->flags, ret_store) : status;
}

const struct kvi_backend kvi_backend_lmdb = {
    .scheme = "lmdb",
    .summary = "an LMDB environment, a directory or a single file",
    .options = options,
    .store_open = store_open,
    KVI_LMDB_SLOTS,
};
