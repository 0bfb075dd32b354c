/** XADD. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, wrongArity } from '../../errors.ts';
import { StreamValue } from '../../values/stream.ts';
import { compareIds, MIN_ID, nextId, readId, readPart, type StreamId } from '../../values/stream-id.ts';
import { Options } from '../options.ts';
import { replyId } from './replies.ts';
import { applyTrim, type Trim, TrimOptions } from './trim.ts';

const NOT_ABOVE_TOP = new ReplyError(
  'ERR The ID specified in XADD is equal or smaller than the target stream top item',
);

const ZERO = new ReplyError('ERR The ID specified in XADD must be greater than 0-0');

const EXHAUSTED = new ReplyError('ERR The stream has exhausted the last possible ID, unable to add more items');

/** The id of a new entry: given, partly given, or made from the clock. */
function idFor(s: Session, text: string, last: StreamId): StreamId {
  if (text === '*') {
    if (last.ms < s.keyspace.time) return { ms: s.keyspace.time, seq: 0 };
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
  if (compareIds(id, MIN_ID) === 0) throw ZERO;
  if (compareIds(id, last) <= 0) throw NOT_ABOVE_TOP;
  return id;
}

interface AddOptions {
  /** Whether a stream is made where there is none. */
  readonly create: boolean;
  readonly trim: Trim | undefined;
  /** The index of the id. */
  readonly at: number;
}

const NO_OPTIONS: AddOptions = { create: true, trim: undefined, at: 2 };

function addOptions(s: Session, a: readonly string[]): AddOptions {
  let create = true;
  const options = new Options(a, NO_OPTIONS.at);
  const trimming = new TrimOptions(options);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'NOMKSTREAM') create = false;
    else if (!trimming.take(word)) {
      options.back();
      break;
    }
  }
  return { create, trim: trimming.trim(s, false), at: a.length - options.left };
}

/** Refuses an id that can't be read, or 0-0, before anything else is looked at. */
function checkId(text: string): void {
  if (text === '*') return;
  if (text.endsWith('-*')) {
    if (readPart(text.slice(0, -2)) === undefined) readId(text);
  } else if (compareIds(readId(text), MIN_ID) === 0) throw ZERO;
}

export function xadd(s: Session, a: Args<-5>): void {
  const key = a[1];
  const { create, trim, at } = a[2] === '*' ? NO_OPTIONS : addOptions(s, a);
  const idText = a[at];
  if (idText === undefined) throw wrongArity('xadd');
  checkId(idText);
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
  s.keyspace.witness?.added(id);
  if (existing === undefined) s.db.set(key, stream);
  else s.db.touch(key, stream);
  s.db.notify('t', 'xadd', key);
  if (trim !== undefined && applyTrim(stream, trim) > 0) s.db.changed(key, stream, 't', 'xtrim');
  s.db.signal(key);
  replyId(s, id);
}
