/** XREAD and XREADGROUP, at once or when something comes. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import type { Entry } from '../../values/entry-block.ts';
import { type ConsumerGroup, StreamValue } from '../../values/stream.ts';
import { compareIds, idOf, MAX_ID, MIN_ID, nextId, previousId, readId, type StreamId } from '../../values/stream-id.ts';
import { Options } from '../options.ts';
import { serveOrWait } from '../wait.ts';
import { consumerOf } from './groups.ts';
import { replyEntries, replyEntry, replyId } from './replies.ts';

/** One stream that is asked for, and after which id; `$`, `>` and the like mean something to the command. */
interface Asked {
  readonly key: string;
  readonly id: string;
}

interface ReadOptions {
  readonly count: number;
  readonly blockMs: number | undefined;
  readonly noAck: boolean;
  readonly group: string | undefined;
  readonly consumer: string;
  readonly asked: readonly Asked[];
}

function onlyGrouped(option: string): ReplyError {
  return new ReplyError(`ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`);
}

/** The first half of the texts are keys, the second half ids. */
function askedOf(s: Session, command: 'XREAD' | 'XREADGROUP', texts: readonly string[]): Asked[] {
  if (texts.length % 2 === 1) {
    const own = s.traits.unbalancedByCommand;
    const name = own ? `'${command.toLowerCase()}'` : 'XREAD';
    const last = s.traits.lastEntryTold ? ", '+', or '$'" : " or '$'";
    const id = own && command === 'XREADGROUP' ? " or '>'" : last;
    throw new ReplyError(`ERR Unbalanced ${name} list of streams: for each stream key an ID${id} must be specified.`);
  }
  const half = texts.length / 2;
  return texts.slice(0, half).map((key, i) => ({ key, id: texts[half + i] ?? '' }));
}

function readOptions(s: Session, a: readonly string[], command: 'XREAD' | 'XREADGROUP'): ReadOptions {
  let count = 0;
  let blockMs: number | undefined;
  let noAck = false;
  let group: string | undefined;
  let consumer = '';
  let streams: string[] | undefined;
  const options = new Options(a, 1);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'BLOCK') {
      if (s.connection === undefined && !s.traits.waitsInScripts) {
        throw new ReplyError(`ERR ${a[0]} command is not allowed with BLOCK option from scripts`);
      }
      blockMs = integer(options.argument(), new ReplyError('ERR timeout is not an integer or out of range'));
      if (blockMs < 0) throw new ReplyError('ERR timeout is negative');
    } else if (word === 'COUNT') count = Math.max(0, integer(options.argument()));
    else if (word === 'STREAMS' && options.left > 0) {
      streams = options.rest;
      break;
    } else if (word === 'GROUP' && options.left >= 2) {
      if (command === 'XREAD') throw onlyGrouped('GROUP');
      group = options.argument();
      consumer = options.argument();
    } else if (word === 'NOACK') {
      if (command === 'XREAD') throw onlyGrouped('NOACK');
      noAck = true;
    } else throw SYNTAX;
  }
  if (streams === undefined) throw SYNTAX;
  return { count, blockMs, noAck, group, consumer, asked: askedOf(s, command, streams) };
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

/** The id after which only the last entry comes. */
function beforeLast(stream: StreamValue | undefined): StreamId {
  const last = stream?.entries.last;
  if (last === undefined) return stream?.lastId ?? MIN_ID;
  return previousId(last) ?? MIN_ID;
}

function entriesAfter(stream: StreamValue, after: StreamId, count: number): Entry[] {
  const entries: Entry[] = [];
  const from = nextId(after);
  if (from === undefined) return entries;
  stream.entries.scan(from, MAX_ID, (entry) => entries.push(entry) !== count);
  return entries;
}

