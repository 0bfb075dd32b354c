/** Compares what a scenario does on several backends, once it has run on all of them. */
import type { Language } from '../../core/language.ts';
import { difference, type Side } from '../output/difference.ts';
import { recorded } from './recording.ts';
import type { Done } from './turns.ts';

export class Sided {
  readonly #names: readonly string[];
  readonly #language: Language;
  readonly #tell: (text: string) => void;
  #sides: Side[] = [];
  readonly #files: string[] = [];

  /** `tell` gets what was found, in words. */
  constructor(names: readonly string[], language: Language, tell: (text: string) => void) {
    this.#names = names;
    this.#language = language;
    this.#tell = tell;
  }

  /** Whether it is the last of its sides, and not the same as the first. Runs come in order. */
  async differs({ turn, file, began }: Done): Promise<boolean> {
    if (this.#names.length === 1 || file === undefined) return false;
    if (turn.side === 0) this.#sides = [];
    // One that could not begin has told why, and there is nothing to compare.
    if (began) this.#sides.push({ name: this.#nameOf(turn.side), events: () => recorded(file, '') });
    if (!this.#isLast(turn.side)) return false;
    const [first, ...others] = this.#sides;
    if (first === undefined || others.length + 1 < this.#names.length) return false;
    let isSame = true;
    for (const other of others) {
      const { isEqual, text } = await difference(first, other, this.#language);
      isSame &&= isEqual;
      this.#tell(`\n${text}`);
    }
    return !isSame;
  }

  /** The files that are of no more use behind this run. */
  filesOf({ turn, file }: Done): readonly string[] {
    if (file !== undefined) this.#files.push(file);
    return this.#isLast(turn.side) ? this.#files.splice(0) : [];
  }

  #isLast(side: number): boolean {
    return side === this.#names.length - 1;
  }

  /** `embedded`; the second of the same name is `embedded (2)`. */
  #nameOf(side: number): string {
    const name = this.#names[side] ?? '';
    const before = this.#names.slice(0, side).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  }
}
