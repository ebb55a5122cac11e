#include "fs/file.h"

#include <fcntl.h>
#include <stdlib.h>

#include "fs/log.h"
#include "fs/place.h"
#include "fs/publish.h"

void kvfs_file_free(struct kvfs_file *file)
{
    if (file) {
        kvfs_content_clear(file->node->view, &file->content);
        pthread_rwlock_destroy(&file->lock);
        free(file);
    }
}

void kvfs_file_let_go(struct kvfs_file *file)
{
    unsigned opens = atomic_load(&file->opens);
    while (opens > 1 && !atomic_compare_exchange_weak(&file->opens, &opens, opens - 1)) {}
    if (opens > 1) {
        return;
    }
    struct kvfs_node *node = file->node;
    struct kvfs_view *view = node->view;
    pthread_mutex_lock(&view->files);
    bool is_last = atomic_fetch_sub(&file->opens, 1) == 1 && !atomic_load(&file->is_unpublished);
    if (is_last) {
        *(file->previous ? &file->previous->next : &view->first_file) = file->next;
        if (file->next) {
            file->next->previous = file->previous;
        }
        node->file = NULL;
    }
    pthread_mutex_unlock(&view->files);
    if (is_last) {
        kvfs_file_free(file);
        kvfs_node_drop(node, 1);
    }
}

static struct kvfs_file *hold_present(struct kvfs_node *node)
{
    pthread_mutex_lock(&node->view->files);
    struct kvfs_file *file = node->file;
    if (file) {
        kvfs_file_hold(file);
    }
    pthread_mutex_unlock(&node->view->files);
    return file;
}

/* Makes `file` the node's, unless another request was faster; gives the one that is. */
static struct kvfs_file *attach(struct kvfs_node *node, struct kvfs_file *file)
{
    struct kvfs_view *view = node->view;
    pthread_mutex_lock(&view->files);
    struct kvfs_file *present = node->file;
    if (!present) {
        node->file = present = file;
        kvfs_node_ref(node);
        file->next = view->first_file;
        if (file->next) {
            file->next->previous = file;
        }
        view->first_file = file;
        file = NULL;
    }
    kvfs_file_hold(present);
    pthread_mutex_unlock(&view->files);
    kvfs_file_free(file);
    return present;
}

static struct kvfs_file *new_file(struct kvfs_node *node)
{
    struct kvfs_file *file = calloc(1, sizeof *file);
    if (file) {
        file->node = node;
        file->content.fd = -1;
        pthread_rwlock_init(&file->lock, NULL);
    }
    return file;
}

/* Holds the node's file, made from its value in the store (with `is_empty`: without looking there). */
static int acquire(struct kvfs_node *node, bool is_empty, struct kvfs_file **ret_file)
{
    struct kvfs_file *file = hold_present(node);
    if (file) {
        *ret_file = file;
        return KV_OK;
    }
    file = new_file(node);
    if (!file) {
        return KV_ERR_NO_MEMORY;
    }
    KVFS_READING(reading, node->view);
    int status = is_empty ? KV_OK : kvfs_view_read(node->view, &reading.txn);
    if (status == KV_OK && !is_empty) {
        kv_slice value;
        file->seen_txid = kv_txn_id(reading.txn);
        status = kvfs_place_value(reading.txn, node, &value);
        if (status == KV_OK) {
            status = kvfs_content_load(node->view, &file->content, value, &reading.txn);
            file->was_pinned = file->content.shape == KVFS_PINNED;
        }
    }
    if (status != KV_OK) {
        kvfs_file_free(file);
        return status;
    }
    *ret_file = attach(node, file);
    return KV_OK;
}

void kvfs_file_touch(struct kvfs_file *file)
{
    file->time = kvfs_clock_wall();
    file->is_time_set = false;
    if (!file->is_forsaken) {
        atomic_store(&file->is_unpublished, true);
    }
}

static void empty(struct kvfs_file *file)
{
    pthread_rwlock_wrlock(&file->lock);
    kvfs_content_clear(file->node->view, &file->content);
    file->is_expired = false;
    kvfs_file_touch(file);
    pthread_rwlock_unlock(&file->lock);
}

