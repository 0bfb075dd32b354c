/** Where a message goes: by the exchanges, bindings and queues that were there when the server routed it. */
import { type FieldTable, type FieldValue, matches } from '../../../protocols/amqp/index.ts';
import type { SeenQueue } from '../queues/queue.ts';
import { REPLY_TO } from '../queues/reply-to.ts';
import { during, isSettled, type Lasting, type Order, type Span } from '../span.ts';
import type { Bound, SeenExchange } from './exchange.ts';

/** What is routed: its keys and headers, and when. */
export interface Routed {
  readonly exchange: string;
  readonly routingKey: string;
  readonly headers: FieldTable;
  readonly span: Span;
}

/** Where a message goes. */
export interface Route {
  /** The queues that get it, and those of which no order tells whether they do. */
  readonly queues: ReadonlyMap<SeenQueue, 'yes' | 'maybe'>;
  /** The exchange was not there, or may not have been. */
  readonly exchange: Order;
}

/** How the addresses of direct replies begin. https://www.rabbitmq.com/docs/direct-reply-to */
const REPLY_ADDRESS = `${REPLY_TO}.`;

/** What is there and was, as far as messages are routed by it. */
interface Routing {
  /** The exchanges and queues that have or had that name, the newest last. */
  exchangesNamed(name: string): readonly SeenExchange[];
  everNamed(name: string): readonly SeenQueue[];
  /** The bindings that an exchange of that name has or had. */
  everBoundTo(exchange: string): readonly Bound[];
  /** Where replies are expected whose address was not seen with whoever asked for them. */
  readonly replies: SeenQueue | undefined;
  /** Of the frame that is being looked at, in ms of the run. */
  readonly nowMs: number;
}

/** `isLasting` tells whether all goes there that is published so later, until something changes. */
export function routeOf(topology: Routing, routed: Routed): { readonly route: Route; readonly isLasting: boolean } {
  const walk = new Walk(topology, routed);
  const exchange = walk.begin();
  return { route: { queues: walk.queues, exchange }, isLasting: walk.isLasting };
}

type Certainty = 'yes' | 'maybe';

class Walk {
  readonly queues = new Map<SeenQueue, Certainty>();
  isLasting = true;
  readonly #topology: Routing;
  readonly #routed: Routed;
  readonly #keys: readonly string[];
  readonly #met = new Map<string, Certainty>();

  constructor(topology: Routing, routed: Routed) {
    const { routingKey, headers } = routed;
    this.#topology = topology;
    this.#routed = routed;
    this.#keys = [routingKey, ...keysIn(headers.CC), ...keysIn(headers.BCC)];
    if (this.#keys.length > 1) this.isLasting = false;
  }

  /** Returns whether the exchange was there. */
  begin(): Order {
    const { exchange, span } = this.#routed;
    const taken = this.#into(exchange, 'yes');
    if (exchange === '') return 'yes';
    if (taken === undefined) return 'no';
    const there = this.#topology.exchangesNamed(exchange).map((one) => during(one, span));
    return there.includes('yes') ? 'yes' : 'maybe';
  }

  /** Gives whether a binding of an exchange took the message, undefined where there is no such exchange. */
  #into(name: string, certainty: Certainty): Order | undefined {
    // An exchange that was met already takes no second part, unless it is surer now.
    const met = this.#met.get(name);
    if (met === 'yes' || met === certainty) return 'yes';
    this.#met.set(name, certainty);
    if (name === '') {
      for (const key of this.#keys) this.#intoQueue(key, certainty);
      return 'yes';
    }
    let taken: Order | undefined;
    // One that goes and the one that comes in its place may be of different types.
    for (const exchange of this.#topology.exchangesNamed(name)) {
      const there = this.#during(exchange);
      if (there === 'no') continue;
      const byThis = this.#through(exchange, weaker(certainty, there));
      taken = taken === undefined || taken === byThis ? byThis : 'maybe';
    }
    return taken;
  }

  /** Follows the bindings of an exchange, and if none takes the message, its alternate. */
  #through({ name, type, alternate }: SeenExchange, here: Certainty): Order {
    if (type === 'headers') this.isLasting = false;
    let taken: Order = 'no';
    for (const bound of this.#topology.everBoundTo(name)) {
      const there = this.#during(bound);
      if (there === 'no' || !this.#keys.some((key) => matches(type, bound, key, this.#routed.headers))) continue;
      const through = weaker(here, there);
      // A binding goes with its queue.
      const leads = bound.destinationType !== 'queue' || this.#intoQueue(bound.destination, through, bound);
      if (bound.destinationType !== 'queue') this.#into(bound.destination, through);
      if (there === 'yes' && leads) taken = 'yes';
      else if (taken === 'no') taken = 'maybe';
    }
    if (taken !== 'yes' && alternate !== undefined) this.#into(alternate, taken === 'maybe' ? 'maybe' : here);
    return taken;
  }

  #during(one: Lasting): Order {
    const { span } = this.#routed;
    if (!isSettled(one, span)) this.isLasting = false;
    return during(one, span);
  }

  /** Returns whether a queue of that name is there, as far as is known. */
  #intoQueue(name: string, certainty: Certainty, bound?: Bound): boolean {
    const { queues } = this;
    const { replies, nowMs } = this.#topology;
    const named = this.#topology.everNamed(name);
    if (replies && name.startsWith(REPLY_ADDRESS) && named.length === 0) queues.set(replies, 'maybe');
    // What is bound there may have been declared elsewhere.
    let isSure = named.length === 0;
    for (const queue of named) {
      const there = this.#during(queue);
      if (there === 'no') continue;
      if (queue.traits.expiresMs !== undefined || queue.traits.autoDelete) this.isLasting = false;
      const isThere = mayBeGone(queue, bound, nowMs) ? 'maybe' : there;
      if (isThere === 'yes') isSure = true;
      if (queues.get(queue) !== 'yes') queues.set(queue, weaker(certainty, isThere));
    }
    return isSure;
  }
}

/** Whether a queue may have gone, though that was not seen; its bindings go with it, though one of its name comes after it. */
export function mayBeGone(queue: SeenQueue, bound: Bound | undefined, nowMs: number): boolean {
  const isAnother = bound?.made.atMs !== undefined && queue.wasPerhapsUnused(bound.made.atMs);
  const isUnused = queue.gone === undefined && queue.mayBeUnused(nowMs);
  return queue.perhapsGone !== undefined || queue.mayGoWithConsumers || isAnother || isUnused;
}

function weaker(one: Certainty, other: Order): Certainty {
  return one === 'yes' && other === 'yes' ? 'yes' : 'maybe';
}

/** Further routing keys, from the headers CC and BCC. https://www.rabbitmq.com/docs/sender-selected */
export function keysIn(header: FieldValue | undefined): string[] {
  return Array.isArray(header) ? header.filter((key) => typeof key === 'string') : [];
}
