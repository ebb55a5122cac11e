/*
 * The registry: which kinds of store there are. One line each, in one table.
 *
 * Floor 3. Adding a backend is a folder, a descriptor, a line here and a row in the conformance suite.
 */
#ifndef KVCORE_REGISTRY_REGISTRY_H
#define KVCORE_REGISTRY_REGISTRY_H

#include "kvcore/core/spi.h"

/** Lends the `index`th backend, or NULL past the last. */
const struct kvi_backend *kvi_registry_at(unsigned index);

/** Lends the backend of a scheme, or NULL. */
const struct kvi_backend *kvi_registry_find(kv_slice scheme);

/** Opens a store of `backend` (its location without the scheme) as the SPI knows it. */
int kvi_registry_open(const struct kvi_backend *backend, const char *location, unsigned flags, const char *settings,
                      struct kvi_store **ret_store, kv_message *message);

#endif
