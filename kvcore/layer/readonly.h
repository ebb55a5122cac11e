/*
 * The read-only layer: a store through which nothing is written, over one that could be.
 *
 * Floor 2. Only the begin of transactions is its own: read-only ones are handed out as the store below makes them, so
 * reading costs nothing more.
 *
 * Thread rule: as any store.
 */
#ifndef KVCORE_LAYER_READONLY_H
#define KVCORE_LAYER_READONLY_H

#include "kvcore/core/spi.h"

/** Puts a read-only store over `below` (taken, also on failure: it is closed with the layer).
 * Returns KV_OK or KV_ERR_NO_MEMORY. */
int kvi_readonly_open(struct kvi_store *below, struct kvi_store **ret_store);

#endif