static uint64_t open_descriptor(struct kvfs_file *file, int flags)
{
    uint64_t handle = (uintptr_t)file;
    if ((flags & O_ACCMODE) != O_RDONLY) {
        pthread_mutex_lock(&file->node->view->files);
        file->writers++;
        pthread_mutex_unlock(&file->node->view->files);
        handle |= KVFS_HANDLE_WRITES;
    }
    return handle | (flags & (O_SYNC | O_DSYNC) ? KVFS_HANDLE_SYNCS : 0);
}

int kvfs_file_open(struct kvfs_node *node, int flags, uint64_t *ret_handle)
{
    bool is_writing = (flags & O_ACCMODE) != O_RDONLY;
    bool is_emptied = flags & O_TRUNC;
    int status = is_writing || is_emptied ? kvfs_place_check_writable(node) : KV_OK;
    struct kvfs_file *file = NULL;
    if (status == KV_OK) {
        status = acquire(node, is_emptied, &file);
    }
    if (status != KV_OK) {
        return status;
    }
    *ret_handle = open_descriptor(file, flags);
    if (is_emptied) {
        empty(file); /* counted as a writer before, so that nobody publishes the emptiness */
    }
    if (is_emptied && !is_writing) {
        status = kvfs_file_publish(file, KVFS_WHEN_CLOSED);
        if (status < 0) {
            kvfs_file_let_go(file);
        }
    }
    return status;
}

int kvfs_file_create(struct kvfs_node *node, mode_t mode, int flags, uint64_t *ret_handle)
{
    struct kvfs_file *file = NULL;
    int status = acquire(node, true, &file);
    if (status != KV_OK) {
        return status;
    }
    pthread_rwlock_wrlock(&file->lock);
    kvfs_file_touch(file);
    file->mode = mode & 0777;
    pthread_rwlock_unlock(&file->lock);
    *ret_handle = open_descriptor(file, flags);
    return KV_OK;
}

int kvfs_file_release(uint64_t handle)
{
    struct kvfs_file *file = kvfs_handle_file(handle);
    if (handle & KVFS_HANDLE_WRITES) {
        pthread_mutex_lock(&file->node->view->files);
        file->writers--;
        pthread_mutex_unlock(&file->node->view->files);
    }
    int status = atomic_load(&file->is_unpublished) ? kvfs_file_publish(file, KVFS_WHEN_CLOSED) : KV_OK;
    kvfs_file_let_go(file);
    return status;
}

int kvfs_file_write(uint64_t handle, const char *data, size_t size, uint64_t offset, bool is_append)
{
    struct kvfs_file *file = kvfs_handle_file(handle);
    pthread_rwlock_wrlock(&file->lock);
    int status = file->is_expired ? KV_ERR_STALE
                                  : kvfs_content_write(file->node->view, &file->content, data, size,
                                                       is_append ? file->content.size : offset);
    if (status == KV_OK) {
        kvfs_file_touch(file);
    }
    pthread_rwlock_unlock(&file->lock);
    return status;
}

int kvfs_file_truncate(struct kvfs_node *node, uint64_t handle, uint64_t size)
{
    if (size > node->view->limits.value_max) {
        kvfs_reason("the store's values have at most %zu bytes", node->view->limits.value_max);
        return KV_ERR_VALUE_TOO_BIG;
    }
    int status = kvfs_place_check_writable(node);
    struct kvfs_file *file = NULL;
    if (status == KV_OK) {
        status = acquire(node, false, &file);
    }
    if (status != KV_OK) {
        return status;
    }
    pthread_rwlock_wrlock(&file->lock);
    status = file->is_expired ? KV_ERR_STALE : kvfs_content_resize(node->view, &file->content, size);
    if (status == KV_OK) {
        kvfs_file_touch(file);
    }
    pthread_rwlock_unlock(&file->lock);
    if (status == KV_OK && handle == 0) {
        status = kvfs_file_publish(file, KVFS_WHEN_CLOSED);
    }
    kvfs_file_let_go(file);
    return status;
}

