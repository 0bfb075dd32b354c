/** What a message's step is called on a page: its name first, then the protocol's word, where to, and what it says. */

import stringWidth from 'fast-string-width';
import type { EventOf, Stage, TraceEvent } from '../../../core/events.ts';
import type { Language } from '../../../core/language.ts';
import { type Statement, worded } from '../../../core/statements/index.ts';
import { type Words, wordsIn } from '../../words/words.ts';
import { bodyIn } from './bodies.ts';
import { Connected } from './connected.ts';

const BEGINNINGS: ReadonlySet<Stage> = new Set(['published', 'requested', 'sent']);

/** Stands for all others that a message may be. */
const CUT = '…';

/** Of so many messages is remembered what they are called and what was shown of them. */
const REMEMBERED = 20_000;

interface Known {
  readonly name: string;
  /** Where it was published to. */
  readonly route: string;
  /** It was told with its body when it was sent: that is not repeated. */
  readonly body: string | undefined;
}

/** What is known of the messages that a page has told of. */
export class Labels {
  readonly #words: Words;
  readonly #language: Language;
  readonly #known = new Map<string, Known>();
  readonly #connected = new Connected();

  constructor(language: Language) {
    this.#language = language;
    this.#words = wordsIn(language);
  }

  meet(event: TraceEvent): void {
    if (event.type === 'connection') this.#connected.meet(event);
    if (event.type !== 'message' || this.#known.has(event.id)) return;
    const { id, name = id, route, body } = event;
    this.#known.set(id, { name, route, body: BEGINNINGS.has(event.stage) ? body : undefined });
    if (this.#known.size > REMEMBERED) for (const oldest of this.#known.keys()) return void this.#known.delete(oldest);
  }

  /** `job 3`; `job 3 or job 4` where the wire can't tell them apart; `one of 7, #3 … #9` where they are many. */
  nameOf({ id, name = id, among = [] }: EventOf<'message'>): string {
    if (among.length === 0) return name;
    const isCut = among.at(-1) === CUT;
    const others = isCut ? among.slice(0, -1) : among;
    const names = [name, ...others.map((other) => this.#known.get(other)?.name ?? other)];
    if (names.length <= 3 && !isCut) return this.#words.either(names);
    const [first = name, ...more] = names.sort(BY_NUMBER.compare);
    return this.#words.oneOf(names.length, isCut, first, more.at(-1) ?? name);
  }

  /** How a connection ended of which nobody said a word; `server` is what its server is called. */
  unsaid({ by }: EventOf<'connection'>, server: string): string {
    if (by === undefined || by === 'client') return this.#words.leaves;
    const values = { by: by === 'server' ? server : undefined };
    return worded({ code: 'CONNECTION_LOST', values }, this.#language);
  }

  /**
   * What was on the wire, as much of it as there is room for, and never less than what it is called: that may be wider.
   * Only what was said of a message before is left out.
   */
  seen(event: EventOf<'message'>, columns: number): string {
    const head = this.brief(event);
    const withPlace = this.withPlace(event);
    const room = (before: string): number => columns - stringWidth(before) - 1;
    const whole = this.#content(event, room(withPlace));
    if (whole && stringWidth(withPlace) <= columns) return `${withPlace} ${whole}`;
    // What a response brings says more than the words of its status.
    const brought = event.stage === 'responded' ? this.#content(event, room(head)) : undefined;
    if (brought) return `${head} ${brought}`;
    if (stringWidth(withPlace) <= columns) return withPlace;
    return this.shortest(event);
  }

  /** What has to be said of it: its name, the protocol's word, and what decides where it goes. */
  shortest(event: EventOf<'message'>): string {
    if (event.stage === 'requested') return this.withPlace(event);
    // A routing key says more than the exchange that it was sent to; a message may be called by its key.
    const [, key] = event.stage === 'published' ? (/\((.+)\)$/.exec(event.route) ?? []) : [];
    const isTold = key === undefined || this.nameOf(event).startsWith(`${key} `);
    return isTold ? this.brief(event) : `${this.brief(event)} (${key})`;
  }

  /** What it says; empty where that was told before. */
  body(event: EventOf<'message'>): string {
    return this.#content(event, Number.POSITIVE_INFINITY) ?? '';
  }

  /** Its name and the protocol's word. */
  brief(event: EventOf<'message'>): string {
    return `${this.nameOf(event)} ${event.verb}`;
  }

  withPlace(event: EventOf<'message'>): string {
    const place = this.#place(event);
    return place === '' ? this.brief(event) : `${this.brief(event)} ${place}`;
  }

  /** As much as fits of what it says or brings. */
  #content(event: EventOf<'message'>, columns: number): string | undefined {
    const { id, stage, name, body = '' } = event;
    // A response that brings what was asked about has said so with its name.
    const carries = (event.carries ?? []).filter((one) => one !== name);
    if (event.carries && carries.length === 0) return undefined;
    if (carries.length > 0) return stringWidth(carries.join(', ')) <= columns ? carries.join(', ') : undefined;
    const isRepeated = !BEGINNINGS.has(stage) && body === this.#known.get(id)?.body;
    return isRepeated ? undefined : bodyIn(body, name, columns);
  }

  #place({ id, stage, route }: EventOf<'message'>): string {
    const known = this.#known.get(id);
    if (route === '') return '';
    switch (stage) {
      case 'published':
        return `→ ${route}`;
      case 'delivered':
      case 'redelivered':
        return route === known?.route ? '' : this.#words.from(route);
      case 'received':
        return this.#words.echo;
      case 'requested':
      case 'responded':
      case 'pushed':
        return route;
      default:
        return '';
    }
  }

  /** What follows from what was on the wire. */
  concluded(event: EventOf<'message'>): string {
    return `${this.nameOf(event)} ${this.#words.concluded[event.stage](event.route)}`;
  }

  /** Why a step went as it did; empty where there is nothing to explain. */
  why({ reason }: EventOf<'message'>): string {
    return reason ? worded(reason, this.#language) : '';
  }

  /** What a note says. */
  note({ text, statement, peer, service, server }: EventOf<'note'>): string {
    if (!statement) return text ?? '';
    const isEnd = statement.code === 'CONNECTION_LOST' || statement.code === 'CONNECTION_CLOSED';
    if (!isEnd || !service || peer === undefined || !this.#connected.isToSeveral(peer))
      return worded(statement, this.#language);
    const to = server ?? this.#words.servers[service];
    return worded({ ...statement, values: { ...statement.values, to } } as Statement, this.#language);
  }
}

/** `#9` comes before `#10`. */
const BY_NUMBER = new Intl.Collator('en', { numeric: true });
