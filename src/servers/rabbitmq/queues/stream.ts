/**
 * A stream: a log that keeps what was published, for any number of readers who each have a place of their own. What is
 * acknowledged is a credit for another message (https://www.rabbitmq.com/docs/streams).
 */
import { encodeProperties } from '../../../protocols/amqp/properties.ts';
import { Typed } from '../../../protocols/amqp/table.ts';
import { sorted } from '../messages/dead-letter.ts';
import { Message } from '../messages/message.ts';
import type { Consumer, Returned } from './consumer.ts';
import { Entry } from './entry.ts';
import { Queue, type QueueHost, type QueueSpec } from './queue.ts';
import { readOffset, type StreamOffset } from './stream-offset.ts';

/** As in RabbitMQ, in bytes. */
const SEGMENT_BYTES = 500_000_000;

/** How the messages of a stream are told to its readers. */
export interface StreamForm {
  readonly sortsHeaders: boolean;
  /** Whether a message always says how it is delivered. */
  readonly tellsDeliveryMode: boolean;
}

/** Messages that are dropped together. */
interface Segment {
  /** The offset at which it begins: of what RabbitMQ notes there about publishers or, in the first one, of a message. */
  readonly start: number;
  /** The offset of its first message. */
  readonly first: number;
  readonly messages: Message[];
  /** When each message came, in Unix ms. */
  readonly times: number[];
  bytes: number;
}

interface Reader {
  readonly consumer: Consumer;
  /** The offset that it is given next. */
  next: number;
}

export class Stream extends Queue {
  readonly #host: QueueHost;
  readonly #form: StreamForm;
  readonly #segments: Segment[] = [];
  readonly #readers = new Map<Consumer, Reader>();
  /** The offset of the next message. */
  #next = 0;
  #bytes = 0;

  constructor(spec: QueueSpec, host: QueueHost, form: StreamForm) {
    super(spec, host);
    this.#host = host;
    this.#form = form;
  }

  /** As RabbitMQ counts: from the beginning of the oldest segment, with all that has an offset. */
  override get length(): number {
    return this.#next - (this.#segments[0]?.start ?? this.#next);
  }

  /** As RabbitMQ tells it of streams. */
  override get consumerCount(): number {
    return 0;
  }

  override get hasExclusiveConsumer(): boolean {
    return false;
  }

