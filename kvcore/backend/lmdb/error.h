/*
 * From LMDB's return codes to ours: the one place that knows both.
 */
#ifndef KVCORE_BACKEND_LMDB_ERROR_H
#define KVCORE_BACKEND_LMDB_ERROR_H

/* Gives the status for a return code of LMDB: an MDB_ code, an errno, or 0. */
int kvi_lmdb_status(int code);

#endif
