/** Messages that the wire can't tell apart, and of which one was delivered: from then on each may be any of them. */
import type { Among, SeenMessage } from '../../ledger/index.ts';

/** When a time to live ends, in ms of the run: between these times. */
export interface Deadline {
  readonly ttlMs: number;
  readonly from: number;
  to: number;
}

/** An entry, as far as its message is concerned. */
interface Told {
  readonly message: SeenMessage;
  readonly deadline: Deadline | undefined;
  twins: Twins | undefined;
}

/** The most that are named, besides the first and the last. */
const NAMED = 20;

export class Twins implements Among {
  #messages = new Set<SeenMessage>();
  /** The first and the last of the run. */
  #ends: readonly SeenMessage[] = [];
  #isCut = false;
  #isMixed = false;
  #deadline: Deadline | undefined;
  /** Those that these were united with later. */
  #united: Twins | undefined;

  /** There are more than are named. */
  get isCut(): boolean {
    return this.#all.#isCut;
  }

  /** Some are, or were, in other places, too: so what becomes of one here does not tell what became of a message. */
  get isMixed(): boolean {
    return this.#all.#isMixed;
  }

  /** When any of them may be over, and when all that can be over are; undefined where none ever is. */
  get deadline(): Deadline | undefined {
    return this.#all.#deadline;
  }

  [Symbol.iterator](): Iterator<SeenMessage> {
    const all = this.#all;
    return (all.#isCut ? new Set([...all.#messages, ...all.#ends]) : all.#messages).values();
  }

  get #all(): Twins {
    let twins: Twins = this;
    while (twins.#united) twins = twins.#united;
    return twins;
  }

  add({ message, deadline, twins }: Told): void {
    const all = this.#all;
    const others = twins ? twins.#all : undefined;
    if (others === all) return;
    if (others) {
      all.#spread(others.#deadline);
      for (const one of others) all.#name(one);
      all.#isCut ||= others.#isCut;
      all.#isMixed ||= others.#isMixed;
      others.#united = all;
      return;
    }
    all.#spread(deadline);
    all.#name(message);
    all.#isMixed ||= isElsewhereToo(message);
  }

  #name(message: SeenMessage): void {
    if (this.#messages.size < NAMED) this.#messages.add(message);
    else if (!this.#messages.has(message)) this.#isCut = true;
    const [first = message, last = message] = this.#ends;
    this.#ends = [isEarlier(message, first) ? message : first, isEarlier(last, message) ? message : last];
  }

  /** Takes note of the deadlines of others. */
  #spread(deadline: Deadline | undefined): void {
    const known = this.#deadline;
    const isFirst = this.#messages.size === 0;
    if (!deadline && !known) return;
    const [one, other] = [known ?? NEVER, deadline ?? NEVER];
    this.#deadline = isFirst
      ? deadline
      : {
          ttlMs: Math.min(one.ttlMs, other.ttlMs),
          from: Math.min(one.from, other.from),
          to: Math.max(one.to, other.to),
        };
  }
}

const NEVER: Deadline = {
  ttlMs: Number.POSITIVE_INFINITY,
  from: Number.POSITIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
};

function isEarlier(one: SeenMessage, other: SeenMessage): boolean {
  return Number(one.id.slice(1)) < Number(other.id.slice(1));
}

function isElsewhereToo({ fate, places }: SeenMessage): boolean {
  return fate !== undefined || places.filter((place) => place.keeps).length > 1;
}

/** From now on none of these can be told from the others. */
export function unite(entries: readonly Told[]): void {
  const twins = entries.find((entry) => entry.twins)?.twins ?? new Twins();
  for (const entry of entries) {
    twins.add(entry);
    entry.twins = twins;
  }
}
