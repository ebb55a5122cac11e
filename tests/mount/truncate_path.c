/* truncate_path FILE SIZE: truncate(2), which needs no descriptor. The truncate of the shell opens the file. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    if (count != 3) {
        return 3;
    }
    if (truncate(arguments[1], atol(arguments[2])) != 0) {
        perror(arguments[1]);
        return 1;
    }
    return 0;
}
