/** Messages that the wire can't tell apart, and of which one was delivered: from then on each may be any of them. */
import type { Among, Message } from '../ledger/index.ts';

/** An entry, as far as its message is concerned. */
interface Told {
  readonly message: Message;
  twins: Twins | undefined;
}

/** The most that are named. */
const NAMED = 20;

export class Twins implements Among {
  readonly #messages = new Set<Message>();
  /** There are more than are named. */
  isCut = false;

  add(message: Message): void {
    if (this.#messages.size < NAMED) this.#messages.add(message);
    else if (!this.#messages.has(message)) this.isCut = true;
  }

  [Symbol.iterator](): Iterator<Message> {
    return this.#messages.values();
  }
}

/** From now on none of these can be told from the others. */
export function unite(entries: readonly Told[]): void {
  const twins = entries.find((entry) => entry.twins)?.twins ?? new Twins();
  for (const entry of entries) {
    if (entry.twins && entry.twins !== twins) {
      for (const message of entry.twins) twins.add(message);
      if (entry.twins.isCut) twins.isCut = true;
    }
    twins.add(entry.message);
    entry.twins = twins;
  }
}
