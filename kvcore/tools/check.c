#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kvcore/tools/output.h"
#include "kvcore/tools/signals.h"
#include "kvcore/tools/verb.h"
#include "kvcore/tools/walk.h"

/* Checks the bucket place->name and adds its pairs. */
static int check_bucket(tool_place *place, tool_walk *walk)
{
    int status = kv_bucket_open(place->txn, place->name, &place->bucket);
    if (status == KV_OK) {
        status = tool_spelling_find(place->bucket, 0, &place->spelling);
    }
    return status == KV_OK ? tool_walk_bucket(walk) : status;
}

static int check_all(tool_place *place, tool_walk *walk, uint64_t *ret_buckets)
{
    int status = KV_OK;
    *ret_buckets = 0;
    if ((kv_store_capabilities(place->store) & KV_CAN_ROOT_MAP) != 0) {
        status = check_bucket(place, walk);
    }
    while (status >= 0 && (status = kv_bucket_next(place->txn, place->name, place->name)) == KV_OK) {
        ++*ret_buckets;
        tool_walk_check_name(walk);
        status = check_bucket(place, walk);
    }
    return status;
}

static tool_exit check(const tool_call *call)
{
    tool_place place __attribute__((cleanup(tool_place_leave_scoped))) = {0};
    tool_walk walk = {.place = &place};
    uint64_t buckets = 1;
    int is_one = call->argument_count > 1;
    tool_exit code = is_one ? tool_place_enter(call, call->arguments[0], call->arguments[1], TOOL_READ, &place)
                            : tool_place_begin(call, call->arguments[0], TOOL_READ, &place);
    if (code != TOOL_DONE) {
        return code;
    }
    int status = is_one ? tool_walk_bucket(&walk) : check_all(&place, &walk, &buckets);
    if (status < 0) {
        return tool_place_report(&place, status);
    }
    if (walk.problems > 0) {
        tool_say(place.location, "%" PRIu64 " problems", walk.problems);
        return TOOL_FAILED;
    }
    if (!call->options.is_quiet) {
        tool_output_format("%" PRIu64 " buckets, %" PRIu64 " pairs: sound\n", buckets, walk.pairs);
    }
    return TOOL_DONE;
}

static void check_in_child(const tool_call *call)
{
    struct rlimit none = {0, 0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &none);
    tool_exit code = check(call);
    int error = tool_output_flush();
    if (error != 0) {
        tool_say("standard output", "%s", strerror(error));
        code = TOOL_FAILED;
    }
    exit(code);
}

static tool_exit run(const tool_call *call)
{
    int state;
    /* Damage that nothing notices beforehand ends the process that reads it, by SIGBUS, SIGSEGV or SIGABRT: let that be
     * another one. No store is open yet, so none crosses the fork. */
    pid_t child = fork();
    if (child == 0) {
        check_in_child(call);
    }
    if (child < 0 || waitpid(child, &state, 0) != child) {
        return tool_report(call->arguments[0], KV_ERR_NO_MEMORY, "cannot start a process");
    }
    if (WIFSIGNALED(state)) {
        tool_say(call->arguments[0], "damaged: reading it ended by signal %d (%s)", WTERMSIG(state),
                 strsignal(WTERMSIG(state)));
        return TOOL_FAILED;
    }
    return (tool_exit)WEXITSTATUS(state);
}

static const tool_verb_option options[] = {
    {TOOL_OPTION_QUIET, "say nothing when all is well"},
    {TOOL_NO_OPTION, NULL},
};

const tool_verb tool_verb_check = {
    .name = "check",
    .arguments = "STORE [BUCKET]",
    .summary = "read everything in both directions and tell what is wrong",
    .details =
        "Looked at: the order of keys and values, that each key is found, that both directions and the count of\n"
        "the store agree, that each key and bucket has a name and the name leads back to it.",
    .options = options,
    .least = 1,
    .most = 2,
    .run = run,
};
