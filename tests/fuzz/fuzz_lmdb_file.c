#define _GNU_SOURCE /* memfd_create */
/*
 * LMDB's data file as it is looked at before LMDB maps it: whatever the file is, the look ends, within the file, and
 * with an answer that the public interface knows. What it lets pass is within the size that it tells.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvcore/backend/lmdb/precheck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct kvi_lmdb_facts facts;
    kv_message message = {""};
    int fd = memfd_create("data", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        abort();
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int status = kvi_lmdb_precheck(path, &facts, &message);
    if (status == KV_OK) {
        assert(facts.is_empty == (size == 0));
        assert(facts.is_empty || facts.size == size);
    } else {
        assert(status == KV_ERR_NOT_A_STORE || status == KV_ERR_VERSION || status == KV_ERR_CORRUPT);
        assert(strncmp(message.text, path, strlen(path)) == 0);
    }
    close(fd);
    return 0;
}
