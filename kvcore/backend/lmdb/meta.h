/*
 * LMDB's data file as it lies on the disk, as far as it is checked before LMDB maps it.
 *
 * Format: data version 1, by lmdb's mdb.c (MDB_meta, MDB_page, MDB_node), little or big endian as the machine. The
 * first two pages are meta pages, written in turn: the one with the greater transaction number counts.
 *
 * What people get wrong: taking a file for truncated because it is shorter than the last page number says. Pages that
 * a transaction took and gave back before its commit are counted but never written; one healthy file in seven of a
 * store with many deletions is short. Whether the missing pages are free is what decides (freelist.h).
 */
#ifndef KVCORE_BACKEND_LMDB_META_H
#define KVCORE_BACKEND_LMDB_META_H

#include <stdint.h>

enum {
    KVI_LMDB_PAGE_HEADER = 16, /* bytes before a page's own content */
    KVI_LMDB_PAGE_BRANCH = 0x01,
    KVI_LMDB_PAGE_LEAF = 0x02,
    KVI_LMDB_PAGE_OVERFLOW = 0x04,
    KVI_LMDB_PAGE_META = 0x08,
    KVI_LMDB_NODE_HEADER = 8, /* size low, size high, flags, key size: two bytes each; then the key */
    KVI_LMDB_NODE_BIG = 0x01, /* the value is the number of an overflow page */
    KVI_LMDB_NODE_SUB = 0x02, /* the value is the record of a database */
    KVI_LMDB_NODE_DUP = 0x04, /* the value is a set of values */
    KVI_LMDB_DEPTH_MAX = 32,
    KVI_LMDB_FREE = 0, /* databases of a meta page: pages that are free, by transaction number */
    KVI_LMDB_MAIN = 1  /* pairs, and the records of the named databases */
};

#define KVI_LMDB_MAGIC 0xBEEFC0DEu
#define KVI_LMDB_VERSION 1u
#define KVI_LMDB_NO_PAGE UINT64_MAX /* the root of an empty tree */

/* The record of a database: in a meta page, and as the value of a named one. */
struct kvi_lmdb_record {
    uint32_t pad; /* of the free database: the page size */
    uint16_t flags;
    uint16_t depth;
    uint64_t branch_pages;
    uint64_t leaf_pages;
    uint64_t overflow_pages;
    uint64_t entries;
    uint64_t root;
};

/* A meta page, after its page header. */
struct kvi_lmdb_meta {
    uint32_t magic;
    uint32_t version;
    uint64_t address;
    uint64_t map_size;
    struct kvi_lmdb_record databases[2];
    uint64_t last_page;
    uint64_t txnid;
};

#endif
