/*
 * rename_by replace|noreplace|exchange OLD NEW renames by one call of renameat2(2), with the flags that mv does not
 * have, and tells which error came: mv has words of its own for some.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **arguments)
{
    if (count != 4) {
        return 3;
    }
    unsigned flags = strcmp(arguments[1], "exchange") == 0    ? RENAME_EXCHANGE
                     : strcmp(arguments[1], "noreplace") == 0 ? RENAME_NOREPLACE
                                                              : 0;
    if (renameat2(AT_FDCWD, arguments[2], AT_FDCWD, arguments[3], flags) != 0) {
        perror(arguments[2]);
        return 1;
    }
    return 0;
}
