#include "fs/loop.h"

#include <errno.h>
#include <fuse_lowlevel.h>
#include <linux/fuse.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "fs/clock.h"
#include "fs/log.h"

/* With all that wait in commits. */
enum { THREADS_MAX = 1024 };

struct releases {
    uint64_t *numbers;
    size_t count, capacity;
};

struct kvfs_loop {
    struct fuse_session *fuse;
    int ended_fd;
    unsigned threads_max;
    pthread_mutex_t lock;
    pthread_cond_t may_read;    /* somebody handed over */
    pthread_cond_t is_released; /* a release is done */
    bool is_reading, is_ended;
    unsigned idle, thread_count;
    unsigned waiting; /* threads that wait for somebody outside: others take their places */
    pthread_t *threads;
    uint64_t last_number;
    struct releases releases; /* read and not done */
};

static _Thread_local uint64_t this_number;
static _Thread_local bool is_reader;

static void *serve(void *argument);

/* Makes one more thread. The lock is held. */
static int add_thread(struct kvfs_loop *loop)
{
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGUSR1); /* it ends a read, in kvfs_loop_stop */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&loop->threads[loop->thread_count], NULL, serve, loop);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    loop->thread_count += error == 0;
    return error ? kv_status_from_errno(error) : KV_OK;
}

void kvfs_loop_hand_over(struct kvfs_loop *loop)
{
    if (!is_reader) {
        return;
    }
    is_reader = false;
    pthread_mutex_lock(&loop->lock);
    loop->is_reading = false;
    if (loop->idle > 0) {
        pthread_cond_signal(&loop->may_read);
    } else if (loop->thread_count < loop->threads_max + loop->waiting && loop->thread_count < THREADS_MAX &&
               !loop->is_ended) {
        add_thread(loop); /* when there can be none, this one reads again after its request */
    }
    pthread_mutex_unlock(&loop->lock);
}

void kvfs_loop_wait_begin(struct kvfs_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    loop->waiting++;
    pthread_mutex_unlock(&loop->lock);
    kvfs_loop_hand_over(loop);
}

void kvfs_loop_wait_end(struct kvfs_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    loop->waiting--;
    pthread_mutex_unlock(&loop->lock);
}

static bool become_reader(struct kvfs_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    while (loop->is_reading && !loop->is_ended) {
        loop->idle++;
        pthread_cond_wait(&loop->may_read, &loop->lock);
        loop->idle--;
    }
    is_reader = !loop->is_ended;
    loop->is_reading = loop->is_reading || is_reader;
    pthread_mutex_unlock(&loop->lock);
    return is_reader;
}

static void end(struct kvfs_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    bool is_first = !loop->is_ended;
    loop->is_ended = true;
    loop->is_reading = is_reader = false;
    pthread_cond_broadcast(&loop->may_read);
    pthread_mutex_unlock(&loop->lock);
    if (is_first && write(loop->ended_fd, "e", 1) < 0) {
        kvfs_log_warning("the housekeeper cannot be told that the mount has ended");
    }
}

/* Numbers the request in `data`; gives whether it is a release that commits have to wait for. */
static bool number_request(struct kvfs_loop *loop, const void *data)
{
    const struct fuse_in_header *header = data;
    bool is_release = header->opcode == FUSE_RELEASE;
    pthread_mutex_lock(&loop->lock);
    this_number = ++loop->last_number;
    if (is_release && loop->releases.count == loop->releases.capacity) {
        size_t capacity = loop->releases.capacity ? loop->releases.capacity * 2 : 64;
        uint64_t *numbers = reallocarray(loop->releases.numbers, capacity, sizeof *numbers);
        is_release = numbers != NULL; /* without memory: served now, before anything else is read */
        if (numbers) {
            loop->releases.numbers = numbers;
            loop->releases.capacity = capacity;
        }
    }
    if (is_release) {
        loop->releases.numbers[loop->releases.count++] = this_number;
    }
    pthread_mutex_unlock(&loop->lock);
    return is_release;
}

static void finish_release(struct kvfs_loop *loop, uint64_t number)
{
    pthread_mutex_lock(&loop->lock);
    struct releases *releases = &loop->releases;
    for (size_t i = 0; i < releases->count; i++) {
        if (releases->numbers[i] == number) {
            releases->numbers[i] = releases->numbers[--releases->count];
            break;
        }
    }
    pthread_cond_broadcast(&loop->is_released);
    pthread_mutex_unlock(&loop->lock);
}

static bool is_more_waiting(struct kvfs_loop *loop)
{
    struct pollfd device = {.fd = fuse_session_fd(loop->fuse), .events = POLLIN};
    return poll(&device, 1, 0) > 0;
}

