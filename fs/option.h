/*
 * Options: what the command line says, from one table that --help prints as well.
 *
 * Thread rule: filled before any thread starts, constant afterwards. What people get wrong: passing an option of the
 * kernel or of mount(8) on to the store: those that neither knows are refused by name.
 */
#ifndef KVFS_OPTION_H
#define KVFS_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kvcore/kvcore.h"

struct kvfs_options {
    const char *store;      /* as given; a path made absolute, since a daemon leaves its directory */
    const char *mountpoint; /* absolute */
    bool is_foreground, is_debug;
    bool is_read_only, may_create, is_quiet, is_shared; /* shared: other users may enter */
    bool wants_help, wants_version;
    uid_t uid;
    gid_t gid;
    mode_t fmask, dmask;
    const char *spool;     /* NULL: the system's place for large temporary files */
    const char *rescue;    /* NULL: nowhere */
    size_t session_memory; /* bytes */
    unsigned timeout;      /* seconds (S38) */
    unsigned commit;       /* seconds between commits by the clock; 0: none */
    unsigned pin;          /* seconds (S31) */
    unsigned threads;      /* at most */
    char *settings;        /* of the backend: "name=value,…", or NULL */
    char *kernel;          /* mount flags for the kernel: "nosuid,nodev" */
    char *owned[4];        /* what kvfs_options_done frees besides */
};

/** Reads the command line. Returns KV_OK, or KV_ERR_OPTION and says in `ret_message` what is wrong. */
int kvfs_options_read(int count, char **arguments, struct kvfs_options *ret_options, kv_message *ret_message);

/** Frees what reading allocated. */
void kvfs_options_done(struct kvfs_options *options);

/** Prints the usage and every option to standard output. */
void kvfs_options_help(void);

#endif
