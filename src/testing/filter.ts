/** Which messages are meant. */
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../core/errors.ts';
import type { EventOf, Stage } from '../core/events.ts';
import type { Json } from '../core/json.ts';
import type { Service } from '../core/services.ts';
import { didYouMean } from '../core/text/suggest.ts';
import { isRecord, type Message } from './messages.ts';

/**
 * Which messages are meant: those for which all of it holds. Names are those that the application uses; on servers that
 * others share, `lab.name` gives them a prefix, which can be left out here.
 */
export interface Filter {
  readonly service?: Service;
  /** A queue of RabbitMQ that the message came to, or was to come to. */
  readonly queue?: string;
  /** The exchange that it was published to; `''` is the default exchange. */
  readonly exchange?: string;
  /** The routing key that it was published with. */
  readonly key?: string;
  /** A channel of Redis that it was published to. */
  readonly channel?: string;
  /** A list of Redis that it was pushed to. */
  readonly list?: string;
  /** A stream of Redis that it was added to. */
  readonly stream?: string;
  /** A destination of STOMP: `/topic/lobby`. */
  readonly destination?: string;
  /** Who published it. */
  readonly from?: string;
  /** Headers that it has, among others. */
  readonly headers?: { readonly [name: string]: Json };
  /**
   * What it holds. A string is all of its text, a regular expression is looked for in it; an object is in it, among
   * other fields, where it is JSON; a function gets it parsed.
   */
  readonly body?: string | RegExp | object | ((body: unknown) => boolean);
  readonly id?: string;
}

const NAMES = {
  ...{ service: true, queue: true, exchange: true, key: true, channel: true, list: true, stream: true },
  ...{ destination: true, from: true, headers: true, body: true, id: true },
} as const satisfies { readonly [name in keyof Required<Filter>]: true };

/** Throws a UsageError for a word that no filter has: without it, other messages would be meant, too. */
export function assertFilter(filter: Filter): Filter {
  const names = Object.keys(NAMES);
  const unknown = Object.keys(filter).find((name) => !names.includes(name));
  if (unknown === undefined) return filter;
  throw new UsageError(`A message can't be told by '${unknown}'.`, {
    hint: didYouMean(unknown, names) ?? `It can by ${names.join(', ')}.`,
  });
}

/** Where a message can be, and in which service. */
const PLACES = {
  queue: ['rabbitmq', 'stomp'],
  channel: ['redis'],
  list: ['redis'],
  stream: ['redis'],
  destination: ['stomp'],
} as const satisfies { readonly [name in keyof Filter]?: readonly Service[] };

type PlaceName = keyof typeof PLACES;
const PLACE_NAMES = Object.keys(PLACES) as readonly PlaceName[];

/** The Redis commands that publish to each kind of place. */
const COMMANDS: { readonly [name in PlaceName]?: RegExp } = {
  channel: /^S?PUBLISH/,
  list: /^[LR]PUSHX?$|^RPOPLPUSH$|^B?LMOVE$/,
  stream: /^XADD$/,
};

/** At these the route names what the message was published to, or nothing, and no place that it is in. */
const ELSEWHERE: ReadonlySet<Stage> = new Set(['published', 'unroutable', 'returned', 'confirmed', 'responded']);

export class Matcher {
  readonly #filter: Filter;
  readonly #prefix: string;

  /** @param prefix what every name begins with on servers that others share */
  constructor(filter: Filter, prefix: string) {
    this.#filter = filter;
    this.#prefix = prefix;
  }

