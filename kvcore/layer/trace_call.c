/* The frame of a traced call: what holds for all of them, the report, and the watch over lent bytes. */
#include <stdint.h>

#include "kvcore/base/clock.h"
#include "kvcore/layer/trace_parts.h"

/* More of a long value is not looked at. */
#define SUMMED_MAX 65536

static const unsigned char unwritten_byte;
const kv_slice kvi_trace_unwritten = {.data = &unwritten_byte, .size = SIZE_MAX};

static void tell(struct trace *trace, const struct kvi_trace_event *event)
{
    if (trace->sink)
        trace->sink(trace->argument, event);
}

void kvi_trace_expect(struct trace_call *call, bool is_kept, const char *rule)
{
    if (is_kept)
        return;
    struct kvi_trace_event event = call->event;
    event.violation = rule;
    atomic_fetch_add(&call->trace->violations, 1);
    tell(call->trace, &event);
}

void kvi_trace_require(struct trace_call *call, bool is_kept, const char *rule)
{
    kvi_trace_expect(call, is_kept, rule);
    call->is_refused |= !is_kept;
}

/* ---- lent bytes ---- */

/* FNV-1a, 64 bits. */
static uint64_t sum_of(kv_slice bytes)
{
    const unsigned char *data = bytes.data;
    size_t size = bytes.size < SUMMED_MAX ? bytes.size : SUMMED_MAX;
    uint64_t sum = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ data[i]) * UINT64_C(1099511628211);
    return sum;
}

void kvi_trace_lend(struct trace_txn *txn, kv_slice bytes)
{
    txn->lent[txn->lendings++ % TRACE_LENT] = (struct trace_lent){.bytes = bytes, .sum = sum_of(bytes)};
}

static void settle(struct trace_call *call, struct trace_txn *txn)
{
    unsigned count = txn->lendings < TRACE_LENT ? txn->lendings : TRACE_LENT;
    for (unsigned i = 0; i < count; i++)
        kvi_trace_expect(call, sum_of(txn->lent[i].bytes) == txn->lent[i].sum,
                         "the backend changed lent bytes before they might change");
    txn->lendings = 0;
}

/* ---- begin and end of a call ---- */

struct trace_call kvi_trace_call_store(struct trace *trace, const char *slot)
{
    return (struct trace_call){.trace = trace, .event = {.slot = slot}};
}

static void require_turn(struct trace_call *call, struct trace_txn *txn)
{
    if (atomic_flag_test_and_set(&txn->turn))
        kvi_trace_require(call, false, "the core used a transaction by two threads at once");
    else
        call->txn = txn;
    kvi_trace_require(call, !txn->txn.is_write || pthread_equal(txn->thread, pthread_self()),
                      "the core used a read-write transaction on another thread");
}

static void check_txn(struct trace_call *call, struct trace_txn *txn, unsigned access)
{
    bool is_live = txn->life == TRACE_LIVE || (txn->life == TRACE_RESET && (access & TRACE_MAY_RESET));
    kvi_trace_require(call, is_live, "the core used a transaction that has ended");
    if (!is_live)
        return;
    require_turn(call, txn);
    kvi_trace_require(call, !txn->child, "the core used a transaction that has a child");
    if (access & TRACE_WRITES)
        kvi_trace_require(call, txn->txn.is_write, "the core wrote through a read-only transaction");
    if (call->is_refused || !(access & (TRACE_WRITES | TRACE_ENDS)))
        return;
    settle(call, txn);
    for (struct trace_txn *parent = txn->parent; parent && (access & TRACE_WRITES); parent = parent->parent)
        settle(call, parent);
}

struct trace_call kvi_trace_call_txn(struct trace_txn *txn, const char *slot, unsigned access)
{
    struct trace_call call = kvi_trace_call_store(txn->trace, slot);
    check_txn(&call, txn, access);
    return call;
}

struct trace_call kvi_trace_call_bucket(struct trace_bucket *bucket, const char *slot, unsigned access)
{
    struct trace_call call = kvi_trace_call_store(bucket->trace, slot);
    kvi_trace_require(&call, bucket->life == TRACE_LIVE, "the core used a bucket that has ended");
    if (call.is_refused)
        return call;
    struct trace_txn *txn = trace_txn_of(&bucket->bucket);
    kvi_trace_require(&call, bucket->children == txn->children || txn->life != TRACE_LIVE,
                      "the core did not ask for a bucket again after the end of a child");
    check_txn(&call, txn, access);
    if (!call.is_refused && (access & TRACE_WRITES))
        bucket->writes++;
    return call;
}

struct trace_call kvi_trace_call_cursor(struct trace_cursor *cursor, const char *slot)
{
    if (cursor->life == TRACE_LIVE)
        return kvi_trace_call_bucket((struct trace_bucket *)cursor->cursor.bucket, slot, TRACE_READS);
    struct trace_call call = kvi_trace_call_store(cursor->trace, slot);
    kvi_trace_require(&call, false, "the core used a cursor that is closed");
    return call;
}

void kvi_trace_leave(struct trace_call *call)
{
    if (call->txn)
        atomic_flag_clear(&call->txn->turn);
}

/* ---- the store below ---- */

void kvi_trace_start(struct trace_call *call)
{
    if (call->trace->sink)
        call->began = kvi_clock_ns();
}

static bool is_status(int status)
{
    switch (status) {
#define STATUS_CASE(name, number, error, text) case number:
        KV_STATUS_LIST(STATUS_CASE)
#undef STATUS_CASE
        return true;
    default:
        return false;
    }
}

int kvi_trace_stop(struct trace_call *call, int status, int answer, size_t result_size)
{
    if (call->trace->sink)
        call->event.nanoseconds = kvi_clock_ns() - call->began;
    call->event.status = status;
    call->event.result_size = result_size;
    tell(call->trace, &call->event);
    kvi_trace_expect(call, is_status(status), "the backend answered a code that is not in status.h");
    kvi_trace_expect(call, status <= KV_OK || status == answer || !is_status(status),
                     "the backend gave an answer that the slot does not have");
    if (call->txn) {
        kvi_trace_expect(call, !call->txn->is_broken || status < 0, "the backend went on in a broken transaction");
        call->txn->is_broken |= status == KV_ERR_TXN_BROKEN;
    }
    return status;
}

void kvi_trace_stop_void(struct trace_call *call)
{
    if (call->trace->sink)
        call->event.nanoseconds = kvi_clock_ns() - call->began;
    tell(call->trace, &call->event);
}

void kvi_trace_expect_output(struct trace_call *call, int status, bool is_written)
{
    kvi_trace_expect(call, status != KV_OK || is_written, "the backend left an output unwritten with KV_OK");
    kvi_trace_expect(call, status == KV_OK || !is_written, "the backend wrote an output without KV_OK");
}
