/*
 * Releases what a scope acquired when it is left, on whatever path.
 *
 * Floor 0. A variable declared with one of these is released in the reverse order of declaration. No goto in a
 * function that uses them.
 *
 *     KVI_SCOPED_MEMORY char *path = strdup(name);
 *     KVI_SCOPED_FD fd = open(path, O_RDONLY);
 *     ...
 *     *ret_fd = KVI_TAKE_FD(fd);
 *
 * What people get wrong: leaving the variable without a value before a return; giving the resource out without
 * KVI_TAKE, so that the caller holds what the scope released.
 */
#ifndef KVCORE_BASE_CLEANUP_H
#define KVCORE_BASE_CLEANUP_H

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Calls `release` with the variable's address when the scope is left. */
#define KVI_CLEANUP(release) __attribute__((cleanup(release)))

/** A descriptor, closed unless negative. A failure of close is lost: what was written must be fsynced before. */
#define KVI_SCOPED_FD KVI_CLEANUP(kvi_cleanup_fd) int

/** A `FILE *`, closed unless NULL. */
#define KVI_SCOPED_FILE KVI_CLEANUP(kvi_cleanup_file) FILE

/** Before the declaration of a pointer from malloc, which is freed. */
#define KVI_SCOPED_MEMORY KVI_CLEANUP(kvi_cleanup_memory)

/** Holds `mutex` (a pointer) until the scope is left. */
#define KVI_SCOPED_LOCK(mutex) KVI_SCOPED_LOCK_AT(mutex, __LINE__)
#define KVI_SCOPED_LOCK_AT(mutex, line) KVI_SCOPED_LOCK_NAMED(mutex, line)
#define KVI_SCOPED_LOCK_NAMED(mutex, line)                                                                             \
    __attribute__((unused)) KVI_CLEANUP(kvi_cleanup_lock) pthread_mutex_t *kvi_lock_##line = kvi_lock_acquire(mutex)

/** Gives the pointer out of its variable, which is NULL from then on. */
#define KVI_TAKE(pointer)                                                                                              \
    __extension__({                                                                                                    \
        __typeof__(pointer) kvi_taken = (pointer);                                                                     \
        (pointer) = NULL;                                                                                              \
        kvi_taken;                                                                                                     \
    })

/** Gives the descriptor out of its variable, which is -1 from then on. */
#define KVI_TAKE_FD(fd)                                                                                                \
    __extension__({                                                                                                    \
        int kvi_taken = (fd);                                                                                          \
        (fd) = -1;                                                                                                     \
        kvi_taken;                                                                                                     \
    })

/* errno stays: a cleanup often runs between a failed call and the look at why it failed. */

static inline void kvi_cleanup_fd(int *fd)
{
    if (*fd >= 0) {
        int error = errno;
        close(*fd);
        errno = error;
    }
}

static inline void kvi_cleanup_file(FILE **file)
{
    if (*file != NULL) {
        int error = errno;
        fclose(*file);
        errno = error;
    }
}

/* `variable` is the address of a pointer of any type, so it is not read through a `void **`. */
static inline void kvi_cleanup_memory(void *variable)
{
    void *memory;
    memcpy(&memory, variable, sizeof memory);
    free(memory); /* keeps errno since glibc 2.33 */
}

static inline pthread_mutex_t *kvi_lock_acquire(pthread_mutex_t *mutex)
{
    pthread_mutex_lock(mutex);
    return mutex;
}

static inline void kvi_cleanup_lock(pthread_mutex_t **mutex)
{
    pthread_mutex_unlock(*mutex);
}

#endif
