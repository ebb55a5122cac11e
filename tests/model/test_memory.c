#include "tests/model/run.h"

int main(void)
{
    static const struct store_row row = {.name = "memory", .scheme = "mem"};
    return run_model(&row);
}
