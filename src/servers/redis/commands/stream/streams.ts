/** Streams. Commands from https://redis.io/docs/latest/commands/?group=stream */

import type { Session } from '../../clients/session.ts';
import type { Group } from '../../dispatch/command.ts';
import { ReplyError, SYNTAX, wrongArity } from '../../errors.ts';
import { integer, natural } from '../../numbers.ts';
import type { Entry } from '../../values/entry-block.ts';
import { StreamValue } from '../../values/stream.ts';
import { compareIds, MIN_ID, nextId, readId, readPart, readRange, type StreamId } from '../../values/stream-id.ts';
import {
  xgroupCreate,
  xgroupCreateconsumer,
  xgroupDelconsumer,
  xgroupDestroy,
  xgroupHelp,
  xgroupSetid,
} from './groups.ts';
import { xinfoConsumers, xinfoGroups, xinfoHelp, xinfoStream } from './info.ts';
import { xack, xautoclaim, xclaim, xpending } from './pending.ts';
import { xread, xreadgroup } from './read.ts';
import { replyEntries, replyId } from './replies.ts';

const group: Group = {
  name: 'stream',
  rows: [
    ['xack', -4, 'write fast @stream', 'RW update@1', xack],
    ['xadd', -5, 'write denyoom fast @stream ~nondeterministic_output', 'RW update@1', xadd],
    ['xautoclaim', -6, 'write fast @stream ~nondeterministic_output', 'RW delete@1', xautoclaim],
    ['xclaim', -6, 'write fast @stream ~nondeterministic_output', 'RW update@1', xclaim],
    ['xdel', -3, 'write fast @stream', 'RW delete@1', xdel],
    ['xgroup', -2, '', '', undefined],
    ['xgroup|create', -5, 'write denyoom @stream', 'RW insert@2', xgroupCreate],
    ['xgroup|createconsumer', 5, 'write denyoom @stream', 'RW insert@2', xgroupCreateconsumer],
    ['xgroup|delconsumer', 5, 'write @stream', 'RW delete@2', xgroupDelconsumer],
    ['xgroup|destroy', 4, 'write @stream', 'RW delete@2', xgroupDestroy],
    ['xgroup|help', 2, 'loading stale @stream', '', xgroupHelp],
    ['xgroup|setid', -5, 'write @stream', 'RW update@2', xgroupSetid],
    ['xinfo', -2, '', '', undefined],
    ['xinfo|consumers', 4, 'readonly @stream ~nondeterministic_output', 'RO access@2', xinfoConsumers],
    ['xinfo|groups', 3, 'readonly @stream', 'RO access@2', xinfoGroups],
    ['xinfo|help', 2, 'loading stale @stream', '', xinfoHelp],
    ['xinfo|stream', -3, 'readonly @stream', 'RO access@2', xinfoStream],
    ['xlen', 2, 'readonly fast @stream', 'RO@1', xlen],
    ['xpending', -3, 'readonly @stream ~nondeterministic_output', 'RO access@1', xpending],
    ['xrange', -4, 'readonly @stream', 'RO access@1', xrange],
    ['xread', -4, 'readonly blocking @stream', 'RO access@STREAMS,1:-1,1,2', xread],
    ['xreadgroup', -7, 'write blocking @stream', 'RO access@STREAMS,4:-1,1,2', xreadgroup],
    ['xrevrange', -4, 'readonly @stream', 'RO access@1', xrevrange],
    ['xsetid', -3, 'write denyoom fast @stream', 'RW update@1', xsetid],
    ['xtrim', -4, 'write @stream ~nondeterministic_output', 'RW delete@1', xtrim],
  ],
};
export default group;

interface Trim {
  readonly kind: 'MAXLEN' | 'MINID';
  readonly approximate: boolean;
  readonly maxLength: number;
  readonly minId: StreamId;
  readonly limit: number;
}

