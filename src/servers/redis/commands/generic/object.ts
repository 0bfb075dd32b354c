/** OBJECT: what Redis knows about a value. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError } from '../../errors.ts';
import type { StringValue } from '../../values/string.ts';

/** The value at a key for OBJECT, which does not count as a use. */
function objectAt(s: Session, a: Args<3>): ReturnType<Session['db']['find']> {
  const value = s.db.find(a[2]);
  if (value === undefined) s.out.null();
  return value;
}

export function objectEncoding(s: Session, a: Args<3>): void {
  const value = objectAt(s, a);
  if (value) s.bulk(value.encoding);
}

export function objectRefcount(s: Session, a: Args<3>): void {
  const value = objectAt(s, a);
  if (!value) return;
  // Redis shares the objects of small integers for ever.
  const shared = value.encoding === 'int' && /^\d{1,4}$/.test((value as StringValue).text);
  s.out.integer(shared ? 2147483647 : 1);
}

export function objectIdletime(s: Session, a: Args<3>): void {
  const value = objectAt(s, a);
  if (!value) return;
  if (s.keyspace.settings.maxmemoryPolicy.endsWith('lfu')) {
    throw new ReplyError(
      'ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
    );
  }
  s.out.integer(s.keyspace.access.idleSeconds(value));
}

export function objectFreq(s: Session, a: Args<3>): void {
  const value = objectAt(s, a);
  if (!value) return;
  if (!s.keyspace.settings.maxmemoryPolicy.endsWith('lfu')) {
    throw new ReplyError(
      'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
    );
  }
  s.out.integer(s.keyspace.access.frequency(value));
}

export function objectHelp(s: Session): void {
  s.bulks(['OBJECT ENCODING|FREQ|IDLETIME|REFCOUNT <key>']);
}
