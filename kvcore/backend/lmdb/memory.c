/*
 * The "mem" backend: a scratch environment of this process alone.
 *
 * Its files lie in a fresh private directory and lose their names as soon as LMDB has opened them, so nothing is left
 * behind, not even by a kill. The map is never written through: on a full disk a put fails, where a written map would
 * bring SIGBUS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kvcore/backend/lmdb/descriptor.h"
#include "kvcore/backend/lmdb/lmdb_backend.h"
#include "kvcore/base/cleanup.h"
#include "kvcore/base/message.h"

enum { DIRECTORY, MAP_SIZE, READERS, BUCKETS };

static const struct kvi_option options[] = {
    [DIRECTORY] = {"dir", "PATH", "where the nameless files are (by default in memory: /dev/shm)", KVI_OPTION_TEXT,
                   NULL},
    [MAP_SIZE] = {"map_size", "SIZE", "what the store may grow to (by default 1 TiB)", KVI_OPTION_SIZE, NULL},
    [READERS] = {"readers", "COUNT", "read transactions at once", KVI_OPTION_COUNT, "1024"},
    [BUCKETS] = {"buckets", "COUNT", "buckets open at once (by default 512, or half more than there are)",
                 KVI_OPTION_COUNT, NULL},
    {.name = NULL},
};

/* Makes the private directory in `parent`, and gives its name. */
static bool make_directory(const char *parent, char *path, size_t room)
{
    int length = snprintf(path, room, "%s/kvcore-mem-XXXXXX", parent);
    return length > 0 && (size_t)length < room && mkdtemp(path) != NULL;
}

static int choose_directory(const char *wanted, char *path, size_t room, kv_message *message)
{
    static const char *const usual[] = {"/dev/shm", "/var/tmp", "/tmp"};
    if (wanted != NULL) {
        if (make_directory(wanted, path, room)) {
            return KV_OK;
        }
    } else {
        for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
            if (make_directory(usual[i], path, room)) {
                return KV_OK;
            }
        }
    }
    int error = errno;
    kvi_message_format(message, "%s: no scratch directory can be made: %s",
                       wanted != NULL ? wanted : "/dev/shm, /var/tmp, /tmp", strerror(error));
    return error == ENOENT ? KV_ERR_NO_STORE : kv_status_from_errno(error);
}

static int open_scratch(const struct kvi_open_request *request, const struct kvi_lmdb_wish *wish,
                        struct kvi_lmdb_env **ret_env)
{
    KVI_SCOPED_MEMORY struct kvi_lmdb_location *location = calloc(1, sizeof *location);
    char path[PATH_MAX];
    if (location == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    int status = choose_directory(request->settings[DIRECTORY].text, path, sizeof path, request->message);
    if (status != KV_OK) {
        return status;
    }
    kvi_lmdb_locate_in(path, location);
    location->is_directory_there = true;
    status = kvi_lmdb_env_new(location, wish, ret_env, request->message);
    unlink(location->data);
    unlink(location->lock);
    rmdir(path);
    return status;
}

static int store_open(const struct kvi_open_request *request, struct kvi_store **ret_store)
{
    const union kvi_option_value *settings = request->settings;
    struct kvi_lmdb_env *env = NULL;
    if (request->location[0] != '\0') {
        kvi_message_format(request->message, "mem:%s: a memory store has no location (option dir=PATH says where)",
                           request->location);
        return KV_ERR_INVALID;
    }
    if (settings[READERS].number < 1 || settings[READERS].number > INT32_MAX / 64 ||
        settings[BUCKETS].number > KVI_LMDB_HANDLES_MAX) {
        kvi_message_format(request->message, "options readers and buckets: out of range");
        return KV_ERR_OPTION;
    }
    struct kvi_lmdb_wish wish = {
        .may_create = true,
        .is_scratch = true,
        .mode = 0600,
        .readers = (unsigned)settings[READERS].number,
        .handles = (unsigned)settings[BUCKETS].number,
        .map_size = settings[MAP_SIZE].number,
    };
    int status = open_scratch(request, &wish, &env);
    return status == KV_OK
               ? kvi_lmdb_store_new(&kvi_backend_memory, env, request->flags & ~(unsigned)KV_OPEN_NO_SYNC, ret_store)
               : status;
}

const struct kvi_backend kvi_backend_memory = {
    .scheme = "mem",
    .summary = "a store in memory or scratch files, gone when it is closed",
    .options = options,
    .store_open = store_open,
    KVI_LMDB_SLOTS,
};
