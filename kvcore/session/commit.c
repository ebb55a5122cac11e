/* The commit of a session: freeze what is pending, apply it to the base in one transaction, or leave all as it was. */
#include <errno.h>
#include <time.h>

#include "kvcore/base/cleanup.h"
#include "kvcore/base/clock.h"
#include "kvcore/base/message.h"
#include "kvcore/session/parts.h"

int kvi_session_turn_take(kv_session *session, kv_deadline deadline)
{
    const struct timespec until = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    int waited = 0;
    KVI_SCOPED_LOCK(&session->lock);
    while (session->is_committing && waited != ETIMEDOUT)
        waited = deadline ? pthread_cond_timedwait(&session->changed, &session->lock, &until)
                          : pthread_cond_wait(&session->changed, &session->lock);
    if (session->is_committing)
        return KV_ERR_TIMEOUT;
    session->is_committing = true;
    return KV_OK;
}

void kvi_session_turn_end(kv_session *session)
{
    KVI_SCOPED_LOCK(&session->lock);
    session->is_committing = false;
    pthread_cond_broadcast(&session->changed);
}

/* Tells what the top holds: KV_OK, or KV_UNCHANGED when that is nothing. */
static int look_at_top(kv_session *session)
{
    uint64_t changes = 0, bytes = 0;
    int status = kvi_session_generation_measure(session_top(session)->generation, &changes, &bytes);
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
        status = kvi_session_generation_open(session, &fresh, message);
    if (status != KV_OK)
        return status;
    pthread_mutex_lock(&session->lock);
    status = kvi_session_freeze(session, deadline);
    if (status == KV_OK) {
        status = kvi_session_layer_open(session, fresh, session_top(session), &session->stack[session->depth]);
        session->depth += status == KV_OK;
        session->frozen = kvi_clock_ns();
        kvi_session_thaw(session);
    }
    kvi_session_generation_unref(fresh);
    pthread_mutex_unlock(&session->lock);
    return status;
}

static int fold_generation(struct generation *newer, struct generation *into)
{
    const struct kvi_backend *ops = into->store->backend;
    struct kvi_txn *from, *to;
    int status = ops->txn_begin(newer->store, NULL, KV_TXN_READ, KV_FOREVER, &from);
    if (status != KV_OK)
        return status;
    status = ops->txn_begin(into->store, NULL, KV_TXN_WRITE, KV_FOREVER, &to);
    if (status == KV_OK) {
        status = kvi_overlay_fold(from, to);
        if (status == KV_OK)
            status = ops->txn_commit(to);
        else
            ops->txn_abort(to);
    }
    ops->txn_abort(from);
    return status;
}

/* Writes the second generation into the first and takes it off the stack. Those who read meanwhile see its changes once
 * or twice over, which is the same. */
static int fold(kv_session *session)
{
    struct layer *top;
    int status = fold_generation(session->stack[1]->generation, session->stack[0]->generation);
    if (status != KV_OK)
        return status;
    pthread_mutex_lock(&session->lock);
    status = kvi_session_layer_open(session, session_top(session)->generation, session->stack[0], &top);
    if (status == KV_OK)
        kvi_session_stack_replace(session, 1, top);
    pthread_mutex_unlock(&session->lock);
    return status;
}

int kvi_session_gather(kv_session *session, kv_deadline deadline, kv_message *message)
{
    int status = session->depth == SESSION_DEPTH_MAX ? fold(session) : KV_OK;
    if (status == KV_OK)
        status = freeze_top(session, deadline, message);
    if (status == KV_UNCHANGED && session->depth > 1)
        return KV_OK;
    return status == KV_OK && session->depth == SESSION_DEPTH_MAX ? fold(session) : status;
}

/* Applies the lowest generation to the base and puts the top on it. */
static int apply_lowest(kv_session *session, kv_deadline deadline, kv_message *message)
{
    struct layer *final;
    pthread_mutex_lock(&session->lock);
    int status = kvi_session_layer_open(session, session_top(session)->generation, NULL, &final);
    pthread_mutex_unlock(&session->lock);
    if (status != KV_OK)
        return status;
    struct apply_request request = {.generation = session->stack[0]->generation, .message = message};
    status = kv_store_update(session->base, deadline, kvi_session_apply, &request);
    pthread_mutex_lock(&session->lock);
    if (status == KV_OK)
        kvi_session_stack_replace(session, 0, final);
    else
        kvi_session_layer_close(final);
    pthread_mutex_unlock(&session->lock);
    return status;
}

static int commit(kv_session *session, kv_deadline deadline, kv_message *message)
{
    int status = kvi_session_gather(session, deadline, message);
    if (status == KV_OK)
        status = apply_lowest(session, deadline, message);
    /* The promise is that a commit is durable, also where the store's own are not. */
    if (status == KV_OK && (session->base->flags & KV_OPEN_NO_SYNC))
        status = kv_store_sync(session->base);
    return status;
}

static void note(kv_session *session, int status)
{
    KVI_SCOPED_LOCK(&session->lock);
    if (status == KV_UNCHANGED)
        return;
    session->last_failure = status;
    if (status != KV_OK) {
        session->failures++;
        return;
    }
    session->commits++;
    /* What is pending now was begun after the freeze. */
    session->since = session->writers > 0 || look_at_top(session) != KV_UNCHANGED ? session->frozen : 0;
}

int kv_session_commit(kv_session *session, kv_deadline deadline, kv_message *ret_message)
{
    if (ret_message)
        ret_message->text[0] = '\0';
    int status = kvi_session_turn_take(session, deadline);
    if (status == KV_OK) {
        status = commit(session, deadline, ret_message);
        note(session, status);
        kvi_session_turn_end(session);
    }
    if (status < 0 && ret_message && ret_message->text[0] == '\0')
        kvi_message_format(ret_message, "%s", kv_status_text(status));
    return status;
}
