#include "kvcore/backend/lmdb/location.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kvcore/base/message.h"

static bool ends_in(const char *path, const char *suffix)
{
    size_t length = strlen(path), tail = strlen(suffix);
    return length > tail && strcmp(path + length - tail, suffix) == 0;
}

void kvi_lmdb_locate_in(const char *path, struct kvi_lmdb_location *location)
{
    location->is_single = false;
    snprintf(location->path, sizeof location->path, "%s", path);
    snprintf(location->data, sizeof location->data, "%s/data.mdb", location->path);
    snprintf(location->lock, sizeof location->lock, "%s/lock.mdb", location->path);
}

static void locate_single(const char *path, struct kvi_lmdb_location *location)
{
    location->is_single = true;
    snprintf(location->path, sizeof location->path, "%s", path);
    snprintf(location->data, sizeof location->data, "%s", location->path);
    snprintf(location->lock, sizeof location->lock, "%s-lock", location->path);
}

/* Finds an environment in a directory that exists. A file data.mdb may have been opened by its own name, as a single
 * file; then its lock file says so, and another lock file would guard nothing. */
static int locate_directory(const char *path, struct kvi_lmdb_location *location, kv_message *message)
{
    struct stat stat_of;
    struct kvi_lmdb_location single = {.is_there = false};
    kvi_lmdb_locate_in(path, location);
    location->is_directory_there = true;
    if (strlen(location->data) >= PATH_MAX - 16) {
        return KV_OK;
    }
    locate_single(location->data, &single);
    if (stat(single.lock, &stat_of) != 0) {
        return KV_OK;
    }
    if (stat(location->lock, &stat_of) == 0) {
        kvi_message_format(message, "%s and %s: two lock files of one environment; remove the one that no program uses",
                           location->lock, single.lock);
        return KV_ERR_BUSY;
    }
    *location = single;
    return KV_OK;
}

/* `path` names a file that exists, by whatever links. */
static int locate_file(const char *path, struct kvi_lmdb_location *location, kv_message *message)
{
    char real[PATH_MAX];
    if (realpath(path, real) == NULL) {
        kvi_message_format(message, "%s: %s", path, strerror(errno));
        return kv_status_from_errno(errno);
    }
    if (ends_in(real, "/data.mdb")) {
        real[strlen(real) - strlen("/data.mdb")] = '\0';
        return locate_directory(real[0] != '\0' ? real : "/", location, message);
    }
    locate_single(real, location);
    return KV_OK;
}

static int locate_missing(const char *path, struct kvi_lmdb_location *location)
{
    if (ends_in(path, "/data.mdb")) {
        char directory[PATH_MAX];
        snprintf(directory, sizeof directory, "%.*s", (int)(strlen(path) - strlen("/data.mdb")), path);
        kvi_lmdb_locate_in(directory, location);
        struct stat stat_of;
        location->is_directory_there = stat(directory, &stat_of) == 0;
    } else if (ends_in(path, ".mdb") || ends_in(path, ".lmdb") || ends_in(path, ".db")) {
        locate_single(path, location);
    } else {
        kvi_lmdb_locate_in(path, location);
    }
    return KV_OK;
}

int kvi_lmdb_locate(const char *path, struct kvi_lmdb_location *ret_location, kv_message *message)
{
    struct stat stat_of;
    memset(ret_location, 0, sizeof *ret_location);
    if (path[0] == '\0' || strlen(path) >= PATH_MAX - 16) {
        kvi_message_format(message, "%s: not the path of an LMDB environment", path[0] != '\0' ? path : "(empty)");
        return KV_ERR_NO_STORE;
    }
    int status = KV_OK;
    if (stat(path, &stat_of) != 0) {
        if (errno != ENOENT) {
            kvi_message_format(message, "%s: %s", path, strerror(errno));
            return kv_status_from_errno(errno);
        }
        status = locate_missing(path, ret_location);
    } else if (S_ISDIR(stat_of.st_mode)) {
        status = locate_directory(path, ret_location, message);
    } else if (S_ISREG(stat_of.st_mode)) {
        status = locate_file(path, ret_location, message);
    } else {
        kvi_message_format(message, "%s: neither a directory nor a regular file", path);
        return KV_ERR_NOT_A_STORE;
    }
    if (status == KV_OK) {
        ret_location->is_there = stat(ret_location->data, &stat_of) == 0;
    }
    return status;
}

void kvi_lmdb_locate_firmly(struct kvi_lmdb_location *location)
{
    char real[PATH_MAX];
    if (realpath(location->path, real) == NULL) {
        return;
    }
    if (location->is_single) {
        locate_single(real, location);
    } else {
        kvi_lmdb_locate_in(real, location);
    }
}
