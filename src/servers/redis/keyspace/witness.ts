/**
 * Told what really happens to what clients put into lists, streams and channels. It is there for tests that compare it
 * with what is told of the wire; a server has none. Lists are told by the values themselves, wherever their keys go.
 */
import type { ListEnd, ListValue } from '../values/list.ts';
import type { StreamId } from '../values/stream-id.ts';
import type { Value } from '../values/value.ts';

/** The session that asked, or that is given something. */
export type By = object;

export interface Witness {
  /** A command has arrived. It may be carried out now, later, or not at all. */
  read(by: By, args: readonly string[]): void;
  /** A command is carried out now: what is told next is its doing, or that of those who waited for it. */
  called(by: By, args: readonly string[]): void;
  /** So many items were pushed, one after the other. */
  pushed(list: ListValue, end: ListEnd, count: number): void;
  /** So many items were taken from an end and given to somebody. */
  popped(by: By, list: ListValue, end: ListEnd, count: number): void;
  moved(by: By, from: ListValue, fromEnd: ListEnd, to: ListValue, toEnd: ListEnd): void;
  /** An item was inserted before `at`, or put in its place. */
  placed(list: ListValue, at: number, how: 'insert' | 'set'): void;
  /** So many of the items equal to this one were taken out, those nearest to an end. */
  removed(list: ListValue, item: string, count: number, end: ListEnd): void;
  /** Only what lies from one index up to another is left. */
  trimmed(list: ListValue, from: number, to: number): void;
  /** The server made a list of items of its own. */
  made(list: ListValue): void;
  copied(from: Value, to: Value): void;
  /** An entry was added to a stream. */
  added(id: StreamId): void;
  /** An entry was given to somebody. */
  given(by: By, id: StreamId): void;
  acknowledged(by: By, id: StreamId): void;
  /** What is published now, or told of a key, was given to a subscriber. */
  received(by: By, channel: string): void;
}
