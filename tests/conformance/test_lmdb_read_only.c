#include "tests/conformance/suite.h"

int main(void)
{
    static const struct store_row row = {.name = "lmdb read-only", .scheme = "lmdb", .is_read_only = true};
    return run_suite(&row);
}
