/*
 * Backup of a consistent snapshot to a descriptor or a path.
 *
 * To a path the file is written without a name, and gets its name when it is whole and durable: a process that is killed
 * meanwhile leaves nothing that looks like a backup. Where the file system has no nameless files it is written in
 * place, and removed again on failure.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kvcore/base/cleanup.h"
#include "kvcore/base/directory.h"
#include "kvcore/core/core.h"

int kv_store_backup_fd(kv_store *store, int fd, unsigned flags)
{
    const struct kvi_backend *ops = store->spi->backend;
    return ops->store_backup ? ops->store_backup(store->spi, fd, flags) : KV_ERR_NOT_SUPPORTED;
}

static int write_whole(kv_store *store, int fd, unsigned flags)
{
    int status = kv_store_backup_fd(store, fd, flags);
    if (status == KV_OK && fsync(fd) != 0)
        status = kv_status_from_errno(errno);
    return status;
}

/* Opens a nameless file in the directory that `path` is to be in; negative where that cannot be done. */
static int open_nameless(const char *path)
{
    KVI_SCOPED_MEMORY char *copy = strdup(path);
    return copy ? open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644) : -1;
}

static int give_name(int fd, const char *path)
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
        return KV_OK;
    return errno == EEXIST ? KV_EXISTS : kv_status_from_errno(errno);
}

static int write_in_place(kv_store *store, const char *path, unsigned flags)
{
    KVI_SCOPED_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno == EEXIST ? KV_EXISTS : kv_status_from_errno(errno);
    int status = write_whole(store, fd, flags);
    if (status != KV_OK)
        unlink(path);
    return status;
}

int kv_store_backup(kv_store *store, const char *path, unsigned flags)
{
    if (access(path, F_OK) == 0)
        return KV_EXISTS; /* told before the work, not after */
    KVI_SCOPED_FD fd = open_nameless(path);
    int status = fd >= 0 ? write_whole(store, fd, flags) : write_in_place(store, path, flags);
    if (status == KV_OK && fd >= 0)
        status = give_name(fd, path);
    return status == KV_OK ? kvi_directory_sync_of(path) : status;
}
