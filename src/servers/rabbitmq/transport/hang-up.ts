import type { Duplex } from 'node:stream';

/** How long clients may take to hang up by themselves, in ms. */
const GOODBYE_MS = 250;

/** Lets nobody else in, and waits for those who are in to leave: a moment, then they are hung up on. */
export async function hangUp(
  listener: { close(): Promise<void> },
  streams: { keys(): Iterable<Duplex> },
): Promise<void> {
  const closed = listener.close();
  const timer = setTimeout(() => {
    for (const stream of streams.keys()) stream.destroy();
  }, GOODBYE_MS);
  await closed;
  clearTimeout(timer);
}
