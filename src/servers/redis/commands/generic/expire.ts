/** Times to live. Commands from https://redis.io/docs/latest/commands/?group=generic */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError } from '../../errors.ts';
import { anyDeadline, type Timing } from '../deadline.ts';

function expireWith(s: Session, a: Args<-3>, timing: Timing): void {
  const key = a[1];
  const flags = { NX: false, XX: false, GT: false, LT: false };
  const at = anyDeadline(s, a[2], timing);
  for (const word of a.slice(3)) {
    const flag = word.toUpperCase();
    if (!(flag in flags)) throw new ReplyError(`ERR Unsupported option ${word}`);
    flags[flag as keyof typeof flags] = true;
  }
  if (flags.NX && (flags.XX || flags.GT || flags.LT)) {
    throw new ReplyError('ERR NX and XX, GT or LT options at the same time are not compatible');
  }
  if (flags.GT && flags.LT) throw new ReplyError('ERR GT and LT options at the same time are not compatible');
  const value = s.db.find(key);
  if (value === undefined) {
    s.out.integer(0);
    return;
  }
  const current = value.expireAt;
  // A key without expiry counts as one that lives for ever.
  if (
    (flags.NX && current >= 0) ||
    (flags.XX && current < 0) ||
    (flags.GT && (current < 0 || at <= current)) ||
    (flags.LT && current >= 0 && at >= current)
  ) {
    s.out.integer(0);
    return;
  }
  if (at <= s.keyspace.time) s.db.removeEmpty(key);
  else {
    s.db.setExpiry(key, value, at);
    s.db.changed(key, value, 'g', 'expire');
  }
  s.out.integer(1);
}

export function expire(s: Session, a: Args<-3>): void {
  expireWith(s, a, { name: 'expire', unitMs: 1000, since: 'now' });
}

export function pexpire(s: Session, a: Args<-3>): void {
  expireWith(s, a, { name: 'pexpire', unitMs: 1, since: 'now' });
}

export function expireat(s: Session, a: Args<-3>): void {
  expireWith(s, a, { name: 'expireat', unitMs: 1000, since: 'epoch' });
}

export function pexpireat(s: Session, a: Args<-3>): void {
  expireWith(s, a, { name: 'pexpireat', unitMs: 1, since: 'epoch' });
}

/** -2 where there is no key, -1 where it does not expire, else what `convert` makes of its deadline. */
function tell(s: Session, key: string, convert: (at: number) => number): void {
  const value = s.db.find(key);
  if (value === undefined) s.out.integer(-2);
  else s.out.integer(value.expireAt < 0 ? -1 : convert(value.expireAt));
}

export function ttl(s: Session, a: Args<2>): void {
  tell(s, a[1], (at) => Math.floor((Math.max(0, at - s.keyspace.time) + 500) / 1000));
}

export function pttl(s: Session, a: Args<2>): void {
  tell(s, a[1], (at) => Math.max(0, at - s.keyspace.time));
}

export function expiretime(s: Session, a: Args<2>): void {
  tell(s, a[1], (at) => Math.floor((at + 500) / 1000));
}

export function pexpiretime(s: Session, a: Args<2>): void {
  tell(s, a[1], (at) => at);
}

export function persist(s: Session, a: Args<2>): void {
  const value = s.db.find(a[1]);
  if (value === undefined || value.expireAt < 0) {
    s.out.integer(0);
    return;
  }
  s.db.setExpiry(a[1], value, -1);
  s.db.changed(a[1], value, 'g', 'persist');
  s.out.integer(1);
}
