/**
 * The pieces of runs that a page may still ask for: all that came, as long as they are not too many. Of what is let go,
 * a run keeps its beginning, who takes part and its tables, and how many of its lines are gone.
 */
import { Deque } from '../../core/collections/deque.ts';
import type { PieceText } from '../../reporters/html/view.ts';

/** So many characters are kept. */
const MOST_KEPT = 64 * 1024 * 1024;
/** So many tables of one run. */
const MOST_TABLES = 20;

interface Kept extends PieceText {
  /** Counts all pieces, from 1. */
  readonly id: number;
  readonly run: number;
}

/** What is left of a run whose first pieces were let go. */
interface Head {
  start: string;
  who: string | undefined;
  readonly tables: string[];
  lines: number;
}

export class KeptPieces {
  readonly #most: number;
  readonly #kept = new Deque<Kept>();
  readonly #heads = new Map<number, Head>();
  #characters = 0;
  #last = 0;
  #runs = 0;
  /** Runs of which nothing is kept. */
  #goneRuns = 0;

  constructor(most = MOST_KEPT) {
    this.#most = most;
  }

  /** The number of the newest piece. */
  get last(): number {
    return this.#last;
  }

  /** A number for a run that begins. */
  nextRun(): number {
    return ++this.#runs;
  }

  add(run: number, told: PieceText): void {
    this.#kept.push({ ...told, run, id: ++this.#last });
    this.#characters += told.text.length;
    while (this.#characters > this.#most) this.#letGo();
  }

  /** Whether all that came behind that piece is there. */
  has(id: number): boolean {
    return id <= this.#last && id >= this.#last - this.#kept.length;
  }

  /** The pieces behind that one, of about so many characters; all of them are there. */
  after(id: number, characters: number): { readonly pieces: readonly string[]; readonly id: number } {
    const pieces: string[] = [];
    let at = this.#kept.length - (this.#last - id);
    for (let left = characters; at < this.#kept.length && left > 0; at++) {
      const text = this.#kept.at(at)?.text ?? '';
      pieces.push(text);
      left -= text.length;
    }
    return { pieces, id: id + pieces.length };
  }

  /** What a page has to know before the first piece that is kept, and the number of the piece before that. */
  beginning(): { readonly pieces: readonly string[]; readonly id: number } {
    const heads = [...this.#heads.values()].flatMap(({ start, who, tables, lines }) => [
      start,
      ...(who === undefined ? [] : [who]),
      ...tables,
      JSON.stringify({ piece: 'gone', lines }),
    ]);
    const gone = this.#goneRuns > 0 ? [JSON.stringify({ piece: 'gone', runs: this.#goneRuns })] : [];
    return { pieces: [...gone, ...heads], id: this.#last - this.#kept.length };
  }

  #letGo(): void {
    const oldest = this.#kept.shift();
    if (!oldest) return;
    const { run, piece, text } = oldest;
    this.#characters -= text.length;
    const head = this.#heads.get(run);
    if (piece === 'run') this.#heads.set(run, { start: text, who: undefined, tables: [], lines: 0 });
    else if (piece === 'end') {
      this.#heads.delete(run);
      this.#goneRuns += 1;
    } else if (!head) return;
    else if (piece === 'line') head.lines += 1;
    else if (piece === 'who') head.who = text;
    else if (head.tables.length < MOST_TABLES) head.tables.push(text);
  }
}
