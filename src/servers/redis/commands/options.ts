/** What follows the fixed arguments of a command. */
import { SYNTAX } from '../errors.ts';

/** Options, word by word: iterating answers each in upper case, `argument` takes what belongs to it. */
export class Options implements Iterable<string>, Iterator<string> {
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

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<string, undefined> {
    const word = this.#args[this.#at];
    if (word === undefined) return { done: true, value: undefined };
    this.#at++;
    return { done: false, value: word.toUpperCase() };
  }

  /** The next argument, as it was sent. Throws a syntax error where nothing is left. */
  argument(): string {
    const argument = this.#args[this.#at];
    if (argument === undefined) throw SYNTAX;
    this.#at++;
    return argument;
  }

  /** The next argument, as it was sent, without taking it. */
  peek(): string | undefined {
    return this.#args[this.#at];
  }

  /** Reads the last word again. */
  back(): void {
    this.#at--;
  }
}

/** Visits arguments two by two, from an index on; a single one at the end is left out. */
export function eachPair(args: readonly string[], from: number, visit: (first: string, second: string) => void): void {
  for (let i = from; i < args.length; i += 2) {
    const first = args[i];
    const second = args[i + 1];
    if (first !== undefined && second !== undefined) visit(first, second);
  }
}

/** The last argument. */
export function lastOf(args: readonly [string, ...string[]]): string {
  return args[args.length - 1] ?? args[0];
}
