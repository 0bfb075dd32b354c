/** Says what a word or sign of the page means, once, before it is used first. */
import type { EventOf, TraceEvent } from '../../../core/events.ts';
import type { Statement } from '../../../core/statements/index.ts';
import type { Look } from '../../reporter.ts';
import { type Meaning, type Words, wordsIn } from '../../words/words.ts';
import { signOf, signOfNote } from '../palette.ts';
import { joined } from './head.ts';
import { termsOf } from './terms.ts';

type Meanings = Words['meanings'];

export class Glossary {
  readonly #look: Look;
  readonly #words: Words;
  /** Meanings that were told: a word may have several, of several protocols. */
  readonly #told = new Set<string>();
  /** What is read there stays: an ack means something else. */
  readonly #streams = new Set<string>();

  constructor(look: Look) {
    this.#look = look;
    this.#words = wordsIn(look.language);
  }

  /** A line or more about the words that are new in these events. */
  lines(events: readonly TraceEvent[]): string[] {
    if (this.#look.legend === false) return [];
    const signs = events.flatMap((event) => this.#once(this.#words.signs, signOfEvent(event)));
    const meanings = events.flatMap((event) => {
      if (event.type === 'message') return [...this.#meaningsOf(event), ...this.#termsOf(event.reason)];
      return event.type === 'note' ? this.#termsOf(event.statement) : [];
    });
    return joined(
      [...signs, ...meanings].map(([word, meaning]) => `${word} = ${meaning}`),
      ' · ',
      this.#look.width,
    );
  }

  /** The words of what the story says. */
  #termsOf(statement: Statement | undefined): Meaning[] {
    if (!statement) return [];
    if (statement.code === 'REDIS_COMMAND' || statement.code === 'REDIS_SUBSCRIPTION')
      return this.#meaningsOfCommand(statement.values);
    if (statement.code === 'STOMP_RECEIPT') return this.#once(this.#words.meanings, 'RECEIPT');
    if (statement.code === 'READS_STREAM') this.#streams.add(statement.values.queue);
    const limit = statement.code === 'CONSUMES' ? statement.values.prefetch : undefined;
    return [
      ...termsOf(statement).flatMap((term) => this.#tell(this.#words.terms[term])),
      ...(limit === undefined ? [] : this.#tell(this.#words.prefetch(limit))),
    ];
  }

  /** Of a Redis command, its options, and the reply that there is nothing. */
  #meaningsOfCommand({ command, reply = '' }: { readonly command: string; readonly reply?: string }): Meaning[] {
    const [name = '', ...args] = command.split(' ');
    const { commands, commandOptions } = this.#words;
    const isRefused = reply === 'nil' && args.includes('NX');
    const given = Object.keys(commandOptions).filter(
      (option) => args.includes(option) || (option === reply && !isRefused),
    );
    return [
      ...(reply === '' ? [] : this.#tell(this.#words.answer)),
      ...this.#once(commands, commands[`${name} ${args[0]}`] === undefined ? name : `${name} ${args[0]}`),
      ...given.flatMap((option) => this.#once(commandOptions, option)),
      ...(isRefused ? this.#tell(this.#words.nilOfNx) : []),
    ];
  }

  #meaningsOf({ basis, verb, stage, from, route, service }: EventOf<'message'>): Meaning[] {
    const { meanings, terms, toPublisher, ofStream } = this.#words;
    if (basis === 'seen' && stage === 'nacked' && from === 'server') return this.#tell(toPublisher.nack);
    if (basis === 'seen' && stage === 'acked' && this.#streams.has(route)) return this.#tell(ofStream.ack);
    const own = this.#once(meanings, basis === 'seen' ? verb : stage);
    // Whatever is published there is on its way to queues.
    return service === 'rabbitmq' && stage === 'published' ? [...own, ...this.#tell(terms.queue)] : own;
  }

  #once(meanings: Meanings, word = ''): Meaning[] {
    const meaning = Object.hasOwn(meanings, word) ? meanings[word] : undefined;
    return meaning === undefined ? [] : this.#tell([word, meaning]);
  }

  #tell([word, meaning]: Meaning): Meaning[] {
    if (this.#told.has(meaning)) return [];
    this.#told.add(meaning);
    return [[word, meaning]];
  }
}

/** The sign that an event has on a page, if it has one. */
function signOfEvent(event: TraceEvent): string | undefined {
  if (event.type === 'note') return signOfNote(event);
  return event.type === 'message' && event.basis === 'concluded' ? signOf(event.stage) : undefined;
}
