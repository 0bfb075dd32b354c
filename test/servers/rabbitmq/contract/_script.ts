/** What a script can use, and how its outcome is made comparable. */
import type { AmqpArgs, AmqpMethodName, AmqpProperties } from '../../../../src/protocols/amqp/index.ts';
import { AmqpPeer, type PeerOptions, type Reply } from '../../../helpers/amqp-peer.ts';
import type { Subject } from './_subject.ts';

/** One question put to both brokers; what it returns must be equal. */
export interface Script {
  /** What the compatibility page calls it. */
  readonly title: string;
  readonly run: (bench: Bench) => Promise<unknown>;
  /** Why the outcomes may differ in some way, if they may, and the outcome without it. */
  readonly loosening?: { readonly why: string; readonly loosen: (outcome: unknown) => unknown };
}

export function script(title: string, run: Script['run'], loosening?: Script['loosening']): Script {
  return { title, run, ...(loosening && { loosening }) };
}

/** A channel of a bare client. */
export class Line {
  readonly peer: AmqpPeer;
  readonly number: number;

  constructor(peer: AmqpPeer, number: number) {
    this.peer = peer;
    this.number = number;
  }

  call<M extends AmqpMethodName>(method: M, args: Partial<AmqpArgs[M]> = {}): Promise<Reply> {
    return this.peer.call(this.number, method, args);
  }

  send<M extends AmqpMethodName>(method: M, args: Partial<AmqpArgs[M]> = {}): void {
    this.peer.send(this.number, method, args);
  }

  publish(
    exchange: string,
    routingKey: string,
    body: string,
    properties: AmqpProperties = {},
    mandatory = false,
  ): void {
    this.peer.publish(this.number, { exchange, routingKey, mandatory }, body, properties);
  }

  deliveries(count: number): Promise<Reply[]> {
    return this.peer.unasked(this.number, 'basic.deliver', count);
  }

  /** Gets everything from a queue and tells the bodies. */
  async drain(queue: string): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const got = await this.call('basic.get', { queue, noAck: true });
      if (got.method !== 'basic.get-ok') return bodies;
      bodies.push(got.body!);
    }
  }

  /** Publishes through a channel in confirm mode and waits for the answers. */
  async confirmed(exchange: string, routingKey: string, bodies: readonly string[], properties: AmqpProperties = {}) {
    const line = await this.sibling();
    await line.call('confirm.select');
    for (const body of bodies) line.publish(exchange, routingKey, body, properties);
    const confirms = await line.peer.confirms(line.number, bodies.length);
    await line.call('channel.close');
    return confirms;
  }

  async sibling(): Promise<Line> {
    const line = new Line(this.peer, nextChannel(this.peer));
    await line.call('channel.open');
    return line;
  }
}

const channels = new WeakMap<AmqpPeer, number>();
function nextChannel(peer: AmqpPeer): number {
  const number = (channels.get(peer) ?? 0) + 1;
  channels.set(peer, number);
  return number;
}

export class Bench {
  readonly url: string;
  readonly #restart: () => Promise<void>;
  readonly #prefix: string;
  readonly #peers: AmqpPeer[] = [];

  constructor({ amqp, restart }: Pick<Subject, 'amqp' | 'restart'>, prefix: string) {
    this.url = amqp;
    this.#restart = restart;
    this.#prefix = prefix;
  }

  async restart(): Promise<void> {
    await this.#restart();
  }

  /** A name that no other run has; in the outcome it reads as given. */
  name(short: string): string {
    return `${this.#prefix}${short}`;
  }

  async dial(): Promise<AmqpPeer> {
    const peer = await AmqpPeer.dial(this.url);
    this.#peers.push(peer);
    return peer;
  }

  async connect(options: PeerOptions = {}): Promise<AmqpPeer> {
    const peer = await this.dial();
    await peer.handshake(this.url, options);
    return peer;
  }

  /** A connection with one open channel. */
  async open(options: PeerOptions = {}): Promise<Line> {
    const line = new Line(await this.connect(options), 1);
    channels.set(line.peer, 1);
    await line.call('channel.open');
    return line;
  }

  /** Declares a classic queue on a line and returns its name. */
  async queue(line: Line, short: string, args: Partial<AmqpArgs['queue.declare']> = {}): Promise<string> {
    const queue = this.name(short);
    await line.call('queue.declare', { queue, ...args });
    return queue;
  }

  async exchange(
    line: Line,
    short: string,
    type: string,
    args: Partial<AmqpArgs['exchange.declare']> = {},
  ): Promise<string> {
    const exchange = this.name(short);
    await line.call('exchange.declare', { exchange, type, ...args });
    return exchange;
  }

  /** Hangs up. */
  close(): void {
    for (const peer of this.#peers) peer.close();
  }

  /** The outcome with this run's names, and what the broker makes up, replaced by what they stand for. */
  comparable(outcome: unknown): unknown {
    const text = JSON.stringify(outcome, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? 'null';
    return JSON.parse(
      text
        .replaceAll(this.#prefix, '')
        .replace(/amq\.gen-[\w-]{22}/g, 'amq.gen-*')
        .replace(/amq\.ctag-[\w-]{22}/g, 'amq.ctag-*')
        .replace(/amq\.rabbitmq\.reply-to\.[\w+/=.-]+/g, 'amq.rabbitmq.reply-to.*')
        .replace(/"time":\d{10}/g, '"time":0'),
    );
  }
}

/** Waits until a queue holds so many messages, and tells what it says of itself. */
export async function untilLength(line: Line, queue: string, count: number): Promise<Reply> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const reply = await line.call('queue.declare', { queue, passive: true });
    if (reply.method !== 'queue.declare-ok' || reply.args.messageCount === count || performance.now() > deadline)
      return reply;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * How much time lies between beats, in whole seconds. Where this process is held up, one comes late and the next seems
 * early, so it is the middle one of several gaps.
 */
export async function usualGap(beat: () => Promise<unknown>): Promise<{ usualGapInSeconds: number }> {
  const gapsMs: number[] = [];
  await beat();
  for (let last = performance.now(); gapsMs.length < 3; last = performance.now()) {
    await beat();
    gapsMs.push(performance.now() - last);
  }
  const [, middle = 0] = gapsMs.sort((one, other) => one - other);
  return { usualGapInSeconds: Math.round(middle / 1000) };
}
