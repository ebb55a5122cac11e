#include "kvcore/status.h"

#include <errno.h>

const char *kv_status_text(int status)
{
    switch (status) {
#define STATUS_TEXT(name, number, error, text)                                                                         \
    case number:                                                                                                       \
        return text;
        KV_STATUS_LIST(STATUS_TEXT)
#undef STATUS_TEXT
    default:
        return "unknown status";
    }
}

const char *kv_status_name(int status)
{
    switch (status) {
#define STATUS_NAME(name, number, error, text)                                                                         \
    case number:                                                                                                       \
        return #name;
        KV_STATUS_LIST(STATUS_NAME)
#undef STATUS_NAME
    default:
        return "?";
    }
}

int kv_status_errno(int status)
{
    switch (status) {
#define STATUS_ERRNO(name, number, error, text)                                                                        \
    case number:                                                                                                       \
        return error;
        KV_STATUS_LIST(STATUS_ERRNO)
#undef STATUS_ERRNO
    default:
        return status < 0 ? EIO : 0;
    }
}

/*
 * Written out, not derived from the list: several codes share an errno, and of those only one is what a failed
 * system call means. A failure never becomes a positive answer, so EEXIST is not KV_EXISTS, nor ENOENT KV_NOT_FOUND.
 */
static const struct {
    int error;
    int status;
} errnos[] = {
    {0, KV_OK},
    {EACCES, KV_ERR_ACCESS},
    {EAGAIN, KV_ERR_BUSY},
    {EBADF, KV_ERR_CLOSED},
    {EBUSY, KV_ERR_BUSY},
    {EDQUOT, KV_ERR_DISK_FULL},
    {EEXIST, KV_ERR_NAME_TAKEN},
    {EFBIG, KV_ERR_VALUE_TOO_BIG},
    {EINTR, KV_ERR_CANCELLED},
    {EINVAL, KV_ERR_INVALID},
    {EISDIR, KV_ERR_NOT_A_STORE},
    {EMFILE, KV_ERR_TOO_MANY_FILES},
    {ENAMETOOLONG, KV_ERR_KEY_TOO_BIG},
    {ENFILE, KV_ERR_TOO_MANY_FILES},
    {ENOENT, KV_ERR_NO_STORE},
    {ENOMEM, KV_ERR_NO_MEMORY},
    {ENOSPC, KV_ERR_DISK_FULL},
    {ENOSYS, KV_ERR_NOT_SUPPORTED},
    {ENOTDIR, KV_ERR_NO_STORE},
    {ENOTEMPTY, KV_ERR_NOT_EMPTY},
    {ENOTSUP, KV_ERR_NOT_SUPPORTED},
    {EPERM, KV_ERR_ACCESS},
    {EPROTO, KV_ERR_VERSION},
    {EROFS, KV_ERR_READ_ONLY},
    {ESTALE, KV_ERR_STALE},
    {ETIMEDOUT, KV_ERR_TIMEOUT},
};

int kv_status_from_errno(int error)
{
    for (unsigned i = 0; i < sizeof errnos / sizeof errnos[0]; i++) {
        if (errnos[i].error == error) {
            return errnos[i].status;
        }
    }
    return KV_ERR_IO;
}
