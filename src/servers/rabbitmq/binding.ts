/** A binding between living things, and how an exchange finds those that a message matches. */
import type { FieldTable } from '../../protocols/amqp/table.ts';
import { encodeTable } from '../../protocols/amqp/table-encode.ts';
import type { Exchange } from './exchange.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

export interface Bound {
  readonly source: Exchange;
  readonly destination: Queue | Exchange;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** One structure for each type of exchange: finds the bindings that match without trying each of them. */
export interface RouteIndex {
  /** Whether the routing key alone decides, so that what was found for a key can be remembered. */
  readonly byKeyAlone: boolean;
  add(binding: Bound): void;
  remove(binding: Bound): void;
  find(routingKey: string, message: Message, found: (binding: Bound) => void): void;
}

/** What makes two bindings of one exchange the same. */
export function bindingId(destination: Queue | Exchange, routingKey: string, args: FieldTable): string {
  const sorted = Object.fromEntries(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([destination.kind, destination.name, routingKey, encodeTable(sorted).toString('base64')]);
}
