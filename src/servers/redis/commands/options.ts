/** What follows the fixed arguments of a command. */
import { ReplyError, SYNTAX } from '../errors.ts';
import { integer } from '../numbers.ts';

/** Options, word by word: `word` answers one, `argument` takes what belongs to it. */
export class Options {
  readonly #args: readonly string[];
  #at: number;

  /** The options are the arguments from an index on. */
  constructor(args: readonly string[], from: number) {
    this.#args = args;
    this.#at = from;
  }

  /** How many arguments were not read yet. */
  get left(): number {
    return this.#args.length - this.#at;
  }

  /** The arguments that were not read yet. */
  get rest(): string[] {
    return this.#args.slice(this.#at);
  }

  /** The word that was read last, as it was sent. */
  get sent(): string {
    return this.#args[this.#at - 1] ?? '';
  }

  /** The next word, in upper case; undefined where nothing is left. */
  word(): string | undefined {
    if (this.#at >= this.#args.length) return undefined;
    return this.#args[this.#at++]?.toUpperCase();
  }

  /** The next argument, as it was sent. Throws a syntax error where nothing is left. */
  argument(): string {
    const argument = this.peek();
    if (argument === undefined) throw SYNTAX;
    this.#at++;
    return argument;
  }

  /** The next argument, as it was sent, without taking it. */
  peek(): string | undefined {
    return this.#at < this.#args.length ? this.#args[this.#at] : undefined;
  }

  /** Reads the last word again. */
  back(): void {
    this.#at--;
  }
}

/** The last argument. */
export function lastOf(args: readonly [string, ...string[]]): string {
  return args[args.length - 1] ?? args[0];
}

/** How many LMPOP, ZMPOP and their blocking kin take: COUNT, which stands at their end, or one. */
export function countToTake([word, text, ...more]: readonly string[]): number {
  if (word === undefined) return 1;
  if (text === undefined || more.length > 0 || word.toUpperCase() !== 'COUNT') throw SYNTAX;
  const error = new ReplyError('ERR count should be greater than 0');
  const count = integer(text, error);
  if (count < 1) throw error;
  return count;
}
