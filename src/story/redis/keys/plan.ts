/** What a command does to lists, as far as its words tell: a plan that can be tried in any world. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Answer } from './answer.ts';
import type { Bag } from './bag.ts';
import type { Element, Item } from './element.ts';
import type { Key, List, Unknown, World } from './world.ts';

/** What carrying out a command did, besides changing the world. */
export type Effect =
  | { readonly kind: 'added'; readonly items: readonly Item[]; readonly key: Key }
  /** Nothing was put anywhere, though it was asked for. */
  | { readonly kind: 'refused'; readonly items: readonly Item[]; readonly key: Key; readonly reason: Statement }
  | { readonly kind: 'taken'; readonly item: Item; readonly key: Key; readonly to?: Key }
  /** The answer tells what was taken; where it goes on to `to`, it is in that list now. */
  | { readonly kind: 'taken-unseen'; readonly bag: Bag; readonly key: Key; readonly to?: Key; readonly into?: List }
  | { readonly kind: 'removed-unseen'; readonly bag: Bag; readonly key: Key; readonly content: string }
  | { readonly kind: 'dropped'; readonly item: Item; readonly key: Key; readonly reason: Statement }
  /** A list of which not everything was known is gone, or not known any more. */
  | { readonly kind: 'drained'; readonly bag: Bag; readonly key: Key }
  | { readonly kind: 'copied'; readonly twins: readonly Element[] };

/** Waits: the command can't be carried out in this world. */
export const WAITS = Symbol('waits');

/**
 * Changes the world as the server would, and tells the answer. `known` is the answer that the server gave, where it
 * has: it decides where the world does not. Answers NOTHING where the server would refuse.
 */
export type Act = (world: World, effects: Effect[], known: Answer | undefined) => Answer | typeof WAITS;

export interface Plan {
  /** The keys that it may touch; undefined for all that there are. */
  readonly keys: readonly Key[] | undefined;
  readonly act: Act;
  /** Instead of `act`, where others act, too: what is not known of the keys decides which of these it is. */
  readonly alternatives?: readonly Act[];
  /** Instead of `act`, where the answer is not known yet and decides. */
  readonly unanswered?: readonly Act[];
  /** It puts nothing anywhere: where there is no list, nothing comes of it. */
  readonly onlyRemoves?: boolean;
  /** It puts elements into its key, and does nothing else. */
  readonly onlyAdds?: boolean;
  /** It leaves what is at its keys where it is, as it is. */
  readonly keeps?: boolean;
  /** It puts elements somewhere that nobody pushed. */
  readonly makesForeign?: boolean;
  /** It does the same to what is no list, which other commands are refused. */
  readonly takesAny?: boolean;
  /** It changes nothing: its answer is evidence. */
  readonly reads?: boolean;
  /** Where nothing is there, the server answers that there is no such key. */
  readonly needs?: Key;
  /** Anything may be in any key once it is carried out. */
  readonly unknown?: Unknown;
  /** It takes an element from its first key to its second, where it has two. */
  readonly moves?: boolean;
  /** The server writes down what it holds, at once or from now on, and has that again after a restart. */
  readonly saves?: boolean;
  /** It may wait for an element; then who waits for the same is alike. */
  readonly waits?: boolean;
  /** How long it waits, in ms; then it has waited in vain. 0 where the server refuses to. */
  readonly patienceMs?: number;
  /** Its answer tells of messages, so that it needs no note. */
  readonly told?: boolean;
}

/** Redis counts milliseconds of its own clock, so that a time may be over a little before it seems to be. */
export const CLOCK_MARGIN_MS = 5;

/** A command of which a plan is made. */
export interface Call {
  readonly name: string;
  readonly args: readonly Buffer[];
  readonly db: number;
  /** Milliseconds since the run began, when it was sent. */
  readonly at: number;
  /** Inside a transaction nothing waits. */
  readonly mayWait: boolean;
  /** What the argument puts into a list. */
  element(index: number): Element;
  /** Whether a key may hold something that is no list. */
  readonly mayBeOther: (key: Key) => boolean;
  /** The keys of a database that may be there or not, as far as these are few: their time to live may be over. */
  readonly expiring: (db: number) => readonly Key[];
  /** An element that nobody was seen putting there. */
  stranger(index: number, content: Item['content']): Element;
  /** A second element for the same message. */
  twin(element: Element): Element;
  /** The content of an argument, to be compared. */
  content(index: number): string;
  /** How many arguments there were on the wire. */
  readonly argCount: number;
}

export type Planner = (call: Call) => Plan | undefined;

export function integerAt(args: readonly Buffer[], index: number): number | undefined {
  const text = args[index]?.toString('latin1', 0, 24);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

export function wordAt(args: readonly Buffer[], index: number): string {
  return args[index]?.toString('latin1', 0, 24).toUpperCase() ?? '';
}
