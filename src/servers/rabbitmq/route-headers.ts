/** Headers exchanges: the message's headers must fulfil the binding's arguments. Each binding is tried. */
import { headersMatch } from '../../protocols/amqp/routing.ts';
import type { Bound, RouteIndex } from './binding.ts';
import type { Message } from './message.ts';

export class HeadersIndex implements RouteIndex {
  readonly byKeyAlone = false;
  readonly #bindings = new Set<Bound>();

  add(binding: Bound): void {
    this.#bindings.add(binding);
  }

  remove(binding: Bound): void {
    this.#bindings.delete(binding);
  }

  find(_routingKey: string, message: Message, found: (binding: Bound) => void): void {
    if (this.#bindings.size === 0) return;
    const { headers } = message;
    for (const binding of this.#bindings) if (headersMatch(binding.arguments, headers)) found(binding);
  }
}
