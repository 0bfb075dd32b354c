/** Messages that the wire can't tell apart, and of which one was delivered: from then on each may be any of them. */
import type { Message } from '../ledger/index.ts';

/** An entry, as far as its message is concerned. */
interface Told {
  readonly message: Message;
  twins: Twins | undefined;
}

/** The most that are named. */
const NAMED = 20;

export class Twins {
  readonly messages = new Set<Message>();
  /** There are more than are named. */
  isCut = false;

  add(message: Message): void {
    if (this.messages.size < NAMED) this.messages.add(message);
    else if (!this.messages.has(message)) this.isCut = true;
  }
}

/** From now on none of these can be told from the others. */
export function unite(entries: readonly Told[]): void {
  const twins = entries.find((entry) => entry.twins)?.twins ?? new Twins();
  for (const entry of entries) {
    if (entry.twins && entry.twins !== twins) {
      for (const message of entry.twins.messages) twins.add(message);
      if (entry.twins.isCut) twins.isCut = true;
    }
    twins.add(entry.message);
    entry.twins = twins;
  }
}

/** What is told of a step of an entry: which messages it may be instead. */
export function othersOf({ twins, message }: Told): { readonly among?: readonly Message[]; readonly isCut?: boolean } {
  if (!twins) return NONE;
  return { among: [...twins.messages].filter((other) => other !== message), isCut: twins.isCut };
}

const NONE = {};
