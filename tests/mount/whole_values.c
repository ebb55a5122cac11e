/*
 * whole_values FILE A B SECONDS reads FILE over and over, in small pieces, while somebody exchanges its value. It must
 * always be A times 'a' or B times 'b', and as long as its size says. Prints how often it saw each.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 1 << 20, PIECE = 4000 };

static size_t read_all(const char *path, char *bytes, struct stat *ret_status)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, ret_status) != 0) {
        perror(path);
        exit(1);
    }
    size_t size = 0;
    ssize_t piece;
    while ((piece = pread(fd, bytes + size, PIECE, (off_t)size)) > 0) {
        size += (size_t)piece;
    }
    if (piece < 0) {
        perror("read");
        exit(1);
    }
    close(fd);
    return size;
}

static int is_all(const char *bytes, char fill, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != fill) {
            return 0;
        }
    }
    return 1;
}

int main(int count, char **arguments)
{
    if (count != 5) {
        return 3;
    }
    size_t a = (size_t)atol(arguments[2]), b = (size_t)atol(arguments[3]);
    char *bytes = malloc(ROOM);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    time_t end = now.tv_sec + atol(arguments[4]);
    unsigned seen[2] = {0, 0};
    while (bytes && now.tv_sec < end) {
        struct stat status;
        size_t size = read_all(arguments[1], bytes, &status);
        int is_a = size == a && is_all(bytes, 'a', a);
        if (!is_a && !(size == b && is_all(bytes, 'b', b))) {
            printf("neither value: %zu bytes, st_size %lld, first '%c', last '%c'\n", size, (long long)status.st_size,
                   size ? bytes[0] : '-', size ? bytes[size - 1] : '-');
            return 1;
        }
        if ((size_t)status.st_size != size) {
            printf("%zu bytes read, st_size %lld\n", size, (long long)status.st_size);
            return 1;
        }
        seen[!is_a]++;
        clock_gettime(CLOCK_MONOTONIC, &now);
    }
    free(bytes);
    printf("%u %u\n", seen[0], seen[1]);
    return seen[0] == 0 || seen[1] == 0;
}
