#include "kvcore/backend/lmdb/freelist.h"

#include <string.h>

#include "kvcore/base/cleanup.h"
#include "kvcore/status.h"

/* Bounds the memory that a damaged meta page can ask for: 16 MiB of bits, half a TiB of pages. */
#define MISSING_MAX ((uint64_t)1 << 27)

struct walk {
    int fd;
    size_t page_size;
    uint64_t pages;          /* that the file has */
    uint64_t last_page;      /* that it should have */
    uint64_t missing;        /* not found free so far */
    uint64_t budget;         /* pages that may still be read: a damaged tree may have cycles */
    unsigned char *is_found; /* a bit for each page that the file lacks */
};

static uint16_t read_u16(const unsigned char *at)
{
    uint16_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

static uint64_t read_u64(const unsigned char *at)
{
    uint64_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

static int read_at(const struct walk *walk, uint64_t offset, unsigned char *bytes, size_t size)
{
    ssize_t got = pread(walk->fd, bytes, size, (off_t)offset);
    if (got < 0) {
        return kv_status_from_errno(errno);
    }
    return (size_t)got == size ? KV_OK : KV_ERR_CORRUPT;
}

static int read_page(struct walk *walk, uint64_t number, unsigned char *page)
{
    if (number < 2 || number >= walk->pages || walk->budget == 0) {
        return KV_ERR_CORRUPT;
    }
    walk->budget--;
    return read_at(walk, number * walk->page_size, page, walk->page_size);
}

static void take_free_page(struct walk *walk, uint64_t number)
{
    if (number < walk->pages || number > walk->last_page) {
        return;
    }
    uint64_t bit = number - walk->pages;
    unsigned char mask = (unsigned char)(1u << (bit % 8));
    if ((walk->is_found[bit / 8] & mask) == 0) {
        walk->is_found[bit / 8] |= mask;
        walk->missing--;
    }
}

/* A value is a list of page numbers after their count. `offset` is where it lies in the file, `size` its bytes. */
static int take_list(struct walk *walk, uint64_t offset, uint64_t size)
{
    unsigned char chunk[4096];
    if (size < 8 || offset + size > walk->pages * walk->page_size) {
        return KV_ERR_CORRUPT;
    }
    int status = read_at(walk, offset, chunk, 8);
    uint64_t count = read_u64(chunk);
    if (status != KV_OK || count > size / 8 - 1) {
        return status != KV_OK ? status : KV_ERR_CORRUPT;
    }
    offset += 8;
    while (count > 0) {
        uint64_t part = count < sizeof chunk / 8 ? count : sizeof chunk / 8;
        status = read_at(walk, offset, chunk, part * 8);
        if (status != KV_OK) {
            return status;
        }
        for (uint64_t i = 0; i < part; i++) {
            take_free_page(walk, read_u64(chunk + 8 * i));
        }
        offset += part * 8;
        count -= part;
    }
    return KV_OK;
}

static int walk_tree(struct walk *walk, uint64_t number, unsigned depth);

static int walk_node(struct walk *walk, uint64_t number, const unsigned char *page, size_t at, unsigned depth)
{
    const unsigned char *node = page + at;
    uint64_t low = read_u16(node) | (uint64_t)read_u16(node + 2) << 16;
    uint16_t flags = read_u16(node + 4), key_size = read_u16(node + 6);
    if ((read_u16(page + 10) & KVI_LMDB_PAGE_BRANCH) != 0) {
        return walk_tree(walk, low | (uint64_t)flags << 32, depth + 1);
    }
    size_t value = at + KVI_LMDB_NODE_HEADER + key_size;
    if ((flags & KVI_LMDB_NODE_BIG) == 0) {
        return value + low <= walk->page_size ? take_list(walk, number * walk->page_size + value, low) : KV_ERR_CORRUPT;
    }
    if (value + 8 > walk->page_size) {
        return KV_ERR_CORRUPT;
    }
    uint64_t overflow = read_u64(page + value);
    return overflow < walk->pages ? take_list(walk, overflow * walk->page_size + KVI_LMDB_PAGE_HEADER, low)
                                  : KV_ERR_CORRUPT;
}

static int walk_tree(struct walk *walk, uint64_t number, unsigned depth)
{
    KVI_SCOPED_MEMORY unsigned char *page = malloc(walk->page_size);
    if (page == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    int status = depth < KVI_LMDB_DEPTH_MAX ? read_page(walk, number, page) : KV_ERR_CORRUPT;
    if (status != KV_OK) {
        return status;
    }
    unsigned kind = read_u16(page + 10), lower = read_u16(page + 12);
    if ((kind & (KVI_LMDB_PAGE_BRANCH | KVI_LMDB_PAGE_LEAF)) == 0 || lower < KVI_LMDB_PAGE_HEADER ||
        lower > walk->page_size) {
        return KV_ERR_CORRUPT;
    }
    for (size_t i = KVI_LMDB_PAGE_HEADER; status == KV_OK && i + 1 < lower; i += 2) {
        size_t at = read_u16(page + i);
        status = at >= lower && at + KVI_LMDB_NODE_HEADER <= walk->page_size ? walk_node(walk, number, page, at, depth)
                                                                             : KV_ERR_CORRUPT;
    }
    return status;
}

int kvi_lmdb_freelist_covers(int fd, const struct kvi_lmdb_meta *meta, uint64_t pages)
{
    struct walk walk = {
        .fd = fd,
        .page_size = meta->databases[KVI_LMDB_FREE].pad,
        .pages = pages,
        .last_page = meta->last_page,
        .missing = meta->last_page + 1 - pages,
        .budget = pages,
    };
    if (walk.missing > MISSING_MAX || meta->databases[KVI_LMDB_FREE].root == KVI_LMDB_NO_PAGE) {
        return KV_ERR_CORRUPT;
    }
    KVI_SCOPED_MEMORY unsigned char *is_found = calloc(1, walk.missing / 8 + 1);
    if (is_found == NULL) {
        return KV_ERR_NO_MEMORY;
    }
    walk.is_found = is_found;
    int status = walk_tree(&walk, meta->databases[KVI_LMDB_FREE].root, 0);
    if (status != KV_OK) {
        return status;
    }
    return walk.missing == 0 ? KV_OK : KV_ERR_CORRUPT;
}
