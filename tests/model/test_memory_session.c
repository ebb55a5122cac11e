#include "tests/model/run.h"

int main(void)
{
    static const struct store_row row = {.name = "memory+overlay", .scheme = "mem", .is_session = true};
    return run_model(&row);
}
