/*
 * write_operations DIRECTORY writes files in every way that a local file system allows, and reads them back (S21). It
 * leaves what it wrote there. Prints what was not as expected; the status tells whether there was anything.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdlib.h>
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

/* Tells whether the file, opened anew, is exactly these bytes, by size and content. */
static int holds(const char *name, const char *bytes, size_t size)
{
    char *content = calloc(1, size + 2);
    struct stat status;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    int is_so = content && fd >= 0 && fstat(fd, &status) == 0 && status.st_size == (off_t)size &&
                read(fd, content, size + 1) == (ssize_t)size && memcmp(content, bytes, size) == 0;
    if (!is_so && content) {
        printf("%s: size %lld, content '%.40s'\n", name, (long long)status.st_size, content);
    }
    close(fd);
    free(content);
    return is_so;
}

static void append(void)
{
    close(open_new("append", "one"));
    int a = open("append", O_WRONLY | O_APPEND | O_CLOEXEC);
    int b = open("append", O_WRONLY | O_APPEND | O_CLOEXEC);
    EXPECT(write(a, "two", 3) == 3);
    EXPECT(write(b, "three", 5) == 5);
    EXPECT(write(a, "four", 4) == 4);
    EXPECT(holds("append", "onetwothreefour", 15));
    close(a);
    close(b);
    EXPECT(holds("append", "onetwothreefour", 15));
}

static void write_anywhere(void)
{
    static const char expected[20] = "Hello\0\0\0\0\0\0\0\0\0\0world";
    int fd = open_new("anywhere", "hello");
    EXPECT(pwrite(fd, "world", 5, 15) == 5);
    EXPECT(pwrite(fd, "H", 1, 0) == 1);
    EXPECT(holds("anywhere", expected, 20));
    EXPECT(pwrite(fd, "", 0, 100) == 0);
    close(fd);
    EXPECT(holds("anywhere", expected, 20));
}

static void sparse(void)
{
    enum { FAR = 3000000 };
    char *expected = calloc(1, FAR + 3);
    int fd = open_new("sparse", "");
    EXPECT(pwrite(fd, "end", 3, FAR) == 3);
    EXPECT(expected != NULL);
    memcpy(expected + FAR, "end", 3);
    EXPECT(holds("sparse", expected, FAR + 3));
    close(fd);
    EXPECT(holds("sparse", expected, FAR + 3));
    free(expected);
}

static void change_size(void)
{
    int fd = open_new("size", "0123456789");
    EXPECT(ftruncate(fd, 4) == 0);
    EXPECT(holds("size", "0123", 4));
    EXPECT(ftruncate(fd, 8) == 0);
    EXPECT(holds("size", "0123\0\0\0\0", 8));
    EXPECT(write(fd, "!", 1) == 1);
    EXPECT(holds("size", "0123\0\0\0\0\0\0!", 11));
    close(fd);
    EXPECT(truncate("size", 2) == 0);
    EXPECT(holds("size", "01", 2));
    EXPECT(truncate("size", 5) == 0);
    EXPECT(holds("size", "01\0\0\0", 5));
    EXPECT(truncate("size", 0) == 0);
    EXPECT(holds("size", "", 0));
    EXPECT(truncate("missing", 0) != 0 && errno == ENOENT);
}

static void truncate_at_open(void)
{
    close(open_new("trunc", "long content"));
    int reader = open("trunc", O_RDONLY | O_CLOEXEC);
    int fd = open("trunc", O_WRONLY | O_TRUNC | O_CLOEXEC);
    EXPECT(holds("trunc", "", 0));
    EXPECT(write(fd, "new", 3) == 3);
    char bytes[16];
    EXPECT(pread(reader, bytes, sizeof bytes, 0) == 3);
    close(fd);
    close(reader);
    EXPECT(holds("trunc", "new", 3));
    close(open("trunc", O_RDONLY | O_TRUNC | O_CLOEXEC));
    EXPECT(holds("trunc", "", 0));
    EXPECT(open("trunc", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644) < 0 && errno == EEXIST);
}

static void allocate(void)
{
    int fd = open_new("allocate", "0123456789");
    EXPECT(fallocate(fd, 0, 0, 20) == 0);
    EXPECT(holds("allocate", "0123456789\0\0\0\0\0\0\0\0\0\0", 20));
    EXPECT(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 100) == 0);
    EXPECT(holds("allocate", "0123456789\0\0\0\0\0\0\0\0\0\0", 20));
    EXPECT(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3) == 0);
    EXPECT(holds("allocate",
                 "01\0\0\0"
                 "56789\0\0\0\0\0\0\0\0\0\0",
                 20));
    EXPECT(posix_fallocate(fd, 20, 5) == 0);
    close(fd);
    EXPECT(holds("allocate",
                 "01\0\0\0"
                 "56789\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                 25));
}

static void copy_range(void)
{
    int from = open_new("copy-from", "0123456789");
    int to = open_new("copy-to", "abcdefghij");
    off_t in = 2, out = 5;
    EXPECT(copy_file_range(from, &in, to, &out, 4, 0) == 4);
    EXPECT(in == 6 && out == 9);
    EXPECT(holds("copy-to", "abcde2345j", 10));
    in = 8;
    EXPECT(copy_file_range(from, &in, to, &out, 100, 0) == 2);
    EXPECT(copy_file_range(from, &in, to, &out, 100, 0) == 0);
    close(from);
    close(to);
    EXPECT(holds("copy-to", "abcde234589", 11));
}

static void seek(void)
{
    int fd = open_new("seek", "0123456789");
    EXPECT(lseek(fd, 0, SEEK_END) == 10);
    EXPECT(lseek(fd, -3, SEEK_CUR) == 7);
    EXPECT(lseek(fd, 0, SEEK_DATA) == 0);
    EXPECT(lseek(fd, 4, SEEK_DATA) == 4);
    EXPECT(lseek(fd, 4, SEEK_HOLE) == 10);
    EXPECT(lseek(fd, 10, SEEK_DATA) < 0 && errno == ENXIO);
    EXPECT(lseek(fd, 11, SEEK_HOLE) < 0 && errno == ENXIO);
    close(fd);
}

int main(int count, char **arguments)
{
    if (count != 2 || chdir(arguments[1]) != 0) {
        return 3;
    }
    append();
    write_anywhere();
    sparse();
    change_size();
    truncate_at_open();
    allocate();
    copy_range();
    seek();
    return failures > 0;
}
