#include "fs/mount.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/log.h"
#include "fs/ops.h"

/* How many dead mounts on one place are cleared away. */
enum { STACK_MAX = 64 };

extern char **environ;

/* mountinfo writes space, tab, newline and backslash in octal. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; to++) {
        unsigned byte = 0;
        if (*from == '\\' && sscanf(from + 1, "%3o", &byte) == 1) {
            *to = (char)byte;
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

bool kvfs_mount_is_present(const char *mountpoint)
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    char *line = NULL;
    size_t room = 0;
    bool is_present = false;
    while (file && getline(&line, &room, file) > 0) {
        char *type = strstr(line, " - ");
        char where[4096];
        if (!type || sscanf(line, "%*s %*s %*s %*s %4095s", where) != 1) {
            continue;
        }
        unescape(where);
        if (strcmp(where, mountpoint) == 0) {
            is_present = strncmp(type + 3, "fuse.kvfs ", 10) == 0; /* the last line is the topmost mount */
        }
    }
    free(line);
    if (file) {
        fclose(file);
    }
    return is_present;
}

int kvfs_mount_detach(const char *mountpoint)
{
    if (umount2(mountpoint, MNT_DETACH) == 0 || errno != EPERM) {
        return errno == EPERM ? -1 : 0;
    }
    char program[] = "fusermount3", how[] = "-uzq", end[] = "--";
    char *where = strdup(mountpoint);
    char *const arguments[] = {program, how, end, where, NULL};
    pid_t child;
    int result = -1;
    if (where && posix_spawnp(&child, program, NULL, NULL, arguments, environ) == 0) {
        int code = 0;
        while (waitpid(child, &code, 0) < 0 && errno == EINTR) {}
        result = WIFEXITED(code) && WEXITSTATUS(code) == 0 ? 0 : -1;
    }
    free(where);
    return result;
}

int kvfs_mount_prepare(const char *mountpoint, kv_message *ret_message)
{
    char *text = ret_message->text;
    struct statvfs size;
    /* statvfs, because it asks the daemon: attributes may still be in the kernel's cache. */
    int result = statvfs(mountpoint, &size);
    for (int turn = 0; turn < STACK_MAX && result < 0 && kvfs_mount_is_dead(errno); turn++) {
        if (!kvfs_mount_is_present(mountpoint)) {
            errno = ENOTCONN;
            break;
        }
        kvfs_log_warning("%s: clearing away the mount of a kvfs that has died", mountpoint);
        kvfs_mount_detach(mountpoint);
        result = statvfs(mountpoint, &size);
    }
    if (result < 0) {
        int error = errno;
        snprintf(text, sizeof ret_message->text, "mount point %s: %s%s", mountpoint, strerror(error),
                 error == ENOENT     ? "; make the directory first"
                 : error == ENOTCONN ? "; unmount it first"
                                     : "");
        return kv_status_from_errno(error);
    }
    struct stat status;
    if (stat(mountpoint, &status) < 0 || !S_ISDIR(status.st_mode)) {
        snprintf(text, sizeof ret_message->text, "mount point %s: not a directory", mountpoint);
        return KVFS_ERRNO(ENOTDIR);
    }
    return KV_OK;
}

/* "-o" and the options for libfuse and the kernel. The store's name goes in escaped, whatever it contains. */
static int write_options(const struct kvfs_daemon *daemon, struct fuse_args *arguments)
{
    const struct kvfs_options *options = &daemon->options;
    char *list = NULL;
    char *name = NULL;
    int status = asprintf(&name, "fsname=%s", options->store) < 0 ? -1 : 0;
    if (status == 0) {
        status = fuse_opt_add_opt(&list, "default_permissions,subtype=kvfs") |
                 fuse_opt_add_opt(&list, kvfs_view_is_read_only(daemon->view) ? "ro" : "rw");
        status |= fuse_opt_add_opt_escaped(&list, name);
        if (options->is_shared) {
            status |= fuse_opt_add_opt(&list, "allow_other");
        }
        if (options->kernel) {
            status |= fuse_opt_add_opt(&list, options->kernel);
        }
        status |=
            fuse_opt_add_arg(arguments, "kvfs") | fuse_opt_add_arg(arguments, "-o") | fuse_opt_add_arg(arguments, list);
        if (options->is_debug) {
            status |= fuse_opt_add_arg(arguments, "-d");
        }
    }
    free(name);
    free(list);
    return status;
}

int kvfs_mount(struct kvfs_daemon *daemon, kv_message *ret_message)
{
    struct fuse_args arguments = FUSE_ARGS_INIT(0, NULL);
    struct fuse_lowlevel_ops ops = {0};
    kvfs_ops_fill(&ops);
    if (write_options(daemon, &arguments) == 0) {
        daemon->fuse = fuse_session_new(&arguments, &ops, sizeof ops, daemon);
    }
    fuse_opt_free_args(&arguments);
    if (!daemon->fuse) {
        snprintf(ret_message->text, sizeof ret_message->text, "the FUSE library refuses the options");
        return KV_ERR_OPTION;
    }
    if (fuse_session_mount(daemon->fuse, daemon->options.mountpoint) < 0) {
        fuse_session_destroy(daemon->fuse);
        daemon->fuse = NULL;
        snprintf(ret_message->text, sizeof ret_message->text,
                 "cannot mount on %s; is /dev/fuse there, and may you mount on it%s?", daemon->options.mountpoint,
                 daemon->options.is_shared ? ", and does /etc/fuse.conf have user_allow_other" : "");
        return KV_ERR_ACCESS;
    }
    return KV_OK;
}

void kvfs_mount_end(struct kvfs_daemon *daemon)
{
    if (daemon->fuse) {
        fuse_session_unmount(daemon->fuse);
        fuse_session_destroy(daemon->fuse);
        daemon->fuse = NULL;
    }
}
