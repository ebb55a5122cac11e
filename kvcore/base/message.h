/*
 * Writes the sentence of a kv_message.
 *
 * Floor 0. A message says what failed, on which file or option, and why; it ends without a full stop or newline.
 */
#ifndef KVCORE_BASE_MESSAGE_H
#define KVCORE_BASE_MESSAGE_H

#include "kvcore/status.h"

/** Formats as printf into `*message`, cut to its room; nothing when `message` is NULL. */
void kvi_message_format(kv_message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
