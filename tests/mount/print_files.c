/*
 * print_files DIRECTORY prints every file below it in the order of the listings: its path, a tab, its content in hex.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_ROOM = 16384 };

static void fail(const char *path)
{
    fprintf(stderr, "print_files: %s: %s\n", path, strerror(errno));
    exit(1);
}

static void print_content(int fd, const char *path)
{
    static unsigned char bytes[65536];
    ssize_t size;
    printf("%s\t", path);
    while ((size = read(fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < size; i++) {
            printf("%02x", bytes[i]);
        }
    }
    if (size < 0) {
        fail(path);
    }
    putchar('\n');
}

/* `path` is how the directory is called in the output, with a slash at its end, in PATH_ROOM bytes. */
static void print_directory(int fd, char *path)
{
    size_t length = strlen(path);
    DIR *directory = fdopendir(fd);
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        snprintf(path + length, PATH_ROOM - length, "%s", entry->d_name);
        int child = openat(fd, entry->d_name, O_RDONLY | O_CLOEXEC);
        if (child < 0) {
            fail(path);
        }
        if (entry->d_type == DT_DIR) {
            strcat(path, "/");
            print_directory(child, path);
        } else {
            print_content(child, path);
            close(child);
        }
    }
    if (!directory) {
        fail(path);
    }
    closedir(directory);
}

int main(int count, char **arguments)
{
    static char path[PATH_ROOM];
    int fd = count == 2 ? open(arguments[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0) {
        return 3;
    }
    print_directory(fd, path);
    return 0;
}
