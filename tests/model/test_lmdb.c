#include "tests/model/run.h"

int main(void)
{
    static const struct store_row row = {.name = "lmdb", .scheme = "lmdb"};
    return run_model(&row);
}