  /** The offset of the oldest message, or of the next one where there is none. */
  get #first(): number {
    return this.#segments[0]?.first ?? this.#next;
  }

  override publish(message: Message): boolean {
    this.#host.witness?.({ what: 'entered', message, queue: this, position: this.#next });
    const kept = this.#told(message);
    const { sizeBytes } = kept;
    const segment = this.#segments.at(-1) ?? this.#begin(this.#next);
    segment.messages.push(kept);
    segment.times.push(this.#host.clock.wall());
    segment.bytes += sizeBytes;
    this.#account(sizeBytes);
    this.#next += 1;
    for (const reader of [...this.#readers.values()]) this.#serve(reader);
    const { segmentBytes = SEGMENT_BYTES } = this.spec.options;
    if (segment.bytes >= segmentBytes) this.#roll();
    return true;
  }

  /** The message as readers get it: it says its offset. */
  #told(message: Message): Message {
    const properties = message.decode();
    const headers = { ...properties.headers, 'x-stream-offset': new Typed('long', this.#next) };
    if (this.#form.tellsDeliveryMode) properties.deliveryMode ??= 1;
    return new Message(
      message.exchange,
      message.routingKey,
      encodeProperties({ ...properties, headers: this.#form.sortsHeaders ? sorted(headers) : headers }),
      message.body,
      message,
    );
  }

  /** A segment that is full is followed by another; only then is retention looked at, whatever the limits say. */
  #roll(): void {
    this.#begin(this.#next + 1);
    this.#next += 1;
    this.#retain();
  }

  #begin(first: number): Segment {
    const segment: Segment = { start: this.#next, first, messages: [], times: [], bytes: 0 };
    this.#segments.push(segment);
    return segment;
  }

  #retain(): void {
    const { maxLengthBytes = Number.POSITIVE_INFINITY, maxAgeMs = Number.POSITIVE_INFINITY } = this.spec.options;
    const oldest = this.#host.clock.wall() - maxAgeMs;
    for (;;) {
      const [segment, next] = this.#segments;
      if (!segment || !next) return;
      const isOld = (segment.times.at(-1) ?? 0) < oldest;
      if (this.#bytes <= maxLengthBytes && !isOld) return;
      this.#segments.shift();
      this.#account(-segment.bytes);
    }
  }

  #account(bytes: number): void {
    this.#bytes += bytes;
    this.#host.account(bytes);
  }

  /** Gives a reader what it has credit for. */
  #serve(reader: Reader): void {
    const { consumer } = reader;
    while (this.#readers.has(consumer)) {
      const found = this.#from(reader.next);
      if (!found) return;
      if (!consumer.canTake) {
        consumer.isBlocked = true;
        return;
      }
      const { message, offset } = found;
      const entry = new Entry(message, offset, undefined);
      reader.next = offset + 1;
      this.unacked += 1;
      consumer.unacked += 1;
      consumer.owner.deliver(consumer, entry);
    }
  }

  /** The first message at an offset or after it: not every offset has one, and some may be gone. */
  #from(offset: number): { readonly message: Message; readonly offset: number } | undefined {
    const start = Math.max(
      0,
      this.#segments.findLastIndex(({ first }) => first <= offset),
    );
    for (const { first, messages } of this.#segments.slice(start, start + 2)) {
      const index = Math.max(0, offset - first);
      const message = messages[index];
      if (message) return { message, offset: first + index };
    }
    return undefined;
  }

  /** The offset of the last message that is there, or of the next one. */
  get #last(): number {
    const segment = this.#segments.findLast(({ messages }) => messages.length > 0);
    return segment ? segment.first + segment.messages.length - 1 : this.#next;
  }

  override consume(consumer: Consumer): void {
    const start = readOffset(consumer.offset, this.title, this.#host.clock.wall());
    const reader = { consumer, next: this.#place(start) };
    this.#readers.set(consumer, reader);
    this.#serve(reader);
  }

  #place(start: StreamOffset): number {
    if ('offset' in start) return Math.max(this.#first, start.offset);
    if ('from' in start) {
      if (start.from === 'first') return this.#first;
      return start.from === 'next' ? this.#next : this.#last;
    }
    for (const { first, times } of this.#segments) {
      const index = times.findIndex((time) => time >= start.since);
      if (index >= 0) return first + index;
    }
    return this.#next;
  }

  override cancel(consumer: Consumer): void {
    this.#readers.delete(consumer);
  }

  override leave(consumers: readonly Consumer[], held: readonly Returned[]): void {
    for (const consumer of consumers) this.cancel(consumer);
    this.#credit(held);
  }

  override wake(consumer: Consumer): void {
    const reader = this.#readers.get(consumer);
    if (!reader) return;
    consumer.isBlocked = false;
    this.#serve(reader);
  }

  override settle(entry: Entry, consumer: Consumer | undefined): void {
    this.#credit([{ entry, consumer }]);
  }

  override reject(entry: Entry, consumer: Consumer | undefined): void {
    this.#credit([{ entry, consumer }]);
  }

  /** Nothing comes back: it has never gone. */
  override requeue(returned: readonly Returned[]): void {
    this.#credit(returned);
  }

  #credit(settled: readonly Returned[]): void {
    for (const { consumer } of settled) {
      this.unacked -= 1;
      if (consumer) consumer.unacked -= 1;
    }
    for (const { consumer } of settled) if (consumer) this.wake(consumer);
  }

  override delete(): number {
    this.isDeleted = true;
    const readers = [...this.#readers.keys()];
    this.#readers.clear();
    this.#segments.length = 0;
    this.#account(-this.#bytes);
    for (const consumer of readers) consumer.owner.cancelled(consumer);
    return 0;
  }

  /** Everything is written down. */
  override dropTransient(): void {}
}