  matches(message: Message): boolean {
    const { service, exchange, key, from, headers, body, id } = this.#filter;
    return (
      (service === undefined || message.service === service) &&
      (exchange === undefined || this.#isNamed(message.exchange, exchange)) &&
      (key === undefined || this.#isNamed(message.key, key)) &&
      (from === undefined || message.publishedBy === from) &&
      (id === undefined || message.id === id) &&
      (headers === undefined || holds(message.headers, headers)) &&
      (body === undefined || hasBody(message, body)) &&
      PLACE_NAMES.every((kind) => this.#isAt(message, kind))
    );
  }

  /** Whether a step of a message that is meant happened at the place that is named, where one is. */
  isOfPlace(step: EventOf<'message'>): boolean {
    if (step.route === '' || ELSEWHERE.has(step.stage)) return true;
    return PLACE_NAMES.every((kind) => {
      const place = this.#filter[kind];
      return place === undefined || this.#names(routeOf(step), place);
    });
  }

  #isAt(message: Message, kind: PlaceName): boolean {
    const place = this.#filter[kind];
    if (place === undefined) return true;
    const services: readonly Service[] = PLACES[kind];
    const command = COMMANDS[kind];
    if (!services.includes(message.service)) return false;
    if (command && message.publishedBy !== undefined && !command.test(message.steps[0]?.verb ?? '')) return false;
    if (kind === 'queue' && message.exchange === '' && this.#isNamed(message.key, place)) return true;
    return message.steps.some((step) => {
      // To an exchange of that name is not to a queue of that name.
      if (kind === 'queue' && ELSEWHERE.has(step.stage)) return false;
      return this.#names(routeOf(step), place);
    });
  }

  #isNamed(name: string | undefined, wanted: string): boolean {
    return name !== undefined && (name === wanted || name === this.#prefix + wanted);
  }

  #names(route: string, place: string): boolean {
    return contains(route, place) || (this.#prefix !== '' && contains(route, this.#prefix + place));
  }
}

/** A message that is routed is at the queues behind the arrow. */
function routeOf({ stage, route }: EventOf<'message'>): string {
  const at = stage === 'routed' ? route.indexOf(' → ') : -1;
  return at < 0 ? route : route.slice(at + 3);
}

/** Whether a route, like `orders → dead → parked` or `jobs (group billing)`, names a place. */
function contains(route: string, place: string): boolean {
  for (let at = route.indexOf(place); at >= 0; at = route.indexOf(place, at + 1)) {
    const before = route.slice(0, at);
    const behind = route.slice(at + place.length);
    if (/(^|→ |, )$/.test(before) && /^($| →|, | \()/.test(behind)) return true;
  }
  return false;
}

function hasBody(message: Message, wanted: NonNullable<Filter['body']>): boolean {
  if (typeof wanted === 'string') return message.text === wanted;
  if (typeof wanted === 'function') return (wanted as (body: unknown) => boolean)(message.body);
  // A regular expression of another realm, such as Jest's, is none of this one's.
  if (Object.prototype.toString.call(wanted) === '[object RegExp]') return (wanted as RegExp).test(message.text);
  return holds(message.body, wanted);
}

/** Whether everything of `wanted` is in `value`; arrays are compared whole. */
function holds(value: unknown, wanted: unknown): boolean {
  if (!isRecord(wanted)) return isDeepStrictEqual(value, plain(wanted));
  return isRecord(value) && Object.entries(wanted).every(([name, part]) => holds(value[name], part));
}

/** The same without what another realm, such as Jest's, made of it. */
function plain(value: unknown): unknown {
  return Array.isArray(value) ? JSON.parse(JSON.stringify(value)) : value;
}

/** `a message in queue mail with key a.b`. */
export function described(filter: Filter, count: number | undefined): string {
  const { service, exchange, key, from, headers, body, id } = filter;
  const places = PLACE_NAMES.flatMap((kind) => (filter[kind] === undefined ? [] : `in ${kind} ${filter[kind]}`));
  const words = [
    count === undefined ? 'a message' : `${count} ${count === 1 ? 'message' : 'messages'}`,
    ...(id === undefined ? [] : [id]),
    ...(service === undefined ? [] : [`of ${service}`]),
    ...places,
    ...(exchange === undefined ? [] : [`to exchange ${exchange === '' ? '(default)' : exchange}`]),
    ...(key === undefined ? [] : [`with key ${key}`]),
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(headers === undefined ? [] : [`with headers ${JSON.stringify(headers)}`]),
    ...(body === undefined ? [] : [`with body ${bodyOf(body)}`]),
  ];
  return words.join(' ');
}

function bodyOf(body: NonNullable<Filter['body']>): string {
  if (typeof body === 'function') return `that fits ${body.name || 'the function'}`;
  return Object.prototype.toString.call(body) === '[object RegExp]' ? String(body) : JSON.stringify(body);
}
