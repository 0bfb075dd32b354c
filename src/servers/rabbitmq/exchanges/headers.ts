/** Headers exchanges: the message's headers must fulfil the binding's arguments. Each binding is tried. */
import { headersMatch } from '../../../protocols/amqp/routing.ts';
import type { Message } from '../messages/message.ts';
import type { Condition, RouteIndex } from './binding.ts';

export class HeadersIndex<Binding extends Condition> implements RouteIndex<Binding> {
  readonly byKeyAlone = false;
  readonly #bindings = new Set<Binding>();

  add(binding: Binding): void {
    this.#bindings.add(binding);
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding);
  }

  find(_routingKey: string, message: Message, found: (binding: Binding) => void): void {
    if (this.#bindings.size === 0) return;
    const { headers } = message;
    for (const binding of this.#bindings) if (headersMatch(binding.arguments, headers)) found(binding);
  }
}
