/*
 * Publishing: how the content of files joins the session (S15), and what the housekeeper does with files.
 *
 * Thread rule: any thread. What people get wrong: publishing a file that somebody writes because another file is
 * synced; only its own fsync, or the end of the mount, does that.
 */
#ifndef KVFS_PUBLISH_H
#define KVFS_PUBLISH_H

#include "fs/file.h"

/** Why a file is to be published. */
enum kvfs_occasion {
    KVFS_WHEN_CLOSED, /* it may be time: nothing is done while somebody writes it */
    KVFS_WHEN_ASKED,  /* its own fsync */
    KVFS_AT_THE_END   /* no descriptor is open any more, whatever is counted */
};

/** Puts what is unpublished into the session. Needs `tree`. KV_OK also when there is nothing to do. A draft is
 * KV_ERR_NAME when asked (its fsync, S9). */
int kvfs_file_publish(struct kvfs_file *file, enum kvfs_occasion occasion);

/** Publishes all files that nobody writes (`is_all`: and those too). Returns the first failure; the others are tried
 * all the same. Takes `tree`. */
int kvfs_files_publish(struct kvfs_view *view, bool is_all);

/** Gives up what is unpublished: such files lose their names, and who has one open keeps it. Takes `tree`. */
void kvfs_files_discard(struct kvfs_view *view);

/** Renews pins that are older than `-o pin`, or ends them where the value has changed (S31). Takes `tree`. */
void kvfs_files_renew_pins(struct kvfs_view *view);

/** Makes every later lookup compare open files with the store again: the session was given up. */
void kvfs_files_look_again(struct kvfs_view *view);

/** Makes every later lookup compare open files with the store again: the session was given up. */
void kvfs_files_look_again(struct kvfs_view *view);

#endif
