#include "kvcore/backend/lmdb/reserve.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "kvcore/base/cleanup.h"
#include "kvcore/status.h"

#define GIB ((uint64_t)1 << 30)

enum {
    /* The lock file of 0.9: a head of three cache lines, the last of which is the first reader's slot. */
    LOCK_FILE_HEAD = 192,
    LOCK_FILE_SLOT = 64
};

uint64_t kvi_lmdb_map_size(uint64_t recorded, uint64_t file_size, bool is_scratch)
{
    uint64_t size = is_scratch ? 1024 * GIB : 64 * GIB;
    if (size < recorded) {
        size = recorded;
    }
    if (size / 16 < file_size) {
        size = file_size * 16;
    }
    return size;
}

int kvi_lmdb_lock_file_reserve(const char *path, unsigned readers, mode_t mode)
{
    KVI_SCOPED_FD fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode);
    struct stat stat_of;
    if (fd < 0 || fstat(fd, &stat_of) != 0 || stat_of.st_size != 0) {
        return KV_OK;
    }
    off_t size = LOCK_FILE_HEAD + (off_t)(readers - 1) * LOCK_FILE_SLOT;
    if (fallocate(fd, 0, 0, size) != 0 && (errno == ENOSPC || errno == EDQUOT)) {
        return KV_ERR_DISK_FULL;
    }
    return KV_OK;
}
