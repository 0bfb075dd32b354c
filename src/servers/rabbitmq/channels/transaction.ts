/** What a channel puts off until its client commits (https://www.rabbitmq.com/docs/semantics). */
import type { Exchange } from '../exchanges/exchange.ts';
import type { Message } from '../messages/message.ts';
import type { Unacked } from './unacked.ts';

export interface DeferredPublish {
  readonly message: Message;
  readonly exchange: Exchange;
  readonly mandatory: boolean;
}

export interface Settlement {
  readonly kind: 'ack' | 'reject' | 'requeue';
  readonly items: readonly Unacked[];
}

export class Transaction {
  readonly #account: (bytes: number) => void;
  #publishes: DeferredPublish[] = [];
  #settlements: Settlement[] = [];

  /** What waits for a commit takes memory as what waits in queues does: `account` is told, in bytes. */
  constructor(account: (bytes: number) => void) {
    this.#account = account;
  }

  publish(publish: DeferredPublish): void {
    this.#publishes.push(publish);
    this.#account(publish.message.sizeBytes);
  }

  settle(settlement: Settlement): void {
    this.#settlements.push(settlement);
  }

  /** Takes out what was put off; the next transaction begins. */
  end(): { readonly publishes: readonly DeferredPublish[]; readonly settlements: readonly Settlement[] } {
    const ended = { publishes: this.#publishes, settlements: this.#settlements };
    this.#publishes = [];
    this.#settlements = [];
    for (const { message } of ended.publishes) this.#account(-message.sizeBytes);
    return ended;
  }
}
