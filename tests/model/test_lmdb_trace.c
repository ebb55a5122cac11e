#include "tests/model/run.h"

int main(void)
{
    static const struct store_row row = {.name = "lmdb+trace", .scheme = "lmdb", .is_traced = true};
    return run_model(&row);
}
