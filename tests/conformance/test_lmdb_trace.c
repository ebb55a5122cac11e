#include "tests/conformance/suite.h"

int main(void)
{
    static const struct store_row row = {.name = "lmdb+trace", .scheme = "lmdb", .is_traced = true};
    return run_suite(&row);
}
