/*
 * list_slowly DIRECTORY FILE COUNT writes the names in the order of readdir into FILE, one a line. After each COUNT
 * names it says "paused" and waits for a line on stdin; at the end it says "over".
 * list_slowly --first DIRECTORY prints the microseconds from opening the directory to its first name.
 * list_slowly --seek DIRECTORY lists, then seeks to every 97th name from the last to the first: each must be there.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct dirent *next_name(DIR *directory)
{
    struct dirent *entry = readdir(directory);
    while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)) {
        entry = readdir(directory);
    }
    return entry;
}

static int list(DIR *directory, const char *path, long step)
{
    FILE *file = fopen(path, "we");
    if (!file) {
        return 1;
    }
    struct dirent *entry;
    for (long count = 0; (entry = next_name(directory)); count++) {
        if (count > 0 && count % step == 0) {
            char line[16];
            puts("paused");
            fflush(stdout);
            if (!fgets(line, sizeof line, stdin)) {
                step = 1L << 40;
            }
        }
        fprintf(file, "%s\n", entry->d_name);
    }
    fclose(file);
    puts("over");
    return 0;
}

static int print_first(const char *path)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    DIR *directory = opendir(path);
    if (!directory || !next_name(directory)) {
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%ld\n", (end.tv_sec - begin.tv_sec) * 1000000 + (end.tv_nsec - begin.tv_nsec) / 1000);
    return closedir(directory);
}

enum { PLACES = 100000, STRIDE = 97 };

static int seek_back(DIR *directory)
{
    static struct {
        long at;
        char name[256];
    } places[PLACES];
    long count = 0, at = telldir(directory);
    struct dirent *entry;
    for (long i = 0; (entry = next_name(directory)) && count < PLACES; i++) {
        if (i > 0 && i % STRIDE == 0) {
            places[count].at = at;
            snprintf(places[count++].name, sizeof places->name, "%s", entry->d_name);
        }
        at = telldir(directory);
    }
    for (long i = count - 1; i >= 0; i--) {
        seekdir(directory, places[i].at);
        entry = next_name(directory);
        if (!entry || strcmp(entry->d_name, places[i].name) != 0) {
            printf("at %ld: %s, not %s\n", i, entry ? entry->d_name : "(the end)", places[i].name);
            return 1;
        }
    }
    rewinddir(directory);
    printf("%ld places\n", count);
    return next_name(directory) == NULL;
}

int main(int count, char **arguments)
{
    if (count == 3 && strcmp(arguments[1], "--first") == 0) {
        return print_first(arguments[2]);
    }
    DIR *directory = opendir(arguments[count == 3 ? 2 : 1]);
    if (!directory) {
        return 1;
    }
    int code = count == 3 ? seek_back(directory) : list(directory, arguments[2], atol(arguments[3]));
    closedir(directory);
    return code;
}
