#include "fs/commit.h"

#include "fs/log.h"
#include "fs/publish.h"

/* The last commit goes on when a file could not be published: nobody can be told, and the rest is to be kept. */
static int commit_session(struct kvfs_view *view, bool is_over, bool is_last, kv_deadline deadline)
{
    kv_message message = {{0}};
    kv_session_stat before, after;
    int published = kvfs_files_publish(view, is_over);
    if (published < 0 && !is_last) {
        return published;
    }
    kv_session_statistics(view->session, &before);
    kvfs_times_commit_begin(&view->times);
    int status = kv_session_commit(view->session, deadline, &message);
    uint64_t txid = 0;
    if (kv_store_txid(view->base, &txid) < 0) {
        txid = 0;
    }
    kv_session_statistics(view->session, &after);
    kvfs_times_commit_end(&view->times, (unsigned)(after.commits - before.commits), txid);
    if (status < 0 && message.text[0]) {
        kvfs_reason("%s", message.text);
    }
    return status < 0 ? status : published;
}

int kvfs_commit(struct kvfs_daemon *daemon)
{
    if (kvfs_view_is_read_only(daemon->view)) {
        return KV_OK;
    }
    kv_deadline deadline = kvfs_view_deadline(daemon->view);
    kvfs_loop_wait_begin(daemon->loop);
    int status = kvfs_loop_wait(daemon->loop, kvfs_loop_number(), deadline);
    status = status < 0 ? status : commit_session(daemon->view, false, false, deadline);
    kvfs_loop_wait_end(daemon->loop);
    return status;
}

int kvfs_commit_unasked(struct kvfs_daemon *daemon, bool is_over)
{
    if (kvfs_view_is_read_only(daemon->view)) {
        return KV_OK;
    }
    kv_deadline deadline = kvfs_view_deadline(daemon->view);
    int status = daemon->loop ? kvfs_loop_drain(daemon->loop, deadline) : KV_OK;
    return status < 0 ? status : commit_session(daemon->view, is_over, daemon->loop == NULL, deadline);
}
