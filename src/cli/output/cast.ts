/** The scenarios of a command line: each is loaded once to learn its options, and once for every further time it plays. */
import type { Declared } from '../../lab/guest/wire.ts';
import { type RawOptions, readOptions } from '../../lab/scenario/options.ts';
import { type Found, findScenario } from '../_scenarios.ts';
import type { Play } from '../running/play.ts';

export class Cast {
  /** Loaded, and not yet to play. */
  readonly #ready = new Map<string, Found>();
  readonly #all: Found[] = [];

  /** Loads the scenarios. Throws a UsageError for one that can't be. */
  async declared(words: readonly string[]): Promise<Declared[]> {
    return Promise.all(words.map((word) => this.declaration(word)));
  }

  /** The same of one scenario. */
  async declaration(word: string): Promise<Declared> {
    const found = this.#ready.get(word) ?? (await this.#load(word));
    this.#ready.set(word, found);
    return found.declared;
  }

  /** A scenario with what was typed for its options. Throws a UsageError where that can't be meant. */
  async play(word: string, raw: RawOptions): Promise<Play> {
    const found = this.#ready.get(word) ?? (await this.#load(word));
    this.#ready.delete(word);
    const options = readOptions(found.declared.options, raw);
    return { scenario: await found.settle(options), options, close: () => found.close() };
  }

  /** Ends all that was loaded. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((found) => found.close()));
  }

  async #load(word: string): Promise<Found> {
    const found = await findScenario(word);
    this.#all.push(found);
    return found;
  }
}
