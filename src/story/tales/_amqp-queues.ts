/** The queues of a run: what is expected to come out of each, whose it is, and where it sends what dies in it. */
import type { AmqpArgs, FieldTable } from '../../protocols/amqp/index.ts';
import type { Message } from '../ledger.ts';
import { Mailbox } from '../mailbox.ts';

export class Queue {
  readonly name: string;
  readonly mailbox = new Mailbox();
  /** What it was declared with; undefined where that happened out of our sight. */
  #declared: AmqpArgs['queue.declare'] | undefined;
  /** The connection with which an exclusive queue goes. AMQP 0-9-1 §1.7.2.1 (exclusive) */
  #owner: number | undefined;
  /** Milliseconds of the run until which a message may wait. */
  readonly #deadlines = new WeakMap<Message, number>();

  constructor(name: string) {
    this.name = name;
  }

  declare(args: AmqpArgs['queue.declare'], connection: number): void {
    this.#declared ??= args;
    if (args.exclusive) this.#owner = connection;
  }

  goesWith(connection: number): boolean {
    return this.#owner === connection;
  }

  /** Whether it goes when nobody consumes from it any more. */
  get autoDelete(): boolean {
    return this.#declared?.autoDelete ?? false;
  }

  /** Where rejected and expired messages go, with their key where they get a new one; undefined where they are dropped. */
  get deadLetters(): { readonly exchange: string; readonly routingKey: string | undefined } | undefined {
    const exchange = this.#argument('x-dead-letter-exchange');
    const routingKey = this.#argument('x-dead-letter-routing-key');
    return typeof exchange === 'string'
      ? { exchange, routingKey: typeof routingKey === 'string' ? routingKey : undefined }
      : undefined;
  }

  get isDeclared(): boolean {
    return this.#declared !== undefined;
  }

  /** A message enters; `expiration` is the time to live that it brings along. https://www.rabbitmq.com/docs/ttl */
  add(message: Message, at: number, expiration?: string): void {
    this.mailbox.add(message);
    const limits = [this.#argument('x-message-ttl'), expiration].filter((limit) => limit !== undefined).map(Number);
    if (limits.length > 0) this.#deadlines.set(message, at + Math.min(...limits));
  }

  /** Whether a message that is still here has outlived its time. */
  isExpired(message: Message, at: number): boolean {
    const deadline = this.#deadlines.get(message);
    return deadline !== undefined && deadline < at;
  }

  #argument(name: string): FieldTable[string] | undefined {
    return this.#declared?.arguments[name];
  }
}
