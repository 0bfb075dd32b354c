/** An AMQP client that writes what a program says and waits for nothing. */
import {
  type AmqpArgs,
  type AmqpMethodName,
  type AmqpValue,
  encodeContent,
  encodeMethod,
  PROTOCOL_HEADER,
} from '../../../../src/protocols/amqp/index.ts';
import type { Frame } from '../../../../src/protocols/protocol.ts';
import { methodOf, propertiesOf } from './amqp-methods.ts';
import type { AmqpOp, Properties } from './program.ts';
import type { Wire } from './wire.ts';

const FRAME_MAX = 131_072;
const NOBODYS_TAG = 99;

interface Channel {
  isOpen: boolean;
  isTransactional: boolean;
  readonly held: number[];
  readonly replyTo: string[];
}

type Of<Kind extends AmqpOp['do']> = Extract<AmqpOp, { do: Kind }>;

export class AmqpClient {
  readonly line: Wire;
  readonly #channels = new Map<number, Channel>();
  readonly #noAck = new Set<string>();
  /** The channels whose close is not answered. */
  readonly #closing = new Set<number>();
  #gets: boolean[] = [];
  #serverQueue = '';
  /** How many selects are not answered, by channel. */
  readonly #selects = new Map<number, number>();
  /** The channels whose commit is not answered. */
  readonly #committing = new Set<number>();
  isOpen = false;
  isGone = false;

  constructor(line: Wire) {
    this.line = line;
  }

  /** Says hello; the bench moves the bytes. */
  begin(): void {
    this.line.write({ bytes: PROTOCOL_HEADER, channel: 0, publishes: none });
  }

  hears(frame: Frame): void {
    const value = frame.value as AmqpValue;
    switch (value.method) {
      case 'connection.start': {
        const capabilities = { consumer_cancel_notify: true, authentication_failure_close: true };
        const response = Buffer.from('\0guest\0guest');
        const clientProperties = { product: 'a test', capabilities };
        return this.#say(0, 'connection.start-ok', { clientProperties, mechanism: 'PLAIN', response, locale: 'en_US' });
      }
      case 'connection.tune':
        this.#say(0, 'connection.tune-ok', { channelMax: 2047, frameMax: FRAME_MAX, heartbeat: 0 });
        return this.#say(0, 'connection.open', { virtualHost: '/' });
      case 'connection.open-ok':
        this.isOpen = true;
        return;
      case 'connection.close':
        this.isGone = true;
        return this.#say(0, 'connection.close-ok');
      case 'connection.close-ok':
        this.isGone = true;
        return;
      case 'tx.commit-ok':
        this.#committing.delete(value.channel);
        return;
      case 'confirm.select-ok':
      case 'tx.select-ok':
        this.#selects.set(value.channel, (this.#selects.get(value.channel) ?? 0) - 1);
        return;
      case 'channel.close-ok':
        this.#closing.delete(value.channel);
        return;
      case 'channel.close':
        this.#channels.delete(value.channel);
        this.#closing.delete(value.channel);
        this.#selects.delete(value.channel);
        this.#committing.delete(value.channel);
        return this.#say(value.channel, 'channel.close-ok');
      case 'queue.declare-ok':
        if (value.args.queue.startsWith('amq.gen')) this.#serverQueue = value.args.queue;
        return;
      case 'basic.deliver':
        return this.#got(value.channel, value, this.#noAck.has(`${value.channel} ${value.args.consumerTag}`));
      case 'basic.get-ok':
        return this.#got(value.channel, value, this.#gets.shift() ?? false);
      case 'basic.get-empty':
        this.#gets.shift();
        return;
    }
  }

