/** XREAD and XREADGROUP, at once or when something comes. */

import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import type { Entry } from '../../values/entry-block.ts';
import { type Consumer, type ConsumerGroup, StreamValue } from '../../values/stream.ts';
import { compareIds, idOf, MAX_ID, MIN_ID, nextId, readId, type StreamId } from '../../values/stream-id.ts';
import { serveOrWait } from '../wait.ts';
import { replyEntries, replyEntry, replyId } from './replies.ts';

interface Reading {
  readonly key: string;
  /** What comes after this id is wanted; undefined for `>`. */
  readonly after: StreamId | undefined;
}

interface Options {
  readonly count: number;
  readonly blockMs: number | undefined;
  readonly noAck: boolean;
  readonly group: string | undefined;
  readonly consumer: string;
  readonly keys: readonly string[];
  readonly ids: readonly string[];
}

function readOptions(a: readonly string[], grouped: boolean): Options {
  let count = 0;
  let blockMs: number | undefined;
  let noAck = false;
  let group: string | undefined;
  let consumer = '';
  let at = 1;
  for (; at < a.length; at++) {
    const word = a[at]!.toUpperCase();
    const more = a.length - at - 1;
    if (word === 'BLOCK' && more > 0) {
      blockMs = integer(a[++at]!, new ReplyError('ERR timeout is not an integer or out of range'));
      if (blockMs < 0) throw new ReplyError('ERR timeout is negative');
    } else if (word === 'COUNT' && more > 0) count = Math.max(0, integer(a[++at]!));
    else if (word === 'STREAMS' && more > 0) break;
    else if (word === 'GROUP' && more >= 2) {
      if (!grouped)
        throw new ReplyError('ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.');
      group = a[++at]!;
      consumer = a[++at]!;
    } else if (word === 'NOACK') {
      if (!grouped)
        throw new ReplyError('ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.');
      noAck = true;
    } else throw SYNTAX;
  }
  const rest = a.slice(at + 1);
  if (at >= a.length) throw SYNTAX;
  if (rest.length % 2 === 1) {
    throw new ReplyError("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
  }
  if (grouped && group === undefined) throw new ReplyError('ERR Missing GROUP option for XREADGROUP');
  const half = rest.length / 2;
  return { count, blockMs, noAck, group, consumer, keys: rest.slice(0, half), ids: rest.slice(half) };
}

interface Found {
  readonly key: string;
  readonly write: () => void;
}

/** Streams and their entries: an array of pairs, or a map in RESP3. False, without a reply, where there is none. */
function replyFound(s: Session, found: readonly Found[]): boolean {
  if (found.length === 0) return false;
  if (s.version === 3) s.out.map(found.length);
  else s.out.array(found.length);
  for (const { key, write } of found) {
    if (s.version === 2) s.out.array(2);
    s.bulk(key);
    write();
  }
  return true;
}

function entriesAfter(stream: StreamValue, after: StreamId, count: number): Entry[] {
  const entries: Entry[] = [];
  const from = nextId(after);
  if (from === undefined) return entries;
  stream.entries.scan(from, MAX_ID, (entry) => entries.push(entry) !== count);
  return entries;
}

export function xread(s: Session, a: Args<-4>): void {
  const options = readOptions(a, false);
  const readings: Reading[] = options.keys.map((key, i) => {
    const text = options.ids[i]!;
    if (text === '>') {
      throw new ReplyError(
        'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
      );
    }
    const stream = s.db.read(key, StreamValue);
    return { key, after: text === '$' ? (stream?.lastId ?? MIN_ID) : readId(text) };
  });
  const find = ({ key, after }: Reading): Found[] => {
    const stream = s.db.find(key);
    if (!(stream instanceof StreamValue) || compareIds(stream.lastId, after!) <= 0) return [];
    const entries = entriesAfter(stream, after!, options.count);
    return entries.length === 0 ? [] : [{ key, write: () => replyEntries(s, entries) }];
  };
  const answer = (asked: readonly Reading[]): boolean => replyFound(s, asked.flatMap(find));
  serveOrWait(s, {
    keys: options.keys,
    timeoutMs: options.blockMs,
    now: () => answer(readings),
    later: (key) => answer(readings.filter((reading) => reading.key === key).slice(0, 1)),
  });
}

/** The group, or NOGROUP. */
function groupAt(s: Session, key: string, name: string): { stream: StreamValue; group: ConsumerGroup } {
  const stream = s.db.write(key, StreamValue);
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined) {
    throw new ReplyError(`NOGROUP No such key '${key}' or consumer group '${name}' in XREADGROUP with GROUP option`);
  }
  return { stream, group };
}

