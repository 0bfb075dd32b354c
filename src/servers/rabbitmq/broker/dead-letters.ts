/** Messages that died in a queue, on their way to its dead-letter exchange (https://www.rabbitmq.com/docs/dlx). */
import type { Clock } from '../../../core/time/clock.ts';
import type { BrokerTraits } from '../differences.ts';
import type { Topology } from '../exchanges/topology.ts';
import { type DeathReason, deadLetter, isCycle } from '../messages/dead-letter.ts';
import type { Message } from '../messages/message.ts';
import type { Witness } from '../messages/witness.ts';
import type { Queue } from '../queues/queue.ts';
import type { DirectReplies } from './direct-replies.ts';

interface DeadLettersHost {
  readonly clock: Clock;
  readonly witness: Witness | undefined;
  readonly traits: BrokerTraits;
}

interface Death {
  readonly queue: Queue;
  readonly message: Message;
  readonly reason: DeathReason;
  /** The dead-letter exchange's name. */
  readonly exchange: string;
}

export class DeadLetters {
  readonly #topology: Topology;
  readonly #replies: DirectReplies;
  readonly #clock: Clock;
  readonly #witness: Witness | undefined;
  readonly #ownRecord: boolean;
  readonly #deaths: Death[] = [];
  #isRouting = false;

  constructor(topology: Topology, replies: DirectReplies, { clock, witness, traits }: DeadLettersHost) {
    this.#topology = topology;
    this.#replies = replies;
    this.#clock = clock;
    this.#witness = witness;
    this.#ownRecord = traits.ownDeathRecord;
  }

  /** One death may cause others; they are dealt with in their order and not inside one another. */
  add(queue: Queue, message: Message, reason: DeathReason): void {
    const exchange = queue.spec.options.deadLetterExchange;
    if (exchange === undefined) return;
    this.#deaths.push({ queue, message, reason, exchange });
    if (this.#isRouting) return;
    this.#isRouting = true;
    try {
      for (let death = this.#deaths.shift(); death; death = this.#deaths.shift()) this.#route(death);
    } finally {
      this.#isRouting = false;
    }
  }

  #route({ queue, message, reason, exchange: name }: Death): void {
    const exchange = this.#topology.exchanges.get(name);
    if (!exchange) {
      this.#witness?.({ what: 'unroutable', message, returned: false });
      return;
    }
    const { deadLetterRoutingKey } = queue.spec.options;
    const route = { exchange: exchange.name, routingKey: deadLetterRoutingKey };
    const { tellsRejected } = queue.spec.kind;
    const death = { reason, queue: queue.name, tellsRejected, at: this.#clock.wall() };
    const dead = deadLetter(message, death, route, this.#ownRecord);
    this.#witness?.({ what: 'dead-lettered', message, queue, dead });
    const isReply = exchange.name === '' && this.#replies.deliver(dead);
    const targets = [...this.#topology.route(exchange, dead)];
    if (targets.length === 0 && !isReply) this.#witness?.({ what: 'unroutable', message: dead, returned: false });
    for (const target of targets) {
      if (reason === 'rejected' || !isCycle(dead, target.name)) target.publish(dead, true);
      else this.#witness?.({ what: 'stopped', message: dead, queue: target });
    }
  }
}