static void *serve(void *argument)
{
    struct kvfs_loop *loop = argument;
    struct fuse_buf buffer = {0};
    while (is_reader || become_reader(loop)) {
        int size = fuse_session_receive_buf(loop->fuse, &buffer);
        if (size == -EINTR && !fuse_session_exited(loop->fuse)) {
            continue;
        }
        if (size <= 0) {
            end(loop);
            break;
        }
        bool is_release = number_request(loop, buffer.mem);
        uint64_t number = this_number;
        if (loop->threads_max > 1 && is_more_waiting(loop)) {
            kvfs_loop_hand_over(loop);
        }
        fuse_session_process_buf(loop->fuse, &buffer);
        if (is_release) {
            finish_release(loop, number);
        }
    }
    free(buffer.mem);
    return NULL;
}

static void wake(int number)
{
    (void)number;
}

static void free_loop(struct kvfs_loop *loop)
{
    pthread_mutex_destroy(&loop->lock);
    pthread_cond_destroy(&loop->may_read);
    pthread_cond_destroy(&loop->is_released);
    free(loop->releases.numbers);
    free(loop->threads);
    free(loop);
}

int kvfs_loop_start(struct fuse_session *fuse, unsigned threads, int ended_fd, struct kvfs_loop **ret_loop)
{
    struct kvfs_loop *loop = calloc(1, sizeof *loop);
    pthread_t *ids = calloc(THREADS_MAX, sizeof *ids);
    if (!loop || !ids) {
        free(loop);
        free(ids);
        return KV_ERR_NO_MEMORY;
    }
    *loop = (struct kvfs_loop){.fuse = fuse, .ended_fd = ended_fd, .threads_max = threads, .threads = ids};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&loop->lock, NULL);
    pthread_cond_init(&loop->may_read, NULL);
    pthread_cond_init(&loop->is_released, &monotonic);
    pthread_condattr_destroy(&monotonic);
    /* Without SA_RESTART, so that it ends a read from the device. */
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = wake}, NULL);
    *ret_loop = loop; /* the first request may ask for it */
    pthread_mutex_lock(&loop->lock);
    int status = add_thread(loop);
    pthread_mutex_unlock(&loop->lock);
    if (status < 0) {
        *ret_loop = NULL;
        free_loop(loop);
    }
    return status;
}

void kvfs_loop_stop(struct kvfs_loop *loop)
{
    if (!loop) {
        return;
    }
    fuse_session_exit(loop->fuse);
    pthread_mutex_lock(&loop->lock);
    loop->is_ended = true;
    pthread_cond_broadcast(&loop->may_read);
    unsigned count = loop->thread_count;
    pthread_mutex_unlock(&loop->lock);
    for (unsigned i = 0; i < count; i++) {
        struct timespec limit;
        do {
            /* Again and again: the signal may come just before the thread begins to read. */
            pthread_kill(loop->threads[i], SIGUSR1);
            clock_gettime(CLOCK_REALTIME, &limit);
            limit.tv_nsec += KVFS_SECOND / 50;
            limit.tv_sec += limit.tv_nsec / KVFS_SECOND;
            limit.tv_nsec %= KVFS_SECOND;
        } while (pthread_timedjoin_np(loop->threads[i], NULL, &limit) == ETIMEDOUT);
    }
    free_loop(loop);
}

uint64_t kvfs_loop_number(void)
{
    return this_number;
}

static bool is_release_below(const struct releases *releases, uint64_t number)
{
    for (size_t i = 0; i < releases->count; i++) {
        if (releases->numbers[i] < number) {
            return true;
        }
    }
    return false;
}

int kvfs_loop_wait(struct kvfs_loop *loop, uint64_t number, kv_deadline deadline)
{
    struct timespec until = {.tv_sec = deadline / KVFS_SECOND, .tv_nsec = deadline % KVFS_SECOND};
    int error = 0;
    pthread_mutex_lock(&loop->lock);
    while (is_release_below(&loop->releases, number) && error != ETIMEDOUT) {
        error = pthread_cond_timedwait(&loop->is_released, &loop->lock, &until);
    }
    bool is_open = is_release_below(&loop->releases, number);
    pthread_mutex_unlock(&loop->lock);
    return is_open ? KV_ERR_TIMEOUT : KV_OK;
}

int kvfs_loop_drain(struct kvfs_loop *loop, kv_deadline deadline)
{
    while (is_more_waiting(loop) && !fuse_session_exited(loop->fuse)) {
        if (kvfs_clock_monotonic() > deadline) {
            return KV_ERR_TIMEOUT;
        }
        nanosleep(&(struct timespec){.tv_nsec = KVFS_SECOND / 1000}, NULL);
    }
    pthread_mutex_lock(&loop->lock);
    /* One more than what is numbered: a thread may just have read its request and not numbered it yet. */
    uint64_t number = loop->last_number + 2;
    pthread_mutex_unlock(&loop->lock);
    return kvfs_loop_wait(loop, number, deadline);
}
