/** OBJECT: what Redis knows about a value. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError } from '../../errors.ts';
import type { StringValue } from '../../values/string.ts';
import type { Value } from '../../values/value.ts';

/** The value at a key for OBJECT, which does not count as a use. */
function objectAt(s: Session, a: Args<3>): ReturnType<Session['db']['find']> {
  const value = s.db.find(a[2]);
  if (value === undefined) s.out.null();
  return value;
}

export function objectEncoding(s: Session, a: Args<3>): void {
  const value = objectAt(s, a);
  if (value) s.bulk(encodingOf(s, a[2], value));
}

function encodingOf({ traits }: Session, key: string, value: Value): string {
  const { type, encoding, expireAt } = value;
  if (type === 'list' && !traits.compactLists) return 'quicklist';
  if (encoding === 'embstr' && traits.embeddedKeys) {
    // Object, key with its header, deadline, string with its header.
    const bytes = 16 + (key.length + 3) + (expireAt < 0 ? 0 : 8) + ((value as StringValue).length + 4);
    return bytes <= 64 ? encoding : 'raw';
  }
  return encoding;
}

export function objectRefcount(s: Session, a: Args<3>): void {
  const value = objectAt(s, a);
  if (!value) return;
  // Redis shares the objects of small integers for ever.
  const shared =
    !s.traits.noSharedIntegers && value.encoding === 'int' && /^\d{1,4}$/.test((value as StringValue).text);
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
