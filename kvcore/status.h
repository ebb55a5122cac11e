/*
 * What a function of this library answers: 0 done, above 0 an answer that is not a failure, below 0 failed.
 *
 * One list holds every code with its number on the wire, the errno a file system would give for it, and its
 * text. Outputs are written only where a function's comment says so for the code it returned: on a negative
 * status every output is untouched.
 *
 * What people get wrong: `if (status)` treats "not found" as a failure. Write `if (status < 0)`.
 */
#ifndef KVCORE_STATUS_H
#define KVCORE_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, number, errno, text). Numbers are part of the ABI and of the remote protocol: never reuse one. */
#define KV_STATUS_LIST(X)                                                                                              \
    X(KV_OK, 0, 0, "done")                                                                                             \
    X(KV_NOT_FOUND, 1, ENOENT, "not found")                                                                            \
    X(KV_UNCHANGED, 2, 0, "unchanged")                                                                                 \
    X(KV_EXISTS, 3, EEXIST, "exists already")                                                                          \
    X(KV_ERR_NO_MEMORY, -1, ENOMEM, "out of memory")                                                                   \
    X(KV_ERR_INVALID, -2, EINVAL, "invalid argument")                                                                  \
    X(KV_ERR_NOT_SUPPORTED, -3, ENOTSUP, "not supported by this store")                                                \
    X(KV_ERR_READ_ONLY, -4, EROFS, "read-only")                                                                        \
    X(KV_ERR_UNKNOWN_BUCKET, -5, ENOENT, "unknown bucket")                                                             \
    X(KV_ERR_INCOMPATIBLE, -6, EINVAL, "does not fit the kind of the bucket")                                          \
    X(KV_ERR_NOT_POSITIONED, -7, EINVAL, "the cursor is not positioned")                                               \
    X(KV_ERR_KEY_MISMATCH, -8, EINVAL, "not the key that the cursor is on")                                            \
    X(KV_ERR_KEY_EMPTY, -9, EINVAL, "this store holds no empty keys")                                                  \
    X(KV_ERR_KEY_TOO_BIG, -10, ENAMETOOLONG, "the key is too big for this store")                                      \
    X(KV_ERR_VALUE_TOO_BIG, -11, EFBIG, "the value is too big for this store")                                         \
    X(KV_ERR_VALUE_EMPTY, -12, EINVAL, "an empty value among several of one key is not held by this store")            \
    X(KV_ERR_WRONG_SIZE, -13, EINVAL, "not of the size that the bucket's kind demands")                                \
    X(KV_ERR_TXN_ENDED, -14, EINVAL, "the transaction has ended")                                                      \
    X(KV_ERR_TXN_BUSY, -15, EBUSY, "the transaction has an active child")                                              \
    X(KV_ERR_TXN_BROKEN, -16, EIO, "the transaction failed earlier and can only be aborted")                           \
    X(KV_ERR_TXN_FULL, -17, ENOSPC, "the transaction has too many changes for this store")                             \
    X(KV_ERR_CLOSED, -18, EBADF, "the store is closed")                                                                \
    X(KV_ERR_STORE_FULL, -19, ENOSPC, "the store has reached its size limit")                                          \
    X(KV_ERR_DISK_FULL, -20, ENOSPC, "the disk is full")                                                               \
    X(KV_ERR_READERS_FULL, -21, EMFILE, "the store's reader slots are all in use")                                     \
    X(KV_ERR_TOO_MANY_FILES, -22, EMFILE, "too many open files")                                                       \
    X(KV_ERR_TOO_MANY_BUCKETS, -23, EMFILE, "too many buckets are open")                                               \
    X(KV_ERR_TIMEOUT, -24, ETIMEDOUT, "timed out")                                                                     \
    X(KV_ERR_BUSY, -25, EBUSY, "busy")                                                                                 \
    X(KV_ERR_STALE, -26, ESTALE, "the snapshot is gone")                                                               \
    X(KV_ERR_CONFLICT, -27, ESTALE, "somebody else changed the same keys")                                             \
    X(KV_ERR_NAME_TAKEN, -28, EEXIST, "a bucket and a pair cannot share a name")                                       \
    X(KV_ERR_NOT_EMPTY, -29, ENOTEMPTY, "not empty")                                                                   \
    X(KV_ERR_NOT_A_STORE, -30, EINVAL, "not a store of this kind")                                                     \
    X(KV_ERR_NO_STORE, -31, ENOENT, "there is no store")                                                               \
    X(KV_ERR_VERSION, -32, EPROTO, "a version that this program does not know")                                        \
    X(KV_ERR_CORRUPT, -33, EIO, "damaged data")                                                                        \
    X(KV_ERR_IO, -34, EIO, "input/output error")                                                                       \
    X(KV_ERR_ACCESS, -35, EACCES, "permission denied")                                                                 \
    X(KV_ERR_NAME, -36, EINVAL, "not the canonical name of any key")                                                   \
    X(KV_ERR_OPTION, -37, EINVAL, "unknown or malformed option")                                                       \
    X(KV_ERR_SCHEME, -38, EINVAL, "unknown kind of store")                                                             \
    X(KV_ERR_CANCELLED, -39, EINTR, "cancelled")                                                                       \
    X(KV_ERR_UNLOCKED_WRITER, -40, ESTALE, "another program writes this store without its locks: open it again")

/** The status codes. Functions return them as int, so that a callback may add its own. */
enum kv_status {
#define KV_STATUS_ENUM(name, number, error, text) name = (number),
    KV_STATUS_LIST(KV_STATUS_ENUM)
#undef KV_STATUS_ENUM
};

/** Lends the English text of `status`, for ever. An unknown number gives "unknown status". */
const char *kv_status_text(int status);

/** Gives the name of `status` as written in this header ("KV_NOT_FOUND"); lent for ever. Unknown: "?". */
const char *kv_status_name(int status);

/** Gives the errno (0 or positive) that stands for `status`. An unknown negative number gives EIO. */
int kv_status_errno(int status);

/** Gives the status that stands for the errno of a failed system call. 0 gives KV_OK, an unlisted one KV_ERR_IO. */
int kv_status_from_errno(int error);

/** Where a function that can fail for reasons a number cannot carry puts a sentence. Always NUL-terminated. */
typedef struct kv_message {
    char text[512];
} kv_message;

#ifdef __cplusplus
}
#endif
#endif
