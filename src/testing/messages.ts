/** What a lab has seen: the events, and the messages that they tell of. */
import type { EventOf, FrameEvent, MessageEvent, TraceEvent } from '../core/events.ts';
import type { Json } from '../core/json.ts';
import type { Service } from '../core/services.ts';

/** One message, as far as it is known: everything that was told of it, in order. */
export interface Message {
  /** `#7`: the seventh message that this lab saw. */
  readonly id: string;
  readonly service: Service;
  /** Who published it; undefined where nobody saw that. */
  readonly publishedBy: string | undefined;
  /** What it holds: parsed where it is JSON, else its text. Only its beginning where it is longer than 64 KiB. */
  readonly body: unknown;
  /** As it was written. */
  readonly text: string;
  /** The exchange and the routing key that it was published to; RabbitMQ only. */
  readonly exchange: string | undefined;
  readonly key: string | undefined;
  /** Headers of AMQP and STOMP, by name. */
  readonly headers: { readonly [name: string]: Json };
  /** Each step of its life. */
  readonly steps: readonly EventOf<'message'>[];
}

/** So many events are kept; of more, the oldest are forgotten, and with them their messages. */
const MOST_EVENTS = 200_000;
/** So many are forgotten at a time. */
const FORGOTTEN = MOST_EVENTS / 10;

type Fields = FrameEvent['fields'];

class SeenMessage implements Message {
  readonly id: string;
  readonly service: Service;
  readonly publishedBy: string | undefined;
  readonly text: string;
  readonly exchange: string | undefined;
  readonly key: string | undefined;
  readonly headers: { readonly [name: string]: Json };
  readonly steps: EventOf<'message'>[] = [];

  constructor(first: MessageEvent, frame: FrameEvent | undefined) {
    const fields = frame?.fields ?? {};
    this.id = first.id;
    this.service = first.service;
    this.publishedBy = PUBLISHINGS.has(first.stage) ? first.peer : undefined;
    this.text = textOf(frame, first);
    this.exchange = stringOf(fields.exchange);
    this.key = stringOf(fields.routingKey);
    this.headers = headersOf(fields);
  }

  get body(): unknown {
    if (!/^\s*[[{]/.test(this.text)) return this.text;
    try {
      return JSON.parse(this.text);
    } catch {
      return this.text;
    }
  }
}

/** How messages begin. */
const PUBLISHINGS: ReadonlySet<MessageEvent['stage']> = new Set(['published', 'requested', 'sent']);

/** Redis commands whose last argument is the message. */
const LAST_ARGUMENT: ReadonlySet<string> = new Set(['PUBLISH', 'SPUBLISH']);

function textOf(frame: FrameEvent | undefined, { body = '' }: MessageEvent): string {
  const { fields = {}, name = '' } = frame ?? {};
  const { message, args } = fields;
  if (typeof fields.body === 'string') return fields.body;
  if (isRecord(message)) return stringOf(message.text) ?? body;
  if (Array.isArray(args) && LAST_ARGUMENT.has(name)) return stringOf(args.at(-1)) ?? body;
  return body;
}

function headersOf({ headers, properties }: Fields): { readonly [name: string]: Json } {
  const inside = isRecord(properties) ? properties.headers : headers;
  return isRecord(inside) ? inside : {};
}

function stringOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function isRecord(value: unknown): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export class Seen {
  readonly #events: TraceEvent[] = [];
  readonly #frames = new Map<number, EventOf<'frame'>>();
  readonly #messages = new Map<string, SeenMessage>();
  /** Grows with every event. */
  count = 0;

  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  get messages(): Iterable<Message> {
    return this.#messages.values();
  }

  message(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  add(event: TraceEvent): void {
    this.count++;
    this.#events.push(event);
    if (event.type === 'frame') this.#frames.set(event.seq, event);
    if (event.type === 'message') this.#step(event);
    if (this.#events.length > MOST_EVENTS) this.#forget();
  }

  /** Forgets what happened, but not who is there. */
  clear(): void {
    const kept = this.#events.filter(({ type }) => type === 'run-start' || type === 'peer');
    this.#events.splice(0, this.#events.length, ...kept);
    this.#frames.clear();
    this.#messages.clear();
  }

  #step(event: EventOf<'message'>): void {
    const frame = event.frames[0] === undefined ? undefined : this.#frames.get(event.frames[0]);
    const message = this.#messages.get(event.id) ?? new SeenMessage(event, frame);
    this.#messages.set(event.id, message);
    message.steps.push(event);
  }

  #forget(): void {
    for (const event of this.#events.splice(0, FORGOTTEN)) {
      if (event.type === 'frame') this.#frames.delete(event.seq);
      if (event.type === 'message') this.#messages.delete(event.id);
      if (event.type === 'run-start') this.#events.unshift(event);
    }
  }
}
