/** Fanout exchanges: everything goes everywhere. */

import type { Message } from '../messages/message.ts';
import type { Condition, RouteIndex } from './binding.ts';

export class FanoutIndex<Binding extends Condition> implements RouteIndex<Binding> {
  readonly byKeyAlone = true;
  readonly #bindings = new Set<Binding>();

  add(binding: Binding): void {
    this.#bindings.add(binding);
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding);
  }

  find(_routingKey: string, _message: Message, found: (binding: Binding) => void): void {
    this.#bindings.forEach(found);
  }
}
