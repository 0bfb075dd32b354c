/** What one AMQP channel has under way: declarations awaiting their answer, unconfirmed messages, unacked deliveries. */
import type { AmqpValue, FieldTable } from '../../protocols/amqp/index.ts';
import type { Message } from '../ledger.ts';

/** A delivery that waits for its ack. */
export interface Held {
  readonly message: Message;
  /** Undefined where the consumer started out of our sight. */
  readonly queue: string | undefined;
  /** What it was published or dead-lettered with. */
  readonly routingKey: string;
  readonly headers: FieldTable;
}

type Source = { readonly queue: string; readonly noAck: boolean };

/** The most publishes remembered for their confirm; the oldest are forgotten first. */
const UNCONFIRMED = 10_000;
/** The most unacked deliveries, and declarations without an answer, that are remembered. */
const HELD = 10_000;
const ASKED = 1_000;

/** Methods whose effect begins with the server's answer, or at once when they ask for none (no-wait). */
const ANSWERED = new Set([
  'exchange.declare',
  'exchange.delete',
  'exchange.bind',
  'exchange.unbind',
  'queue.declare',
  'queue.bind',
  'queue.unbind',
  'queue.delete',
  'queue.purge',
  'basic.consume',
]);

export class AmqpChannel {
  readonly consumers = new Map<string, Source>();
  /** The queues of basic.get calls that have no answer yet, in order. */
  readonly gets: Source[] = [];
  /** Unacked deliveries by delivery tag, in order. */
  readonly held = new Map<number | bigint, Held>();
  readonly #asked: AmqpValue[] = [];
  readonly #unconfirmed = new Map<number, Message>();
  #published = 0;
  #confirms = false;
  /** The queue that an empty queue name stands for. AMQP 0-9-1 §1.7.2.1 */
  #lastQueue = '';

  /** Takes note of a method; `agreed` is called with the request once the server has agreed to it. */
  remember(value: AmqpValue, agreed: (request: AmqpValue) => void): void {
    if (ANSWERED.has(value.method)) {
      if ('noWait' in value.args && value.args.noWait) this.#agree(value, undefined, agreed);
      else if (this.#asked.length < ASKED) this.#asked.push(value);
      return;
    }
    if (value.method.endsWith('-ok')) {
      const request = this.#asked[0];
      if (request && value.method === `${request.method}-ok`) this.#agree(this.#asked.shift()!, value, agreed);
    }
    switch (value.method) {
      case 'basic.get':
        if (this.gets.length < ASKED)
          this.gets.push({ queue: value.args.queue || this.#lastQueue, noAck: value.args.noAck });
        return;
      case 'basic.get-empty':
        this.gets.shift();
        return;
      case 'confirm.select':
        this.#confirms = true;
        return;
    }
  }

  hold(deliveryTag: number | bigint, held: Held): void {
    this.held.set(deliveryTag, held);
    if (this.held.size > HELD) this.held.delete(this.held.keys().next().value!);
  }

  published(message: Message): void {
    if (!this.#confirms) return;
    this.#unconfirmed.set(++this.#published, message);
    if (this.#unconfirmed.size > UNCONFIRMED) this.#unconfirmed.delete(this.#unconfirmed.keys().next().value!);
  }

  confirm(deliveryTag: number | bigint, multiple: boolean): Message[] {
    return take(this.#unconfirmed, Number(deliveryTag), multiple);
  }

  /** The deliveries that an ack, nack or reject of this tag is about; tag 0 with multiple means all. */
  settle(deliveryTag: number | bigint, multiple: boolean): Held[] {
    const all = multiple && Number(deliveryTag) === 0;
    return take(this.held, all ? Number.MAX_SAFE_INTEGER : deliveryTag, multiple);
  }

  #agree(request: AmqpValue, answer: AmqpValue | undefined, agreed: (request: AmqpValue) => void): void {
    const full = this.#named(request, answer);
    if (full.method === 'queue.declare') this.#lastQueue = full.args.queue;
    if (full.method === 'basic.consume') {
      this.consumers.set(full.args.consumerTag, { queue: full.args.queue, noAck: full.args.noAck });
    }
    agreed(full);
  }

  /** Fills in the names that the request left to the server. */
  #named(request: AmqpValue, answer: AmqpValue | undefined): AmqpValue {
    if (request.method === 'queue.declare' && answer?.method === 'queue.declare-ok') {
      return { ...request, args: { ...request.args, queue: answer.args.queue } };
    }
    if (request.method === 'basic.consume') {
      const consumerTag = answer?.method === 'basic.consume-ok' ? answer.args.consumerTag : request.args.consumerTag;
      return { ...request, args: { ...request.args, consumerTag, queue: request.args.queue || this.#lastQueue } };
    }
    if (request.method === 'queue.bind') {
      return { ...request, args: { ...request.args, queue: request.args.queue || this.#lastQueue } };
    }
    if (request.method === 'queue.unbind') {
      return { ...request, args: { ...request.args, queue: request.args.queue || this.#lastQueue } };
    }
    return request;
  }
}

/** Removes one entry, or with `multiple` all up to and including it, and gives them in order. */
function take<Key extends number | bigint, Value>(entries: Map<Key, Value>, upTo: Key, multiple: boolean): Value[] {
  if (!multiple) {
    const value = entries.get(upTo);
    entries.delete(upTo);
    return value === undefined ? [] : [value];
  }
  const taken: Value[] = [];
  for (const [key, value] of entries) {
    if (key > upTo) break;
    taken.push(value);
    entries.delete(key);
  }
  return taken;
}
