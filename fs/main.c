#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/daemon.h"
#include "fs/log.h"
#include "fs/mount.h"
#include "fs/serve.h"
#include "fs/unmount.h"

/* A store does not cross fork(), so the child opens it, and tells the parent how that went: a byte when the mount
 * serves requests, or the sentence that the parent prints. */
static int wait_for_child(int fd, const char *mountpoint)
{
    char text[1024];
    size_t used = 0;
    ssize_t count;
    while (used < sizeof text - 1 && (count = read(fd, text + used, sizeof text - 1 - used)) != 0) {
        if (count < 0 && errno != EINTR) {
            break;
        }
        used += count > 0 ? (size_t)count : 0;
        if (used > 0 && text[0] == KVFS_READY && isatty(STDERR_FILENO)) {
            fprintf(stderr,
                    "kvfs: %s: changes are pending until a sync of a file or directory there, or kvfs -u; "
                    "kill -9 loses them\n",
                    mountpoint);
        }
        if (used > 0 && (text[0] == KVFS_READY || text[0] == KVFS_READY_READ_ONLY)) {
            return 0;
        }
    }
    text[used] = '\0';
    fprintf(stderr, "kvfs: %s\n",
            used ? text : "the daemon ended before the mount was ready; the system's log may tell why");
    return 1;
}

static void tell(int fd, const char *text)
{
    if (fd < 0) {
        fprintf(stderr, "kvfs: %s\n", text);
    } else if (write(fd, text, strlen(text)) < 0) {
        kvfs_log_warning("%s", text);
    }
}

static void lose_terminal(void)
{
    setsid();
    if (chdir("/") < 0 || !freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout) ||
        !freopen("/dev/null", "w", stderr)) {
        kvfs_log_warning("cannot leave the terminal: %s", strerror(errno));
    }
}

static int open_and_mount(struct kvfs_daemon *daemon)
{
    kv_message message = {{0}};
    int status = kvfs_mount_prepare(daemon->options.mountpoint, &message);
    if (status == KV_OK) {
        status = kvfs_view_open(&daemon->options, &daemon->view, &message);
        if (status == KV_ERR_NO_STORE && !daemon->options.may_create) {
            size_t used = strlen(message.text);
            snprintf(message.text + used, sizeof message.text - used, "; -o create makes one");
        }
    }
    if (status == KV_OK) {
        kvfs_serve_hold_signals();
        status = kvfs_mount(daemon, &message);
    }
    if (status != KV_OK) {
        tell(daemon->ready_fd, message.text[0] ? message.text : kv_status_text(status));
    }
    return status;
}

static int run(struct kvfs_daemon *daemon)
{
    kvfs_log_begin(daemon->options.is_foreground, daemon->options.is_debug);
    int code = 1;
    if (open_and_mount(daemon) == KV_OK) {
        if (!daemon->options.is_foreground) {
            lose_terminal();
        }
        code = kvfs_serve(daemon);
        kvfs_mount_end(daemon);
    }
    kvfs_view_close(daemon->view);
    kvfs_options_done(&daemon->options);
    kvfs_log_end();
    return code;
}

static int run_in_background(struct kvfs_daemon *daemon)
{
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) < 0) {
        perror("kvfs: pipe");
        return 1;
    }
    pid_t child = fork();
    if (child < 0) {
        perror("kvfs: fork");
        return 1;
    }
    if (child > 0) {
        close(ready[1]);
        int code = wait_for_child(ready[0], daemon->options.mountpoint);
        close(ready[0]);
        kvfs_options_done(&daemon->options);
        return code;
    }
    close(ready[0]);
    daemon->ready_fd = ready[1];
    return run(daemon);
}

/* A store's file that got one of the standard descriptors would be written to by every message. */
static void reserve_standard_descriptors(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd < 0) {
        _exit(1);
    }
    close(fd);
}

int main(int count, char **arguments)
{
    reserve_standard_descriptors();
    const char *slash = strrchr(arguments[0], '/');
    const char *program = slash ? slash + 1 : arguments[0];
    if (strncmp(program, "umount.", 7) == 0 || (count > 1 && strcmp(arguments[1], "-u") == 0)) {
        return kvfs_unmount_main(count, arguments);
    }
    struct kvfs_daemon daemon = {.ready_fd = -1};
    kv_message message = {{0}};
    if (kvfs_options_read(count, arguments, &daemon.options, &message) < 0) {
        fprintf(stderr, "kvfs: %s\n", message.text);
        kvfs_options_done(&daemon.options);
        return 2;
    }
    if (daemon.options.wants_help || daemon.options.wants_version) {
        if (daemon.options.wants_help) {
            kvfs_options_help();
        } else {
            printf("kvfs %s\n", KVFS_VERSION);
        }
        kvfs_options_done(&daemon.options);
        return 0;
    }
    return daemon.options.is_foreground ? run(&daemon) : run_in_background(&daemon);
}
