/** The signals by which this process may be told to end. */
import { constants } from 'node:os';

/**
 * All that end a process that does not listen, except those that only it can cause by being broken (SIGABRT, SIGSEGV …)
 * and the profiler's. SIGPIPE and SIGXFSZ are errors of writing in Node; SIGKILL and real-time signals nobody can hear.
 * https://man7.org/linux/man-pages/man7/signal.7.html
 */
const ENDING = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
] as const satisfies readonly NodeJS.Signals[];

/**
 * Calls back on each signal that is to end this process, with the exit code by which a shell would tell it: 128 and the
 * signal's number. Gives what stops listening.
 */
export function onEndingSignal(end: (exitCode: number, signal: NodeJS.Signals) => void): () => void {
  const handlers = ENDING.flatMap((signal) => {
    // Not every system has them all.
    const number: number | undefined = constants.signals[signal];
    return number === undefined ? [] : [{ signal, handler: (): void => end(128 + number, signal) }];
  });
  for (const { signal, handler } of handlers) process.on(signal, handler);
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  };
}

/** Node answers SIGUSR1 with a port through which any program on this machine can run code in this process: not here. */
export function openNoDebugger(): void {
  if (constants.signals.SIGUSR1 !== undefined) process.on('SIGUSR1', () => {});
}
