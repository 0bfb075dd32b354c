import type { Duplex } from 'node:stream';

/** How long clients may take to hang up by themselves, in ms. */
const GOODBYE_MS = 250;

/** Waits for those who are in to leave: a moment, then they are hung up on. Resolves when all are gone. */
export async function hangUp(streams: ReadonlySet<Duplex>): Promise<void> {
  const gone = [...streams].map((stream) => new Promise<void>((closed) => stream.once('close', closed)));
  const timer = setTimeout(() => {
    for (const stream of streams) stream.destroy();
  }, GOODBYE_MS);
  await Promise.all(gone);
  clearTimeout(timer);
}
