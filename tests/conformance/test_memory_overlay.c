#include "tests/conformance/suite.h"

int main(void)
{
    static const struct store_row row = {
        .name = "memory+overlay", .scheme = "mem", .is_session = true, .is_base_filled = true};
    return run_suite(&row);
}
