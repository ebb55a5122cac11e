/*
 * await_mount DIRECTORY PID SECONDS waits until DIRECTORY is a mount that answers. 1: process PID ended before. 2: the
 * time was over. The kernel tells: poll on mountinfo ends at each change of it. A dead mount does not answer stat, and
 * a new one answers when it is served.
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int is_mounted(const char *directory)
{
    char above[PATH_MAX];
    struct stat inside, outside;
    snprintf(above, sizeof above, "%s/..", directory);
    if (stat(directory, &inside) != 0) {
        return 0;
    }
    /* Of a mount's root, ".." is looked up where the mount hangs. */
    return stat(above, &outside) == 0 && inside.st_dev != outside.st_dev;
}

static long milliseconds_until(time_t end)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (end - now.tv_sec) * 1000;
}

int main(int count, char **arguments)
{
    if (count != 4) {
        return 3;
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    time_t end = now.tv_sec + atol(arguments[3]);
    struct pollfd events[] = {
        {.fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC), .events = POLLPRI},
        {.fd = (int)syscall(SYS_pidfd_open, (pid_t)atol(arguments[2]), 0), .events = POLLIN},
    };
    if (events[0].fd < 0 || events[1].fd < 0) {
        return 1;
    }
    while (!is_mounted(arguments[1])) {
        long left = milliseconds_until(end);
        if (left <= 0 || poll(events, 2, (int)left) < 0) {
            return 2;
        }
        if (events[1].revents) {
            return 1;
        }
    }
    return 0;
}
