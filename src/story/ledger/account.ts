/** Counts what became of the messages of a run, so that it adds up. */
import type { Account, Stage, Tally } from '../../core/events.ts';
import type { Statement } from '../../core/statements/index.ts';

/**
 * What became of one copy of a message: somebody took it, it waits in a place, it can't be told, or it is over.
 * A copy that moved on (routed, dead-lettered) has no fate of its own: its message is in another place then.
 */
export type Fate =
  | { readonly kind: 'reached' }
  | { readonly kind: 'waiting'; readonly places: readonly string[] }
  | { readonly kind: 'unknown'; readonly reason: Statement }
  | { readonly kind: 'ended'; readonly stage: Stage; readonly reason: Statement };

export const REACHED: Fate = { kind: 'reached' };

/** Of several copies of a message, this is the order in which their fates count. */
const WEIGHT: Record<Fate['kind'], number> = { reached: 3, waiting: 2, unknown: 1, ended: 0 };

/** It waits in one place, or a copy of it in each of several. */
export function waitingIn(...places: readonly string[]): Fate {
  return { kind: 'waiting', places: places.length === 1 ? places : [...new Set(places)].sort() };
}

/** The fate that counts for a message of which copies had both: of two that are over, how it ended at last. */
export function heavier(earlier: Fate | undefined, later: Fate | undefined): Fate | undefined {
  if (!earlier || !later) return earlier ?? later;
  if (earlier.kind === 'waiting' && later.kind === 'waiting') return waitingIn(...earlier.places, ...later.places);
  const isLater = earlier.kind === 'ended' ? weightOf(later) >= weightOf(earlier) : weightOf(later) > weightOf(earlier);
  return isLater ? later : earlier;
}

/** That a copy found no queue says less than how another one ended. */
function weightOf(fate: Fate): number {
  return fate.kind === 'ended' && fate.stage === 'unroutable' ? -1 : WEIGHT[fate.kind];
}

/** The most reasons that are told apart; all further ones count together. */
const REASONS = 100;
const REST = 'rest';
/** So many places of one message are named. */
const PLACES = 5;

/** `mail`, or `audit + mail` for a message that waits in both. */
function placeText(places: readonly string[]): string {
  const left = places.length - PLACES;
  return [...places.slice(0, PLACES), ...(left > 0 ? [`… ${left}`] : [])].join(' + ');
}

export class Accountant {
  readonly #ended = new Map<string, Tally>();
  readonly #unknown = new Map<string, Tally>();
  readonly #waiting = new Map<string, number>();
  #reached = 0;
  published = 0;
  foreign = 0;

  /** A message that was seen published is accounted for. */
  count(fate: Fate): void {
    switch (fate.kind) {
      case 'reached':
        this.#reached++;
        return;
      case 'waiting':
        return this.#wait(placeText(fate.places));
      case 'unknown':
        return tally(this.#unknown, { count: 1, reason: fate.reason });
      case 'ended':
        return tally(this.#ended, { count: 1, stage: fate.stage, reason: fate.reason });
    }
  }

  #wait(place: string): void {
    this.#waiting.set(place, (this.#waiting.get(place) ?? 0) + 1);
  }

  account(): Account {
    return {
      published: this.published,
      reached: this.#reached,
      waiting: [...this.#waiting].map(([place, count]) => ({ place, count })),
      ended: [...this.#ended.values()],
      unknown: [...this.#unknown.values()],
      foreign: this.foreign,
    };
  }
}

/** Several accounts as one. */
export function sum(accounts: readonly Account[]): Account {
  const ended = new Map<string, Tally>();
  const unknown = new Map<string, Tally>();
  for (const account of accounts) {
    for (const one of account.ended) tally(ended, one);
    for (const one of account.unknown) tally(unknown, one);
  }
  const total = (key: 'published' | 'reached' | 'foreign'): number =>
    accounts.reduce((count, account) => count + account[key], 0);
  return {
    published: total('published'),
    reached: total('reached'),
    waiting: accounts.flatMap(({ waiting }) => waiting),
    ended: [...ended.values()],
    unknown: [...unknown.values()],
    foreign: total('foreign'),
  };
}

function tally(tallies: Map<string, Tally>, more: Tally): void {
  const key = `${more.stage ?? ''} ${JSON.stringify(more.reason)}`;
  const name = tallies.has(key) || tallies.size < REASONS ? key : REST;
  const known = tallies.get(name);
  tallies.set(name, known ? { ...known, count: known.count + more.count } : name === REST ? rest(more) : more);
}

function rest({ count }: Tally): Tally {
  return { count, reason: { code: 'VARIOUS', values: {} } };
}
