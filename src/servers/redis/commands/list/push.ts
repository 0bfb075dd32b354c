/** LPUSH, RPUSH and their kin. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { type ListEnd, ListValue } from '../../values/list.ts';

/** The events that tell of an item that came to an end of a list, or went. */
export const PUSHED = { left: 'lpush', right: 'rpush' } as const;
export const POPPED = { left: 'lpop', right: 'rpop' } as const;

function pushTo(s: Session, a: Args<-3>, list: ListValue, end: ListEnd): void {
  const key = a[1];
  for (let i = 2; i < a.length; i++) {
    const item = a[i];
    if (item !== undefined) list.push(item, end);
  }
  s.keyspace.witness?.pushed(list, end, a.length - 2);
  if (list.slot < 0) s.db.set(key, list);
  else s.db.touch(key, list);
  s.db.notify('l', PUSHED[end], key);
  s.out.integer(list.length);
}

function push(s: Session, a: Args<-3>, end: ListEnd): void {
  pushTo(s, a, s.db.write(a[1], ListValue) ?? new ListValue(), end);
}

function pushExisting(s: Session, a: Args<-3>, end: ListEnd): void {
  const list = s.db.write(a[1], ListValue);
  if (list === undefined) s.out.integer(0);
  else pushTo(s, a, list, end);
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
