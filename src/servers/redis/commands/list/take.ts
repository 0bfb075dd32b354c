/** Taking from lists, at once or when something comes. */

import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { ListValue } from '../../values/list.ts';
import { countedKeys, timeoutMs } from '../ranges.ts';
import { serveOrWait, takeOrWait } from '../wait.ts';

/** Takes up to `count` items, and the list when it is empty then. */
export function popFrom(s: Session, key: string, list: ListValue, first: boolean, count: number): string[] {
  const items: string[] = [];
  while (items.length < count) {
    const item = list.pop(first);
    if (item === undefined) break;
    items.push(item);
  }
  s.db.notify('l', first ? 'lpop' : 'rpop', key);
  if (list.length === 0) s.db.removeEmpty(key);
  else s.db.touch(key, list);
  return items;
}

/** Moves an item from one list to another; undefined where there is none. */
export function moveItem(s: Session, from: string, to: string, first: boolean, toFirst: boolean): string | undefined {
  const list = s.db.write(from, ListValue);
  if (list === undefined) return undefined;
  const target = s.db.write(to, ListValue);
  const item = list.pop(first)!;
  if (target === undefined) {
    const created = new ListValue();
    created.push(item, toFirst);
    s.db.set(to, created);
  } else {
    target.push(item, toFirst);
    s.db.touch(to, target);
  }
  s.db.notify('l', toFirst ? 'lpush' : 'rpush', to);
  s.db.notify('l', first ? 'lpop' : 'rpop', from);
  if (list.length === 0) s.db.removeEmpty(from);
  else s.db.touch(from, list);
  return item;
}

export function replyPop(s: Session, key: string, items: readonly string[]): void {
  s.out.array(2);
  s.bulk(key);
  s.bulks(items);
}

function blockingPop(s: Session, a: readonly string[], first: boolean): void {
  const waitMs = timeoutMs(a.at(-1)!);
  takeOrWait(s, a.slice(1, -1), ListValue, waitMs, (key, list) => {
    s.bulks([key, ...popFrom(s, key, list, first, 1)]);
  });
}

export function blpop(s: Session, a: Args<-3>): void {
  blockingPop(s, a, true);
}

export function brpop(s: Session, a: Args<-3>): void {
  blockingPop(s, a, false);
}

export function blmpop(s: Session, a: Args<-5>): void {
  const waitMs = timeoutMs(a[1]!);
  const { keys, rest } = countedKeys(a, 2);
  const { first, count } = popOptions(rest);
  takeOrWait(s, keys, ListValue, waitMs, (key, list) => replyPop(s, key, popFrom(s, key, list, first, count)));
}

function moveOrWait(s: Session, from: string, to: string, first: boolean, toFirst: boolean, waitMs: number): void {
  const move = (): boolean => {
    const item = moveItem(s, from, to, first, toFirst);
    if (item !== undefined) s.bulk(item);
    return item !== undefined;
  };
  serveOrWait(s, {
    keys: [from],
    timeoutMs: waitMs,
    now: move,
    later: () => s.db.find(from) instanceof ListValue && move(),
    nothing: () => s.out.null(),
  });
}

export function blmove(s: Session, a: Args<6>): void {
  const sides = [a[3]!.toUpperCase(), a[4]!.toUpperCase()];
  if (!sides.every((word) => word === 'LEFT' || word === 'RIGHT')) throw SYNTAX;
  moveOrWait(s, a[1]!, a[2]!, sides[0] === 'LEFT', sides[1] === 'LEFT', timeoutMs(a[5]!));
}

export function brpoplpush(s: Session, a: Args<4>): void {
  moveOrWait(s, a[1]!, a[2]!, false, true, timeoutMs(a[3]!));
}

/** Whether a word names the left end of a list, rather than the right one. */
export function side(word: string): boolean {
  const upper = word.toUpperCase();
  if (upper !== 'LEFT' && upper !== 'RIGHT') throw SYNTAX;
  return upper === 'LEFT';
}

/** LEFT or RIGHT, and COUNT. */
export function popOptions(rest: readonly string[]): { first: boolean; count: number } {
  if (rest.length === 0) throw SYNTAX;
  const first = side(rest[0]!);
  if (rest.length === 1) return { first, count: 1 };
  if (rest.length !== 3 || rest[1]!.toUpperCase() !== 'COUNT') throw SYNTAX;
  const count = integer(rest[2]!, new ReplyError('ERR count should be greater than 0'));
  if (count < 1) throw new ReplyError('ERR count should be greater than 0');
  return { first, count };
}
