/** LPUSH, RPUSH and their kin. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { type ListEnd, ListValue } from '../../values/list.ts';

/** The events that tell of an item that came to an end of a list, or went. */
export const PUSHED = { left: 'lpush', right: 'rpush' } as const;
export const POPPED = { left: 'lpop', right: 'rpop' } as const;

function pushTo(s: Session, key: string, list: ListValue, items: readonly string[], end: ListEnd): void {
  for (const item of items) list.push(item, end);
  s.keyspace.witness?.pushed(list, end, items.length);
  if (list.slot < 0) s.db.set(key, list);
  else s.db.touch(key, list);
  s.db.notify('l', PUSHED[end], key);
  s.out.integer(list.length);
}

function push(s: Session, a: Args<-3>, end: ListEnd): void {
  pushTo(s, a[1], s.db.write(a[1], ListValue) ?? new ListValue(), a.slice(2), end);
}

function pushExisting(s: Session, a: Args<-3>, end: ListEnd): void {
  const list = s.db.write(a[1], ListValue);
  if (list === undefined) s.out.integer(0);
  else pushTo(s, a[1], list, a.slice(2), end);
}

export function lpush(s: Session, a: Args<-3>): void {
  push(s, a, 'left');
}

export function rpush(s: Session, a: Args<-3>): void {
  push(s, a, 'right');
}

export function lpushx(s: Session, a: Args<-3>): void {
  pushExisting(s, a, 'left');
}

export function rpushx(s: Session, a: Args<-3>): void {
  pushExisting(s, a, 'right');
}
