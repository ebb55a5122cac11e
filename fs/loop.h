/*
 * The loop: takes requests from the kernel, numbers them, and has them served.
 *
 * One thread at a time reads, and serves what it read itself: with one client a second thread would only cost context
 * switches. It hands the reading over when more requests wait already, and before anything that may take long
 * (kvfs_loop_hand_over); threads are made when they are needed.
 *
 * Requests are numbered in the order in which the kernel queued them, so that a commit can wait until every file that
 * was closed before it was asked for has joined the session (S15).
 *
 * Thread rule: any thread. What people get wrong: waiting for another request without handing over first.
 */
#ifndef KVFS_LOOP_H
#define KVFS_LOOP_H

#include <stdint.h>

#include "kvcore/kvcore.h"

struct fuse_session;
struct kvfs_loop;

/** Starts serving `fuse` with at most `threads` threads. When the kernel has ended the mount, a byte is written to
 * `ended_fd`. Returns KV_OK, KV_ERR_NO_MEMORY. */
int kvfs_loop_start(struct fuse_session *fuse, unsigned threads, int ended_fd, struct kvfs_loop **ret_loop);

/** Ends all threads once their requests are served, and frees the loop (taken; NULL is nothing). */
void kvfs_loop_stop(struct kvfs_loop *loop);

/** Lets another thread read: called by a request that may take long. */
void kvfs_loop_hand_over(struct kvfs_loop *loop);

/** Brackets a wait for somebody outside the mount: hands over, and lets one more thread be made for the time. */
void kvfs_loop_wait_begin(struct kvfs_loop *loop);
void kvfs_loop_wait_end(struct kvfs_loop *loop);

/** Gives the number of the request that this thread serves. */
uint64_t kvfs_loop_number(void);

/** Waits until every release with a number below `number` is done. Returns KV_OK or KV_ERR_TIMEOUT. */
int kvfs_loop_wait(struct kvfs_loop *loop, uint64_t number, kv_deadline deadline);

/** Waits until everything that the kernel has queued by now is read, and its releases are done. For threads that
 * serve no request. Returns as kvfs_loop_wait. */
int kvfs_loop_drain(struct kvfs_loop *loop, kv_deadline deadline);

#endif
