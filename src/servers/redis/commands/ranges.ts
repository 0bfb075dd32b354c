/** Arguments that many commands share. */
import { ReplyError, SYNTAX } from '../errors.ts';
import { integer } from '../numbers.ts';

/** Makes `start` and `stop`, which may count from the end, into indexes `from` and `to`, `to` excluded. */
export function clampRange(start: number, stop: number, length: number): [from: number, to: number] {
  const from = Math.max(0, start < 0 ? length + start : start);
  const to = Math.min(length - 1, stop < 0 ? length + stop : stop);
  return from > to || from >= length ? [0, 0] : [from, to + 1];
}

/** `numkeys key ...` from `at` on, and what follows. */
export function countedKeys(
  a: readonly string[],
  at: number,
  errors: { notPositive?: string; tooMany?: string } = {},
): { keys: string[]; rest: string[] } {
  const notPositive = new ReplyError(errors.notPositive ?? 'ERR numkeys should be greater than 0');
  const count = integer(a[at] ?? '', notPositive);
  if (count <= 0) throw notPositive;
  if (count > a.length - at - 1) throw errors.tooMany ? new ReplyError(errors.tooMany) : SYNTAX;
  return { keys: a.slice(at + 1, at + 1 + count), rest: a.slice(at + 1 + count) };
}

/** A timeout in seconds, as blocking commands take it, in milliseconds; 0 is for ever. */
export function timeoutMs(text: string): number {
  const seconds = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(seconds)) throw new ReplyError('ERR timeout is not a float or out of range');
  if (seconds < 0) throw new ReplyError('ERR timeout is negative');
  const ms = Math.ceil(seconds * 1000);
  if (ms > Number.MAX_SAFE_INTEGER) throw new ReplyError('ERR timeout is out of range');
  return ms;
}
