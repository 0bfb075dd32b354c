/** Keeps what really happens and what the tap sees of it, and knows which frame carries which message. */
import { obtain } from '../../../../src/core/collections/maps.ts';
import type { AmqpValue } from '../../../../src/protocols/amqp/index.ts';
import type { Frame } from '../../../../src/protocols/protocol.ts';
import { header, type StompValue } from '../../../../src/protocols/stomp/index.ts';
import type { Message } from '../../../../src/servers/rabbitmq/messages/message.ts';
import type { Happening, Where } from '../../../../src/servers/rabbitmq/messages/witness.ts';
import type { Fact, Surroundings } from './evidence.ts';

interface Delivery {
  readonly fact: Fact;
  readonly message: string;
  readonly tag: number;
  readonly noAck: boolean;
}

/** What the server reads at the moment: it is told apart by the frame that the tap saw before. */
export interface Reading {
  readonly connection: number;
  readonly channel: number;
  /** The frames of publishes that may become messages now, in their order. */
  readonly publishes: number[];
}

export class Record {
  readonly facts: Fact[] = [];
  readonly publishes = new Map<number, string>();
  readonly contents = new Map<number, string>();
  readonly carried = new Map<number, string>();
  readonly arrived = new Map<Fact, number>();
  readonly settled = new Map<number, readonly string[]>();
  readonly surroundings = new Map<Fact, Surroundings>();
  /** What is there now. */
  look: (() => Surroundings) | undefined;
  /** The number of the last frame that the tap saw. */
  seq = 0;
  /** Set while something happens of which the tap saw the cause by then. */
  asOf: number | undefined;
  reading: Reading | undefined;
  readonly #names = new Map<Message, string>();
  readonly #queueIds = new Map<Where, number>();
  readonly #channels = new Map<object, string>();
  /** What was delivered or returned on a channel and the tap has not seen. */
  readonly #underWay = new Map<string, Delivery[]>();
  readonly #returned = new Map<string, string[]>();
  /** What was settled in a transaction that is not committed. */
  readonly #deferred = new Map<string, string[]>();
  /** What the client of a channel holds. */
  readonly #held = new Map<string, Map<number, string>>();

  /** Told by the engine. */
  readonly witness = (happening: Happening): void => {
    if (happening.what === 'opened') {
      const { connection, channel } = this.reading!;
      this.#channels.set(happening.channel, `${connection}/${channel}`);
      return;
    }
    const { message, ...rest } = happening;
    const name = this.#name(message);
    const { queue, dead, channel, ...plain } = rest as { queue?: Where; dead?: Message; channel?: object };
    const place = channel && (this.#channels.get(channel) ?? '');
    if (happening.what === 'published') this.#published(name);
    if (happening.what === 'unroutable' && happening.returned) obtain(this.#returned, place ?? '', () => []).push(name);
    const fact = {
      ...plain,
      after: this.asOf ?? this.seq,
      message: name,
      ...(dead ? { dead: this.#name(dead) } : undefined),
      ...(queue ? { queue: queue.name, queueId: this.#queueId(queue) } : undefined),
    } as Fact;
    this.facts.push(fact);
    if (fact.what === 'unroutable' && this.look) this.surroundings.set(fact, this.look());
    if (happening.what !== 'delivered') return;
    const { tag, noAck } = happening;
    obtain(this.#underWay, place ?? '', () => []).push({ fact, message: name, tag, noAck });
  };

  /** The tap sees a frame of a client, or of the server. */
  saw(connection: number, { from, value }: Frame): void {
    if (typeof (value as AmqpValue).channel === 'number') this.#sawAmqp(connection, from, value as AmqpValue);
    else this.#sawStomp(connection, from, value as StompValue);
  }

  #sawAmqp(connection: number, from: 'client' | 'server', value: AmqpValue): void {
    const place = `${connection}/${value.channel}`;
    switch (value.method) {
      case 'channel.open':
        this.#held.delete(place);
        return;
      case 'basic.publish': {
        const { properties, body } = value.content ?? { properties: {}, body: '' };
        this.contents.set(this.seq, `${body} ${JSON.stringify(properties, plainly)}`);
        return;
      }
      case 'basic.deliver':
      case 'basic.get-ok':
        return this.#arrived(place);
      case 'basic.return':
        return this.#carries(this.#returned.get(place)?.shift());
      case 'tx.commit':
        return this.#commits(place);
      case 'tx.rollback':
        this.#deferred.delete(place);
        return;
      case 'basic.recover':
      case 'basic.recover-async':
        this.#settles(place, 0, true);
        return;
      case 'basic.ack':
      case 'basic.nack':
      case 'basic.reject':
        if (from === 'client') {
          const multiple = value.method !== 'basic.reject' && value.args.multiple;
          const meant = this.#settles(place, Number(value.args.deliveryTag), multiple);
          // Where the channel is transactional, its commit means it.
          obtain(this.#deferred, place, () => []).push(...meant);
        }
    }
  }

  #sawStomp(connection: number, from: 'client' | 'server', value: StompValue): void {
    const place = `${connection}/0`;
    if (from === 'server') {
      if (value.command === 'MESSAGE') this.#arrived(place);
    } else if (value.command === 'SEND') this.contents.set(this.seq, `${value.body} ${JSON.stringify(value.headers)}`);
    else if (value.command === 'ACK' || value.command === 'NACK') {
      const id = header(value, 'id') ?? header(value, 'message-id') ?? '';
      // Whether it means all before depends on the subscription: then each of them is one that the client means.
      const meant = this.#settles(place, Number(id.split('@@')[2]), true);
      const transaction = header(value, 'transaction');
      if (transaction !== undefined) obtain(this.#deferred, `${place} ${transaction}`, () => []).push(...meant);
    } else if (value.command === 'COMMIT') this.#commits(`${place} ${header(value, 'transaction')}`);
    else if (value.command === 'ABORT') this.#deferred.delete(`${place} ${header(value, 'transaction')}`);
  }

  #commits(place: string): void {
    this.settled.set(this.seq, this.#deferred.get(place) ?? []);
    this.#deferred.delete(place);
  }

  #arrived(place: string): void {
    const delivery = this.#underWay.get(place)?.shift();
    this.#carries(delivery?.message);
    if (delivery) this.arrived.set(delivery.fact, this.seq);
    if (delivery && !delivery.noAck) {
      obtain(this.#held, place, () => new Map<number, string>()).set(delivery.tag, delivery.message);
    }
  }

  #carries(message: string | undefined): void {
    if (message !== undefined) this.carried.set(this.seq, message);
  }

  #settles(place: string, tag: number, multiple: boolean): string[] {
    const held = this.#held.get(place) ?? new Map<number, string>();
    const meant = [...held].filter(([one]) => (multiple ? tag === 0 || one <= tag : one === tag));
    const messages = meant.map(([, message]) => message);
    this.settled.set(this.seq, messages);
    return messages;
  }

  #published(name: string): void {
    const seq = this.reading?.publishes.shift();
    if (seq === undefined) throw new Error(`${name} was published by no frame that the tap saw`);
    this.publishes.set(seq, name);
  }

  #name(message: Message): string {
    return obtain(this.#names, message, () => `m${this.#names.size + 1}`);
  }

  #queueId(queue: Where): number {
    return obtain(this.#queueIds, queue, () => this.#queueIds.size + 1);
  }
}

function plainly(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
