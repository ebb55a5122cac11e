#include "fs/serve.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "fs/commit.h"
#include "fs/log.h"
#include "fs/mount.h"
#include "fs/publish.h"
#include "fs/rescue.h"

enum { TICK = 1000 /* milliseconds */ };

/* Until a signal (its number) or the end of the mount (0). */
static int keep_house(struct kvfs_daemon *daemon, int signals, int ended)
{
    int64_t committed = kvfs_clock_monotonic();
    for (;;) {
        struct pollfd watched[] = {{.fd = signals, .events = POLLIN}, {.fd = ended, .events = POLLIN}};
        poll(watched, 2, TICK);
        if (watched[1].revents) {
            return 0;
        }
        struct signalfd_siginfo info;
        if (watched[0].revents && read(signals, &info, sizeof info) == sizeof info) {
            return (int)info.ssi_signo;
        }
        kvfs_files_renew_pins(daemon->view);
        int64_t period = (int64_t)daemon->options.commit * KVFS_SECOND;
        if (period > 0 && kvfs_clock_monotonic() - committed >= period) {
            int status = kvfs_commit_unasked(daemon, false);
            if (status < 0) {
                kvfs_log_failure("commit by the clock", NULL, kvfs_status_errno(status));
            }
            committed = kvfs_clock_monotonic();
        }
    }
}

/* The last commit. What it cannot do is rescued. */
static int commit_last(struct kvfs_daemon *daemon, bool is_over)
{
    int status = kvfs_commit_unasked(daemon, is_over);
    if (status < 0) {
        kvfs_log_failure("commit at the end", daemon->options.mountpoint, kvfs_status_errno(status));
        kvfs_rescue(daemon->view, is_over);
    }
    return status < 0;
}

static int serve_until_end(struct kvfs_daemon *daemon, int signals, int ended)
{
    int failed = 0;
    if (keep_house(daemon, signals, ended) > 0) {
        kvfs_loop_drain(daemon->loop, kvfs_view_deadline(daemon->view));
        kvfs_loop_stop(daemon->loop);
        daemon->loop = NULL;
        failed = commit_last(daemon, false);
    } else {
        /* The kernel ended the connection. Where the mount is gone every descriptor is closed; where it is still there
         * somebody cut the connection, and what was being written is not whole. */
        bool is_over = !kvfs_mount_is_present(daemon->options.mountpoint);
        kvfs_loop_stop(daemon->loop);
        daemon->loop = NULL;
        failed = commit_last(daemon, is_over);
    }
    return failed;
}

static void fill_ending(sigset_t *ending)
{
    sigemptyset(ending);
    sigaddset(ending, SIGTERM);
    sigaddset(ending, SIGINT);
    sigaddset(ending, SIGHUP);
}

void kvfs_serve_hold_signals(void)
{
    sigset_t ending;
    fill_ending(&ending);
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int kvfs_serve(struct kvfs_daemon *daemon)
{
    sigset_t ending;
    fill_ending(&ending);
    int signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
    int ended[2];
    if (signals < 0 || pipe2(ended, O_CLOEXEC) < 0) {
        kvfs_log_failure("serve", NULL, errno);
        return 1;
    }
    int failed = 1;
    int status = kvfs_loop_start(daemon->fuse, daemon->options.threads, ended[1], &daemon->loop);
    if (status == KV_OK) {
        failed = serve_until_end(daemon, signals, ended[0]);
    } else {
        kvfs_log_failure("start", NULL, kvfs_status_errno(status));
    }
    close(signals);
    close(ended[0]);
    close(ended[1]);
    return failed;
}
