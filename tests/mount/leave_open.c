/*
 * leave_open DIRECTORY COUNT makes the files left1... with the content "value of N" and closes none: its exit does.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    if (count != 3) {
        return 3;
    }
    long files = atol(arguments[2]);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (long i = 1; i <= files; i++) {
        char path[4096], value[64];
        snprintf(path, sizeof path, "%s/left%ld", arguments[1], i);
        int size = snprintf(value, sizeof value, "value of %ld", i);
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (fd < 0 || write(fd, value, (size_t)size) != size) {
            perror(path);
            return 1;
        }
    }
    return 0;
}
