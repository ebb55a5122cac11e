#include "tests/conformance/suite.h"

int main(void)
{
    static const struct store_row row = {.name = "lmdb+overlay", .scheme = "lmdb", .is_session = true};
    return run_suite(&row);
}
