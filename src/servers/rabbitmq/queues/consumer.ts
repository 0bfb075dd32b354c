/** Somebody who takes messages from a queue. */
import type { FieldValue } from '../../../protocols/amqp/table.ts';
import type { Entry } from './entry.ts';

/** Why a message returns to its queue: a client said so, or went away. */
export type Return = 'given back' | 'left behind';

/** A message that returns, and who held it; nobody where it was got with basic.get. */
export interface Returned {
  readonly entry: Entry;
  readonly consumer: Consumer | undefined;
}

/** The queue that a consumer takes from, as far as whoever holds its messages sees it. */
export interface ConsumedQueue {
  readonly name: string;
  /** How often a consumer is told that a message came back. */
  countToTell(entry: Entry): number | undefined;
  /** Throws a Refusal where what was delivered can only be acknowledged. */
  checkReturn(by: 'nack' | 'recover'): void;
  /** Whoever held the message is done with it. */
  settle(entry: Entry, consumer: Consumer | undefined): void;
  /** Whoever held the message does not want it, and nobody else shall have it. */
  reject(entry: Entry, consumer: Consumer | undefined): void;
  /** Whoever held the messages gives them back. */
  requeue(returned: readonly Returned[]): void;
  /** Forgets a consumer that goes; what it holds stays with its channel. */
  cancel(consumer: Consumer): void;
  /** A channel ends: its consumers go, and what it held is back before others are handed anything. */
  leave(consumers: readonly Consumer[], held: readonly Returned[]): void;
  /** A consumer that could not take a message may be able to now. */
  wake(consumer: Consumer): void;
}

/** The channel that a consumer belongs to, as far as a queue sees it. */
export interface ConsumerOwner {
  /** Whether another message that must be acknowledged may go to this channel (its own prefetch limit). */
  readonly hasRoom: boolean;
  /** Whether the channel can send at all: it is open and its connection keeps up. */
  readonly canSend: boolean;
  deliver(consumer: Consumer, entry: Entry): void;
  /** The queue is gone, or refuses to serve this consumer any longer. */
  cancelled(consumer: Consumer): void;
}

export interface ConsumerOptions {
  readonly tag: string;
  readonly noAck: boolean;
  readonly isExclusive: boolean;
  /** How many unacknowledged messages it may hold; 0 is any number. */
  readonly prefetch: number;
  readonly priority: number;
  /** Where a reader of a stream begins: the argument x-stream-offset. */
  readonly offset: FieldValue | undefined;
}

export class Consumer {
  readonly owner: ConsumerOwner;
  readonly queue: ConsumedQueue;
  readonly tag: string;
  readonly noAck: boolean;
  readonly isExclusive: boolean;
  readonly prefetch: number;
  readonly priority: number;
  readonly offset: FieldValue | undefined;
  unacked = 0;
  /** It said no when it was last asked, and waits to be asked again. */
  isBlocked = false;

  constructor(owner: ConsumerOwner, queue: ConsumedQueue, options: ConsumerOptions) {
    this.owner = owner;
    this.queue = queue;
    this.tag = options.tag;
    this.noAck = options.noAck;
    this.isExclusive = options.isExclusive;
    this.prefetch = options.prefetch;
    this.priority = options.priority;
    this.offset = options.offset;
  }

  get canTake(): boolean {
    if (!this.owner.canSend) return false;
    if (this.noAck) return true;
    return (this.prefetch === 0 || this.unacked < this.prefetch) && this.owner.hasRoom;
  }
}
