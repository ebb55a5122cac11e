#include "tests/model/run.h"

int main(void)
{
    static const struct store_row row = {
        .name = "lmdb+trace+overlay", .scheme = "lmdb", .is_session = true, .is_traced = true};
    return run_model(&row);
}
