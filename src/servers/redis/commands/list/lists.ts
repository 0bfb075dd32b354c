/** Lists. Commands from https://redis.io/docs/latest/commands/?group=list */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { INDEX_RANGE, NO_SUCH_KEY, ReplyError, SYNTAX } from '../../errors.ts';
import { integer, natural } from '../../numbers.ts';
import { ListValue } from '../../values/list.ts';
import { Options } from '../options.ts';
import { clampRange } from '../ranges.ts';

export function llen(s: Session, a: Args<2>): void {
  s.out.integer(s.db.read(a[1], ListValue)?.length ?? 0);
}

export function lindex(s: Session, a: Args<3>): void {
  const list = s.db.read(a[1], ListValue);
  if (list === undefined) {
    s.out.null();
    return;
  }
  const index = integer(a[2]);
  s.bulk(list.at(index < 0 ? list.length + index : index));
}

export function lset(s: Session, a: Args<4>): void {
  const list = s.db.write(a[1], ListValue);
  if (list === undefined) throw NO_SUCH_KEY;
  const index = integer(a[2]);
  const at = index < 0 ? list.length + index : index;
  if (at < 0 || at >= list.length) throw INDEX_RANGE;
  list.set(at, a[3]);
  s.keyspace.witness?.placed(list, at, 'set');
  s.db.changed(a[1], list, 'l', 'lset');
  s.ok();
}

export function lrange(s: Session, a: Args<4>): void {
  const start = integer(a[2]);
  const stop = integer(a[3]);
  const list = s.db.read(a[1], ListValue);
  const [from, to] = clampRange(start, stop, list?.length ?? 0);
  s.out.array(to - from);
  for (let i = from; i < to; i++) s.bulk(list?.at(i));
}

export function ltrim(s: Session, a: Args<4>): void {
  const start = integer(a[2]);
  const stop = integer(a[3]);
  const list = s.db.write(a[1], ListValue);
  if (list === undefined) {
    s.ok();
    return;
  }
  const [from, to] = clampRange(start, stop, list.length);
  s.keyspace.witness?.trimmed(list, from, Math.max(from, to));
  const tail = from >= to ? list.length : list.length - to;
  const head = from >= to ? 0 : from;
  if (head + tail > list.length / 2) list.assign(list.slice(from, Math.max(from, to)));
  else {
    for (let i = 0; i < head; i++) list.popFirst();
    for (let i = 0; i < tail; i++) list.popLast();
  }
  s.db.notify('l', 'ltrim', a[1]);
  if (list.length === 0) s.db.removeEmpty(a[1]);
  else s.db.touch(a[1], list);
  s.ok();
}

export function linsert(s: Session, a: Args<5>): void {
  const where = a[2].toUpperCase();
  if (where !== 'BEFORE' && where !== 'AFTER') throw SYNTAX;
  const list = s.db.write(a[1], ListValue);
  if (list === undefined) {
    s.out.integer(0);
    return;
  }
  const items = list.slice();
  const at = items.indexOf(a[3]);
  if (at < 0) {
    s.out.integer(-1);
    return;
  }
  items.splice(where === 'BEFORE' ? at : at + 1, 0, a[4]);
  list.assign(items);
  s.keyspace.witness?.placed(list, where === 'BEFORE' ? at : at + 1, 'insert');
  s.db.changed(a[1], list, 'l', 'linsert');
  s.out.integer(list.length);
}

export function lrem(s: Session, a: Args<4>): void {
  const count = integer(a[2]);
  const list = s.db.write(a[1], ListValue);
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
    s.keyspace.witness?.removed(list, a[3], removed, count < 0 ? 'right' : 'left');
    s.db.notify('l', 'lrem', a[1]);
    if (list.length === 0) s.db.removeEmpty(a[1]);
    else s.db.touch(a[1], list);
  }
  s.out.integer(removed);
}

interface PositionOptions {
  rank: number;
  /** Undefined for one position, rather than a list of them. */
  count: number | undefined;
  maxLength: number;
}

function positionOptions(a: Args<-3>): PositionOptions {
  const found: PositionOptions = { rank: 1, count: undefined, maxLength: 0 };
  const options = new Options(a, 3);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    const argument = options.argument();
    if (word === 'RANK') found.rank = rankOf(argument);
    else if (word === 'COUNT') found.count = natural(argument, new ReplyError("ERR COUNT can't be negative"));
    else if (word === 'MAXLEN') found.maxLength = natural(argument, new ReplyError("ERR MAXLEN can't be negative"));
    else throw SYNTAX;
  }
  return found;
}

function rankOf(text: string): number {
  const rank = integer(text);
  if (rank === -(2 ** 63)) {
    throw new ReplyError('ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807');
  }
  if (rank === 0) {
    throw new ReplyError(
      "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
    );
  }
  return rank;
}

export function lpos(s: Session, a: Args<-3>): void {
  const { rank, count, maxLength } = positionOptions(a);
  const list = s.db.read(a[1], ListValue);
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
    const [first] = found;
    if (first === undefined) s.out.null();
    else s.out.integer(first);
    return;
  }
  s.out.array(found.length);
  for (const at of found) s.out.integer(at);
}
