/** The exchanges, queues and bindings that a run was seen to declare, and where a message goes among them. */
import { type Binding, type ExchangeType, type FieldTable, type FieldValue, matches } from '../protocols/amqp/index.ts';

export interface Exchange {
  readonly name: string;
  readonly type: ExchangeType;
  /** Where a message goes that no binding takes (argument `alternate-exchange`). */
  readonly alternate?: string | undefined;
}

export interface Routing {
  /** The queues that get a copy. */
  readonly queues: readonly string[];
  /** Why nobody got it, in terms of what was declared. */
  readonly why?: string;
}

/** The exchanges every virtual host starts with. https://www.rabbitmq.com/docs/exchanges */
const PREDECLARED: readonly Exchange[] = (['direct', 'fanout', 'topic', 'headers'] as const).map((type) => ({
  name: `amq.${type}`,
  type,
}));
const PREDECLARED_NAMES = new Set(PREDECLARED.map(({ name }) => name));
const BINDINGS_SHOWN = 5;

export class Topology {
  readonly #exchanges = new Map(PREDECLARED.map((exchange) => [exchange.name, exchange]));
  readonly #queues = new Set<string>();
  #bindings: Binding[] = [];

  addExchange(exchange: Exchange): void {
    this.#exchanges.set(exchange.name, exchange);
  }

  removeExchange(name: string): void {
    this.#exchanges.delete(name);
    this.#bindings = this.#bindings.filter(
      (binding) =>
        binding.exchange !== name && !(binding.destinationType === 'exchange' && binding.destination === name),
    );
  }

  addQueue(name: string): void {
    this.#queues.add(name);
  }

  removeQueue(name: string): void {
    this.#queues.delete(name);
    this.#bindings = this.#bindings.filter(
      (binding) => binding.destinationType !== 'queue' || binding.destination !== name,
    );
  }

  bind(binding: Binding): void {
    if (!this.#bindings.some((known) => sameBinding(known, binding))) this.#bindings.push(binding);
  }

  unbind(binding: Binding): void {
    this.#bindings = this.#bindings.filter((known) => !sameBinding(known, binding));
  }

  /**
   * Where a message goes; undefined where that can't be known, because the exchange or the queue was declared out of
   * our sight. A predeclared exchange may have bindings that we did not see, so of it "nobody" is never said.
   */
  route(exchange: string, key: string, headers: FieldTable): Routing | undefined {
    const keys = [key, ...keysIn(headers.CC), ...keysIn(headers.BCC)];
    if (exchange === '') {
      const queues = [...new Set(keys)].filter((name) => this.#queues.has(name));
      return queues.length > 0 ? { queues } : undefined;
    }
    if (!this.#exchanges.has(exchange)) return undefined;
    const queues = new Set<string>();
    for (const one of keys) this.#follow(exchange, one, headers, queues, new Set());
    if (queues.size > 0) return { queues: [...queues] };
    return PREDECLARED_NAMES.has(exchange) ? undefined : { queues: [], why: this.#whyNobody(exchange, key) };
  }

  #follow(name: string, key: string, headers: FieldTable, queues: Set<string>, seen: Set<string>): boolean {
    const exchange = this.#exchanges.get(name);
    // An exchange that was met already takes no second part: that is how cycles of bindings end.
    if (!exchange || seen.has(name)) return false;
    seen.add(name);
    let taken = false;
    for (const binding of this.#bindings) {
      if (binding.exchange !== name || !matches(exchange.type, binding, key, headers)) continue;
      taken = true;
      if (binding.destinationType === 'queue') queues.add(binding.destination);
      else this.#follow(binding.destination, key, headers, queues, seen);
    }
    if (!taken && exchange.alternate !== undefined) this.#follow(exchange.alternate, key, headers, queues, seen);
    return taken;
  }

  #whyNobody(name: string, key: string): string {
    const { type } = this.#exchanges.get(name)!;
    const keys = this.#bindings.filter((binding) => binding.exchange === name).map((binding) => binding.routingKey);
    if (keys.length === 0) return `exchange ${name} (${type}) has no binding: nothing takes what is published there`;
    const shown = keys.slice(0, BINDINGS_SHOWN).map((pattern) => pattern || '(empty)');
    const more = keys.length > BINDINGS_SHOWN ? ` and ${keys.length - BINDINGS_SHOWN} more` : '';
    const what = type === 'headers' ? 'the headers match' : `key ${key || '(empty)'} matches`;
    return `exchange ${name} (${type}) has the bindings ${shown.join(', ')}${more}; ${what} none of them`;
  }
}

/** Further routing keys, from the headers CC and BCC. https://www.rabbitmq.com/docs/sender-selected */
function keysIn(header: FieldValue | undefined): string[] {
  return Array.isArray(header) ? header.filter((key) => typeof key === 'string') : [];
}

function sameBinding(one: Binding, other: Binding): boolean {
  return (
    one.exchange === other.exchange &&
    one.destination === other.destination &&
    one.destinationType === other.destinationType &&
    one.routingKey === other.routingKey &&
    JSON.stringify(one.arguments) === JSON.stringify(other.arguments)
  );
}
