/** What a STOMP session subscribes to. Each subscription is known by its id, which may be used anew once it has ended. */
import { obtain } from '../../core/collections/maps.ts';
import type { SeenConsumer } from '../broker/channels/channel.ts';
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
  /** It was asked to end. */
  isLeaving = false;

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

export class Subscriptions {
  /** By their tags, those that were asked for and are not known to have ended, the oldest first. */
  readonly #all = new Map<string, Subscription[]>();

  add(one: Subscription): void {
    obtain(this.#all, one.tag, newList).push(one);
  }

  delete(one: Subscription): void {
    const left = this.#of(one.tag).filter((other) => other !== one);
    if (left.length > 0) this.#all.set(one.tag, left);
    else this.#all.delete(one.tag);
  }

  /** The one that the server knows by that name when it reads what is said now. */
  current(tag: string): Subscription | undefined {
    const last = this.#of(tag).at(-1);
    return last?.isLeaving ? undefined : last;
  }

  /** Those to which something that the server sends now may come. */
  serving(tag: string): readonly Subscription[] {
    const all = this.#of(tag);
    const first = all.findIndex(({ isLeaving }) => !isLeaving);
    return first < 0 ? all : all.slice(0, first + 1);
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
