/*
 * Runs a fuzz target over the files of the given directories: the corpus, as a test, with any compiler.
 *
 * libFuzzer brings its own main; this one stands in for it in every preset but `fuzz`. A directory that holds no
 * file is a failure: it would be a test that tests nothing.
 */
#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program when the file cannot be read: a corpus that is not read is a test that did not run. */
static void replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size ? size : 1); /* of just the size, so that a sanitizer sees a read behind its end */
    if (!file || !data || fread(data, 1, size, file) != size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

static size_t replay_directory(const char *directory)
{
    DIR *listing = opendir(directory);
    if (!listing) {
        perror(directory);
        exit(1);
    }
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(listing));) {
        char path[4096];
        struct stat about;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) {
            continue;
        }
        replay_file(path, (size_t)about.st_size);
        count++;
    }
    closedir(listing);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t count = replay_directory(argv[i]);
        printf("%s: %zu inputs\n", argv[i], count);
        if (count == 0) {
            return 1;
        }
    }
    return argc > 1 ? 0 : 1;
}