export function xread(s: Session, a: Args<-4>): void {
  const { asked, count, blockMs } = readOptions(s, a, 'XREAD');
  const readings = asked.map(({ key, id }) => {
    if (id === '>') {
      throw new ReplyError(
        'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
      );
    }
    const stream = s.db.read(key, StreamValue);
    if (id === '+' && s.traits.lastEntry) return { key, after: beforeLast(stream) };
    return { key, after: id === '$' ? (stream?.lastId ?? MIN_ID) : readId(id) };
  });
  const find = ({ key, after }: { key: string; after: StreamId }): Found[] => {
    const stream = s.db.find(key);
    if (!(stream instanceof StreamValue) || compareIds(stream.lastId, after) <= 0) return [];
    const entries = entriesAfter(stream, after, count);
    return entries.length === 0 ? [] : [{ key, write: () => replyEntries(s, entries) }];
  };
  serveOrWait(s, {
    keys: readings.map(({ key }) => key),
    timeoutMs: blockMs,
    now: () => replyFound(s, readings.flatMap(find)),
    later(key) {
      const reading = readings.find((one) => one.key === key);
      return reading !== undefined && replyFound(s, find(reading));
    },
    wakes: (key) => s.db.find(key) instanceof StreamValue,
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

/** Delivers what the group has not been given yet. */
function deliver(s: Session, key: string, group: ConsumerGroup, options: ReadOptions): Found[] {
  const stream = s.db.find(key) as StreamValue;
  if (compareIds(stream.lastId, group.lastId) <= 0) return [];
  const entries = entriesAfter(stream, group.lastId, options.count);
  if (entries.length === 0) return [];
  const consumer = consumerOf(s, key, group, options.consumer);
  consumer.activeAt = s.keyspace.time;
  for (const entry of entries) {
    stream.advance(group, entry);
    if (options.noAck) continue;
    const held = group.pending.get(entry);
    if (held === undefined) group.addPending({ ...idOf(entry), consumer, deliveredAt: s.keyspace.time, deliveries: 1 });
    else {
      // The group's position was moved back: the entry is delivered anew.
      group.assign(held, consumer);
      held.deliveredAt = s.keyspace.time;
      held.deliveries = 1;
    }
  }
  s.db.touch(key, stream);
  return [{ key, write: () => replyEntries(s, entries) }];
}

/** What a consumer was given and has not acknowledged; entries that are gone have no fields. */
function history(s: Session, key: string, group: ConsumerGroup, after: StreamId, options: ReadOptions): Found {
  const stream = s.db.find(key) as StreamValue;
  const consumer = consumerOf(s, key, group, options.consumer);
  const ids: StreamId[] = [];
  const from = nextId(after);
  if (from !== undefined) {
    consumer.pending.scan(from, MAX_ID, (pending) => {
      pending.deliveredAt = s.keyspace.time;
      pending.deliveries++;
      return ids.push(pending) !== options.count;
    });
  }
  const found = ids.map((id) => ({ id, entry: stream.entries.get(id) }));
  const write = (): void => {
    s.out.array(found.length);
    for (const { id, entry } of found) {
      if (entry !== undefined) replyEntry(s, entry);
      else {
        s.out.array(2);
        replyId(s, id);
        s.out.nullArray();
      }
    }
  };
  return { key, write };
}

export function xreadgroup(s: Session, a: Args<-7>): void {
  const options = readOptions(s, a, 'XREADGROUP');
  const { group: name, asked, blockMs } = options;
  if (name === undefined) throw new ReplyError('ERR Missing GROUP option for XREADGROUP');
  const readings = asked.map(({ key, id }) => {
    groupAt(s, key, name);
    if (id === '$' || (id === '+' && s.traits.lastEntry)) {
      throw new ReplyError(
        `ERR The ${id} ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The ${id} ID would just return an empty result set.`,
      );
    }
    return { key, after: id === '>' ? undefined : readId(id) };
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
  serveOrWait(s, { keys: asked.map(({ key }) => key), timeoutMs: blockMs, now, later, wakes: () => true });
}
