#include "tests/conformance/suite.h"

int main(void)
{
    static const struct store_row row = {
        .name = "lmdb+overlay over a filled base", .scheme = "lmdb", .is_session = true, .is_base_filled = true};
    return run_suite(&row);
}
