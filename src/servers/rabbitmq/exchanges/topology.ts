/** The exchanges, queues and bindings of one virtual host, and the way of a message through them. */
import type { FieldTable } from '../../../protocols/amqp/table.ts';
import type { BrokerTraits } from '../differences.ts';
import type { Message } from '../messages/message.ts';
import type { Queue } from '../queues/queue.ts';
import { bindingId } from './binding.ts';
import { type Bound, Exchange, type ExchangeSpec } from './exchange.ts';

const SYSTEM: readonly (readonly [string, ExchangeSpec['type'], boolean])[] = [
  ['', 'direct', false],
  ['amq.direct', 'direct', false],
  ['amq.fanout', 'fanout', false],
  ['amq.topic', 'topic', false],
  ['amq.headers', 'headers', false],
  ['amq.match', 'headers', false],
  ['amq.rabbitmq.trace', 'topic', true],
];

/** Keys that an exchange remembers the queues of; random keys must not fill the memory. */
const REMEMBERED_MAX = 1024;
const NONE: readonly Queue[] = [];

export class Topology {
  readonly exchanges = new Map<string, Exchange>();
  readonly queues = new Map<string, Queue>();
  /** The bindings that end at a queue or an exchange. */
  readonly #incoming = new Map<Queue | Exchange, Set<Bound>>();
  /** Rises with every change; what was found before does not count any more. */
  #generation = 0;

  constructor(traits: BrokerTraits) {
    for (const [name, type, isInternal] of SYSTEM) {
      const spec = { name, type, isInternal, isDurable: true, isAutoDelete: false, arguments: {} };
      this.exchanges.set(name, new Exchange(spec, traits));
    }
  }

  addExchange(exchange: Exchange): void {
    this.exchanges.set(exchange.name, exchange);
    this.#generation += 1;
  }

  addQueue(queue: Queue): void {
    this.queues.set(queue.name, queue);
    this.#generation += 1;
  }

  /** Binds, where the same binding is not there already. */
  bind(source: Exchange, destination: Queue | Exchange, routingKey: string, args: FieldTable): void {
    const binding: Bound = { source, destination, routingKey, arguments: args };
    const id = bindingId(destination, binding);
    if (source.outgoing.has(id)) return;
    source.outgoing.set(id, binding);
    source.index.add(binding);
    const incoming = this.#incoming.get(destination);
    if (incoming) incoming.add(binding);
    else this.#incoming.set(destination, new Set([binding]));
    this.#generation += 1;
  }

  unbind(source: Exchange, destination: Queue | Exchange, routingKey: string, args: FieldTable): void {
    const binding = source.outgoing.get(bindingId(destination, { routingKey, arguments: args }));
    if (binding) this.#remove(binding);
  }

  #remove(binding: Bound): void {
    const { source, destination } = binding;
    source.outgoing.delete(bindingId(destination, binding));
    source.index.remove(binding);
    const incoming = this.#incoming.get(destination);
    incoming?.delete(binding);
    if (incoming?.size === 0) this.#incoming.delete(destination);
    this.#generation += 1;
    if (source.spec.isAutoDelete && source.outgoing.size === 0) this.removeExchange(source);
  }

  removeExchange(exchange: Exchange): void {
    if (!this.exchanges.delete(exchange.name)) return;
    const incoming = this.#incoming.get(exchange) ?? [];
    for (const binding of [...exchange.outgoing.values(), ...incoming]) this.#remove(binding);
    this.#generation += 1;
  }

  removeQueue(queue: Queue): void {
    if (this.queues.get(queue.name) === queue) this.queues.delete(queue.name);
    for (const binding of [...(this.#incoming.get(queue) ?? [])]) this.#remove(binding);
    this.#generation += 1;
  }

  /** The queues that a message reaches from an exchange, each once. */
  route(exchange: Exchange, message: Message): readonly Queue[] {
    const { routingKey, extraKeys } = message;
    if (extraKeys) return this.#walk(exchange, [routingKey, ...extraKeys], message).queues;
    if (exchange.name === '') {
      const queue = this.queues.get(routingKey);
      return queue ? queue.alone : NONE;
    }
    if (exchange.foundIn !== this.#generation) {
      exchange.found.clear();
      exchange.foundIn = this.#generation;
    }
    const known = exchange.found.get(routingKey);
    if (known) return known;
    const { queues, byKeyAlone } = this.#walk(exchange, [routingKey], message);
    if (byKeyAlone) {
      if (exchange.found.size >= REMEMBERED_MAX) exchange.found.clear();
      exchange.found.set(routingKey, queues);
    }
    return queues;
  }

  /** Follows bindings from exchange to exchange, each exchange once; where none matches, its alternate exchange. */
  #walk(start: Exchange, keys: readonly string[], message: Message): { queues: Queue[]; byKeyAlone: boolean } {
    const queues = new Set<Queue>();
    const seen = new Set([start]);
    const open = [start];
    let byKeyAlone = true;
    const enter = (exchange: Exchange | undefined): void => {
      if (!exchange || seen.has(exchange)) return;
      seen.add(exchange);
      open.push(exchange);
    };
    for (let exchange = open.pop(); exchange; exchange = open.pop()) {
      byKeyAlone &&= exchange.index.byKeyAlone;
      let isFound = false;
      for (const key of keys) {
        if (exchange.name === '') {
          const queue = this.queues.get(key);
          if (queue) queues.add(queue);
          isFound = true;
          continue;
        }
        exchange.index.find(key, message, ({ destination }) => {
          isFound = true;
          if (destination.resource === 'queue') queues.add(destination);
          else enter(destination);
        });
      }
      if (!isFound && exchange.alternate !== undefined) enter(this.exchanges.get(exchange.alternate));
    }
    return { queues: [...queues], byKeyAlone };
  }
}
