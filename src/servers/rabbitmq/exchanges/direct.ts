/** Direct exchanges: the key must be the same. */

import type { Message } from '../messages/message.ts';
import type { Condition, RouteIndex } from './binding.ts';

export class DirectIndex<Binding extends Condition> implements RouteIndex<Binding> {
  readonly byKeyAlone = true;
  readonly #byKey = new Map<string, Set<Binding>>();

  add(binding: Binding): void {
    const same = this.#byKey.get(binding.routingKey);
    if (same) same.add(binding);
    else this.#byKey.set(binding.routingKey, new Set([binding]));
  }

  remove(binding: Binding): void {
    const same = this.#byKey.get(binding.routingKey);
    same?.delete(binding);
    if (same?.size === 0) this.#byKey.delete(binding.routingKey);
  }

  find(routingKey: string, _message: Message, found: (binding: Binding) => void): void {
    this.#byKey.get(routingKey)?.forEach(found);
  }
}
