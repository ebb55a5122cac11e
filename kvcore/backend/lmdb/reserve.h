/*
 * How much is reserved before an environment opens: address space for the map, disk space for the lock file.
 *
 * The map is never resized while transactions live, so it is reserved generously; what is not used costs nothing. The
 * lock file is written through a map: on a full disk that would be a SIGBUS, so its blocks are asked for beforehand.
 */
#ifndef KVCORE_BACKEND_LMDB_RESERVE_H
#define KVCORE_BACKEND_LMDB_RESERVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Readers of a lock file that is made here, where the user does not say. */
#define KVI_LMDB_READERS 1024

/* The same for an environment of which only the lock file is missing: as many as LMDB itself gives. */
#define KVI_LMDB_READERS_USUAL 126

/* Gives the bytes of map to try first: the largest of what is recorded, 16 times the file, 64 GiB; for a scratch
 * environment 1 TiB. */
uint64_t kvi_lmdb_map_size(uint64_t recorded, uint64_t file_size, bool is_scratch);

/* Makes the lock file `path` with room for `readers`, when it is missing or empty. Not while this process has the
 * environment open: closing the file here would end LMDB's locks on it. Returns KV_OK, KV_ERR_DISK_FULL; other
 * failures are left to LMDB to meet. */
int kvi_lmdb_lock_file_reserve(const char *path, unsigned readers, mode_t mode);

#endif
