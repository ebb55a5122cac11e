/*
 * Rescue: what could not be committed at the end, written so that `kvtool load` (and mdb_load) reads it (S18).
 *
 * Thread rule: the last thread. What people get wrong: calling it while requests are served.
 */
#ifndef KVFS_RESCUE_H
#define KVFS_RESCUE_H

#include "fs/view.h"

/** Writes the session's pending pairs, and the files that could not even be published (`is_over`: also those that count
 * as open), to a new file in `-o rescue=DIR`, and what the form cannot say (removals) and
 * where the file is to the log. Nothing but a line in the log where no directory was given. */
void kvfs_rescue(struct kvfs_view *view, bool is_over);

#endif
