/*
 * Directories: what makes the making, renaming or removing of a file durable.
 *
 * Thread rule: pure system calls.
 */
#ifndef KVCORE_BASE_DIRECTORY_H
#define KVCORE_BASE_DIRECTORY_H

/* Fsyncs the directory that holds `path`, so that the entry of a new or renamed file survives a power cut.
 * Returns KV_OK or the status of what failed. */
int kvi_directory_sync_of(const char *path);

#endif
