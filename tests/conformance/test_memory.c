#include "tests/conformance/suite.h"

int main(void)
{
    static const struct store_row row = {.name = "memory", .scheme = "mem"};
    return run_suite(&row);
}
