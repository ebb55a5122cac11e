#include "fs/publish.h"

#include <stdlib.h>

#include "fs/log.h"
#include "fs/place.h"

/* Stores the content under the node's key, in one transaction of the session. */
static int put(struct kvfs_file *file)
{
    const struct kvfs_node *node = file->node;
    __attribute__((cleanup(kv_txn_free_scoped))) kv_txn *txn = NULL;
    int status = kvfs_view_write(node->view, &txn);
    kv_bucket *bucket = NULL;
    if (status == KV_OK) {
        const char *name = kvfs_place_bucket(node->parent);
        status = kv_bucket_open(txn, name, &bucket);
        if (status == KV_NOT_FOUND) {
            status = kv_bucket_create(txn, name, KV_PLAIN, &bucket);
        }
    }
    if (status >= 0) {
        status = kvfs_content_put(&file->content, bucket, node->key);
    }
    if (status >= 0) {
        kv_txn *done = txn;
        txn = NULL;
        status = kvfs_view_apply(node->view, done);
    }
    return status < 0 ? status : KV_OK;
}

/* The time that the pair shows from now on: what the user set, or a whole second after what it showed (S28). */
static void set_times(struct kvfs_file *file)
{
    const struct kvfs_node *node = file->node;
    struct kvfs_times *times = &node->view->times;
    struct timespec time = file->time;
    enum kvfs_time_source source;
    struct timespec shown = kvfs_times_get(times, node->hash, &source);
    /* A new file's name need not have shown anything; one that was removed just now did. */
    bool is_shown = source != KVFS_TIME_OF_STORE || !atomic_load(&node->is_extra);
    if (!file->is_time_set && is_shown && time.tv_sec <= shown.tv_sec) {
        time.tv_sec = shown.tv_sec + 1;
    }
    kvfs_times_set(times, node->hash, time, file->is_time_set ? KVFS_TIME_OF_USER : KVFS_TIME_OF_CHANGE);
    kvfs_times_set(times, node->parent->hash, kvfs_clock_wall(), KVFS_TIME_OF_CHANGE);
}

/* A writer counts itself before it changes anything, so without one the content is whole. */
static bool is_due(const struct kvfs_file *file, enum kvfs_occasion occasion)
{
    pthread_mutex_t *files = &file->node->view->files;
    pthread_mutex_lock(files);
    bool is_written = file->writers > 0 && occasion == KVFS_WHEN_CLOSED;
    pthread_mutex_unlock(files);
    return !is_written && !file->is_forsaken && atomic_load(&file->is_unpublished);
}

int kvfs_file_publish(struct kvfs_file *file, enum kvfs_occasion occasion)
{
    struct kvfs_node *node = file->node;
    if (node->is_draft && atomic_load(&node->is_linked)) {
        if (occasion == KVFS_WHEN_ASKED) {
            kvfs_reason("the name is no key of this bucket, so the file is a draft that only the mount holds");
        }
        return occasion == KVFS_WHEN_ASKED ? KV_ERR_NAME : KV_OK;
    }
    /* Exclusive: nobody writes between the put and the mark that it is done, and it is done once. */
    pthread_rwlock_wrlock(&file->lock);
    int status = KV_OK;
    bool is_published = false;
    if (is_due(file, occasion)) {
        status = put(file);
        is_published = status == KV_OK;
        if (is_published) {
            set_times(file);
            atomic_store(&file->is_unpublished, false);
        }
    }
    pthread_rwlock_unlock(&file->lock);
    if (is_published) {
        kvfs_extra_remove(node);
    }
    return status;
}

typedef bool choice(const struct kvfs_file *file);

static bool is_waiting(const struct kvfs_file *file)
{
    return atomic_load(&file->is_unpublished) && file->writers == 0;
}

static bool is_unpublished(const struct kvfs_file *file)
{
    return atomic_load(&file->is_unpublished);
}

static bool may_be_pinned(const struct kvfs_file *file)
{
    return file->was_pinned;
}