/** Reads MAXLEN or MINID at `at`; answers it and the index after it. */
function readTrim(s: Session, a: readonly string[], at: number): { trim: Trim; next: number } {
  const kind = a[at]!.toUpperCase() as Trim['kind'];
  let next = at + 1;
  const mark = a[next];
  const approximate = mark === '~';
  if (mark === '~' || mark === '=') next++;
  const threshold = a[next++];
  if (threshold === undefined) throw SYNTAX;
  let maxLength = 0;
  let minId = MIN_ID;
  if (kind === 'MAXLEN') {
    maxLength = integer(threshold);
    if (maxLength < 0) throw new ReplyError('ERR The MAXLEN argument must be >= 0.');
  } else minId = readId(threshold);
  let limit = approximate ? 100 * s.engine.settings.streamNodeMaxEntries : 0;
  if (a[next]?.toUpperCase() === 'LIMIT' && a[next + 1] !== undefined) {
    limit = integer(a[next + 1]!);
    if (limit < 0) throw new ReplyError('ERR The LIMIT argument must be >= 0.');
    if (!approximate) throw new ReplyError('ERR syntax error, LIMIT cannot be used without the special ~ option');
    next += 2;
  }
  return { trim: { kind, approximate, maxLength, minId, limit }, next };
}

function isTrim(word: string): boolean {
  return word === 'MAXLEN' || word === 'MINID';
}

function applyTrim(stream: StreamValue, trim: Trim): number {
  const over =
    trim.kind === 'MAXLEN'
      ? (left: number): boolean => left >= trim.maxLength
      : (_left: number, lastGone: StreamId): boolean => compareIds(lastGone, trim.minId) < 0;
  return stream.trim(over, trim.approximate, trim.limit);
}

const NOT_ABOVE_TOP = new ReplyError(
  'ERR The ID specified in XADD is equal or smaller than the target stream top item',
);

const EXHAUSTED = new ReplyError('ERR The stream has exhausted the last possible ID, unable to add more items');

/** The id of a new entry: given, partly given, or made from the clock. */
function idFor(s: Session, text: string, last: StreamId): StreamId {
  if (text === '*') {
    if (last.ms < s.engine.now) return { ms: s.engine.now, seq: 0 };
    const id = nextId(last);
    if (id === undefined) throw EXHAUSTED;
    return id;
  }
  if (text.endsWith('-*')) {
    const ms = readPart(text.slice(0, -2));
    if (ms === undefined) return readId(text);
    if (ms < last.ms) throw NOT_ABOVE_TOP;
    if (ms > last.ms) return { ms, seq: ms === 0 ? 1 : 0 };
    const id = nextId(last);
    if (id === undefined || id.ms !== ms) throw NOT_ABOVE_TOP;
    return id;
  }
  const id = readId(text);
  if (compareIds(id, MIN_ID) === 0) throw new ReplyError('ERR The ID specified in XADD must be greater than 0-0');
  if (compareIds(id, last) <= 0) throw NOT_ABOVE_TOP;
  return id;
}

function xadd(s: Session, a: string[]): void {
  const key = a[1]!;
  let create = true;
  let trim: Trim | undefined;
  let at = 2;
  while (at < a.length && a[at] !== '*') {
    const word = a[at]!.toUpperCase();
    if (word === 'NOMKSTREAM') {
      create = false;
      at++;
    } else if (isTrim(word)) {
      if (trim !== undefined)
        throw new ReplyError('ERR syntax error, MAXLEN and MINID options at the same time are not compatible');
      const read = readTrim(s, a, at);
      trim = read.trim;
      at = read.next;
    } else break;
  }
  const idText = a[at];
  if (idText === undefined) throw wrongArity('xadd');
  if (idText !== '*' && !idText.endsWith('-*')) {
    if (compareIds(readId(idText), MIN_ID) === 0)
      throw new ReplyError('ERR The ID specified in XADD must be greater than 0-0');
  } else if (idText !== '*' && readPart(idText.slice(0, -2)) === undefined) readId(idText);
  const fields = a.slice(at + 1);
  if (fields.length === 0 || fields.length % 2 === 1) throw wrongArity('xadd');
  const existing = s.db.write(key, StreamValue);
  if (existing === undefined && !create) {
    s.out.null();
    return;
  }
  const stream = existing ?? new StreamValue();
  const id = idFor(s, idText, stream.lastId);
  stream.add(id, fields, s.engine.settings);
  if (existing === undefined) s.db.set(key, stream);
  else s.db.touch(key, stream);
  s.engine.notify('t', 'xadd', s.db, key);
  if (trim !== undefined && applyTrim(stream, trim) > 0) s.db.changed(key, stream, 't', 'xtrim');
  s.db.signal(key);
  replyId(s, id);
}

