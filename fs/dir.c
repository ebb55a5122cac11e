#include "fs/dir.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES_MAX = 1024 };

/* A mark that owns its key. */
struct kept_mark {
    struct kvfs_mark mark;
    char *room;
    size_t capacity;
};

/* Where one answer began. */
struct page {
    uint64_t offset;
    struct kept_mark begin;
    struct kvfs_parts parts;
};

/* The children of the last answer. */
struct child {
    int phase, rank;
    size_t at, size;
};

struct kvfs_dir {
    struct kvfs_node *node;
    struct kvfs_dir *previous, *next; /* of all in the view; under `files` */
    pthread_mutex_t lock;
    struct page *pages;
    size_t page_count, page_capacity;
    struct child *children;
    size_t child_count, child_capacity;
    char *keys;
    size_t keys_size, keys_capacity;
    struct kvfs_parts parts; /* at the end of the last answer */
};

static int keep_mark(struct kept_mark *kept, const struct kvfs_mark *mark)
{
    if (mark->key.size > kept->capacity) {
        char *room = realloc(kept->room, mark->key.size);
        if (!room) {
            return KV_ERR_NO_MEMORY;
        }
        kept->room = room;
        kept->capacity = mark->key.size;
    }
    if (mark->key.size > 0) {
        memcpy(kept->room, mark->key.data, mark->key.size);
    }
    kept->mark = (struct kvfs_mark){mark->phase, mark->rank, kv_slice_of(kept->room, mark->key.size)};
    return KV_OK;
}

int kvfs_dir_open(struct kvfs_node *node, struct kvfs_dir **ret_dir)
{
    struct kvfs_dir *dir = calloc(1, sizeof *dir);
    if (!dir) {
        return KV_ERR_NO_MEMORY;
    }
    pthread_mutex_init(&dir->lock, NULL);
    dir->node = kvfs_node_ref(node);
    pthread_mutex_lock(&node->view->files);
    dir->next = node->view->first_dir;
    if (dir->next) {
        dir->next->previous = dir;
    }
    node->view->first_dir = dir;
    pthread_mutex_unlock(&node->view->files);
    *ret_dir = dir;
    return KV_OK;
}

static void free_page(struct page *page)
{
    free(page->begin.room);
    kvfs_parts_done(&page->parts);
}

void kvfs_dir_close(struct kvfs_dir *dir)
{
    struct kvfs_view *view = dir->node->view;
    pthread_mutex_lock(&view->files);
    *(dir->previous ? &dir->previous->next : &view->first_dir) = dir->next;
    if (dir->next) {
        dir->next->previous = dir->previous;
    }
    pthread_mutex_unlock(&view->files);
    for (size_t i = 0; i < dir->page_count; i++) {
        free_page(&dir->pages[i]);
    }
    free(dir->pages);
    free(dir->children);
    free(dir->keys);
    kvfs_parts_done(&dir->parts);
    pthread_mutex_destroy(&dir->lock);
    kvfs_node_drop(dir->node, 1);
    free(dir);
}

/* Keeps the first and every second page after it. */
static void thin_pages(struct kvfs_dir *dir)
{
    size_t kept = 0;
    for (size_t i = 0; i < dir->page_count; i++) {
        if (i % 2 == 0) {
            dir->pages[kept++] = dir->pages[i];
        } else {
            free_page(&dir->pages[i]);
        }
    }
    dir->page_count = kept;
}

static int add_page(struct kvfs_dir *dir, uint64_t offset, const struct kvfs_mark *mark)
{
    if (dir->page_count == PAGES_MAX) {
        thin_pages(dir);
    }
    if (dir->page_count == dir->page_capacity) {
        size_t capacity = dir->page_capacity ? dir->page_capacity * 2 : 4;
        struct page *pages = reallocarray(dir->pages, capacity, sizeof *pages);
        if (!pages) {
            return KV_ERR_NO_MEMORY;
        }
        dir->pages = pages;
        dir->page_capacity = capacity;
    }
    struct page page = {.offset = offset};
    int status = keep_mark(&page.begin, mark);
    if (status == KV_OK) {
        status = kvfs_parts_copy(&page.parts, &dir->parts);
    }
    if (status < 0) {
        free_page(&page);
        return status;
    }
    dir->pages[dir->page_count++] = page;
    dir->child_count = 0;
    dir->keys_size = 0;
    return KV_OK;
}

static int add_child(struct kvfs_dir *dir, const struct kvfs_mark *mark)
{
    if (dir->child_count == dir->child_capacity) {
        size_t capacity = dir->child_capacity ? dir->child_capacity * 2 : 64;
        struct child *children = reallocarray(dir->children, capacity, sizeof *children);
        if (!children) {
            return KV_ERR_NO_MEMORY;
        }
        dir->children = children;
        dir->child_capacity = capacity;
    }
    if (dir->keys_size + mark->key.size > dir->keys_capacity) {
        size_t capacity = (dir->keys_size + mark->key.size) * 2;
        char *keys = realloc(dir->keys, capacity);
        if (!keys) {
            return KV_ERR_NO_MEMORY;
        }
        dir->keys = keys;
        dir->keys_capacity = capacity;
    }
    if (mark->key.size > 0) {
        memcpy(dir->keys + dir->keys_size, mark->key.data, mark->key.size);
    }
    dir->children[dir->child_count++] = (struct child){(int)mark->phase, mark->rank, dir->keys_size, mark->key.size};
    dir->keys_size += mark->key.size;
    return KV_OK;
}

