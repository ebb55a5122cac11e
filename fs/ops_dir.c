#include <stdlib.h>
#include <unistd.h>

#include "fs/attr.h"
#include "fs/commit.h"
#include "fs/control.h"
#include "fs/dir.h"
#include "fs/log.h"
#include "fs/lookup.h"
#include "fs/ops.h"
#include "fs/publish.h"
#include "fs/reply.h"

/* An answer that is being filled. */
struct answer {
    fuse_req_t request;
    struct kvfs_node *directory;
    char *bytes;
    size_t used, room;
    bool is_plus;
    struct kvfs_node **given; /* what the kernel will hold once it has the answer */
    size_t given_count, given_capacity;
};

static void open_directory(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *info)
{
    struct kvfs_node *node = kvfs_node_of(request, ino);
    struct kvfs_dir *dir = NULL;
    KVFS_LOOKING(node->view);
    int status = kvfs_dir_open(node, &dir);
    if (status < 0) {
        kvfs_reply_status(request, &(struct kvfs_subject){"opendir", node, NULL}, status);
        return;
    }
    info->fh = (uintptr_t)dir;
    if (kvfs_reply_open(request, info) < 0) {
        kvfs_dir_close(dir);
    }
}

static void release_directory(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *info)
{
    struct kvfs_node *node = kvfs_node_of(request, ino);
    KVFS_LOOKING(node->view);
    kvfs_dir_close((struct kvfs_dir *)(uintptr_t)info->fh);
    kvfs_reply_status(request, &(struct kvfs_subject){"releasedir", NULL, NULL}, KV_OK);
}

static int add(struct answer *answer, const char *name, const struct fuse_entry_param *entry, uint64_t offset)
{
    char *at = answer->bytes + answer->used;
    size_t room = answer->room - answer->used;
    size_t size = answer->is_plus ? fuse_add_direntry_plus(answer->request, at, room, name, entry, (off_t)offset)
                                  : fuse_add_direntry(answer->request, at, room, name, &entry->attr, (off_t)offset);
    if (size > room) {
        return KV_NOT_FOUND;
    }
    answer->used += size;
    return KV_OK;
}

static int remember(struct answer *answer, struct kvfs_node *node)
{
    if (answer->given_count == answer->given_capacity) {
        size_t capacity = answer->given_capacity ? answer->given_capacity * 2 : 64;
        struct kvfs_node **given = reallocarray(answer->given, capacity, sizeof(struct kvfs_node *));
        if (!given) {
            return KV_ERR_NO_MEMORY;
        }
        answer->given = given;
        answer->given_capacity = capacity;
    }
    answer->given[answer->given_count++] = node;
    return KV_OK;
}

static int take_plus(struct answer *answer, const struct kvfs_entry *entry, uint64_t offset, uint64_t txid)
{
    struct kvfs_node *node = NULL;
    size_t size = fuse_add_direntry_plus(answer->request, NULL, 0, entry->identity.name, NULL, 0);
    if (size > answer->room - answer->used) {
        return KV_NOT_FOUND; /* before a node is made */
    }
    int status = KV_OK;
    if (entry->node) {
        node = kvfs_node_ref(entry->node);
    } else {
        status = kvfs_lookup_found(answer->directory, &entry->identity, entry->value, txid, &node);
    }
    if (status == KV_OK) {
        status = remember(answer, node);
    }
    if (status < 0) {
        kvfs_node_drop(node, 1);
        return status;
    }
    struct fuse_entry_param param = {.ino = (uintptr_t)node};
    kvfs_attr_fill(node, entry->value.size, &param.attr);
    param.attr_timeout = kvfs_reply_timeout(&param.attr);
    return add(answer, entry->identity.name, &param, offset);
}

static int take(void *argument, const struct kvfs_entry *entry, uint64_t offset, uint64_t txid)
{
    struct answer *answer = argument;
    if (answer->is_plus) {
        return take_plus(answer, entry, offset, txid);
    }
    struct fuse_entry_param param = {0};
    param.attr.st_ino = entry->node ? entry->node->number : kvfs_node_hash(answer->directory, entry->identity.name);
    param.attr.st_mode = entry->identity.kind == KVFS_FILE ? S_IFREG : S_IFDIR;
    return add(answer, entry->identity.name, &param, offset);
}

