/** Ways that were found before, by exchange and routing key, as long as no exchange, queue or binding changes. */
import { obtain } from '../../../core/collections/maps.ts';
import type { FieldTable } from '../../../protocols/amqp/index.ts';
import type { Route, Routed } from './route.ts';

/** The most that are remembered. */
const REMEMBERED = 1_000;

interface Known {
  readonly route: Route;
  /** What was published from here on goes this way. */
  readonly from: number;
}

/** https://www.rabbitmq.com/docs/sender-selected */
function hasMoreKeys({ CC, BCC }: FieldTable): boolean {
  return CC !== undefined || BCC !== undefined;
}

export class Routes {
  readonly #known = new Map<string, Map<string, Known>>();
  #count = 0;
  #generation = 0;

  find({ exchange, routingKey, headers, span }: Routed, generation: number): Route | undefined {
    if (generation !== this.#generation) {
      this.#clear();
      this.#generation = generation;
    }
    const known = this.#known.get(exchange)?.get(routingKey);
    return known && known.from <= span.from && !hasMoreKeys(headers) ? known.route : undefined;
  }

  keep({ exchange, routingKey, span: { from } }: Routed, route: Route): void {
    if (this.#count >= REMEMBERED) this.#clear();
    const ways = obtain(this.#known, exchange, () => new Map<string, Known>());
    if (!ways.has(routingKey)) this.#count++;
    ways.set(routingKey, { route, from });
  }

  #clear(): void {
    this.#known.clear();
    this.#count = 0;
  }
}