function consumerOf(s: Session, key: string, group: ConsumerGroup, name: string): Consumer {
  const known = group.consumers.get(name);
  if (known !== undefined) {
    known.seenAt = s.keyspace.now;
    return known;
  }
  s.db.notify('t', 'xgroup-createconsumer', key);
  return group.addConsumer(name, s.keyspace.now);
}

/** Delivers what the group has not been given yet. */
function deliver(s: Session, key: string, group: ConsumerGroup, options: Options): Found[] {
  const stream = s.db.find(key) as StreamValue;
  if (compareIds(stream.lastId, group.lastId) <= 0) return [];
  const entries = entriesAfter(stream, group.lastId, options.count);
  if (entries.length === 0) return [];
  const consumer = consumerOf(s, key, group, options.consumer);
  for (const entry of entries) {
    stream.advance(group, entry);
    if (options.noAck) continue;
    const held = group.pending.get(entry);
    if (held === undefined) group.addPending({ ...idOf(entry), consumer, deliveredAt: s.keyspace.now, deliveries: 1 });
    else {
      // The group's position was moved back: the entry is delivered anew.
      group.assign(held, consumer);
      held.deliveredAt = s.keyspace.now;
      held.deliveries = 1;
    }
  }
  s.db.touch(key, stream);
  return [{ key, write: () => replyEntries(s, entries) }];
}

/** What a consumer was given and has not acknowledged; entries that are gone have no fields. */
function history(s: Session, key: string, group: ConsumerGroup, after: StreamId, options: Options): Found {
  const stream = s.db.find(key) as StreamValue;
  const consumer = consumerOf(s, key, group, options.consumer);
  const ids: StreamId[] = [];
  const from = nextId(after);
  if (from !== undefined) {
    consumer.pending.scan(from, MAX_ID, (pending) => {
      pending.deliveredAt = s.keyspace.now;
      pending.deliveries++;
      return ids.push(pending) !== options.count;
    });
  }
  const entries = ids.map((id) => stream.entries.get(id));
  const write = (): void => {
    s.out.array(entries.length);
    for (const [i, entry] of entries.entries()) {
      if (entry !== undefined) replyEntry(s, entry);
      else {
        s.out.array(2);
        replyId(s, ids[i]!);
        s.out.nullArray();
      }
    }
  };
  return { key, write };
}

export function xreadgroup(s: Session, a: Args<-7>): void {
  const options = readOptions(a, true);
  const name = options.group!;
  const readings = options.keys.map((key, i): Reading => {
    groupAt(s, key, name);
    const text = options.ids[i]!;
    if (text === '$') {
      throw new ReplyError(
        'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.',
      );
    }
    return { key, after: text === '>' ? undefined : readId(text) };
  });
  const now = (): boolean => {
    const found = readings.flatMap(({ key, after }) => {
      const { group } = groupAt(s, key, name);
      return after === undefined ? deliver(s, key, group, options) : [history(s, key, group, after, options)];
    });
    if (replyFound(s, found)) return true;
    for (const { key } of readings) consumerOf(s, key, groupAt(s, key, name).group, options.consumer);
    return false;
  };
  const later = (key: string): boolean => {
    const stream = s.db.find(key);
    if (!(stream instanceof StreamValue)) throw new ReplyError('UNBLOCKED the stream key no longer exists');
    const group = stream.groups.get(name);
    if (group === undefined)
      throw new ReplyError('NOGROUP the consumer group this client was blocked on no longer exists');
    return replyFound(s, deliver(s, key, group, options));
  };
  serveOrWait(s, { keys: options.keys, timeoutMs: options.blockMs, now, later });
}
