#include "kvcore/tools/signals.h"

#include <signal.h>
#include <unistd.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
enum { NUMBER_COUNT = sizeof numbers / sizeof numbers[0] };

static volatile sig_atomic_t came;
static int was_pipe_ignored;

/* One that comes after it was asked for and before a read blocks would be overlooked: the alarm comes again and again,
 * and ends that read. */
static void remember(int number)
{
    if (number != SIGALRM) {
        came = number;
    }
    alarm(1);
}

void tool_signals_init(void)
{
    struct sigaction before;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &before);
    was_pipe_ignored = before.sa_handler == SIG_IGN;
}

void tool_signals_catch(void)
{
    struct sigaction before;
    /* No SA_RESTART: a read that waits for input ends. */
    struct sigaction catch = {.sa_handler = remember};
    sigaction(SIGALRM, &catch, NULL);
    for (int i = 0; i < NUMBER_COUNT; i++) {
        /* A signal that the caller has us ignore (nohup, a shell's background job) stays ignored. */
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(numbers[i], &catch, NULL);
        }
    }
}

void tool_signals_release(void)
{
    struct sigaction before;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int i = 0; i < NUMBER_COUNT; i++) {
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == remember) {
            sigaction(numbers[i], &usual, NULL);
        }
    }
}

int tool_signals_came(void)
{
    return came != 0;
}

static void end_by(int number)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(number, &usual, NULL);
    kill(getpid(), number);
}

void tool_signals_deliver(void)
{
    if (came != 0) {
        end_by(came);
    }
}

void tool_signals_deliver_pipe(void)
{
    if (!was_pipe_ignored) {
        end_by(SIGPIPE);
    }
}
