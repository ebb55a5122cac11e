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

/* Tells what the top holds: KV_OK, or KV_UNCHANGED when that is nothing. */
static int look_at_top(kv_session *session)
{
    uint64_t changes = 0, bytes = 0;
    int status = session_generation_measure(session_top(session)->generation, &changes, &bytes);
    return status == KV_OK && changes == 0 ? KV_UNCHANGED : status;
}

/* Puts a new generation on top, if the top has changes: what was written before is below from here on. */
static int freeze_top(kv_session *session, kv_deadline deadline, kv_message *message)
{
    struct generation *fresh;
    /* An fsync of nothing costs no scratch store. */
    pthread_mutex_lock(&session->lock);
    int status = look_at_top(session);
    pthread_mutex_unlock(&session->lock);
    if (status == KV_OK)
        status = session_generation_open(session, &fresh, message);
    if (status != KV_OK)
        return status;
    pthread_mutex_lock(&session->lock);
    status = session_freeze(session, deadline);
    if (status == KV_OK) {
        status = session_layer_open(session, fresh, session_top(session), &session->stack[session->depth]);
        session->depth += status == KV_OK;
        session_thaw(session);
    }
    session_generation_unref(fresh);
    pthread_mutex_unlock(&session->lock);
    return status;
}

/* Writes the second generation into the first, through the overlay of that, and takes it off the stack. Those who
 * read meanwhile see its changes once or twice over, which is the same. */
static int fold(kv_session *session, kv_message *message)
{
    struct session_view view;
    struct layer *lowest = session->stack[0], *top;
    kv_store *store;
    int status = session_view_open(&view, session, lowest, &store);
    if (status != KV_OK)
        return status;
    struct apply_request request = {.generation = session->stack[1]->generation, .message = message};
    status = kv_store_update(store, KV_FOREVER, session_apply, &request);
    kv_store_close(store);
    if (status != KV_OK)
        return status;
    pthread_mutex_lock(&session->lock);
    status = session_layer_open(session, session_top(session)->generation, lowest, &top);
    if (status == KV_OK)
        session_stack_replace(session, 1, top);
    pthread_mutex_unlock(&session->lock);
    return status;
}

/* Applies the lowest generation to the base and puts the top on it. */
static int apply_lowest(kv_session *session, kv_deadline deadline, kv_message *message)
{
    struct layer *final;
    pthread_mutex_lock(&session->lock);
    int status = session_layer_open(session, session_top(session)->generation, NULL, &final);
    pthread_mutex_unlock(&session->lock);
    if (status != KV_OK)
        return status;
    struct apply_request request = {.generation = session->stack[0]->generation, .message = message};
    status = kv_store_update(session->base, deadline, session_apply, &request);
    pthread_mutex_lock(&session->lock);
    if (status == KV_OK)
        session_stack_replace(session, 0, final);
    else
        session_layer_close(final);
    pthread_mutex_unlock(&session->lock);
    return status;
}

/* Only the thread whose turn it is changes the stack. */
static int commit(kv_session *session, kv_deadline deadline, kv_message *message)
{
    int status = session->depth == SESSION_DEPTH_MAX ? fold(session, message) : KV_OK;
    if (status == KV_OK)
        status = freeze_top(session, deadline, message);
    if (status == KV_UNCHANGED && session->depth > 1)
        status = KV_OK;
    if (status == KV_OK && session->depth == SESSION_DEPTH_MAX)
        status = fold(session, message);
    return status == KV_OK ? apply_lowest(session, deadline, message) : status;
}

/* With the lock held. */
static void note(kv_session *session, int status)
{
    session->is_committing = false;
    pthread_cond_broadcast(&session->changed);
    if (status == KV_UNCHANGED)
        return;
    session->last_failure = status;
    if (status == KV_OK) {
        session->commits++;
        session->since = 0;
    } else {
        session->failures++;
    }
}

int kv_session_commit(kv_session *session, kv_deadline deadline, kv_message *ret_message)
{
    if (ret_message)
        ret_message->text[0] = '\0';
    pthread_mutex_lock(&session->lock);
    int status = take_turn(session, deadline);
    pthread_mutex_unlock(&session->lock);
    if (status == KV_OK) {
        status = commit(session, deadline, ret_message);
        pthread_mutex_lock(&session->lock);
        note(session, status);
        pthread_mutex_unlock(&session->lock);
    }
    if (status < 0 && ret_message && ret_message->text[0] == '\0')
        kvi_message_format(ret_message, "%s", kv_status_text(status));
    return status;
}
