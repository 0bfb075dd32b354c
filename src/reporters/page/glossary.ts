/** Says what a word or sign of the page means, once, before it is used first. */
import type { EventOf, TraceEvent } from '../../core/events.ts';
import type { Look } from '../reporter.ts';
import { type Meaning, type Words, wordsIn } from '../words/words.ts';
import { joined } from './head.ts';
import { signOf, signOfNote } from './palette.ts';

type Meanings = Words['meanings'];

export class Glossary {
  readonly #look: Look;
  readonly #words: Words;
  /** Meanings that were told: a word may have several, of several protocols. */
  readonly #told = new Set<string>();
  #prefetch: number | undefined;

  constructor(look: Look) {
    this.#look = look;
    this.#words = wordsIn(look.language);
  }

  meet(event: TraceEvent): void {
    if (event.type !== 'run-start') return;
    const { prefetch } = event.options;
    this.#prefetch = typeof prefetch === 'number' ? prefetch : undefined;
  }

  /** A line or more about the words that are new in these events. */
  lines(events: readonly TraceEvent[]): string[] {
    if (this.#look.legend === false) return [];
    const signs = events.flatMap((event) => this.#once(this.#words.signs, signOfEvent(event)));
    const meanings = events.flatMap((event) => {
      if (event.type === 'message') return this.#meaningsOf(event);
      const statement = event.type === 'note' ? event.statement : undefined;
      if (statement?.code === 'STOMP_RECEIPT') return this.#once(this.#words.meanings, 'RECEIPT');
      return statement?.code === 'REDIS_COMMAND' || statement?.code === 'REDIS_SUBSCRIPTION'
        ? this.#meaningsOfCommand(statement.values)
        : [];
    });
    return joined(
      [...signs, ...meanings].map(([word, meaning]) => `${word} = ${meaning}`),
      ' · ',
      this.#look.width,
    );
  }

  /** Of a Redis command, its options, and the reply that there is nothing. */
  #meaningsOfCommand({ command, reply = '' }: { readonly command: string; readonly reply?: string }): Meaning[] {
    const [name = '', ...args] = command.split(' ');
    const { commands, commandOptions } = this.#words;
    const given = Object.keys(commandOptions).filter((option) => args.includes(option) || option === reply);
    return [
      ...this.#once(commands, commands[`${name} ${args[0]}`] === undefined ? name : `${name} ${args[0]}`),
      ...given.flatMap((option) => this.#once(commandOptions, option)),
    ];
  }

  #meaningsOf({ basis, verb, stage }: EventOf<'message'>): Meaning[] {
    const { meanings, prefetch } = this.#words;
    const own = this.#once(meanings, basis === 'seen' ? verb : stage);
    // How much a consumer may hold is about what it has not acknowledged.
    if (stage !== 'acked' || this.#prefetch === undefined) return own;
    const limit = prefetch(this.#prefetch);
    this.#prefetch = undefined;
    return [...own, limit];
  }

  #once(meanings: Meanings, word = ''): Meaning[] {
    const meaning = Object.hasOwn(meanings, word) ? meanings[word] : undefined;
    if (meaning === undefined || this.#told.has(meaning)) return [];
    this.#told.add(meaning);
    return [[word, meaning]];
  }
}

/** The sign that an event has on a page, if it has one. */
function signOfEvent(event: TraceEvent): string | undefined {
  if (event.type === 'note') return signOfNote(event);
  return event.type === 'message' && event.basis === 'concluded' ? signOf(event.stage) : undefined;
}
