/**
 * The last resort: an error that nobody foresaw ends the connection that caused it, and not the process with everybody
 * else's work. It is told as a warning of the process, since it is a fault of ours; tests fail when one comes.
 */
import { type Clock, wallMicros } from '../core/time/clock.ts';

/** The name of those warnings. */
export const FAULT = 'ServerFault';

/** Tells of a fault in a server: `where` says in which, and what it ends. */
export function tellFault(where: string, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`${where}. This is a fault of msgplay: please report it.\n${detail}`, FAULT);
}

/** The same function; what it throws goes to `failed`, which ends what caused it. */
export function contained<A extends unknown[]>(
  action: (...args: A) => void,
  failed: (error: unknown) => void,
): (...args: A) => void {
  return (...args) => {
    try {
      action(...args);
    } catch (error) {
      failed(error);
    }
  };
}

/** The same clock; an action that throws when its time has come is told, and costs nobody anything. */
export function containedClock(clock: Clock, server: string): Clock {
  const failed = (error: unknown) => tellFault(`A timer of the embedded ${server} failed`, error);
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    wallMicros: () => wallMicros(clock),
    after: (delayMs, action) => clock.after(delayMs, contained(action, failed)),
    ...(clock.steady ? { steady: containedClock(clock.steady, server) } : {}),
  };
}
