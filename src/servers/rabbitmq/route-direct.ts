/** Direct exchanges: the key must be the same. */
import type { Bound, RouteIndex } from './binding.ts';
import type { Message } from './message.ts';

export class DirectIndex implements RouteIndex {
  readonly byKeyAlone = true;
  readonly #byKey = new Map<string, Set<Bound>>();

  add(binding: Bound): void {
    const same = this.#byKey.get(binding.routingKey);
    if (same) same.add(binding);
    else this.#byKey.set(binding.routingKey, new Set([binding]));
  }

  remove(binding: Bound): void {
    const same = this.#byKey.get(binding.routingKey);
    same?.delete(binding);
    if (same?.size === 0) this.#byKey.delete(binding.routingKey);
  }

  find(routingKey: string, _message: Message, found: (binding: Bound) => void): void {
    this.#byKey.get(routingKey)?.forEach(found);
  }
}
