/** Fanout exchanges: everything goes everywhere. */
import type { Bound, RouteIndex } from './binding.ts';
import type { Message } from './message.ts';

export class FanoutIndex implements RouteIndex {
  readonly byKeyAlone = true;
  readonly #bindings = new Set<Bound>();

  add(binding: Bound): void {
    this.#bindings.add(binding);
  }

  remove(binding: Bound): void {
    this.#bindings.delete(binding);
  }

  find(_routingKey: string, _message: Message, found: (binding: Bound) => void): void {
    this.#bindings.forEach(found);
  }
}