int kvfs_file_allocate(uint64_t handle, int mode, uint64_t offset, uint64_t size)
{
    struct kvfs_file *file = kvfs_handle_file(handle);
    struct kvfs_view *view = file->node->view;
    bool keeps_size = mode & FALLOC_FL_KEEP_SIZE;
    bool is_zeroing = mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE);
    uint64_t end = 0;
    if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) {
        return KVFS_ERRNO(EOPNOTSUPP);
    }
    if (__builtin_add_overflow(offset, size, &end) || (!keeps_size && end > view->limits.value_max)) {
        return KV_ERR_VALUE_TOO_BIG;
    }
    pthread_rwlock_wrlock(&file->lock);
    int status = file->is_expired ? KV_ERR_STALE : KV_OK;
    if (status == KV_OK && is_zeroing) {
        status = kvfs_content_zero(view, &file->content, offset, size);
    }
    if (status == KV_OK && !keeps_size && end > file->content.size) {
        status = kvfs_content_resize(view, &file->content, end);
    }
    if (status == KV_OK && (is_zeroing || !keeps_size)) {
        kvfs_file_touch(file);
    }
    pthread_rwlock_unlock(&file->lock);
    return status;
}

int kvfs_file_keep(struct kvfs_node *node, kv_slice value)
{
    struct kvfs_file *file = hold_present(node);
    if (!file) {
        file = new_file(node);
        /* No transaction to take: the value is copied whatever its size. */
        int status =
            file ? kvfs_content_write(node->view, &file->content, value.data, value.size, 0) : KV_ERR_NO_MEMORY;
        if (status < 0) {
            kvfs_file_free(file);
            return status;
        }
        file = attach(node, file);
    }
    pthread_rwlock_wrlock(&file->lock);
    file->is_forsaken = false;
    kvfs_file_touch(file);
    pthread_rwlock_unlock(&file->lock);
    kvfs_file_let_go(file);
    return KV_OK;
}

void kvfs_file_forsake(struct kvfs_node *node)
{
    struct kvfs_file *file = hold_present(node);
    if (file) {
        pthread_rwlock_wrlock(&file->lock);
        file->is_forsaken = true;
        atomic_store(&file->is_unpublished, false);
        pthread_rwlock_unlock(&file->lock);
        kvfs_file_let_go(file);
    }
}

bool kvfs_file_is_current(struct kvfs_node *node, kv_slice value, uint64_t txid)
{
    pthread_mutex_lock(&node->view->files);
    struct kvfs_file *file = node->file;
    bool is_ours = !file || file->writers > 0 || atomic_load(&file->is_unpublished) || file->seen_txid == txid;
    if (!is_ours) {
        kvfs_file_hold(file);
    }
    pthread_mutex_unlock(&node->view->files);
    if (is_ours) {
        return true;
    }
    pthread_rwlock_rdlock(&file->lock);
    bool is_equal = !file->is_expired && kvfs_content_equals(&file->content, value);
    pthread_rwlock_unlock(&file->lock);
    if (is_equal) {
        pthread_mutex_lock(&node->view->files);
        file->seen_txid = txid;
        pthread_mutex_unlock(&node->view->files);
    }
    kvfs_file_let_go(file);
    return is_equal;
}

bool kvfs_file_look(struct kvfs_node *node, struct kvfs_look *ret_look)
{
    struct kvfs_file *file = hold_present(node);
    if (!file) {
        return false;
    }
    pthread_rwlock_rdlock(&file->lock);
    *ret_look = (struct kvfs_look){.size = file->content.size,
                                   .mode = atomic_load(&file->is_unpublished) ? file->mode : 0,
                                   .is_forsaken = file->is_forsaken,
                                   .is_timed = atomic_load(&file->is_unpublished) || file->is_forsaken,
                                   .time = file->time};
    pthread_rwlock_unlock(&file->lock);
    kvfs_file_let_go(file);
    return true;
}

bool kvfs_file_set_time(struct kvfs_node *node, struct timespec time)
{
    struct kvfs_file *file = hold_present(node);
    if (!file) {
        return false;
    }
    pthread_rwlock_wrlock(&file->lock);
    bool is_set = atomic_load(&file->is_unpublished) || file->is_forsaken;
    if (is_set) {
        file->time = time;
        file->is_time_set = true;
    }
    pthread_rwlock_unlock(&file->lock);
    kvfs_file_let_go(file);
    return is_set;
}

void kvfs_file_clear_mode(struct kvfs_node *node)
{
    struct kvfs_file *file = hold_present(node);
    if (file) {
        pthread_rwlock_wrlock(&file->lock);
        file->mode = 0;
        pthread_rwlock_unlock(&file->lock);
        kvfs_file_let_go(file);
    }
}
