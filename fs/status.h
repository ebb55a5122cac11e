/*
 * What the daemon's verbs answer: the library's status codes, and any errno that the library has no code for.
 *
 * Thread rule: pure functions. What people get wrong: returning a bare errno, which reads as a positive answer.
 */
#ifndef KVFS_STATUS_H
#define KVFS_STATUS_H

#include <errno.h>

#include "kvcore/kvcore.h"

/** The status that stands for errno `error`: below every code of the library. */
#define KVFS_ERRNO(error) (-1000 - (error))

/** Gives the errno of a status (0 for KV_OK and KV_UNCHANGED). */
static inline int kvfs_status_errno(int status)
{
    return status <= -1000 ? -status - 1000 : kv_status_errno(status);
}

#endif
