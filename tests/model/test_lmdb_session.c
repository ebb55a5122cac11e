#include "tests/model/run.h"

int main(void)
{
    static const struct store_row row = {.name = "lmdb+overlay", .scheme = "lmdb", .is_session = true};
    return run_model(&row);
}
