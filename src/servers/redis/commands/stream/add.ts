/** XADD. */

import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, wrongArity } from '../../errors.ts';
import { StreamValue } from '../../values/stream.ts';
import { compareIds, MIN_ID, nextId, readId, readPart, type StreamId } from '../../values/stream-id.ts';
import { replyId } from './replies.ts';
import { applyTrim, isTrim, readTrim, type Trim } from './trim.ts';

const NOT_ABOVE_TOP = new ReplyError(
  'ERR The ID specified in XADD is equal or smaller than the target stream top item',
);

const EXHAUSTED = new ReplyError('ERR The stream has exhausted the last possible ID, unable to add more items');

/** The id of a new entry: given, partly given, or made from the clock. */
function idFor(s: Session, text: string, last: StreamId): StreamId {
  if (text === '*') {
    if (last.ms < s.keyspace.now) return { ms: s.keyspace.now, seq: 0 };
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

export function xadd(s: Session, a: Args<-5>): void {
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
  stream.add(id, fields, s.keyspace.settings);
  if (existing === undefined) s.db.set(key, stream);
  else s.db.touch(key, stream);
  s.db.notify('t', 'xadd', key);
  if (trim !== undefined && applyTrim(stream, trim) > 0) s.db.changed(key, stream, 't', 'xtrim');
  s.db.signal(key);
  replyId(s, id);
}
