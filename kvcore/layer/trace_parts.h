/*
 * The trace's own objects and the frame of a traced call, shared by its files: the store and the descriptors (trace.c),
 * the frame and the lent bytes (trace_call.c), transactions (trace_txn.c), buckets (trace_bucket.c), pairs
 * (trace_pair.c), cursors (trace_cursor.c) and what their moves must give (trace_order.c).
 *
 * An ended object is marked and kept for a while, so that its use is noticed instead of being a use of freed memory.
 */
#ifndef KVCORE_LAYER_TRACE_PARTS_H
#define KVCORE_LAYER_TRACE_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "kvcore/base/buffer.h"
#include "kvcore/layer/trace.h"

#define TRACE_RETIRED 256 /* ended objects that are kept */
#define TRACE_LENT 32     /* slices of a transaction whose bytes are watched */

enum trace_life { TRACE_ENDED, TRACE_LIVE, TRACE_RESET };

struct trace;

/* A store object of the trace with the descriptor that fits what is below: a layer below may hand out transactions of
 * other stores, which have other slots. */
struct trace_view {
    struct kvi_store store;
    struct kvi_backend backend;
    const struct kvi_backend *below; /* what `backend` was made of */
    struct trace *trace;
    struct trace_view *next;
};

struct trace {
    struct trace_view view; /* what kvi_trace_open gives */
    struct kvi_store *below;
    kvi_trace_sink *sink;
    void *argument;
    _Atomic uint64_t violations;
    atomic_uint open_txns;
    pthread_mutex_t lock; /* guards what follows, and the list of views */
    void *retired[TRACE_RETIRED];
    unsigned retirements;
};

/* Bytes that the store below has lent, and what they were. */
struct trace_lent {
    kv_slice bytes;
    uint64_t sum;
};

struct trace_txn {
    struct kvi_txn txn;
    enum trace_life life;
    struct trace *trace;
    struct kvi_txn *below;
    struct trace_txn *parent;
    struct trace_txn *child;
    struct trace_bucket *buckets;
    struct trace_cursor *cursors;
    unsigned children; /* that have ended: buckets are asked for again after each */
    bool is_broken;    /* the backend said so */
    atomic_flag turn;  /* taken while a call is under way */
    pthread_t thread;
    unsigned lendings;
    struct trace_lent lent[TRACE_LENT];
};

struct trace_bucket {
    struct kvi_bucket bucket;
    enum trace_life life;
    struct trace *trace;
    struct kvi_bucket *below;
    struct trace_bucket *next;
    unsigned children; /* of the transaction, when it was last asked for */
    unsigned writes;
    char name[];
};

struct trace_cursor {
    struct kvi_cursor cursor;
    enum trace_life life;
    struct trace *trace;
    struct kvi_cursor *below;
    struct trace_cursor *next;
    bool is_placed;
    bool is_keys_only;
    bool is_saved;           /* `saved` holds the pair that it is on */
    unsigned writes;         /* of the bucket, when it was placed */
    size_t saved_key;        /* bytes of the key in `saved` */
    struct kvi_buffer saved; /* key, then value */
};

static inline struct trace_txn *trace_txn_of(const struct kvi_bucket *bucket)
{
    return (struct trace_txn *)bucket->txn;
}

/* ---- trace.c ---- */

/* Keeps an ended object for a while, then frees it. */
void kvi_trace_retire(struct trace *trace, void *object);

/* Finds or makes the store object for transactions that are `below`'s. NULL: out of memory. */
struct trace_view *kvi_trace_view_of(struct trace *trace, const struct kvi_store *below);

/* ---- trace_call.c ---- */

/* A call under way. It holds the transaction's turn until the scope is left. */
struct trace_call {
    struct trace *trace;
    struct trace_txn *txn; /* NULL: it has no turn */
    struct kvi_trace_event event;
    int64_t began;
    bool is_refused; /* the core has broken a rule: not to be passed on */
};

#define TRACE_SCOPED_CALL __attribute__((cleanup(kvi_trace_leave))) struct trace_call

/* What a call is to its transaction. */
enum trace_access {
    TRACE_READS = 0,
    TRACE_WRITES = 1,   /* lent bytes end */
    TRACE_ENDS = 2,     /* they end too, and so does the transaction or its snapshot */
    TRACE_MAY_RESET = 4 /* the transaction may be reset */
};

/* Begin a call and check what holds for all calls on such an object. */
struct trace_call kvi_trace_call_store(struct trace *trace, const char *slot);
struct trace_call kvi_trace_call_txn(struct trace_txn *txn, const char *slot, unsigned access);
struct trace_call kvi_trace_call_bucket(struct trace_bucket *bucket, const char *slot, unsigned access);
struct trace_call kvi_trace_call_cursor(struct trace_cursor *cursor, const char *slot);
void kvi_trace_leave(struct trace_call *call);

/* Notes a rule of the core's side that is broken: the call is refused. */
void kvi_trace_require(struct trace_call *call, bool is_kept, const char *rule);

/* Notes a rule that is broken, and the call goes on. */
void kvi_trace_expect(struct trace_call *call, bool is_kept, const char *rule);

