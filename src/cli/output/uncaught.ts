/** Errors that nobody could catch: an event without a listener, a rejection without a handler. */

type Listener = (error: unknown) => void;

/** Who listens, the latest last: it alone is told. */
const listeners: Listener[] = [];
const tell: Listener = (error) => listeners.at(-1)?.(error);

/** For errors of other threads, which this process does not hear of by itself. */
export const tellUncaught: Listener = (error) => tell(error);

/** Hears of every such error until the result is called, or until somebody else listens. */
export function hearUncaught(listener: Listener): () => void {
  if (listeners.length === 0) for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, tell);
  listeners.push(listener);
  return () => {
    listeners.splice(listeners.indexOf(listener), 1);
    if (listeners.length > 0) return;
    for (const event of ['uncaughtException', 'unhandledRejection']) process.off(event, tell);
  };
}
