/** LPUSH, RPUSH and their kin. */

import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ListValue } from '../../values/list.ts';

function pushAll(s: Session, a: readonly string[], first: boolean, onlyExisting: boolean): void {
  const key = a[1]!;
  let list = s.db.write(key, ListValue);
  if (list === undefined) {
    if (onlyExisting) {
      s.out.integer(0);
      return;
    }
    list = new ListValue();
    for (let i = 2; i < a.length; i++) list.push(a[i]!, first);
    s.db.set(key, list);
  } else {
    for (let i = 2; i < a.length; i++) list.push(a[i]!, first);
    s.db.touch(key, list);
  }
  s.db.notify('l', first ? 'lpush' : 'rpush', key);
  s.out.integer(list.length);
}

export function lpush(s: Session, a: Args<-3>): void {
  pushAll(s, a, true, false);
}

export function rpush(s: Session, a: Args<-3>): void {
  pushAll(s, a, false, false);
}

export function lpushx(s: Session, a: Args<-3>): void {
  pushAll(s, a, true, true);
}

export function rpushx(s: Session, a: Args<-3>): void {
  pushAll(s, a, false, true);
}
