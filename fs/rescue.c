#include "fs/rescue.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fs/file.h"
#include "fs/log.h"
#include "fs/place.h"
#include "fs/publish.h"

struct rescue {
    FILE *file;
    bool is_in_bucket;
    unsigned long pairs, removals;
};

static void write_item(FILE *file, const kv_slice *item)
{
    const unsigned char *bytes = item->data;
    fputc(' ', file);
    for (size_t i = 0; i < item->size; i++) {
        fprintf(file, "%02x", bytes[i]);
    }
    fputc('\n', file);
}

static void end_bucket(struct rescue *rescue)
{
    if (rescue->is_in_bucket) {
        fputs("DATA=END\n", rescue->file);
        rescue->is_in_bucket = false;
    }
}

/* The header of mdb_dump: only what tells a bucket's name and kind. */
static void begin_bucket(struct rescue *rescue, const kv_session_bucket *bucket)
{
    static const struct {
        kv_kind bit;
        const char *line;
    } flags[] = {{KV_DUP_SORT, "dupsort=1"},       {KV_DUP_FIXED, "dupfixed=1"},     {KV_INTEGER_KEY, "integerkey=1"},
                 {KV_INTEGER_DUP, "integerdup=1"}, {KV_REVERSE_KEY, "reversekey=1"}, {KV_REVERSE_DUP, "reversedup=1"}};
    end_bucket(rescue);
    fputs("VERSION=3\nformat=bytevalue\n", rescue->file);
    if (bucket->name[0]) {
        fprintf(rescue->file, "database=%s\n", bucket->name);
    }
    fputs("type=btree\n", rescue->file);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (bucket->kind & flags[i].bit) {
            fprintf(rescue->file, "%s\n", flags[i].line);
        }
    }
    fputs("HEADER=END\n", rescue->file);
    rescue->is_in_bucket = true;
}

static int visit(void *argument, const kv_session_bucket *bucket, const kv_slice *key, const kv_slice *value,
                 int is_removed)
{
    struct rescue *rescue = argument;
    if (!key) {
        begin_bucket(rescue, bucket);
        if (bucket->is_dropped || bucket->is_cleared) {
            kvfs_log_warning("not committed: the bucket %s was %s", bucket->name,
                             bucket->is_dropped ? "removed" : "emptied");
        }
        return 0;
    }
    if (!value || is_removed) {
        rescue->removals++;
        return 0;
    }
    write_item(rescue->file, key);
    write_item(rescue->file, value);
    rescue->pairs++;
    return ferror(rescue->file) ? KV_ERR_IO : 0;
}

/* A file that the session has not taken, because its spool is full perhaps. */
static void write_file(struct rescue *rescue, const struct kvfs_file *file)
{
    const struct kvfs_content *content = &file->content;
    kv_session_bucket bucket = {.kind = KV_PLAIN};
    kv_slice value = kv_slice_of(content->data, content->size);
    void *map = NULL;
    if (content->shape == KVFS_SPOOLED && content->size > 0) {
        map = mmap(NULL, content->size, PROT_READ, MAP_SHARED, content->fd, 0);
        if (map == MAP_FAILED) {
            kvfs_log_failure("rescue", file->node->name, errno);
            return;
        }
        value.data = map;
    }
    snprintf(bucket.name, sizeof bucket.name, "%s", kvfs_place_bucket(file->node->parent));
    begin_bucket(rescue, &bucket);
    write_item(rescue->file, &file->node->key);
    write_item(rescue->file, &value);
    rescue->pairs++;
    if (map) {
        munmap(map, content->size);
    }
}

static bool is_lost(const struct kvfs_file *file, bool is_over)
{
    bool is_whole = is_over || file->writers == 0;
    return is_whole && atomic_load(&file->is_unpublished) && !file->is_forsaken && !file->node->is_draft;
}

/* Files that the session did not take may be what fills the disk: once they are written, or are given up, the session
 * itself may fit. */
static int save_files(struct rescue *rescue, struct kvfs_view *view, bool is_over)
{
    unsigned long count = 0;
    for (const struct kvfs_file *file = view->first_file; file; file = file->next) {
        if (is_lost(file, is_over)) {
            count++;
            if (rescue->file) {
                write_file(rescue, file);
            }
        }
    }
    if (count == 0) {
        return KV_ERR_DISK_FULL;
    }
    if (!rescue->file) {
        kvfs_log_warning("%lu files are lost; -o rescue=DIR would have kept them", count);
    } else if (fflush(rescue->file) != 0) {
        return kv_status_from_errno(errno);
    }
    kvfs_files_discard(view);
    return kv_session_commit(view->session, kvfs_view_deadline(view), NULL);
}

static FILE *open_dump(const char *directory, char *path, size_t size)
{
    snprintf(path, size, "%s/kvfs-%lld-%ld.dump", directory, (long long)kvfs_clock_wall().tv_sec, (long)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        kvfs_log_failure("rescue", path, errno);
        if (fd >= 0) {
            close(fd);
        }
    }
    return file;
}

void kvfs_rescue(struct kvfs_view *view, bool is_over)
{
    kv_session_stat pending;
    char path[4096];
    const char *directory = view->options->rescue;
    struct rescue rescue = {.file = directory ? open_dump(directory, path, sizeof path) : NULL};
    int status = save_files(&rescue, view, is_over);
    bool is_committed = status >= 0;
    if (!is_committed && rescue.file) {
        status = kv_session_visit(view->session, visit, &rescue);
    }
    kv_session_statistics(view->session, &pending);
    if (!rescue.file) {
        if (!is_committed) {
            kvfs_log_warning("%llu changes are lost; -o rescue=DIR would have kept them",
                             (unsigned long long)pending.changes);
        }
        return;
    }
    end_bucket(&rescue);
    if (fflush(rescue.file) != 0 || fsync(fileno(rescue.file)) < 0) {
        status = kv_status_from_errno(errno);
    }
    fclose(rescue.file);
    if (status < 0) {
        kvfs_log_failure("rescue", path, kvfs_status_errno(status));
    }
    kvfs_log_warning("%lu pairs that could not be committed are in %s: load them with `kvtool load`; %lu removals "
                     "are lost",
                     rescue.pairs, path, rescue.removals);
}
