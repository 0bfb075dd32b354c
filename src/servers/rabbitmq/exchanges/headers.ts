/** Headers exchanges: the message's headers must fulfil the binding's arguments. Each binding is tried. */
import { headersMatch, type ValueComparison } from '../../../protocols/amqp/routing.ts';
import { type FieldTable, fieldType } from '../../../protocols/amqp/table.ts';
import type { Message } from '../messages/message.ts';
import { preconditionFailed } from '../refusal.ts';
import { term } from '../terms.ts';
import type { Condition, RouteIndex } from './binding.ts';

export class HeadersIndex<Binding extends Condition> implements RouteIndex<Binding> {
  readonly byKeyAlone = false;
  readonly #bindings = new Set<Binding>();
  readonly #areEqual: ValueComparison;

  constructor(areEqual: ValueComparison) {
    this.#areEqual = areEqual;
  }

  add(binding: Binding): void {
    this.#bindings.add(binding);
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding);
  }

  find(_routingKey: string, message: Message, found: (binding: Binding) => void): void {
    if (this.#bindings.size === 0) return;
    const { headers } = message;
    for (const binding of this.#bindings) {
      if (headersMatch(binding.arguments, headers, this.#areEqual)) found(binding);
    }
  }
}

/** Throws a Refusal where a binding's x-match says what such an exchange does not know. */
export function assertMatchMode(args: FieldTable): void {
  const mode = args['x-match'];
  if (mode === undefined) return;
  if (typeof mode !== 'string') {
    throw preconditionFailed(`Invalid x-match field type ${fieldType(mode)} (value ${term(mode)}); expected longstr`);
  }
  if (!['all', 'any', 'all-with-x', 'any-with-x'].includes(mode)) {
    throw preconditionFailed(`Invalid x-match field value ${term(mode)}; expected all, any, all-with-x, or any-with-x`);
  }
}
