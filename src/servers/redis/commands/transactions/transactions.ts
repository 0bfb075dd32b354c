/** Transactions. Commands from https://redis.io/docs/latest/commands/?group=transactions */
import type { Queued, Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError } from '../../errors.ts';

export function multi(s: Session): void {
  if (s.queue !== undefined) throw new ReplyError('ERR MULTI calls can not be nested');
  s.queue = [];
  s.ok();
}

export function discard(s: Session): void {
  if (s.queue === undefined) throw new ReplyError('ERR DISCARD without MULTI');
  s.discard();
  s.ok();
}

export function watch(s: Session, a: Args<-2>): void {
  if (s.queue !== undefined) throw new ReplyError('ERR WATCH inside MULTI is not allowed');
  for (const key of a.slice(1)) {
    if (s.watched.some((watched) => watched.key === key && watched.db === s.db)) continue;
    const value = s.db.peek(key);
    const wasExpired = value !== undefined && value.expireAt >= 0 && value.expireAt < s.keyspace.now;
    s.watched.push({ db: s.db, key, wasExpired });
    s.db.watch(key, s);
  }
  s.ok();
}

export function unwatch(s: Session): void {
  s.unwatch();
  s.ok();
}

export function exec(s: Session): void {
  const { queue } = s;
  if (queue === undefined) throw new ReplyError('ERR EXEC without MULTI');
  // A watched key that expired in the meantime counts as changed, even where nobody has noticed yet.
  for (const { db, key, wasExpired } of s.watched) if (!wasExpired) db.find(key);
  const { watchBroken, queueBroken } = s;
  s.discard();
  if (queueBroken) throw new ReplyError('EXECABORT Transaction discarded because of previous errors.');
  if (watchBroken) {
    s.out.nullArray();
    return;
  }
  s.out.array(queue.length);
  runFrom(s, queue, 0);
}

/** Carries out what was queued; a script that runs for long lets others be told so, and the rest comes behind it. */
function runFrom(s: Session, queue: readonly Queued[], from: number): void {
  s.mayNotBlock = true;
  try {
    for (const [at, queued] of queue.entries()) {
      if (at < from) continue;
      queued.run();
      if (s.blocked !== undefined) {
        s.rest = () => runFrom(s, queue, at + 1);
        return;
      }
    }
  } finally {
    s.mayNotBlock = false;
  }
}
