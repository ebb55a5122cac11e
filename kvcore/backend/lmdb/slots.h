/*
 * Which slot LMDB would take for the next handle, and whether it may; opening and closing in it.
 *
 * Where it sits: under handles.c and refresh.c, which decide what to open. Everything here is called under the table's lock.
 */
#ifndef KVCORE_BACKEND_LMDB_SLOTS_H
#define KVCORE_BACKEND_LMDB_SLOTS_H

#include "kvcore/backend/lmdb/env.h"

/* Finds the open handle `name`, or NULL; `*ret_at` is its place among the open ones, or where it would be. */
struct kvi_lmdb_handle *kvi_lmdb_handle_find(struct kvi_lmdb_handles *handles, const char *name, unsigned *ret_at);

/* Puts a handle that LMDB has just opened into the table. There is room: handles->count < handles->max. */
void kvi_lmdb_handle_insert(struct kvi_lmdb_handles *handles, struct kvi_lmdb_handle *handle);

/* Takes a handle that LMDB has closed out of the table; it stays in the list of closed ones while it has users. */
void kvi_lmdb_handle_forget(struct kvi_lmdb_handles *handles, struct kvi_lmdb_handle *handle);

/* Closes a handle in LMDB, and forgets it. */
void kvi_lmdb_handle_shut(struct kvi_lmdb_env *env, struct kvi_lmdb_handle *handle);

/**
 * Makes sure that a handle with `flags` can be opened by a transaction that knows `slots` slots, giving up an unused
 * one where needed.
 *   may_grow  whether the slot after these may be taken
 *   ret_slot  the slot that LMDB will take; given with KV_ERR_BUSY too
 * Returns KV_OK, KV_ERR_BUSY (the slot's comparators are still in use), KV_ERR_TXN_BUSY (no slot is free before the
 * open read-write transaction ends), KV_ERR_TOO_MANY_BUCKETS.
 */
int kvi_lmdb_slot_prepare(struct kvi_lmdb_env *env, MDB_dbi slots, bool may_grow, unsigned flags, MDB_dbi *ret_slot);

/* Gives flags by which a bucket could be opened in a slot that is refused with KV_ERR_BUSY. */
unsigned kvi_lmdb_slot_flags(const struct kvi_lmdb_handles *handles, MDB_dbi slot);

/* Opens bucket `name` in `mdb`, in the slot that was prepared for it, and puts its handle into the table, unpublished
 * and without owner. With `is_creation` the bucket is made. Returns KV_OK, or what LMDB failed with. */
int kvi_lmdb_handle_open_in(struct kvi_lmdb_env *env, MDB_txn *mdb, const char *name, unsigned flags, bool is_creation,
                            MDB_dbi slot, struct kvi_lmdb_handle **ret_handle);

/* Tells that the transaction which opened the handle has committed. The caller then raises the table's epoch by one,
 * once for all that it published. */
void kvi_lmdb_handle_publish(struct kvi_lmdb_handles *handles, struct kvi_lmdb_handle *handle);

#endif
