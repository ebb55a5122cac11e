/* The commit of a session: freeze what is pending, apply it to the base in one transaction, or leave all as it was. */
#include <errno.h>
#include <time.h>

#include "kvcore/base/message.h"
#include "kvcore/session/parts.h"

/* Waits for a commit of another thread. With the lock held. */
static int take_turn(kv_session *session, kv_deadline deadline)
{
    const struct timespec until = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    int waited = 0;
    while (session->is_committing && waited != ETIMEDOUT)
        waited = deadline ? pthread_cond_timedwait(&session->changed, &session->lock, &until)
                          : pthread_cond_wait(&session->changed, &session->lock);
    if (session->is_committing)
        return KV_ERR_TIMEOUT;
    session->is_committing = true;
    return KV_OK;
}

/* What one commit works on. */
struct commit {
    struct layer *layers[SESSION_DEPTH_MAX + 1]; /* to be applied, oldest first */
    unsigned count;
    struct layer *final; /* replaces the stack when it succeeds */
    bool is_holding;     /* writers wait until the end: the stack is full */
};

/* With writers frozen: puts a new layer on top, if the top has changes, and makes the final one. */
static int prepare(kv_session *session, struct generation *fresh, struct commit *commit)
{
    uint64_t changes = 0, bytes = 0;
    struct generation *next = session_top(session)->generation;
    int status = session_generation_measure(next, &changes, &bytes);
    if (status != KV_OK)
        return status;
    commit->count = session->depth - (changes == 0);
    if (commit->count == 0)
        return KV_UNCHANGED;
    for (unsigned i = 0; i < commit->count; i++)
        commit->layers[i] = session->stack[i];
    if (changes > 0)
        next = fresh;
    commit->is_holding = changes > 0 && session->depth > SESSION_DEPTH_MAX - 1;
    status = session_layer_open(session, next, NULL, &commit->final);
    if (status != KV_OK || changes == 0 || commit->is_holding)
        return status;
    status = session_layer_open(session, fresh, session_top(session), &session->stack[session->depth]);
    if (status == KV_OK)
        session->depth++;
    else
        session_layer_close(commit->final);
    return status;
}

/* KV_OK, or KV_UNCHANGED when nothing is pending: an fsync of nothing costs no scratch store. */
static int look_for_changes(kv_session *session)
{
    uint64_t changes = 0, bytes = 0;
    pthread_mutex_lock(&session->lock);
    int status = session_generation_measure(session_top(session)->generation, &changes, &bytes);
    if (status == KV_OK && changes == 0 && session->depth == 1)
        status = KV_UNCHANGED;
    pthread_mutex_unlock(&session->lock);
    return status;
}

static int begin(kv_session *session, kv_deadline deadline, struct commit *commit, kv_message *message)
{
    struct generation *fresh;
    int status = look_for_changes(session);
    if (status == KV_OK)
        status = session_generation_open(session, &fresh, message);
    if (status != KV_OK)
        return status;
    pthread_mutex_lock(&session->lock);
    status = session_freeze(session, deadline);
    if (status == KV_OK) {
        status = prepare(session, fresh, commit);
        if (!commit->is_holding || status != KV_OK)
            session_thaw(session);
    }
    session_generation_unref(fresh);
    pthread_mutex_unlock(&session->lock);
    return status;
}

/* With the lock held. */
static void finish(kv_session *session, struct commit *commit, int status)
{
    if (status == KV_OK) {
        session_stack_replace(session, commit->final);
        session->since = 0;
        session->commits++;
    } else {
        session_layer_close(commit->final);
        session->failures++;
    }
    session->last_failure = status;
    if (commit->is_holding)
        session_thaw(session);
}

int kv_session_commit(kv_session *session, kv_deadline deadline, kv_message *ret_message)
{
    struct commit commit = {.count = 0};
    pthread_mutex_lock(&session->lock);
    int status = take_turn(session, deadline);
    pthread_mutex_unlock(&session->lock);
    if (status == KV_OK) {
        status = begin(session, deadline, &commit, ret_message);
        bool is_begun = status == KV_OK;
        if (is_begun) {
            struct apply_request request = {.layers = commit.layers, .count = commit.count, .message = ret_message};
            if (ret_message)
                ret_message->text[0] = '\0';
            status = kv_store_update(session->base, deadline, session_apply, &request);
        }
        pthread_mutex_lock(&session->lock);
        if (is_begun)
            finish(session, &commit, status);
        session->is_committing = false;
        pthread_cond_broadcast(&session->changed);
        pthread_mutex_unlock(&session->lock);
    }
    if (status < 0 && ret_message && ret_message->text[0] == '\0')
        kvi_message_format(ret_message, "%s", kv_status_text(status));
    return status;
}
