/*
 * Where a verb works: a store opened by what the command line says, one transaction on it, and one bucket.
 *
 * All zero is a place that is nowhere yet; tool_place_leave_scoped ends what was begun, without a commit. All functions
 * say on stderr what failed and give the exit code.
 */
#ifndef KVCORE_TOOLS_PLACE_H
#define KVCORE_TOOLS_PLACE_H

#include "kvcore/tools/report.h"
#include "kvcore/tools/spelling.h"

/** How a place is entered: reading, or a set of these. */
enum {
    TOOL_READ = 0,
    TOOL_WRITE = 1u << 0,       /**< a read-write transaction */
    TOOL_MAKE_BUCKET = 1u << 1, /**< a missing bucket is made, unless --strict */
};

typedef struct tool_place {
    const char *location; /**< the store as the command line names it: borrowed */
    kv_store *store;
    kv_txn *txn;
    kv_bucket *bucket;
    tool_spelling spelling;
    char name[KV_BUCKET_NAME_SIZE]; /**< of the bucket */
} tool_place;

/** Opens the store `location` only. */
tool_exit tool_place_open_store(const tool_call *call, const char *location, unsigned how, tool_place *place);

/** Opens the store, unless it is open, and begins the transaction. */
tool_exit tool_place_begin(const tool_call *call, const char *location, unsigned how, tool_place *place);

/** The same, and finds the bucket, as the command line spells it (NULL: the root map). */
tool_exit tool_place_enter(const tool_call *call, const char *location, const char *bucket, unsigned how,
                           tool_place *place);

/** tool_report of the place's bucket. */
tool_exit tool_place_report(const tool_place *place, int status);

/** Commits, after a verb's work gave `code`; work that failed (TOOL_USAGE, TOOL_FAILED) is not committed. Gives `code`,
 * or the commit's failure. */
tool_exit tool_place_commit(tool_place *place, tool_exit code);

/** Ends it all. */
void tool_place_leave_scoped(tool_place *place);

/** Reads a KEY of the command line into `buffer`. */
tool_exit tool_place_read_key(const tool_place *place, const char *text, tool_buffer *buffer);

/** Reads a VALUE of the command line into `buffer`. */
tool_exit tool_place_read_value(const tool_place *place, const tool_call *call, const char *text, tool_buffer *buffer);

#endif
