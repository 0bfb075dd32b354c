/** What a STOMP session subscribes to. Each subscription is known by its id, which may be used anew once it has ended. */
import { obtain } from '../../core/collections/maps.ts';
import type { SeenConsumer } from '../broker/channels/channel.ts';
import type { Request } from '../broker/channels/request.ts';
import type { Order } from '../broker/span.ts';

export class Subscription {
  /** As RabbitMQ calls its consumer: `T_` and the id, or `Q_` and the destination. */
  readonly tag: string;
  readonly destination: string;
  readonly ack: 'auto' | 'client' | 'client-individual';
  /** Undefined as long as its queue is not known to be there. */
  consumer: SeenConsumer | undefined;
  /** The server has ended it, as its queue went. */
  isCancelled = false;
  /** What asked it to end. */
  ending: Request | undefined;

  constructor(tag: string, destination: string, ack: Subscription['ack']) {
    this.tag = tag;
    this.destination = destination;
    this.ack = ack;
  }

  /** Whether it stays until it is asked to end: it ends by itself where its queue goes. */
  get stays(): Order {
    if (this.isCancelled) return 'no';
    return this.consumer?.mayLoseQueue ? 'maybe' : 'yes';
  }
}

/** Of the most tags it is remembered who had them. */
const KEPT = 1_000;

export class Subscriptions {
  /** By their tags, those that were asked for and are not known to have ended, the oldest first. */
  readonly #all = new Map<string, Subscription[]>();
  /** Of each tag the last that its client has ended. */
  readonly #ended = new Map<string, Subscription>();

  add(one: Subscription): void {
    obtain(this.#all, one.tag, newList).push(one);
  }

  delete(one: Subscription): void {
    const left = this.#of(one.tag).filter((other) => other !== one);
    if (left.length > 0) this.#all.set(one.tag, left);
    else this.#all.delete(one.tag);
    if (!one.ending) return;
    this.#ended.set(one.tag, one);
    const [oldest] = this.#ended.size > KEPT ? this.#ended.keys() : [];
    if (oldest !== undefined) this.#ended.delete(oldest);
  }

  /** The one that the server knows by that name when it reads what is said now. */
  current(tag: string): Subscription | undefined {
    const last = this.#of(tag).at(-1);
    return last?.ending ? undefined : last;
  }

  /** Those to which something that the server sends now may come. */
  serving(tag: string): readonly Subscription[] {
    const all = this.#of(tag);
    const first = all.findIndex(({ ending }) => !ending);
    return first < 0 ? all : all.slice(0, first + 1);
  }

  /** The one of that name that its client has ended last, or has asked to end. */
  ended(tag: string): Subscription | undefined {
    return this.#of(tag).findLast(({ ending }) => ending) ?? this.#ended.get(tag);
  }

  destinationOf(consumer: SeenConsumer | undefined): string | undefined {
    for (const all of this.#all.values()) {
      for (const one of all) if (one.consumer === consumer) return one.destination;
    }
    return undefined;
  }

  #of(tag: string): readonly Subscription[] {
    return this.#all.get(tag) ?? [];
  }
}

const newList = (): Subscription[] => [];
