/** Giving what was delivered to another consumer: XCLAIM, XAUTOCLAIM. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import type { Entry } from '../../values/entry-block.ts';
import { StreamValue } from '../../values/stream.ts';
import { compareIds, MAX_ID, MIN_ID, readId, readRange, readRangeId, type StreamId } from '../../values/stream-id.ts';
import { Options } from '../options.ts';
import { consumerOf } from './groups.ts';
import { find } from './pending.ts';
import { replyEntries, replyId, replyIds } from './replies.ts';

interface ClaimOptions {
  deliveredAt: number;
  deliveries: number | undefined;
  force: boolean;
  justIds: boolean;
  lastId: StreamId | undefined;
}

function claimOptions(s: Session, a: readonly string[], from: number): ClaimOptions {
  const options: ClaimOptions = {
    deliveredAt: s.keyspace.time,
    deliveries: undefined,
    force: false,
    justIds: false,
    lastId: undefined,
  };
  const words = new Options(a, from);
  for (let word = words.word(); word !== undefined; word = words.word()) {
    const more = words.left > 0;
    if (word === 'FORCE') options.force = true;
    else if (word === 'JUSTID') options.justIds = true;
    else if (word === 'IDLE' && more) {
      options.deliveredAt =
        s.keyspace.time - integer(words.argument(), new ReplyError('ERR Invalid IDLE option argument for XCLAIM'));
    } else if (word === 'TIME' && more) {
      options.deliveredAt = integer(words.argument(), new ReplyError('ERR Invalid TIME option argument for XCLAIM'));
    } else if (word === 'RETRYCOUNT' && more) {
      options.deliveries = integer(
        words.argument(),
        new ReplyError('ERR Invalid RETRYCOUNT option argument for XCLAIM'),
      );
    } else if (word === 'LASTID' && more) options.lastId = readId(words.argument());
    else throw new ReplyError(`ERR Unrecognized XCLAIM option '${words.sent}'`);
  }
  if (options.deliveredAt < 0 || options.deliveredAt > s.keyspace.time) options.deliveredAt = s.keyspace.time;
  return options;
}

export function xclaim(s: Session, a: Args<-6>): void {
  const key = a[1];
  const existing = s.db.write(key, StreamValue);
  const known = existing?.groups.get(a[2]);
  if (existing === undefined || known === undefined)
    throw new ReplyError(`NOGROUP No such key '${key}' or consumer group '${a[2]}'`);
  const minIdle = Math.max(0, integer(a[4], new ReplyError('ERR Invalid min-idle-time argument for XCLAIM')));
  const ids: StreamId[] = [];
  for (const text of a.slice(5)) {
    if (!/^[0-9-]/.test(text)) break;
    ids.push(readId(text));
  }
  const options = claimOptions(s, a, 5 + ids.length);
  const { stream, group } = { stream: existing, group: known };
  if (options.lastId !== undefined && compareIds(options.lastId, group.lastId) > 0) group.lastId = options.lastId;
  const consumer = consumerOf(s, key, group, a[3]);
  const claimed: Entry[] = [];
  for (const id of ids) {
    const entry = stream.entries.get(id);
    let pending = group.pending.get(id);
    if (entry === undefined) {
      if (pending !== undefined) group.removePending(id); // the entry was deleted: nobody can do anything with it
      continue;
    }
    if (pending === undefined) {
      if (!options.force) continue;
      pending = { ...id, consumer, deliveredAt: 0, deliveries: 0 };
      group.addPending(pending);
    } else if (s.keyspace.time - pending.deliveredAt < minIdle) continue;
    group.assign(pending, consumer);
    pending.deliveredAt = options.deliveredAt;
    if (options.deliveries !== undefined) pending.deliveries = options.deliveries;
    else if (!options.justIds) pending.deliveries++;
    claimed.push(entry);
  }
  if (claimed.length > 0) consumer.activeAt = s.keyspace.time;
  s.db.touch(key, stream);
  if (options.justIds) replyIds(s, claimed);
  else replyEntries(s, claimed);
}

export function xautoclaim(s: Session, a: Args<-6>): void {
  const key = a[1];
  const minIdle = Math.max(0, integer(a[4], new ReplyError('ERR Invalid min-idle-time argument for XAUTOCLAIM')));
  const [from] = a[5].startsWith('(') ? readRange(a[5], '+') : [readRangeId(a[5])];
  let count = 100;
  let justIds = false;
  const options = new Options(a, 6);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'COUNT') {
      count = integer(options.argument(), new ReplyError('ERR COUNT must be > 0'));
      if (count < 1) throw new ReplyError('ERR COUNT must be > 0');
    } else if (word === 'JUSTID') justIds = true;
    else throw SYNTAX;
  }
  const { stream, group } = find(s, key, a[2]);
  const consumer = consumerOf(s, key, group, a[3]);
  const claimed: Entry[] = [];
  const gone: StreamId[] = [];
  let next: StreamId = MIN_ID;
  let attempts = count * 10;
  group.pending.scan(from, MAX_ID, (pending) => {
    if (attempts-- <= 0 || claimed.length + gone.length >= count) {
      next = pending;
      return false;
    }
    const entry = stream.entries.get(pending);
    if (entry === undefined) {
      gone.push(pending);
      return true;
    }
    if (s.keyspace.time - pending.deliveredAt < minIdle) return true;
    group.assign(pending, consumer);
    pending.deliveredAt = s.keyspace.time;
    if (!justIds) pending.deliveries++;
    claimed.push(entry);
    return true;
  });
  for (const id of gone) group.removePending(id);
  if (claimed.length > 0) consumer.activeAt = s.keyspace.time;
  s.db.touch(key, stream);
  s.out.array(3);
  replyId(s, next);
  if (justIds) replyIds(s, claimed);
  else replyEntries(s, claimed);
  replyIds(s, gone);
}
