/** What an exchange has to know of its bindings to find those that a message matches. */
import type { FieldTable } from '../../../protocols/amqp/table.ts';
import { encodeTable } from '../../../protocols/amqp/table-encode.ts';
import type { Message } from '../messages/message.ts';

/** The conditions of a binding. */
export interface Condition {
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** One structure for each type of exchange: finds the bindings that match without trying each of them. */
export interface RouteIndex<Binding extends Condition> {
  /** Whether the routing key alone decides, so that what was found for a key can be remembered. */
  readonly byKeyAlone: boolean;
  add(binding: Binding): void;
  remove(binding: Binding): void;
  find(routingKey: string, message: Message, found: (binding: Binding) => void): void;
}

/** What makes two bindings of one exchange the same. */
export function bindingId(
  destination: { readonly resource: 'queue' | 'exchange'; readonly name: string },
  condition: Condition,
): string {
  const sorted = Object.fromEntries(Object.entries(condition.arguments).sort(([a], [b]) => (a < b ? -1 : 1)));
  const args = encodeTable(sorted).toString('base64');
  return JSON.stringify([destination.resource, destination.name, condition.routingKey, args]);
}
