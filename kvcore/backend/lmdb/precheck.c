#include "kvcore/backend/lmdb/precheck.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "kvcore/backend/lmdb/freelist.h"
#include "kvcore/backend/lmdb/meta.h"
#include "kvcore/base/cleanup.h"
#include "kvcore/base/message.h"

enum {
    PAGE_SIZE_MIN = 256,
    PAGE_SIZE_MAX = 32768,
    /* Another process may write while we read. What was torn is whole at the next look. */
    LOOKS = 4
};

struct check {
    int fd;
    const char *path;
    kv_message *message;
    uint64_t size;
    struct kvi_lmdb_meta newest;
};

/* Reads the meta page at `offset`. A file that does not even have room for it is too short. */
static int read_meta(struct check *check, uint64_t offset, struct kvi_lmdb_meta *ret_meta)
{
    unsigned char page[KVI_LMDB_PAGE_HEADER + sizeof *ret_meta];
    ssize_t got = pread(check->fd, page, sizeof page, (off_t)offset);
    if (got < 0) {
        kvi_message_format(check->message, "%s: %s", check->path, strerror(errno));
        return kv_status_from_errno(errno);
    }
    bool is_first = offset == 0;
    if ((size_t)got < sizeof page) {
        kvi_message_format(check->message,
                           is_first ? "%s: too short for an LMDB environment"
                                    : "%s: cut off within its first pages; restore it from a backup",
                           check->path);
        return is_first ? KV_ERR_NOT_A_STORE : KV_ERR_CORRUPT;
    }
    uint16_t flags;
    memcpy(&flags, page + 10, sizeof flags);
    memcpy(ret_meta, page + KVI_LMDB_PAGE_HEADER, sizeof *ret_meta);
    if (ret_meta->magic != KVI_LMDB_MAGIC || (flags & KVI_LMDB_PAGE_META) == 0) {
        kvi_message_format(check->message,
                           is_first ? "%s: not an LMDB environment of this machine's byte order"
                                    : "%s: the second meta page is damaged; restore it from a backup",
                           check->path);
        return is_first ? KV_ERR_NOT_A_STORE : KV_ERR_CORRUPT;
    }
    if (ret_meta->version != KVI_LMDB_VERSION) {
        kvi_message_format(check->message, "%s: LMDB data version %u, known is %u; convert it by mdb_dump and mdb_load",
                           check->path, ret_meta->version, KVI_LMDB_VERSION);
        return KV_ERR_VERSION;
    }
    return KV_OK;
}

static int report_damage(struct check *check, const char *what)
{
    kvi_message_format(check->message, "%s: %s; restore it from a backup", check->path, what);
    return KV_ERR_CORRUPT;
}

static bool is_page_size(uint64_t size)
{
    return size >= PAGE_SIZE_MIN && size <= PAGE_SIZE_MAX && (size & (size - 1)) == 0;
}

static bool is_root(const struct kvi_lmdb_meta *meta, int database)
{
    const struct kvi_lmdb_record *record = &meta->databases[database];
    return record->root == KVI_LMDB_NO_PAGE || (record->root >= 2 && record->root <= meta->last_page &&
                                                record->depth >= 1 && record->depth < KVI_LMDB_DEPTH_MAX);
}

/* Checks one meta page by itself. The one written by transaction N is page N % 2; both are 0 in a new file. */
static int check_meta(struct check *check, const struct kvi_lmdb_meta *meta, unsigned number, uint64_t page_size)
{
    if (meta->databases[KVI_LMDB_FREE].pad != page_size) {
        return report_damage(check, "the meta pages disagree on the page size");
    }
    if (meta->txnid != 0 && meta->txnid % 2 != number) {
        return report_damage(check, "a meta page has the wrong transaction number");
    }
    if (meta->last_page < 1 || meta->last_page >= UINT64_MAX / 2 / page_size) {
        return report_damage(check, "a meta page has a senseless page count");
    }
    if (!is_root(meta, KVI_LMDB_FREE) || !is_root(meta, KVI_LMDB_MAIN)) {
        return report_damage(check, "a meta page has a senseless root");
    }
    return KV_OK;
}

static int check_metas(struct check *check)
{
    struct kvi_lmdb_meta metas[2] = {0};
    int status = read_meta(check, 0, &metas[0]);
    if (status != KV_OK) {
        return status;
    }
    uint64_t page_size = metas[0].databases[KVI_LMDB_FREE].pad;
    if (!is_page_size(page_size)) {
        return report_damage(check, "the page size is senseless");
    }
    status = read_meta(check, page_size, &metas[1]);
    for (unsigned i = 0; status == KV_OK && i < 2; i++) {
        status = check_meta(check, &metas[i], i, page_size);
    }
    if (status == KV_OK) {
        check->newest = metas[metas[0].txnid < metas[1].txnid];
    }
    return status;
}

/* The size is asked after the meta pages were read: another process makes the file longer before it counts on it. */
static int check_size(struct check *check)
{
    struct stat stat_of;
    if (fstat(check->fd, &stat_of) != 0) {
        kvi_message_format(check->message, "%s: %s", check->path, strerror(errno));
        return kv_status_from_errno(errno);
    }
    check->size = (uint64_t)stat_of.st_size;
    uint64_t pages = check->size / check->newest.databases[KVI_LMDB_FREE].pad;
    int status = KV_OK;
    if (pages <= check->newest.last_page) {
        status = kvi_lmdb_freelist_covers(check->fd, &check->newest, pages);
    }
    if (status == KV_ERR_CORRUPT) {
        kvi_message_format(check->message,
                           "%s: cut off: %llu bytes, and pages in use lie beyond; restore it from a backup",
                           check->path, (unsigned long long)check->size);
    } else if (status != KV_OK) {
        kvi_message_format(check->message, "%s: %s", check->path, kv_status_text(status));
    }
    return status;
}

int kvi_lmdb_precheck(const char *path, struct kvi_lmdb_facts *ret_facts, kv_message *message)
{
    KVI_SCOPED_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat stat_of;
    if (fd < 0 || fstat(fd, &stat_of) != 0) {
        kvi_message_format(message, "%s: %s", path, strerror(errno));
        return kv_status_from_errno(errno);
    }
    if (stat_of.st_size == 0) {
        *ret_facts = (struct kvi_lmdb_facts){.is_empty = true};
        return KV_OK;
    }
    struct check check = {.fd = fd, .path = path, .message = message};
    int status = KV_ERR_CORRUPT;
    for (int look = 0; look < LOOKS && status == KV_ERR_CORRUPT; look++) {
        status = check_metas(&check);
        if (status == KV_OK) {
            status = check_size(&check);
        }
    }
    if (status == KV_OK) {
        uint64_t page_size = check.newest.databases[KVI_LMDB_FREE].pad;
        *ret_facts = (struct kvi_lmdb_facts){
            .size = check.size,
            .map_size = check.newest.map_size,
            .used = (check.newest.last_page + 1) * page_size,
        };
    }
    return status;
}
