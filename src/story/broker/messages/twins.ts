/** Messages that the wire can't tell apart, and of which one was delivered: from then on each may be any of them. */
import type { Among, Fate, Place, SeenMessage } from '../../ledger/index.ts';

/** When a time to live ends, in ms of the run: between these times. */
export interface Deadline {
  readonly ttlMs: number;
  readonly from: number;
  to: number;
}

/** An entry, as far as its message is concerned. */
interface Told {
  readonly message: SeenMessage;
  readonly queue: Place & { readonly name: string };
  readonly deadline: Deadline | undefined;
  twins: Twins | undefined;
}

/** What became of an entry. */
export type Left = readonly [Told, Fate | undefined];

/** The most that are named, besides the first and the last. */
const NAMED = 20;

export class Twins implements Among {
  #messages = new Set<SeenMessage>();
  /** The first and the last of the run. */
  #ends: readonly SeenMessage[] = [];
  #isCut = false;
  #isMixed = false;
  #deadline: Deadline | undefined;
  /** Those that have not left. */
  readonly #here = new Set<Told>();
  /** What became of those that have left, and whether that differs. */
  #fate: Fate | undefined;
  #differs = false;
  /** Those that have left: if the same becomes of all, it matters no more which of them was which. */
  #awaiting: Told[] = [];
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

  /** Whether it is still to be told what became of some that have left. */
  get isAwaiting(): boolean {
    return this.#all.#awaiting.length > 0;
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

  /** Returns those of which it can be told by now what became of them. */
  leave(entry: Told, fate: Fate | undefined): readonly Left[] {
    const all = this.#all;
    all.#here.delete(entry);
    all.#becomes(fate);
    // All may be copies of one message: somebody was given that, whichever copy it was.
    const hasReached = fate?.kind === 'reached' && all.#messages.size === 1 && !all.#isCut;
    const isTold = fate === undefined || !all.#isMixed || hasReached;
    if (!isTold) all.#awaiting.push(entry);
    const isOpen = all.#here.size > 0 && !all.#differs && !all.#isCut;
    return [...(isTold ? [[entry, fate] as const] : []), ...(isOpen ? [] : all.settle())];
  }

  /** Nothing more is seen of them. */
  settle(): readonly Left[] {
    const all = this.#all;
    const isSame = all.#here.size === 0 && !all.#differs && !all.#isCut;
    return all.#awaiting.splice(0).map((one) => [one, isSame ? all.#fate : unsettled(one)]);
  }

  /** Where what died is sent on to, it can't be told from the others either. */
  join(entry: Told): void {
    entry.twins = this;
    if (!this.isCut) this.#all.#here.add(entry);
  }

  #becomes(fate: Fate | undefined): void {
    this.#differs ||= fate === undefined || (this.#fate !== undefined && !isSame(this.#fate, fate));
    this.#fate ??= fate;
  }

  add(entry: Told): void {
    const { message, deadline, twins } = entry;
    const all = this.#all;
    const others = twins ? twins.#all : undefined;
    if (others === all) return;
    if (others) {
      all.#spread(others.#deadline);
      for (const one of others) all.#name(one);
      all.#isCut ||= others.#isCut;
      all.#isMixed ||= others.#isMixed;
      all.#differs ||= others.#differs;
      if (others.#fate) all.#becomes(others.#fate);
      all.#awaiting.push(...others.#awaiting.splice(0));
      for (const one of others.#here) all.#here.add(one);
      others.#united = all;
      return;
    }
    all.#here.add(entry);
    all.#spread(deadline);
    all.#name(message);
    all.#isMixed ||= isElsewhereToo(message);
  }

  #name(message: SeenMessage): void {
    if (this.#messages.size < NAMED) this.#messages.add(message);
    else if (!this.#messages.has(message)) this.#isCut = true;
    const [first = message, last = message] = this.#ends;
    this.#ends = [isEarlier(message, first) ? message : first, isEarlier(last, message) ? message : last];
    if (this.#isCut) this.#here.clear();
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

/** It may be another message, which was in other places, too. */
function unsettled({ queue: { name: queue } }: Told): Fate {
  return { kind: 'unknown', reason: { code: 'MAY_BE_IN_QUEUE', values: { queue } } };
}

function isSame(one: Fate, other: Fate): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
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
