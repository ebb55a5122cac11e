#include "tests/conformance/suite.h"

int main(void)
{
    static const struct store_row row = {.name = "lmdb", .scheme = "lmdb"};
    return run_suite(&row);
}