/* The first two children of any directory. The kernel takes no reference to them. */
static int add_dots(struct answer *answer, uint64_t offset)
{
    const struct kvfs_node *node = answer->directory;
    const struct kvfs_node *parent = node->parent ? node->parent : node;
    struct fuse_entry_param param = {.attr = {.st_ino = node->number, .st_mode = S_IFDIR}};
    int status = offset < 1 ? add(answer, ".", &param, 1) : KV_OK;
    param.attr.st_ino = parent->number;
    return status == KV_OK && offset < 2 ? add(answer, "..", &param, 2) : status;
}

static void list(fuse_req_t request, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *info,
                 bool is_plus)
{
    struct kvfs_node *node = kvfs_node_of(request, ino);
    KVFS_LOOKING(node->view);
    struct answer answer = {
        .request = request, .directory = node, .bytes = malloc(size), .room = size, .is_plus = is_plus};
    int status = answer.bytes ? add_dots(&answer, (uint64_t)offset) : KV_ERR_NO_MEMORY;
    if (status == KV_OK) {
        status = kvfs_dir_read((struct kvfs_dir *)(uintptr_t)info->fh, (uint64_t)offset, is_plus, take, &answer);
    }
    bool is_taken = false;
    if (status < 0 && answer.used == 0) {
        kvfs_reply_status(request, &(struct kvfs_subject){"readdir", node, NULL}, status);
    } else {
        is_taken = kvfs_reply_bytes(request, answer.bytes, answer.used) == KV_OK;
    }
    for (size_t i = 0; i < answer.given_count && !is_taken; i++) {
        kvfs_node_drop(answer.given[i], 1);
    }
    free(answer.given);
    free(answer.bytes);
}

static void read_directory(fuse_req_t request, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *info)
{
    list(request, ino, size, offset, info, false);
}

static void read_directory_plus(fuse_req_t request, fuse_ino_t ino, size_t size, off_t offset,
                                struct fuse_file_info *info)
{
    list(request, ino, size, offset, info, true);
}

static void fsync_directory(fuse_req_t request, fuse_ino_t ino, int is_data_only, struct fuse_file_info *info)
{
    (void)is_data_only;
    (void)info;
    struct kvfs_node *node = kvfs_node_of(request, ino);
    int status = kvfs_commit(kvfs_daemon_of(request));
    KVFS_LOOKING(node->view);
    kvfs_reply_status(request, &(struct kvfs_subject){"fsyncdir", node, NULL}, status);
}

static int discard(fuse_req_t request, struct kvfs_view *view)
{
    uid_t user = fuse_req_ctx(request)->uid;
    if (user != 0 && user != getuid() && user != view->options->uid) {
        kvfs_reason("only who mounted may give up the session");
        return KVFS_ERRNO(EPERM);
    }
    kvfs_files_discard(view);
    int status = view->session ? kv_session_discard(view->session) : KV_OK;
    kvfs_files_look_again(view);
    return status;
}

static void control(fuse_req_t request, fuse_ino_t ino, unsigned command, void *argument, struct fuse_file_info *info,
                    unsigned flags, const void *in, size_t in_size, size_t out_size)
{
    (void)argument, (void)info, (void)flags, (void)in, (void)in_size;
    struct kvfs_view *view = kvfs_node_of(request, ino)->view;
    int status = KVFS_ERRNO(ENOTTY);
    if (command == KVFS_CONTROL_PROCESS && out_size >= sizeof(uint32_t)) {
        uint32_t process = (uint32_t)getpid();
        kvfs_reply_control(request, &process, sizeof process);
        return;
    }
    if (command == (unsigned)KVFS_CONTROL_DISCARD) {
        status = discard(request, view);
    }
    if (status == KV_OK) {
        kvfs_reply_control(request, NULL, 0);
    } else if (status == KVFS_ERRNO(ENOTTY)) {
        kvfs_reply_status(request, &(struct kvfs_subject){"ioctl", NULL, NULL}, status);
    } else {
        kvfs_reply_status(request, &(struct kvfs_subject){"discard", NULL, NULL}, status);
    }
}

void kvfs_ops_fill_directories(struct fuse_lowlevel_ops *ops)
{
    ops->opendir = open_directory;
    ops->readdir = read_directory;
    ops->readdirplus = read_directory_plus;
    ops->releasedir = release_directory;
    ops->fsyncdir = fsync_directory;
    ops->ioctl = control;
}
