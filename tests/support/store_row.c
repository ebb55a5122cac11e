#define _GNU_SOURCE /* nftw */
#include "tests/support/store_row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <ftw.h>
#include <unistd.h>
#include <cmocka.h>

#include "kvcore/core/core.h"
#include "kvcore/layer/readonly.h"
#include "kvcore/layer/trace.h"
#include "kvcore/registry/registry.h"

bool store_row_persists(const struct store_row *row)
{
    return strcmp(row->scheme, "mem") != 0;
}

static void require(int status, const char *what, const kv_message *message)
{
    if (status != KV_OK) {
        fail_msg("%s: %s (%s)", what, kv_status_name(status), message->text);
    }
}

static void print_violation(void *argument, const struct kvi_trace_event *event)
{
    const struct store_row *row = argument;
    if (event->violation != NULL) {
        print_error("%s: %s: %s\n", row->name, event->slot, event->violation);
    }
}

/* As kv_store_open does it, with the trace over all. */
static void open_traced(struct opened_store *opened, unsigned flags)
{
    kv_message message = {""};
    struct kvi_store *spi = NULL;
    const struct kvi_backend *backend = kvi_registry_find(kv_slice_text(opened->row->scheme));
    const char *path = strchr(opened->location, ':') + 1;
    assert_non_null(backend);
    require(kvi_registry_open(backend, path, flags, NULL, &spi, &message), opened->location, &message);
    if ((flags & KV_OPEN_READ_ONLY) != 0 && (spi->capabilities & KV_CAN_WRITE) != 0) {
        require(kvi_readonly_open(spi, &spi), "readonly", &message);
    }
    void *row = (void *)(uintptr_t)opened->row;
    require(kvi_trace_open(spi, print_violation, row, &spi), "trace", &message);
    require(kvi_store_wrap(spi, opened->location, flags, &opened->base), "wrap", &message);
}

static void open_base(struct opened_store *opened)
{
    kv_message message = {""};
    unsigned flags = opened->flags | KV_OPEN_NO_SYNC;
    if ((flags & KV_OPEN_READ_ONLY) == 0) {
        flags |= KV_OPEN_CREATE;
    }
    if (opened->row->is_traced) {
        open_traced(opened, flags);
        return;
    }
    require(kv_store_open(opened->location, flags, NULL, &opened->base, &message), opened->location, &message);
}

static void open_session(struct opened_store *opened)
{
    opened->store = opened->base;
    if (opened->row->is_session) {
        kv_message message = {""};
        int status = kv_session_open(opened->base, opened->directory, &opened->session, &message);
        require(status, "session", &message);
        opened->store = kv_session_store(opened->session);
    }
}

static void close_session(struct opened_store *opened)
{
    kv_session_close(opened->session);
    opened->session = NULL;
    opened->store = NULL;
}

static void close_base(struct opened_store *opened)
{
    uint64_t violations = opened->row->is_traced ? kvi_trace_violations(opened->base->spi) : 0;
    assert_int_equal(kv_store_close(opened->base), KV_OK);
    opened->base = NULL;
    assert_int_equal(violations, 0);
}

void store_row_open(struct opened_store *opened, const struct store_row *row, unsigned flags)
{
    const char *parent = getenv("TEST_TMPDIR");
    opened->row = row;
    opened->flags = flags;
    snprintf(opened->directory, sizeof opened->directory, "%s/row.XXXXXX", parent ? parent : P_tmpdir);
    assert_non_null(mkdtemp(opened->directory));
    if (store_row_persists(row)) {
        char path[STORE_PATH_MAX - 8];
        assert_true(snprintf(path, sizeof path, "%s/store", opened->directory) < (int)sizeof path);
        snprintf(opened->location, sizeof opened->location, "%s:%s", row->scheme, path);
    } else {
        snprintf(opened->location, sizeof opened->location, "%s:", row->scheme);
    }
    open_base(opened);
    open_session(opened);
}

void store_row_reopen(struct opened_store *opened, unsigned flags)
{
    if (opened->session != NULL) {
        kv_message message = {""};
        int status = kv_session_commit(opened->session, KV_FOREVER, &message);
        require(status == KV_UNCHANGED ? KV_OK : status, "session commit", &message);
        close_session(opened);
    }
    if (store_row_persists(opened->row)) {
        close_base(opened);
        opened->flags = flags;
        open_base(opened);
    }
    open_session(opened);
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

void store_row_close(struct opened_store *opened)
{
    if (opened->row == NULL) {
        return;
    }
    close_session(opened);
    if (opened->base != NULL) {
        close_base(opened);
    }
    opened->row = NULL;
    nftw(opened->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