/* Gives the held files that `is_chosen` picks; the caller lets each go and frees the array. */
static int gather(struct kvfs_view *view, choice *is_chosen, struct kvfs_file ***ret_files, size_t *ret_count)
{
    int status = KV_OK;
    size_t count = 0;
    pthread_mutex_lock(&view->files);
    for (struct kvfs_file *file = view->first_file; file; file = file->next) {
        count += is_chosen(file);
    }
    struct kvfs_file **files = count ? calloc(count, sizeof(struct kvfs_file *)) : NULL;
    if (count && !files) {
        status = KV_ERR_NO_MEMORY;
        count = 0;
    }
    size_t at = 0;
    for (struct kvfs_file *file = view->first_file; file && at < count; file = file->next) {
        if (is_chosen(file)) {
            kvfs_file_hold(file);
            files[at++] = file;
        }
    }
    pthread_mutex_unlock(&view->files);
    *ret_files = files;
    *ret_count = at;
    return status;
}

int kvfs_files_publish(struct kvfs_view *view, bool is_all)
{
    struct kvfs_file **files = NULL;
    size_t count = 0;
    pthread_rwlock_rdlock(&view->tree);
    int status = gather(view, is_all ? is_unpublished : is_waiting, &files, &count);
    for (size_t i = 0; i < count; i++) {
        char path[512];
        int answer = kvfs_file_publish(files[i], is_all ? KVFS_AT_THE_END : KVFS_WHEN_CLOSED);
        if (answer < 0) {
            kvfs_node_path(files[i]->node, NULL, path, sizeof path);
            kvfs_reason("%s: %s", path, kv_status_text(answer));
            status = status < 0 ? status : answer;
        }
        kvfs_file_let_go(files[i]);
    }
    pthread_rwlock_unlock(&view->tree);
    free(files);
    return status;
}

void kvfs_files_discard(struct kvfs_view *view)
{
    struct kvfs_file **files = NULL;
    size_t count = 0;
    pthread_rwlock_wrlock(&view->tree);
    gather(view, is_unpublished, &files, &count);
    for (size_t i = 0; i < count; i++) {
        struct kvfs_node *node = kvfs_node_ref(files[i]->node);
        kvfs_file_forsake(node);
        kvfs_extra_remove(node);
        kvfs_node_unlink(node);
        kvfs_file_let_go(files[i]);
        kvfs_node_drop(node, 1);
    }
    pthread_rwlock_unlock(&view->tree);
    free(files);
}

/* The content's lock is held for writing. */
static void renew_pin(struct kvfs_file *file)
{
    struct kvfs_node *node = file->node;
    struct kvfs_view *view = node->view;
    if (file->is_forsaken || atomic_load(&file->is_unpublished)) {
        /* The state is this file's alone: it must stay readable, so it is copied, now or when there is room. */
        int status = kvfs_content_resize(view, &file->content, file->content.size);
        if (status < 0) {
            kvfs_log_failure("copy a pinned value", node->name, kvfs_status_errno(status));
        }
        return;
    }
    KVFS_READING(reading, view);
    kv_slice value;
    struct kvfs_content fresh;
    if (atomic_load(&node->is_linked) && kvfs_view_read(view, &reading.txn) == KV_OK &&
        kvfs_place_value(reading.txn, node, &value) == KV_OK && kvfs_content_equals(&file->content, value) &&
        kvfs_content_load(view, &fresh, value, &reading.txn) == KV_OK) {
        kvfs_content_clear(view, &file->content);
        file->content = fresh;
        return;
    }
    size_t size = file->content.size;
    kvfs_content_clear(view, &file->content);
    file->content.size = size;
    file->is_expired = true;
}

void kvfs_files_renew_pins(struct kvfs_view *view)
{
    struct kvfs_file **files = NULL;
    size_t count = 0;
    int64_t oldest = kvfs_clock_monotonic() - (int64_t)view->options->pin * KVFS_SECOND;
    pthread_rwlock_rdlock(&view->tree);
    gather(view, may_be_pinned, &files, &count);
    for (size_t i = 0; i < count; i++) {
        pthread_rwlock_wrlock(&files[i]->lock);
        if (files[i]->content.shape == KVFS_PINNED && files[i]->content.pinned_at <= oldest) {
            renew_pin(files[i]);
        }
        pthread_rwlock_unlock(&files[i]->lock);
        kvfs_file_let_go(files[i]);
    }
    pthread_rwlock_unlock(&view->tree);
    free(files);
}

void kvfs_files_look_again(struct kvfs_view *view)
{
    pthread_mutex_lock(&view->files);
    for (struct kvfs_file *file = view->first_file; file; file = file->next) {
        file->seen_txid = UINT64_MAX;
    }
    pthread_mutex_unlock(&view->files);
}
