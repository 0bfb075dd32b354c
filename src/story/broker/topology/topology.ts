/**
 * The exchanges, queues and bindings of a broker, each with when it came and when it went, so that a message is routed by
 * what was there when the server routed it, and not by what is there now.
 */
import type { Binding, ExchangeType } from '../../../protocols/amqp/index.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { ALWAYS, during, type Lasting, type Span } from '../span.ts';
import { type Bound, isSame, type SeenExchange } from './exchange.ts';
import { Meanwhile, mayBeEnded, mayMakeToo } from './meanwhile.ts';
import { current, REMEMBERED, remember } from './remembered.ts';
import { type Route, type Routed, routeOf } from './route.ts';
import { Routes } from './routes.ts';

/** The exchanges every virtual host starts with. https://www.rabbitmq.com/docs/exchanges */
const PREDECLARED: readonly (readonly [string, ExchangeType])[] = [
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.topic', 'topic'],
  ['amq.headers', 'headers'],
  ['amq.match', 'headers'],
];
export class SeenTopology {
  /** Those that are there or were, the newest last. */
  readonly #exchanges = new Map<string, SeenExchange[]>();
  readonly #queues = new Map<string, SeenQueue[]>();
  readonly #bindings = new Map<string, Bound[]>();
  /** Where replies are expected whose address was not seen with whoever asked for them. */
  replies: SeenQueue | undefined;
  /** Rises with every change: a route that was found before need not hold any more. */
  generation = 0;
  /** Of the frame that is being looked at, in ms of the run. */
  nowMs = 0;
  /** What is asked for and not proven. */
  readonly meanwhile = new Meanwhile();
  readonly #routes = new Routes();

  constructor() {
    for (const [name, type] of PREDECLARED) {
      const exchange = {
        name,
        type,
        durable: true,
        autoDelete: false,
        alternate: undefined,
        made: ALWAYS,
        alsoMade: new Map(),
        mayEnd: new Set<Span>(),
        gone: undefined,
      };
      this.#exchanges.set(name, [exchange]);
    }
  }

