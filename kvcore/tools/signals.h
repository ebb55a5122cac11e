/*
 * Signals of kvtool.
 *
 * Until a verb asks to catch them, SIGINT, SIGTERM and SIGHUP end kvtool at once: a store survives that, and a wait
 * for another writer cannot be ended otherwise. A long write that wants to abort in order catches them once its
 * transaction runs, and asks between two steps whether one came. A reader that goes away (SIGPIPE) is a failed write.
 */
#ifndef KVCORE_TOOLS_SIGNALS_H
#define KVCORE_TOOLS_SIGNALS_H

/** At the start: makes a write to a closed pipe an error. */
void tool_signals_init(void);

/** From now on SIGINT, SIGTERM and SIGHUP are only remembered. */
void tool_signals_catch(void);

/** Until tool_signals_catch they end kvtool at once again. One that came before is still remembered. */
void tool_signals_release(void);

/** Tells (1 or 0) whether one came. */
int tool_signals_came(void);

/** Ends the process the way the remembered signal would have; returns when there is none. */
void tool_signals_deliver(void);

/** Ends the process the way SIGPIPE does, as other tools end; returns when kvtool was started with it ignored. */
void tool_signals_deliver_pipe(void);

#endif
