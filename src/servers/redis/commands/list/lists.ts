/** Lists. Commands from https://redis.io/docs/latest/commands/?group=list */

import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { INDEX_RANGE, NO_SUCH_KEY, NOT_POSITIVE, ReplyError, SYNTAX } from '../../errors.ts';
import { integer, natural } from '../../numbers.ts';
import { ListValue } from '../../values/list.ts';
import { clampRange, countedKeys } from '../ranges.ts';
import { takeFirst } from '../wait.ts';
import { moveItem, popFrom, popOptions, replyPop, side } from './take.ts';

function pop(s: Session, a: readonly string[], first: boolean): void {
  if (a.length > 3) throw new ReplyError(`ERR wrong number of arguments for '${first ? 'lpop' : 'rpop'}' command`);
  const count = a.length === 3 ? natural(a[2]!, NOT_POSITIVE) : undefined;
  const list = s.db.write(a[1]!, ListValue);
  if (list === undefined) {
    if (count === undefined) s.out.null();
    else s.out.nullArray();
    return;
  }
  if (count === undefined) {
    const [item] = popFrom(s, a[1]!, list, first, 1);
    s.bulk(item);
  } else if (count === 0) s.out.array(0);
  else s.bulks(popFrom(s, a[1]!, list, first, count));
}

export function lpop(s: Session, a: Args<-2>): void {
  pop(s, a, true);
}

export function rpop(s: Session, a: Args<-2>): void {
  pop(s, a, false);
}

export function llen(s: Session, a: Args<2>): void {
  s.out.integer(s.db.read(a[1]!, ListValue)?.length ?? 0);
}

export function lindex(s: Session, a: Args<3>): void {
  const list = s.db.read(a[1]!, ListValue);
  if (list === undefined) {
    s.out.null();
    return;
  }
  const index = integer(a[2]!);
  s.bulk(list.at(index < 0 ? list.length + index : index));
}

export function lset(s: Session, a: Args<4>): void {
  const list = s.db.write(a[1]!, ListValue);
  if (list === undefined) throw NO_SUCH_KEY;
  const index = integer(a[2]!);
  const at = index < 0 ? list.length + index : index;
  if (at < 0 || at >= list.length) throw INDEX_RANGE;
  list.set(at, a[3]!);
  s.db.changed(a[1]!, list, 'l', 'lset');
  s.ok();
}

export function lrange(s: Session, a: Args<4>): void {
  const start = integer(a[2]!);
  const stop = integer(a[3]!);
  const list = s.db.read(a[1]!, ListValue);
  const [from, to] = clampRange(start, stop, list?.length ?? 0);
  s.out.array(to - from);
  for (let i = from; i < to; i++) s.out.latin1(list!.at(i)!);
}

export function ltrim(s: Session, a: Args<4>): void {
  const start = integer(a[2]!);
  const stop = integer(a[3]!);
  const list = s.db.write(a[1]!, ListValue);
  if (list === undefined) {
    s.ok();
    return;
  }
  const [from, to] = clampRange(start, stop, list.length);
  const tail = from >= to ? list.length : list.length - to;
  const head = from >= to ? 0 : from;
  if (head + tail > list.length / 2) list.assign(list.slice(from, Math.max(from, to)));
  else {
    for (let i = 0; i < head; i++) list.popFirst();
    for (let i = 0; i < tail; i++) list.popLast();
  }
  s.db.notify('l', 'ltrim', a[1]!);
  if (list.length === 0) s.db.removeEmpty(a[1]!);
  else s.db.touch(a[1]!, list);
  s.ok();
}

export function linsert(s: Session, a: Args<5>): void {
  const where = a[2]!.toUpperCase();
  if (where !== 'BEFORE' && where !== 'AFTER') throw SYNTAX;
  const list = s.db.write(a[1]!, ListValue);
  if (list === undefined) {
    s.out.integer(0);
    return;
  }
  const items = list.slice();
  const at = items.indexOf(a[3]!);
  if (at < 0) {
    s.out.integer(-1);
    return;
  }
  items.splice(where === 'BEFORE' ? at : at + 1, 0, a[4]!);
  list.assign(items);
  s.db.changed(a[1]!, list, 'l', 'linsert');
  s.out.integer(list.length);
}

export function lrem(s: Session, a: Args<4>): void {
  const count = integer(a[2]!);
  const list = s.db.write(a[1]!, ListValue);
  if (list === undefined) {
    s.out.integer(0);
    return;
  }
  const limit = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count);
  const items = list.slice();
  if (count < 0) items.reverse();
  let removed = 0;
  const kept = items.filter((item) => item !== a[3] || removed >= limit || ++removed === 0);
  if (count < 0) kept.reverse();
  if (removed > 0) {
    list.assign(kept);
    s.db.notify('l', 'lrem', a[1]!);
    if (list.length === 0) s.db.removeEmpty(a[1]!);
    else s.db.touch(a[1]!, list);
  }
  s.out.integer(removed);
}

export function lpos(s: Session, a: Args<-3>): void {
  let rank = 1;
  let count: number | undefined;
  let maxLength = 0;
  for (let i = 3; i < a.length; i += 2) {
    const word = a[i]!.toUpperCase();
    const argument = a[i + 1];
    if (argument === undefined) throw SYNTAX;
    if (word === 'RANK') {
      rank = integer(argument);
      if (rank === -(2 ** 63))
        throw new ReplyError(
          'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
        );
      if (rank === 0) {
        throw new ReplyError(
          "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
        );
      }
    } else if (word === 'COUNT') count = natural(argument, new ReplyError("ERR COUNT can't be negative"));
    else if (word === 'MAXLEN') maxLength = natural(argument, new ReplyError("ERR MAXLEN can't be negative"));
    else throw SYNTAX;
  }
  const list = s.db.read(a[1]!, ListValue);
  const found: number[] = [];
  if (list !== undefined) {
    const wanted = count === 0 ? Number.POSITIVE_INFINITY : (count ?? 1);
    const looked = maxLength === 0 ? list.length : Math.min(maxLength, list.length);
    let skip = Math.abs(rank) - 1;
    for (let i = 0; i < looked && found.length < wanted; i++) {
      const at = rank > 0 ? i : list.length - 1 - i;
      if (list.at(at) !== a[2]) continue;
      if (skip > 0) skip--;
      else found.push(at);
    }
  }
  if (count === undefined) {
    if (found.length === 0) s.out.null();
    else s.out.integer(found[0]!);
    return;
  }
  s.out.array(found.length);
  for (const at of found) s.out.integer(at);
}

export function lmove(s: Session, a: Args<5>): void {
  const from = side(a[3]!);
  const to = side(a[4]!);
  s.bulk(moveItem(s, a[1]!, a[2]!, from, to));
}

export function rpoplpush(s: Session, a: Args<3>): void {
  s.bulk(moveItem(s, a[1]!, a[2]!, false, true));
}

export function lmpop(s: Session, a: Args<-4>): void {
  const { keys, rest } = countedKeys(a, 1);
  const { first, count } = popOptions(rest);
  const take = (key: string, list: ListValue): void => replyPop(s, key, popFrom(s, key, list, first, count));
  if (!takeFirst(s, keys, ListValue, take)) s.out.nullArray();
}
