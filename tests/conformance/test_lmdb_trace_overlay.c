#include "tests/conformance/suite.h"

/* The overlay keeps the contract towards its base as the core does. */
int main(void)
{
    static const struct store_row row = {
        .name = "lmdb+trace+overlay", .scheme = "lmdb", .is_session = true, .is_base_filled = true, .is_traced = true};
    return run_suite(&row);
}
