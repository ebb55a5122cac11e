#include "kvcore/base/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kvcore/status.h"

int kvi_directory_sync_of(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return KV_ERR_NO_MEMORY;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    if (fd < 0)
        return kv_status_from_errno(errno);
    int status = fsync(fd) == 0 ? KV_OK : kv_status_from_errno(errno);
    close(fd);
    return status;
}