  /** The exchange of that name as far as is known now. */
  exchange(name: string): SeenExchange | undefined {
    return current(this.#exchanges.get(name));
  }

  queue(name: string): SeenQueue | undefined {
    return current(this.#queues.get(name));
  }

  /** The queue of that name at some time, where it may have been there. */
  queueThen(name: string, span: Span): SeenQueue | undefined {
    return this.queue(name) ?? this.#queues.get(name)?.findLast((one) => during(one, span) !== 'no');
  }

  /** The queues that have or had that name, the newest last. */
  everNamed(name: string): readonly SeenQueue[] {
    return this.#queues.get(name) ?? [];
  }

  *queues(): Generator<SeenQueue> {
    for (const [name, all] of this.#queues) {
      const queue = current(all);
      if (queue?.name === name) yield queue;
    }
  }

  /** The queues to which an exchange may ever have led: by this key, or by any where none is given. */
  *behind(exchange: string, key: string | undefined, seen = new Set<string>()): Generator<SeenQueue> {
    if (exchange === '') return yield* key === undefined ? this.queues() : this.everNamed(key);
    if (seen.has(exchange)) return;
    seen.add(exchange);
    for (const { destination, destinationType } of this.#bindings.get(exchange) ?? []) {
      if (destinationType === 'queue') yield* this.everNamed(destination);
      else yield* this.behind(destination, key, seen);
    }
    for (const { alternate } of this.#exchanges.get(exchange) ?? []) {
      if (alternate !== undefined) yield* this.behind(alternate, key, seen);
    }
  }

  /** The exchanges that have or had that name, the newest last. */
  exchangesNamed(name: string): readonly SeenExchange[] {
    return this.#exchanges.get(name) ?? [];
  }

  /** The bindings that an exchange of that name has or had. */
  everBoundTo(exchange: string): readonly Bound[] {
    return this.#bindings.get(exchange) ?? [];
  }

  /** Those that are there or were, as far as they are remembered. */
  *everyQueue(): Generator<SeenQueue> {
    for (const all of this.#queues.values()) yield* all;
  }

  /** The names of some queues that were certainly there at some time. */
  queueNames(then: Span): string[] {
    const names: string[] = [];
    for (const queue of this.queues()) {
      // One that goes when nobody uses it may have gone by then.
      const { perhapsGone, traits } = queue;
      const mayHaveGone = perhapsGone !== undefined || queue.mayGoWithConsumers;
      const wasThere = !mayHaveGone && traits.expiresMs === undefined && during(queue, then) === 'yes';
      if (wasThere && names.push(queue.name) >= REMEMBERED) break;
    }
    return names;
  }

  *exchanges(): Generator<SeenExchange> {
    for (const all of this.#exchanges.values()) {
      const exchange = current(all);
      if (exchange) yield exchange;
    }
  }

  addExchange(exchange: SeenExchange): void {
    remember(this.#exchanges, exchange.name, exchange);
    this.meanwhile.made(exchange);
    this.generation++;
  }

  addQueue(queue: SeenQueue): void {
    remember(this.#queues, queue.name, queue);
    this.generation++;
  }

  /** Another name of a queue: the address that the broker made for direct replies. */
  addAddress(name: string, queue: SeenQueue): void {
    if (this.#queues.get(name)?.includes(queue)) return;
    remember(this.#queues, name, queue);
    this.generation++;
  }

  /** The broker has told the name of a queue that it was asked to name. */
  rename(queue: SeenQueue, name: string): void {
    for (const all of this.#bindings.values()) {
      for (const bound of all) {
        if (bound.destinationType === 'queue' && bound.destination === queue.name) bound.destination = name;
      }
    }
    this.#queues.delete(queue.name);
    queue.name = name;
    this.addQueue(queue);
  }

  /** Binds, where the same binding is not there already. */
  bind(binding: Binding, made: Span): Bound {
    const known = this.#bound(binding);
    if (known && mayMakeToo(known, made)) this.generation++;
    if (known) return known;
    const bound: Bound = { ...binding, made, alsoMade: new Map(), gone: undefined };
    remember(this.#bindings, binding.exchange, bound);
    this.meanwhile.made(bound);
    this.generation++;
    return bound;
  }

  /** Returns the bindings that went, which is more than one where an exchange goes with its last. */
  unbind(binding: Binding, gone: Span): Lasting[] {
    const bound =
      this.#bound(binding) ??
      this.#bindings.get(binding.exchange)?.find((one) => mayBeEnded(one) && isSame(one, binding));
    return bound ? this.#end(bound, gone) : [];
  }

  removeExchange(exchange: SeenExchange, gone: Span): Lasting[] {
    exchange.gone = gone;
    this.generation++;
    const ended: Lasting[] = [exchange];
    const { name } = exchange;
    const next = this.meanwhile.after(gone, (one): one is SeenExchange => 'name' in one && one.name === name);
    if (next) remember(this.#exchanges, name, next);
    for (const bound of [...(this.#bindings.get(name) ?? [])]) {
      if (bound.gone) continue;
      bound.gone = gone;
      ended.push(bound);
      this.#bindAfter(bound, gone);
    }
    return [...ended, ...this.#endThoseTo('exchange', exchange.name, gone)];
  }

  /** It was never there: what was bound to one of its name was bound to another one. */
  neverMade(exchange: SeenExchange, gone: Span): void {
    exchange.gone = gone;
    this.generation++;
  }

  removeQueue(queue: SeenQueue, gone: Span): Lasting[] {
    queue.gone = gone;
    this.generation++;
    return [queue, ...this.#endThoseTo('queue', queue.name, gone)];
  }

  /** What went did not go: the request for it was never carried out. */
  revive(ended: readonly Lasting[]): void {
    for (const one of ended) one.gone = undefined;
    this.generation++;
  }

  /** The exchange of that name at some time, where it may have been there. */
  at(name: string, span: Span): SeenExchange | undefined {
    return this.#exchanges.get(name)?.findLast((one) => during(one, span) !== 'no');
  }

  /** The bindings of an exchange that may have been there at some time. */
  boundTo(exchange: string, span: Span): readonly Bound[] {
    return (this.#bindings.get(exchange) ?? []).filter((bound) => during(bound, span) !== 'no');
  }

  /** The bindings of an exchange that are there now. */
  bindingsOf(exchange: string): readonly Bound[] {
    return (this.#bindings.get(exchange) ?? []).filter(({ gone }) => gone === undefined);
  }

  #bound(binding: Binding): Bound | undefined {
    return this.#bindings.get(binding.exchange)?.find((known) => !known.gone && isSame(known, binding));
  }

  #endThoseTo(type: 'queue' | 'exchange', name: string, gone: Span): Lasting[] {
    const ended: Lasting[] = [];
    for (const all of this.#bindings.values()) {
      for (const bound of [...all]) {
        if (bound.gone || bound.destinationType !== type || bound.destination !== name) continue;
        ended.push(...this.#end(bound, gone));
      }
    }
    return ended;
  }

  /** An auto-delete exchange goes with its last binding. https://www.rabbitmq.com/docs/exchanges#auto-deletion */
  #end(bound: Bound, gone: Span): Lasting[] {
    bound.gone = gone;
    this.#bindAfter(bound, gone);
    this.generation++;
    const source = this.exchange(bound.exchange);
    const isLast = source?.autoDelete && this.bindingsOf(bound.exchange).length === 0;
    return isLast ? [bound, ...this.removeExchange(source, gone)] : [bound];
  }

  #bindAfter(bound: Bound, gone: Span): void {
    const next = this.meanwhile.after(gone, (one): one is Bound => !('name' in one) && isSame(one, bound));
    if (next) remember(this.#bindings, bound.exchange, next);
  }

  /** Where a message goes, as far as the order of requests tells. */
  route(routed: Routed): Route {
    const known = this.#routes.find(routed, this.generation);
    if (known) return known;
    const { route, isLasting } = routeOf(this, routed);
    if (isLasting) this.#routes.keep(routed, route);
    return route;
  }
}
