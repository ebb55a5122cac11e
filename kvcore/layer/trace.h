/*
 * The trace: a store that reports every call to the store below it, and checks that both sides keep spi.h's contract.
 *
 * Floor 2; for tests and for looking for faults. It wraps every object of the store below, so it sees each call of a
 * slot with its sizes, its answer and its time. Slots and moves that the store below lacks are lacking here too: the
 * core emulates the same things with a trace as without.
 *
 * A call that breaks the core's side of the contract is reported as a violation and not passed on (KV_ERR_INVALID); the
 * end of a transaction is always passed on. What the backend breaks is reported, and its answer given as it was.
 *
 * Thread rule: as any store. The sink is called on the thread of the call, by several threads at once if several call.
 * What people get wrong: reading the violations after the store was closed; calling the store from its sink.
 */
#ifndef KVCORE_LAYER_TRACE_H
#define KVCORE_LAYER_TRACE_H

#include "kvcore/core/spi.h"

/* What the sink is told: a call that was made, or a rule that was broken in it. */
struct kvi_trace_event {
    const char *slot;      /* "cursor_move"; lent for ever */
    const char *violation; /* NULL: a call. Else the rule that was broken; lent for ever */
    unsigned detail;       /* flags of txn_begin and store_backup, kind of bucket_create, mode of put, the move */
    size_t key_size;       /* bytes in: of the key or the name */
    size_t value_size;     /* bytes in: of the value */
    size_t result_size;    /* bytes out: key and value together */
    int status;            /* KV_OK for slots that answer nothing, and where the call was not passed on */
    int64_t nanoseconds;   /* in the store below; 0 where the call was not passed on */
};

/* Takes an event (borrowed). */
typedef void kvi_trace_sink(void *argument, const struct kvi_trace_event *event);

/** Puts a trace over `below` (taken, also on failure: it is closed with the layer). `sink` may be NULL; it and
 * `argument` are used until the layer is closed. Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvi_trace_open(struct kvi_store *below, kvi_trace_sink *sink, void *argument, struct kvi_store **ret_store);

/** Gives how many violations there were so far. */
uint64_t kvi_trace_violations(const struct kvi_store *trace);

#endif
