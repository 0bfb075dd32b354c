/** Streams. Commands from https://redis.io/docs/latest/commands/?group=stream */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer, natural } from '../../numbers.ts';
import type { Direction } from '../../values/direction.ts';
import type { Entry } from '../../values/entry-block.ts';
import { StreamValue } from '../../values/stream.ts';
import { compareIds, MIN_ID, readId, readRange, type StreamId } from '../../values/stream-id.ts';
import { Options } from '../options.ts';
import { replyEntries } from './replies.ts';

export function xlen(s: Session, a: Args<2>): void {
  s.out.integer(s.db.read(a[1], StreamValue)?.length ?? 0);
}

function range(s: Session, a: Args<-4>, first: string, last: string, direction: Direction): void {
  const [from, to] = readRange(first, last);
  let count = Number.POSITIVE_INFINITY;
  const options = new Options(a, 4);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word !== 'COUNT') throw SYNTAX;
    count = Math.max(0, integer(options.argument()));
  }
  const stream = s.db.read(a[1], StreamValue);
  if (stream !== undefined && count === 0) {
    s.out.nullArray();
    return;
  }
  const entries: Entry[] = [];
  const take = (entry: Entry): boolean => entries.push(entry) < count;
  if (direction === 'up') stream?.entries.scan(from, to, take);
  else stream?.entries.scanBack(from, to, take);
  replyEntries(s, entries);
}

export function xrange(s: Session, a: Args<-4>): void {
  range(s, a, a[2], a[3], 'up');
}

export function xrevrange(s: Session, a: Args<-4>): void {
  range(s, a, a[3], a[2], 'down');
}

export function xdel(s: Session, a: Args<-3>): void {
  const stream = s.db.write(a[1], StreamValue);
  const ids = a.slice(2).map((text) => readId(text));
  let count = 0;
  for (const id of ids) if (stream?.delete(id)) count++;
  if (count > 0) s.db.changed(a[1], stream, 't', 'xdel');
  s.out.integer(count);
}

export function xsetid(s: Session, a: Args<-3>): void {
  const id = readId(a[2]);
  let entriesAdded: number | undefined;
  let maxDeleted: StreamId | undefined;
  const options = new Options(a, 3);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    const argument = options.argument();
    if (word === 'ENTRIESADDED') entriesAdded = natural(argument, new ReplyError('ERR entries_added must be positive'));
    else if (word === 'MAXDELETEDID') {
      maxDeleted = readId(argument);
      if (compareIds(id, maxDeleted) < 0) {
        throw new ReplyError('ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id');
      }
    } else throw SYNTAX;
  }
  const stream = s.db.write(a[1], StreamValue);
  if (stream === undefined) throw new ReplyError('ERR no such key');
  if (compareIds(id, stream.maxDeletedId) < 0) {
    throw new ReplyError('ERR The ID specified in XSETID is smaller than current max_deleted_entry_id');
  }
  const { last } = stream.entries;
  if (last !== undefined) {
    if (compareIds(id, last) < 0) {
      throw new ReplyError('ERR The ID specified in XSETID is smaller than the target stream top item');
    }
    if (entriesAdded !== undefined && entriesAdded < stream.length) {
      throw new ReplyError('ERR The entries_added specified in XSETID is smaller than the target stream length');
    }
  }
  stream.lastId = id;
  if (entriesAdded !== undefined) stream.entriesAdded = entriesAdded;
  if (maxDeleted !== undefined && compareIds(maxDeleted, MIN_ID) !== 0) stream.maxDeletedId = maxDeleted;
  s.db.changed(a[1], stream, 't', 'xsetid');
  s.ok();
}