  #got(number: number, value: Extract<AmqpValue, { method: 'basic.deliver' | 'basic.get-ok' }>, noAck: boolean): void {
    const channel = this.#channels.get(number);
    if (!channel) return;
    if (!noAck) channel.held.push(Number(value.args.deliveryTag));
    const replyTo = value.content?.properties.replyTo;
    if (replyTo !== undefined) channel.replyTo.push(replyTo);
  }

  /** A channel can't be opened again before the server agrees that it is closed. */
  isClosing(number: number): boolean {
    return this.#closing.has(number);
  }

  /** Writes an operation; returns whether there was anything to write. */
  does(number: number, op: AmqpOp): boolean {
    const channel = this.#open(number);
    switch (op.do) {
      case 'publish':
        return this.#publish(number, op.exchange, this.#queue(op.key), op.body, op.properties, op.mandatory);
      case 'reply': {
        const [to] = channel.replyTo.splice(op.nth % Math.max(1, channel.replyTo.length), 1);
        return to !== undefined && this.#publish(number, '', to, op.body, {});
      }
      case 'ack':
      case 'reject':
      case 'requeue':
        return this.#settle(number, channel, op);
      case 'close channel':
        this.#channels.delete(number);
        this.#closing.add(number);
        break;
      case 'transactions':
        channel.isTransactional = true;
        break;
      case 'get':
        this.#gets.push(op.noAck === true);
        break;
      case 'consume':
        if (op.noAck || op.queue === 'reply') this.#noAck.add(`${number} ${op.tag}`);
        else this.#noAck.delete(`${number} ${op.tag}`);
        break;
      case 'recover':
        channel.held.length = 0;
        break;
      case 'close':
        this.isGone = true;
        this.#say(0, 'connection.close', { replyCode: 200, replyText: 'bye' });
        return true;
    }
    const queue = this.#queue('queue' in op ? op.queue : '');
    const [method, args] = methodOf(op, queue);
    this.#say(number, method, args);
    return true;
  }

  /** Asks what changes nothing and is answered, so that all before it is known to have been carried out. */
  syncs(number: number): void {
    const channel = this.#channels.get(number);
    // RabbitMQ takes nothing behind a commit before it has answered it, and that answer does as well.
    if (channel && !this.isGone && !this.#committing.has(number))
      this.#say(number, channel.isTransactional ? 'tx.select' : 'confirm.select');
  }

  syncsAll(): void {
    for (const number of this.#channels.keys()) this.syncs(number);
  }

  /** Something that it asked, to know how far the server is, is not answered. */
  get isWaiting(): boolean {
    return this.#committing.size > 0 || [...this.#selects.values()].some((count) => count > 0);
  }

  #open(number: number): Channel {
    const known = this.#channels.get(number);
    if (known) return known;
    const channel: Channel = { isOpen: true, isTransactional: false, held: [], replyTo: [] };
    this.#channels.set(number, channel);
    this.#say(number, 'channel.open');
    return channel;
  }

  #publish(
    channel: number,
    exchange: string,
    routingKey: string,
    body: string,
    traits: Properties,
    mandatory = false,
  ): boolean {
    const args = { exchange, routingKey, mandatory };
    const bytes = encodeContent(channel, 'basic.publish', args, propertiesOf(traits), Buffer.from(body), FRAME_MAX);
    this.line.write({ bytes, channel, publishes: (seq) => [seq] });
    return true;
  }

  #settle(number: number, { held }: Channel, op: Of<'ack' | 'reject' | 'requeue'>): boolean {
    const { nth, multiple = false } = op;
    if (nth >= 0 && held.length === 0) return false;
    const index = nth < 0 ? -1 : nth % held.length;
    const deliveryTag = index < 0 ? NOBODYS_TAG : (held[index] as number);
    if (index >= 0) held.splice(multiple ? 0 : index, multiple ? index + 1 : 1);
    if (op.do === 'ack') this.#say(number, 'basic.ack', { deliveryTag, multiple });
    else if (multiple) this.#say(number, 'basic.nack', { deliveryTag, multiple, requeue: op.do === 'requeue' });
    else this.#say(number, 'basic.reject', { deliveryTag, requeue: op.do === 'requeue' });
    return true;
  }

  /** `named` stands for the queue that the server named last, `reply` for direct replies. */
  #queue(name: string): string {
    if (name === 'named') return this.#serverQueue;
    return name === 'reply' ? 'amq.rabbitmq.reply-to' : name;
  }

  #say<M extends AmqpMethodName>(channel: number, method: M, args: Partial<AmqpArgs[M]> = {}): void {
    if (method === 'channel.close') {
      this.#selects.delete(channel);
      this.#committing.delete(channel);
    }
    if (method === 'tx.commit') this.#committing.add(channel);
    if (method === 'confirm.select' || method === 'tx.select') {
      this.#selects.set(channel, (this.#selects.get(channel) ?? 0) + 1);
    }
    this.line.write({ bytes: encodeMethod(channel, method, args), channel, publishes: none });
  }
}

function none(): number[] {
  return [];
}