/* The mark of the child that the last answer gave `index`th, in `kept`. */
static int child_mark(const struct kvfs_dir *dir, size_t index, struct kept_mark *kept)
{
    const struct child *child = &dir->children[index];
    struct kvfs_mark mark = {.rank = child->rank,
                             .key = kv_slice_of(child->size ? dir->keys + child->at : "", child->size)};
    mark.phase = child->phase == KVFS_IN_DRAFTS ? KVFS_IN_DRAFTS : KVFS_IN_KEYS;
    return keep_mark(kept, &mark);
}

/* Goes through the answer of `page` again, `count` children far, to find the mark there. */
static int walk(struct kvfs_dir *dir, kv_txn *txn, const struct page *page, uint64_t count, struct kept_mark *kept)
{
    struct kvfs_listing listing;
    struct kvfs_entry entry;
    int status = kvfs_parts_copy(&dir->parts, &page->parts);
    if (status == KV_OK) {
        status = keep_mark(kept, &page->begin.mark);
    }
    if (status < 0) {
        return status;
    }
    status = kvfs_listing_open(&listing, txn, dir->node, &page->begin.mark, &dir->parts, false);
    while (status == KV_OK && count-- > 0) {
        status = kvfs_listing_next(&listing, &entry);
        if (status == KV_OK) {
            status = keep_mark(kept, &entry.mark);
        }
    }
    kvfs_listing_close(&listing);
    return status == KV_NOT_FOUND ? KV_OK : status;
}

/* Finds the mark behind which `offset` goes on, and drops the pages after it. */
static int find_mark(struct kvfs_dir *dir, kv_txn *txn, uint64_t offset, struct kept_mark *kept)
{
    if (offset <= KVFS_DIR_FIRST || dir->page_count == 0) {
        while (dir->page_count > 0) {
            free_page(&dir->pages[--dir->page_count]);
        }
        dir->parts.count = 0;
        return KV_OK;
    }
    size_t last = dir->page_count - 1;
    while (last > 0 && dir->pages[last].offset > offset) {
        last--;
    }
    uint64_t count = offset - dir->pages[last].offset;
    bool is_last = last == dir->page_count - 1;
    if (is_last && count > 0 && count <= dir->child_count && (count == dir->child_count || dir->parts.count == 0)) {
        return child_mark(dir, count - 1, kept);
    }
    int status = walk(dir, txn, &dir->pages[last], count, kept);
    while (dir->page_count > last + 1) {
        free_page(&dir->pages[--dir->page_count]);
    }
    return status;
}

static int fill(struct kvfs_dir *dir, struct kvfs_listing *listing, uint64_t offset, kvfs_dir_taker *take,
                void *argument)
{
    struct kvfs_entry entry;
    uint64_t txid = kv_txn_id(listing->place.txn);
    int status = KV_OK;
    struct kvfs_parts before = {0};
    while (status == KV_OK) {
        /* A child that does not fit is given again: then its part must not count as given. */
        status = kvfs_parts_copy(&before, &dir->parts);
        if (status == KV_OK) {
            status = kvfs_listing_next(listing, &entry);
        }
        if (status == KV_OK) {
            status = take(argument, &entry, ++offset, txid);
            if (status == KV_NOT_FOUND) {
                status = kvfs_parts_copy(&dir->parts, &before);
                status = status == KV_OK ? KV_NOT_FOUND : status;
            } else if (status == KV_OK) {
                status = add_child(dir, &entry.mark);
            }
        }
    }
    kvfs_parts_done(&before);
    return status == KV_NOT_FOUND ? KV_OK : status;
}

int kvfs_dir_read(struct kvfs_dir *dir, uint64_t offset, bool wants_values, kvfs_dir_taker *take, void *argument)
{
    struct kvfs_view *view = dir->node->view;
    struct kept_mark kept = {0};
    offset = offset > KVFS_DIR_FIRST ? offset : KVFS_DIR_FIRST;
    KVFS_READING(reading, view);
    pthread_mutex_lock(&dir->lock);
    pthread_mutex_lock(&view->extras); /* before the transaction: see extra.h */
    int status = kvfs_view_read(view, &reading.txn);
    if (status == KV_OK) {
        status = find_mark(dir, reading.txn, offset, &kept);
    }
    if (status == KV_OK) {
        status = add_page(dir, offset, &kept.mark);
    }
    if (status == KV_OK) {
        struct kvfs_listing listing;
        status = kvfs_listing_open(&listing, reading.txn, dir->node, &kept.mark, &dir->parts, wants_values);
        if (status == KV_OK) {
            status = fill(dir, &listing, offset, take, argument);
        }
        kvfs_listing_close(&listing);
    }
    pthread_mutex_unlock(&view->extras);
    pthread_mutex_unlock(&dir->lock);
    free(kept.room);
    return status;
}