function xlen(s: Session, a: string[]): void {
  s.out.integer(s.db.read(a[1]!, StreamValue)?.length ?? 0);
}

function range(s: Session, a: string[], first: string, last: string, reverse: boolean): void {
  const [from, to] = readRange(first, last);
  let count = Number.POSITIVE_INFINITY;
  for (let i = 4; i < a.length; i += 2) {
    if (a[i]!.toUpperCase() !== 'COUNT' || a[i + 1] === undefined) throw SYNTAX;
    count = Math.max(0, integer(a[i + 1]!));
  }
  const stream = s.db.read(a[1]!, StreamValue);
  if (stream !== undefined && count === 0) {
    s.out.nullArray();
    return;
  }
  const entries: Entry[] = [];
  const take = (entry: Entry): boolean => entries.push(entry) < count;
  if (reverse) stream?.entries.scanBack(from, to, take);
  else stream?.entries.scan(from, to, take);
  replyEntries(s, entries);
}

function xrange(s: Session, a: string[]): void {
  range(s, a, a[2]!, a[3]!, false);
}

function xrevrange(s: Session, a: string[]): void {
  range(s, a, a[3]!, a[2]!, true);
}

function xdel(s: Session, a: string[]): void {
  const stream = s.db.write(a[1]!, StreamValue);
  const ids = a.slice(2).map((text) => readId(text));
  let count = 0;
  for (const id of ids) if (stream?.delete(id)) count++;
  if (count > 0) s.db.changed(a[1]!, stream, 't', 'xdel');
  s.out.integer(count);
}

function xtrim(s: Session, a: string[]): void {
  if (!isTrim(a[2]!.toUpperCase())) throw SYNTAX;
  const { trim, next } = readTrim(s, a, 2);
  if (next < a.length) {
    if (isTrim(a[next]!.toUpperCase()))
      throw new ReplyError('ERR syntax error, MAXLEN and MINID options at the same time are not compatible');
    throw SYNTAX;
  }
  const stream = s.db.write(a[1]!, StreamValue);
  const removed = stream === undefined ? 0 : applyTrim(stream, trim);
  if (removed > 0) s.db.changed(a[1]!, stream, 't', 'xtrim');
  s.out.integer(removed);
}

function xsetid(s: Session, a: string[]): void {
  const id = readId(a[2]!);
  let entriesAdded: number | undefined;
  let maxDeleted: StreamId | undefined;
  for (let i = 3; i < a.length; i += 2) {
    const word = a[i]!.toUpperCase();
    const argument = a[i + 1];
    if (argument === undefined) throw SYNTAX;
    if (word === 'ENTRIESADDED') entriesAdded = natural(argument, new ReplyError('ERR entries_added must be positive'));
    else if (word === 'MAXDELETEDID') {
      maxDeleted = readId(argument);
      if (compareIds(id, maxDeleted) < 0) {
        throw new ReplyError('ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id');
      }
    } else throw SYNTAX;
  }
  const stream = s.db.write(a[1]!, StreamValue);
  if (stream === undefined) throw new ReplyError('ERR no such key');
  if (compareIds(id, stream.maxDeletedId) < 0) {
    throw new ReplyError('ERR The ID specified in XSETID is smaller than current max_deleted_entry_id');
  }
  if (stream.length > 0) {
    if (compareIds(id, stream.entries.last!) < 0) {
      throw new ReplyError('ERR The ID specified in XSETID is smaller than the target stream top item');
    }
    if (entriesAdded !== undefined && entriesAdded < stream.length) {
      throw new ReplyError('ERR The entries_added specified in XSETID is smaller than the target stream length');
    }
  }
  stream.lastId = id;
  if (entriesAdded !== undefined) stream.entriesAdded = entriesAdded;
  if (maxDeleted !== undefined && compareIds(maxDeleted, MIN_ID) !== 0) stream.maxDeletedId = maxDeleted;
  s.db.changed(a[1]!, stream, 't', 'xsetid');
  s.ok();
}
