/*
 * handle_operations DIRECTORY uses files through several descriptors and mappings at once, and files that lost their
 * names (S21, S22). Prints what was not as expected; the status tells whether there was anything.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/mount/checks.h"

static int open_new(const char *name, const char *content)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    EXPECT(fd >= 0);
    EXPECT(write(fd, content, strlen(content)) == (ssize_t)strlen(content));
    return fd;
}

/* Tells whether the descriptor reads exactly `text`. */
static int reads(int fd, const char *text)
{
    char content[256];
    struct stat status;
    ssize_t size = pread(fd, content, sizeof content, 0);
    int is_so = size == (ssize_t)strlen(text) && memcmp(content, text, (size_t)size) == 0 && fstat(fd, &status) == 0 &&
                status.st_size == size;
    if (!is_so) {
        printf("%zd bytes, st_size %lld: '%.*s'\n", size, (long long)status.st_size, size > 0 ? (int)size : 0, content);
    }
    return is_so;
}

static int holds(const char *name, const char *text)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    int is_so = fd >= 0 && reads(fd, text);
    close(fd);
    return is_so;
}

static void read_by_older_handle(void)
{
    close(open_new("older", "before"));
    int reader = open("older", O_RDONLY | O_CLOEXEC);
    EXPECT(reads(reader, "before"));
    int writer = open("older", O_WRONLY | O_CLOEXEC);
    EXPECT(pwrite(writer, "BEF", 3, 0) == 3);
    EXPECT(reads(reader, "BEFore"));
    EXPECT(pwrite(writer, " and after", 10, 6) == 10);
    EXPECT(reads(reader, "BEFore and after"));
    EXPECT(ftruncate(writer, 3) == 0);
    EXPECT(reads(reader, "BEF"));
    close(writer);
    EXPECT(reads(reader, "BEF"));
    writer = open("older", O_WRONLY | O_TRUNC | O_CLOEXEC);
    EXPECT(write(writer, "again", 5) == 5);
    close(writer);
    EXPECT(reads(reader, "again"));
    close(reader);
}

static void shared_mapping(void)
{
    enum { SIZE = 10000 };
    int fd = open_new("mapped", "");
    EXPECT(ftruncate(fd, SIZE) == 0);
    char *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    EXPECT(map != MAP_FAILED);
    if (map == MAP_FAILED) {
        return;
    }
    memcpy(map + 5000, "mapped", 6);
    EXPECT(msync(map, SIZE, MS_SYNC) == 0);
    char bytes[6];
    int other = open("mapped", O_RDONLY | O_CLOEXEC);
    EXPECT(pread(other, bytes, 6, 5000) == 6 && memcmp(bytes, "mapped", 6) == 0);
    EXPECT(pwrite(fd, "written", 7, 100) == 7);
    EXPECT(memcmp(map + 100, "written", 7) == 0);
    close(fd);
    /* The mapping goes on without its descriptor, and is written back at its end. */
    memcpy(map + 9000, "last", 4);
    EXPECT(munmap(map, SIZE) == 0);
    EXPECT(pread(other, bytes, 4, 9000) == 4 && memcmp(bytes, "last", 4) == 0);
    close(other);
}

static void private_mapping(void)
{
    int fd = open_new("private", "0123456789");
    char *map = mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    EXPECT(map != MAP_FAILED && memcmp(map, "0123456789", 10) == 0);
    if (map != MAP_FAILED) {
        map[0] = 'X';
        munmap(map, 10);
    }
    close(fd);
    EXPECT(holds("private", "0123456789"));
}

static void unlinked(void)
{
    int fd = open_new("unlinked", "still here");
    EXPECT(unlink("unlinked") == 0);
    EXPECT(access("unlinked", F_OK) != 0 && errno == ENOENT);
    struct stat status;
    EXPECT(fstat(fd, &status) == 0 && status.st_nlink == 0);
    EXPECT(reads(fd, "still here"));
    EXPECT(pwrite(fd, "STILL", 5, 0) == 5);
    EXPECT(ftruncate(fd, 5) == 0);
    EXPECT(reads(fd, "STILL"));
    /* A new file of the name is another one. */
    int other = open_new("unlinked", "new");
    EXPECT(reads(fd, "STILL"));
    close(fd);
    EXPECT(reads(other, "new"));
    close(other);
    EXPECT(holds("unlinked", "new"));
    int last = open_new("gone", "x");
    EXPECT(unlink("gone") == 0);
    EXPECT(fsync(last) == 0);
    close(last);
    EXPECT(access("gone", F_OK) != 0);
}

static void renamed_while_open(void)
{
    int fd = open_new("first", "one");
    struct stat before, after;
    EXPECT(fstat(fd, &before) == 0);
    EXPECT(rename("first", "second") == 0);
    EXPECT(fstat(fd, &after) == 0 && before.st_ino == after.st_ino);
    EXPECT(pwrite(fd, " two", 4, 3) == 4);
    close(fd);
    EXPECT(holds("second", "one two"));
    EXPECT(access("first", F_OK) != 0);
}

static void replaced_while_open(void)
{
    close(open_new("target", "old value"));
    int old = open("target", O_RDONLY | O_CLOEXEC);
    close(open_new("source", "new"));
    EXPECT(rename("source", "target") == 0);
    EXPECT(reads(old, "old value"));
    EXPECT(holds("target", "new"));
    close(old);
    EXPECT(holds("target", "new"));
}

static void read_only_handle(void)
{
    close(open_new("modes", "x"));
    int fd = open("modes", O_RDONLY | O_CLOEXEC);
    EXPECT(write(fd, "y", 1) < 0 && errno == EBADF);
    close(fd);
    fd = open("modes", O_WRONLY | O_CLOEXEC);
    char byte;
    EXPECT(read(fd, &byte, 1) < 0 && errno == EBADF);
    close(fd);
    EXPECT(holds("modes", "x"));
    EXPECT(open("modes", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 && errno == ENOTDIR);
    EXPECT(open(".", O_WRONLY | O_CLOEXEC) < 0 && errno == EISDIR);
}

int main(int count, char **arguments)
{
    if (count != 2 || chdir(arguments[1]) != 0) {
        return 3;
    }
    read_by_older_handle();
    shared_mapping();
    private_mapping();
    unlinked();
    renamed_while_open();
    replaced_while_open();
    read_only_handle();
    return failures > 0;
}
