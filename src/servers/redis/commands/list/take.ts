/** Taking from lists, at once or when something comes. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { NOT_POSITIVE, SYNTAX, wrongArity } from '../../errors.ts';
import { natural } from '../../numbers.ts';
import { type ListEnd, ListValue } from '../../values/list.ts';
import { countToTake, lastOf } from '../options.ts';
import { countedKeys, timeoutMs } from '../ranges.ts';
import { takeFirst, takeOrWait } from '../wait.ts';
import { POPPED } from './push.ts';

/** Takes up to `count` items, and the list when it is empty then. */
function popFrom(s: Session, key: string, list: ListValue, end: ListEnd, count: number): string[] {
  const items: string[] = [];
  while (items.length < count) {
    const item = list.pop(end);
    if (item === undefined) break;
    items.push(item);
  }
  s.keyspace.witness?.popped(s, list, end, items.length);
  s.db.notify('l', POPPED[end], key);
  if (list.length === 0) s.db.removeEmpty(key);
  else s.db.touch(key, list);
  return items;
}

function pop(s: Session, a: Args<-2>, end: ListEnd): void {
  if (a.length > 3) throw wrongArity(POPPED[end]);
  const count = a[2] === undefined ? undefined : natural(a[2], NOT_POSITIVE);
  const list = s.db.write(a[1], ListValue);
  if (list === undefined) {
    if (count === undefined) s.out.null();
    else s.out.nullArray();
    return;
  }
  if (count === undefined) {
    const [item] = popFrom(s, a[1], list, end, 1);
    s.bulk(item);
  } else if (count === 0) s.out.array(0);
  else s.bulks(popFrom(s, a[1], list, end, count));
}

export function lpop(s: Session, a: Args<-2>): void {
  pop(s, a, 'left');
}

export function rpop(s: Session, a: Args<-2>): void {
  pop(s, a, 'right');
}

function blockingPop(s: Session, a: Args<-3>, end: ListEnd): void {
  const waitMs = timeoutMs(lastOf(a));
  takeOrWait(s, a.slice(1, -1), ListValue, waitMs, (key, list) => {
    s.bulks([key, ...popFrom(s, key, list, end, 1)]);
  });
}

export function blpop(s: Session, a: Args<-3>): void {
  blockingPop(s, a, 'left');
}

export function brpop(s: Session, a: Args<-3>): void {
  blockingPop(s, a, 'right');
}

/** LEFT or RIGHT, and COUNT: takes so many from a list, and replies its key and them. */
function taker(s: Session, [where, ...options]: readonly string[]): (key: string, list: ListValue) => void {
  const end = endOf(where ?? '');
  const count = countToTake(options);
  return (key, list) => {
    const items = popFrom(s, key, list, end, count);
    s.out.array(2);
    s.bulk(key);
    s.bulks(items);
  };
}

export function lmpop(s: Session, a: Args<-4>): void {
  const { keys, rest } = countedKeys(a, 1);
  if (!takeFirst(s, keys, ListValue, taker(s, rest))) s.out.nullArray();
}

export function blmpop(s: Session, a: Args<-5>): void {
  const waitMs = timeoutMs(a[1]);
  const { keys, rest } = countedKeys(a, 2);
  takeOrWait(s, keys, ListValue, waitMs, taker(s, rest));
}

/** The end of a list that a word names. */
export function endOf(word: string): ListEnd {
  const upper = word.toUpperCase();
  if (upper === 'LEFT') return 'left';
  if (upper === 'RIGHT') return 'right';
  throw SYNTAX;
}
