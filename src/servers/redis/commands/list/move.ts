/** From one list to another: LMOVE and its kin. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { type ListEnd, ListValue } from '../../values/list.ts';
import { timeoutMs } from '../ranges.ts';
import { serveOrWait } from '../wait.ts';
import { POPPED, PUSHED } from './push.ts';
import { endOf } from './take.ts';

/** From an end of a list to an end of a list. */
interface Move {
  readonly from: string;
  readonly to: string;
  readonly fromEnd: ListEnd;
  readonly toEnd: ListEnd;
}

/** Moves an item; undefined where there is none. */
function moveItem(s: Session, { from, to, fromEnd, toEnd }: Move): string | undefined {
  const list = s.db.write(from, ListValue);
  if (list === undefined) return undefined;
  const target = s.db.write(to, ListValue) ?? new ListValue();
  const item = list.pop(fromEnd);
  if (item === undefined) return undefined;
  target.push(item, toEnd);
  s.keyspace.witness?.moved(s, list, fromEnd, target, toEnd);
  if (target.slot < 0) s.db.set(to, target);
  else s.db.touch(to, target);
  s.db.notify('l', PUSHED[toEnd], to);
  s.db.notify('l', POPPED[fromEnd], from);
  if (list.length === 0) s.db.removeEmpty(from);
  else s.db.touch(from, list);
  return item;
}

export function lmove(s: Session, a: Args<5>): void {
  s.bulk(moveItem(s, { from: a[1], to: a[2], fromEnd: endOf(a[3]), toEnd: endOf(a[4]) }));
}

export function rpoplpush(s: Session, a: Args<3>): void {
  s.bulk(moveItem(s, { from: a[1], to: a[2], fromEnd: 'right', toEnd: 'left' }));
}

function moveOrWait(s: Session, move: Move, waitMs: number): void {
  const now = (): boolean => {
    const item = moveItem(s, move);
    if (item !== undefined) s.bulk(item);
    return item !== undefined;
  };
  serveOrWait(s, {
    keys: [move.from],
    timeoutMs: waitMs,
    now,
    later: () => s.db.find(move.from) instanceof ListValue && now(),
    wakes: () => s.db.find(move.from) instanceof ListValue,
    nothing: () => s.out.null(),
  });
}

export function blmove(s: Session, a: Args<6>): void {
  const move: Move = { from: a[1], to: a[2], fromEnd: endOf(a[3]), toEnd: endOf(a[4]) };
  moveOrWait(s, move, timeoutMs(a[5]));
}

export function brpoplpush(s: Session, a: Args<4>): void {
  moveOrWait(s, { from: a[1], to: a[2], fromEnd: 'right', toEnd: 'left' }, timeoutMs(a[3]));
}
