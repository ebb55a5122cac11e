/*
 * The log: every refusal and failure with operation, name, errno and reason (S37), and nothing else unless -d.
 *
 * Where it sits: below everything. In the foreground it writes to stderr, otherwise to syslog.
 *
 * Thread rule: any thread; the reason is kept by thread. What people get wrong: setting a reason and then not
 * failing. The reply clears it, so it cannot reach the next request.
 */
#ifndef KVFS_LOG_H
#define KVFS_LOG_H

/** Begins logging: to stderr when `is_foreground`, else to syslog. `is_debug` lets kvfs_log_debug speak. */
void kvfs_log_begin(int is_foreground, int is_debug);

/** Ends logging. */
void kvfs_log_end(void);

/** Notes why the present request is about to be refused or has failed, for kvfs_log_failure on this thread. */
void kvfs_reason(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Forgets this thread's reason. */
void kvfs_reason_clear(void);

/** Logs that `operation` on `name` (NULL: on nothing in particular) failed with `error` for this thread's reason. */
void kvfs_log_failure(const char *operation, const char *name, int error);

/** Logs what the administrator must know although no request failed. */
void kvfs_log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Logs with -d only. */
void kvfs_log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
