#include "kvcore/base/order.h"

int kv_key_compare(kv_kind kind, kv_slice a, kv_slice b)
{
    return kvi_key_compare(kind, a, b);
}

int kv_value_compare(kv_kind kind, kv_slice a, kv_slice b)
{
    return kvi_value_compare(kind, a, b);
}
