#include "kvcore/base/clock.h"

#include <time.h>

int64_t kvi_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail: the clock exists and the address is ours */
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
