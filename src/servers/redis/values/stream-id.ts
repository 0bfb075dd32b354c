/** Ids of stream entries: milliseconds and a sequence number, 64 bits each. */
import { ReplyError } from '../errors.ts';

/** Numbers where they are exact, else bigints: the two compare with each other. */
export interface StreamId {
  readonly ms: number | bigint;
  readonly seq: number | bigint;
}

export const INVALID_ID = new ReplyError('ERR Invalid stream ID specified as stream command argument');

const LIMIT = 2n ** 64n - 1n;
export const MIN_ID: StreamId = { ms: 0, seq: 0 };
export const MAX_ID: StreamId = { ms: LIMIT, seq: LIMIT };

export function compareIds(a: StreamId, b: StreamId): number {
  return compareParts(a.ms, a.seq, b);
}

/** Compares an id given by its parts with another. */
export function compareParts(ms: number | bigint, seq: number | bigint, other: StreamId): number {
  if (ms < other.ms) return -1;
  if (ms > other.ms) return 1;
  return seq < other.seq ? -1 : seq > other.seq ? 1 : 0;
}

/** The id alone of what may be an entry, so that keeping the id does not keep the entry. */
export function idOf({ ms, seq }: StreamId): StreamId {
  return { ms, seq };
}

/** An unsigned 64-bit number; undefined for anything else. */
export function readPart(text: string): number | bigint | undefined {
  if (!/^(?:0|[1-9][0-9]{0,19})$/.test(text)) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  const big = BigInt(text);
  return big <= LIMIT ? big : undefined;
}

/** Reads `ms-seq`, or `ms` alone with a given sequence number. Throws INVALID_ID. */
export function readId(text: string, missingSeq: number | bigint = 0): StreamId {
  const dash = text.indexOf('-');
  const ms = readPart(dash < 0 ? text : text.slice(0, dash));
  const seq = dash < 0 ? missingSeq : readPart(text.slice(dash + 1));
  if (ms === undefined || seq === undefined) throw INVALID_ID;
  return { ms, seq };
}

/** `-` and `+` too. */
export function readRangeId(text: string, missingSeq: number | bigint = 0): StreamId {
  if (text === '-') return MIN_ID;
  if (text === '+') return MAX_ID;
  return readId(text, missingSeq);
}

function step(value: number | bigint, by: 1 | -1): number | bigint {
  if (typeof value === 'number' && value < Number.MAX_SAFE_INTEGER) return value + by;
  const big = BigInt(value) + BigInt(by);
  const number = Number(big);
  return Number.isSafeInteger(number) ? number : big;
}

/** The next id; undefined after the last one. */
export function nextId({ ms, seq }: StreamId): StreamId | undefined {
  if (typeof seq === 'number' || seq < LIMIT) return { ms, seq: step(seq, 1) };
  return ms < LIMIT ? { ms: step(ms, 1), seq: 0 } : undefined;
}

/** The id before; undefined before the first one. */
export function previousId({ ms, seq }: StreamId): StreamId | undefined {
  if (seq > 0) return { ms, seq: step(seq, -1) };
  return ms > 0 ? { ms: step(ms, -1), seq: LIMIT } : undefined;
}

/** A range of ids; `(` before an end leaves that end out. Throws INVALID_ID, or what an impossible end answers. */
export function readRange(first: string, last: string): [from: StreamId, to: StreamId] {
  const openFirst = first.startsWith('(');
  const openLast = last.startsWith('(');
  let from = openFirst ? readId(first.slice(1)) : readRangeId(first);
  let to = openLast ? readId(last.slice(1), LIMIT) : readRangeId(last, LIMIT);
  if (openFirst) {
    const next = nextId(from);
    if (next === undefined) throw new ReplyError('ERR invalid start ID for the interval');
    from = next;
  }
  if (openLast) {
    const previous = previousId(to);
    if (previous === undefined) throw new ReplyError('ERR invalid end ID for the interval');
    to = previous;
  }
  return [from, to];
}
