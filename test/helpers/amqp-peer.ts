/**
 * A bare AMQP client for tests: it sends exactly what it is told and keeps everything that comes back, so that a script
 * can ask for what no polite client would.
 */

import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { obtain } from '../../src/core/collections/maps.ts';
import amqp, {
  type AmqpArgs,
  type AmqpMethodName,
  type AmqpProperties,
  type AmqpValue,
  encodeContent,
  encodeMethod,
  PROTOCOL_HEADER,
} from '../../src/protocols/amqp/index.ts';
import { plain } from '../../src/protocols/amqp/table.ts';
import { Awaited } from './awaited.ts';

/** What comes unasked, beside the answers. */
const UNASKED = [
  'basic.deliver',
  'basic.return',
  'basic.ack',
  'basic.nack',
  'basic.cancel',
  'connection.blocked',
  'connection.unblocked',
  'heartbeat',
];
const WAIT_MS = 60_000;

export interface PeerOptions {
  readonly user?: string;
  readonly password?: string;
  readonly vhost?: string;
  readonly capabilities?: { [name: string]: boolean };
  readonly heartbeat?: number;
}

/** A frame as a script reports it: `closed` when the connection ended instead. */
export type Reply = {
  method: AmqpMethodName | 'closed';
  args: { [name: string]: unknown };
  body?: string;
  properties?: unknown;
};

export class AmqpPeer {
  readonly #socket: Duplex;
  readonly #answers = new Map<number, Reply[]>();
  readonly #unasked = new Map<number, Reply[]>();
  readonly #heard = new Map<number, AmqpMethodName[]>();
  readonly #awaited = new Awaited(WAIT_MS);
  #closed = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
    const conversation = amqp.converse({ emit: (frame) => this.#keep(frame.value as AmqpValue) });
    socket.on('data', (chunk: Buffer) => conversation.push('server', chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#awaited.came();
    });
  }

  static async dial(url: string): Promise<AmqpPeer> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new AmqpPeer(socket);
  }

  /** Opens a connection; what the server refuses is what the last answer says. */
  static async open(url: string, options: PeerOptions = {}): Promise<AmqpPeer> {
    const peer = await AmqpPeer.dial(url);
    await peer.handshake(url, options);
    return peer;
  }

  async handshake(url: string, options: PeerOptions = {}): Promise<Reply> {
    const { username, password } = new URL(url);
    this.write(PROTOCOL_HEADER);
    await this.answer(0);
    const capabilities = options.capabilities ?? {
      consumer_cancel_notify: true,
      authentication_failure_close: true,
      'connection.blocked': true,
    };
    const login = `\0${options.user ?? decodeURIComponent(username)}\0${options.password ?? decodeURIComponent(password)}`;
    const tune = await this.call(0, 'connection.start-ok', {
      clientProperties: { product: 'a test', capabilities },
      mechanism: 'PLAIN',
      response: Buffer.from(login),
      locale: 'en_US',
    });
    if (tune.method !== 'connection.tune') return tune;
    this.send(0, 'connection.tune-ok', { channelMax: 2047, frameMax: 131072, heartbeat: options.heartbeat ?? 0 });
    return this.call(0, 'connection.open', { virtualHost: options.vhost ?? '/' });
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  send<M extends AmqpMethodName>(channel: number, method: M, args: Partial<AmqpArgs[M]> = {}): void {
    this.write(encodeMethod(channel, method, args));
  }

  /** Sends a method and waits for the next answer on its channel. */
  call<M extends AmqpMethodName>(channel: number, method: M, args: Partial<AmqpArgs[M]> = {}): Promise<Reply> {
    const answer = this.answer(channel);
    this.send(channel, method, args);
    return answer;
  }

  publish(
    channel: number,
    args: Partial<AmqpArgs['basic.publish']>,
    body: string | Buffer,
    properties: AmqpProperties = {},
  ): void {
    const content = typeof body === 'string' ? Buffer.from(body) : body;
    this.write(encodeContent(channel, 'basic.publish', args, properties, content, 131072));
  }

  /** The next answer on a channel; a connection that ends, or is being closed, answers for every channel. */
  answer(channel: number): Promise<Reply> {
    return this.#await(`an answer on channel ${channel}`, () => {
      const own = this.#answers.get(channel)?.shift();
      if (own) return own;
      const closing = this.#answers.get(0)?.find(({ method }) => method === 'connection.close');
      if (closing) return closing;
      return this.#closed ? { method: 'closed', args: {} } : undefined;
    });
  }

  /** The next so many frames of one kind that came unasked. */
  unasked(channel: number, method: AmqpMethodName, count = 1): Promise<Reply[]> {
    return this.#await(`${count} ${method} on channel ${channel}`, () => {
      const all = this.#unasked.get(channel) ?? [];
      const matching = all.filter((reply) => reply.method === method);
      if (matching.length < count) return undefined;
      const taken = matching.slice(0, count);
      this.#unasked.set(
        channel,
        all.filter((reply) => !taken.includes(reply)),
      );
      return taken;
    });
  }

  /** Waits until so many publishes were confirmed or refused, and tells which. */
  async confirms(channel: number, count: number): Promise<{ acked: number[]; nacked: number[] }> {
    const acked = new Set<number>();
    const nacked = new Set<number>();
    await this.#await(`${count} confirms`, () => {
      const all = this.#unasked.get(channel) ?? [];
      for (const { method, args } of all) {
        if (method !== 'basic.ack' && method !== 'basic.nack') continue;
        const tag = args.deliveryTag as number;
        for (let one = args.multiple ? 1 : tag; one <= tag; one += 1) {
          if (!acked.has(one) && !nacked.has(one)) (method === 'basic.ack' ? acked : nacked).add(one);
        }
      }
      return acked.size + nacked.size >= count ? true : undefined;
    });
    return { acked: [...acked].sort((a, b) => a - b), nacked: [...nacked].sort((a, b) => a - b) };
  }

  /** The methods that have come on a channel so far, in their order. */
  heard(channel: number): readonly AmqpMethodName[] {
    return this.#heard.get(channel) ?? [];
  }

  /** What has come unasked so far. */
  pending(channel: number): Reply[] {
    return this.#unasked.get(channel) ?? [];
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  ended(): Promise<true> {
    return this.#await('the end of the connection', () => this.#closed || undefined) as Promise<true>;
  }

  close(): void {
    this.#socket.destroy();
  }

  #keep(value: AmqpValue): void {
    if (value.method === 'protocol-header') {
      this.#push(this.#answers, 0, { method: 'closed', args: { ...value.args } });
      return;
    }
    const { ticket: _, ...args } = plain(value.args as never) as { [name: string]: unknown };
    const reply: Reply = { method: value.method as AmqpMethodName, args };
    if (value.content) {
      reply.body = value.content.body.toString();
      reply.properties = plain(value.content.properties as never);
    }
    obtain(this.#heard, value.channel, (): AmqpMethodName[] => []).push(value.method as AmqpMethodName);
    this.#push(UNASKED.includes(value.method) ? this.#unasked : this.#answers, value.channel, reply);
  }

  #push(lists: Map<number, Reply[]>, channel: number, reply: Reply): void {
    const list = lists.get(channel);
    if (list) list.push(reply);
    else lists.set(channel, [reply]);
    this.#awaited.came();
  }

  #await<T>(what: string, attempt: () => T | undefined): Promise<T> {
    return this.#awaited.until(attempt, () => `waited in vain for ${what}`);
  }
}