/* Starts the clock; the call to the store below follows. */
void kvi_trace_start(struct trace_call *call);

/* Stops it, checks that the answer is negative, KV_OK or `answer` (KV_OK: no other), and reports the call. */
int kvi_trace_stop(struct trace_call *call, int status, int answer, size_t result_size);

/* The same for slots that answer nothing. */
void kvi_trace_stop_void(struct trace_call *call);

/* A slice and a number that no backend gives: whether an output was written. */
extern const kv_slice kvi_trace_unwritten;
#define TRACE_UNWRITTEN_NUMBER UINT64_C(0xa5c35a3c96e169d2)

static inline bool trace_is_written(kv_slice slice)
{
    return slice.data != kvi_trace_unwritten.data || slice.size != kvi_trace_unwritten.size;
}

/* Checks that an output was written on KV_OK and on nothing else. */
void kvi_trace_expect_output(struct trace_call *call, int status, bool is_written);

/* The bytes a slice counts for in a report. */
static inline size_t trace_size_of(int status, kv_slice slice)
{
    return status == KV_OK && trace_is_written(slice) ? slice.size : 0;
}

/* Watches lent bytes until the transaction's next write or end. */
void kvi_trace_lend(struct trace_txn *txn, kv_slice bytes);

/* ---- trace_txn.c ---- */

int kvi_trace_txn_begin(struct kvi_store *store, struct kvi_txn *parent, unsigned flags, kv_deadline deadline,
                        struct kvi_txn **ret_txn);
int kvi_trace_txn_commit(struct kvi_txn *txn);
void kvi_trace_txn_abort(struct kvi_txn *txn);
void kvi_trace_txn_reset(struct kvi_txn *txn);
int kvi_trace_txn_renew(struct kvi_txn *txn);
uint64_t kvi_trace_txn_id(const struct kvi_txn *txn);

/* ---- trace_bucket.c ---- */

int kvi_trace_bucket_open(struct kvi_txn *txn, const char *name, struct kvi_bucket **ret_bucket);
int kvi_trace_bucket_create(struct kvi_txn *txn, const char *name, kv_kind kind, struct kvi_bucket **ret_bucket);
int kvi_trace_bucket_drop(struct kvi_bucket *bucket);
int kvi_trace_bucket_clear(struct kvi_bucket *bucket);
int kvi_trace_bucket_next(struct kvi_txn *txn, const char *after, char *name);
int kvi_trace_bucket_count(struct kvi_bucket *bucket, uint64_t *ret_count);
int kvi_trace_bucket_size(struct kvi_bucket *bucket, uint64_t *ret_size);

/* Ends the buckets of a transaction. */
void kvi_trace_buckets_end(struct trace_txn *txn);

/* ---- trace_pair.c ---- */

int kvi_trace_get(struct kvi_bucket *bucket, kv_slice key, kv_slice *ret_value);
int kvi_trace_put(struct kvi_bucket *bucket, kv_slice key, kv_slice value, enum kvi_put_mode mode);
int kvi_trace_del(struct kvi_bucket *bucket, kv_slice key, const kv_slice *value);
int kvi_trace_reserve(struct kvi_bucket *bucket, kv_slice key, size_t size, void **ret_data);
int kvi_trace_put_multi(struct kvi_bucket *bucket, kv_slice key, kv_slice values, size_t stride);

/* Requires of a key what an integer kind demands. */
void kvi_trace_require_integer_key(struct trace_call *call, const struct trace_bucket *bucket, kv_slice key);
void kvi_trace_require_integer_value(struct trace_call *call, const struct trace_bucket *bucket, kv_slice value);

/* ---- trace_cursor.c ---- */

int kvi_trace_cursor_open(struct kvi_bucket *bucket, struct kvi_cursor **ret_cursor);
void kvi_trace_cursor_close(struct kvi_cursor *cursor);
int kvi_trace_cursor_move(struct kvi_cursor *cursor, enum kvi_move move, kv_slice key, kv_slice value,
                          kv_slice *ret_key, kv_slice *ret_value);
int kvi_trace_cursor_count_dups(struct kvi_cursor *cursor, uint64_t *ret_count);
int kvi_trace_cursor_multi(struct kvi_cursor *cursor, kv_slice *ret_values);
void kvi_trace_cursor_hint(struct kvi_cursor *cursor, bool is_keys_only, unsigned prefetch, kv_slice prefix);

/* Closes what the core has left open, so that the store below is spared. */
void kvi_trace_cursors_end(struct trace_txn *txn);

/* ---- trace_order.c ---- */

/* A pair that a cursor was on, or was asked to seek. */
struct trace_pair {
    kv_slice key;
    kv_slice value;
};

static inline bool trace_is_absolute(enum kvi_move move)
{
    return move == KVI_FIRST || move == KVI_LAST || (move >= KVI_SEEK && move <= KVI_SEEK_PAIR);
}

/* Tells whether a move may have gone from `from` (of a seek: what was sought) to `to` in a bucket of `kind`. */
bool kvi_trace_move_fits(kv_kind kind, enum kvi_move move, struct trace_pair from, struct trace_pair to,
                         bool is_keys_only);

#endif
