#include "fs/unmount.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/control.h"
#include "fs/mount.h"

extern char **environ;

struct request {
    const char *mountpoint;
    bool is_discarding, is_lazy;
};

static int fail(const char *mountpoint, const char *what, const char *remedy)
{
    fprintf(stderr, "kvfs: %s: %s%s%s\n", mountpoint, what, *remedy ? "; " : "", remedy);
    return 1;
}

/* umount(8) calls its helper with the mount point first, then switches, some with a word of their own. */
static int read_arguments(int count, char **arguments, struct request *request)
{
    for (int i = 1; i < count; i++) {
        const char *word = arguments[i];
        if (strcmp(word, "--discard") == 0) {
            request->is_discarding = true;
        } else if (strcmp(word, "-t") == 0 || strcmp(word, "-N") == 0) {
            i++;
        } else if (word[0] == '-' && word[1] && strspn(word + 1, "uflnrv") == strlen(word + 1)) {
            request->is_lazy = request->is_lazy || strchr(word, 'l');
        } else if (word[0] != '-' && !request->mountpoint) {
            request->mountpoint = word;
        } else {
            request->mountpoint = NULL;
            break;
        }
    }
    if (!request->mountpoint) {
        fprintf(stderr, "usage: kvfs -u [--discard] [-l] MOUNTPOINT\n");
        return 2;
    }
    return 0;
}

/* Commits, or gives up, what is pending, and gives a descriptor by which the daemon's end can be waited for. */
static int settle(const struct request *request, int *ret_process)
{
    int fd = open(request->mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return fail(request->mountpoint, strerror(errno), "");
    }
    uint32_t process = 0;
    int code = 0;
    if (ioctl(fd, KVFS_CONTROL_PROCESS, &process) < 0) {
        code = fail(request->mountpoint, "no kvfs answers there", "umount it by other means");
    } else if (request->is_discarding && ioctl(fd, KVFS_CONTROL_DISCARD) < 0) {
        code = fail(request->mountpoint, strerror(errno), "the session was not given up");
    } else if (!request->is_discarding && fsync(fd) < 0) {
        code = fail(request->mountpoint, strerror(errno),
                    "the session could not be committed, so it stays mounted (kvfs's log tells more; "
                    "kvfs -u --discard gives the changes up)");
    } else {
        *ret_process = (int)syscall(SYS_pidfd_open, (pid_t)process, 0);
    }
    close(fd);
    return code;
}

static int unmount_by_helper(const char *mountpoint, bool is_lazy)
{
    char program[] = "fusermount3", how[] = "-u", how_lazily[] = "-uz", end[] = "--";
    char *where = strdup(mountpoint);
    char *const arguments[] = {program, is_lazy ? how_lazily : how, end, where, NULL};
    pid_t child;
    int code = 1;
    if (where && posix_spawnp(&child, program, NULL, NULL, arguments, environ) == 0) {
        int state = 0;
        while (waitpid(child, &state, 0) < 0 && errno == EINTR) {}
        code = WIFEXITED(state) && WEXITSTATUS(state) == 0 ? 0 : 1;
    }
    free(where);
    return code;
}

static int unmount(const char *mountpoint, bool is_lazy)
{
    if (umount2(mountpoint, is_lazy ? MNT_DETACH : 0) == 0) {
        return 0;
    }
    if (errno == EPERM) {
        return unmount_by_helper(mountpoint, is_lazy);
    }
    return fail(mountpoint, strerror(errno),
                errno == EBUSY ? "somebody has files open or works in it (fuser -m tells who); everything until now is "
                                 "committed"
                               : "");
}

static int unmount_dead(const char *mountpoint)
{
    if (kvfs_mount_detach(mountpoint) < 0) {
        return fail(mountpoint, "its kvfs has died, and you may not unmount it", "");
    }
    fprintf(stderr, "kvfs: %s: its kvfs had died; what it had not committed is lost\n", mountpoint);
    return 0;
}

int kvfs_unmount_main(int count, char **arguments)
{
    struct request request = {0};
    int code = read_arguments(count, arguments, &request);
    if (code != 0) {
        return code;
    }
    struct statvfs size;
    char *mountpoint = realpath(request.mountpoint, NULL);
    request.mountpoint = mountpoint ? mountpoint : request.mountpoint;
    if (statvfs(request.mountpoint, &size) < 0 && kvfs_mount_is_dead(errno)) {
        code = unmount_dead(request.mountpoint);
    } else if (!kvfs_mount_is_present(request.mountpoint)) {
        code = fail(request.mountpoint, "no kvfs is mounted there", "");
    } else {
        int process = -1;
        code = settle(&request, &process);
        if (code == 0) {
            code = unmount(request.mountpoint, request.is_lazy);
        }
        if (code == 0 && process >= 0) {
            struct pollfd gone = {.fd = process, .events = POLLIN};
            while (!request.is_lazy && poll(&gone, 1, -1) < 0 && errno == EINTR) {}
        }
        if (process >= 0) {
            close(process);
        }
    }
    free(mountpoint);
    return code;
}
