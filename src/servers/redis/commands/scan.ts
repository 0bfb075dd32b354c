/**
 * SCAN and its kin. A cursor is an index: a scan goes down a list from its end to its start. Additions come at the end
 * and a removal moves the last item into the hole, so that whatever is there from beginning to end is returned.
 */
import { globMatch } from '../../../protocols/resp/index.ts';
import type { Session } from '../clients/session.ts';
import { NOT_INTEGER, ReplyError, SYNTAX } from '../errors.ts';
import { integer, readInteger } from '../numbers.ts';
import { Options } from './options.ts';

export interface ScanOptions {
  readonly cursor: number;
  readonly count: number;
  readonly type: string | undefined;
  /** HSCAN tells fields only. */
  readonly noValues: boolean;
  /** Whether a name passes MATCH. */
  readonly matches: (name: string) => boolean;
}

const TYPES: ReadonlySet<string> = new Set(['string', 'list', 'set', 'zset', 'hash', 'stream']);
const CURSOR = /^[0-9]{1,20}$/;

/** What is scanned, as far as options depend on it. */
export interface Scanned {
  /** Which words TYPE takes; undefined where there is no TYPE. */
  readonly types?: 'any' | 'known';
  /** Whether there are values to leave out; undefined where the release does not know NOVALUES. */
  readonly mayLeaveOutValues?: boolean | undefined;
}

export function checkCursor(text: string): void {
  if (!CURSOR.test(text) || BigInt(text) >= 2n ** 64n) throw new ReplyError('ERR invalid cursor');
}

/** Reads a cursor, and the options that are the arguments from an index on. */
export function scanOptions(text: string, a: readonly string[], from: number, what: Scanned = {}): ScanOptions {
  checkCursor(text);
  let count = 10;
  let pattern: Buffer | undefined;
  let type: string | undefined;
  let noValues = false;
  const options = new Options(a, from);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'NOVALUES' && what.mayLeaveOutValues !== undefined) {
      if (!what.mayLeaveOutValues) throw new ReplyError('ERR NOVALUES option can only be used in HSCAN');
      noValues = true;
      continue;
    }
    const argument = options.argument();
    if (word === 'COUNT') {
      if (readInteger(argument) === undefined) throw NOT_INTEGER;
      count = integer(argument);
      if (count < 1) throw SYNTAX;
    } else if (word === 'MATCH') pattern = argument === '*' ? undefined : Buffer.from(argument, 'latin1');
    else if (word === 'TYPE' && what.types) {
      type = argument.toLowerCase();
      if (what.types === 'known' && !TYPES.has(type)) throw new ReplyError(`ERR unknown type name '${argument}'`);
    } else throw SYNTAX;
  }
  const matches =
    pattern === undefined ? () => true : (name: string) => globMatch(pattern, Buffer.from(name, 'latin1'));
  return { cursor: Number(text), count, type, noValues, matches };
}

/** Visits some indexes of a list of `size` items; answers the next cursor, 0 at the end. */
export function visit(size: number, { cursor, count }: ScanOptions, each: (index: number) => void): number {
  let index = cursor === 0 ? size : Math.min(cursor, size);
  const stop = Math.max(0, index - count);
  while (index > stop) each(--index);
  return index;
}

export function replyScan(s: Session, cursor: number, items: readonly string[]): void {
  s.out.array(2);
  s.bulk(String(cursor));
  s.bulks(items);
}
