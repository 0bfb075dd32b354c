/** LCS: the longest common subsequence of two strings. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { StringValue } from '../../values/string.ts';
import { Options } from '../options.ts';

/** The table takes four bytes per cell. */
const MAX_CELLS = 256 * 1024 * 1024;

interface Match {
  readonly a: [number, number];
  readonly b: [number, number];
}

/** How long the longest common subsequence of the beginnings of two texts is. */
class LengthTable {
  readonly #width: number;
  readonly #lengths: Uint32Array;

  constructor(a: string, b: string) {
    this.#width = b.length + 1;
    this.#lengths = new Uint32Array((a.length + 1) * this.#width);
    for (let i = 1; i <= a.length; i++) {
      for (let j = 1; j <= b.length; j++) {
        const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
        const length = same ? this.at(i - 1, j - 1) + 1 : Math.max(this.at(i - 1, j), this.at(i, j - 1));
        this.#lengths[i * this.#width + j] = length;
      }
    }
  }

  /** For the first `i` bytes of the one and the first `j` of the other. */
  at(i: number, j: number): number {
    return this.#lengths[i * this.#width + j] ?? 0;
  }
}

export function lcs(s: Session, args: Args<-3>): void {
  let wantLength = false;
  let wantIndex = false;
  let withLengths = false;
  let minLength = 0;
  const [first, second] = [s.db.readAny(args[1]), s.db.readAny(args[2])];
  if ((first && !(first instanceof StringValue)) || (second && !(second instanceof StringValue))) {
    throw new ReplyError('ERR The specified keys must contain string values');
  }
  const options = new Options(args, 3);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (word === 'LEN') wantLength = true;
    else if (word === 'IDX') wantIndex = true;
    else if (word === 'WITHMATCHLEN') withLengths = true;
    else if (word === 'MINMATCHLEN') minLength = Math.max(0, integer(options.argument()));
    else throw SYNTAX;
  }
  if (wantLength && wantIndex) {
    throw new ReplyError('ERR If you want both the length and indexes, please just use IDX.');
  }
  const a = first instanceof StringValue ? first.text : '';
  const b = second instanceof StringValue ? second.text : '';
  if ((a.length + 1) * (b.length + 1) > MAX_CELLS) {
    throw new ReplyError('ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len');
  }
  const table = new LengthTable(a, b);
  const length = table.at(a.length, b.length);
  if (wantLength) {
    s.out.integer(length);
    return;
  }
  const { text, matches } = walk(a, b, table);
  if (!wantIndex) {
    s.bulk(text);
    return;
  }
  const shown = matches.filter((match) => match.a[1] - match.a[0] + 1 >= minLength);
  s.out.map(2);
  s.bulk('matches');
  s.out.array(shown.length);
  for (const match of shown) {
    s.out.array(withLengths ? 3 : 2);
    for (const range of [match.a, match.b]) {
      s.out.array(2);
      s.out.integer(range[0]);
      s.out.integer(range[1]);
    }
    if (withLengths) s.out.integer(match.a[1] - match.a[0] + 1);
  }
  s.bulk('len');
  s.out.integer(length);
}

/** Goes back through the table from the end: the subsequence, and its runs, last one first. */
function walk(a: string, b: string, table: LengthTable): { text: string; matches: Match[] } {
  const picked: string[] = [];
  const matches: Match[] = [];
  let run: Match | undefined;
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    if (a.charCodeAt(i - 1) === b.charCodeAt(j - 1)) {
      picked.push(a.charAt(i - 1));
      i--;
      j--;
      if (run !== undefined && run.a[0] === i + 1 && run.b[0] === j + 1) {
        run.a[0] = i;
        run.b[0] = j;
      } else {
        run = { a: [i, i], b: [j, j] };
        matches.push(run);
      }
    } else if (table.at(i - 1, j) > table.at(i, j - 1)) i--;
    else j--;
  }
  return { text: picked.reverse().join(''), matches };
}
