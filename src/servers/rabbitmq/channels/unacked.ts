/** The messages that a channel's client holds and has not answered for, by delivery tag. */
import type { ConsumedQueue, Consumer } from '../queues/consumer.ts';
import type { Entry } from '../queues/entry.ts';
import { preconditionFailed } from '../refusal.ts';

export interface Unacked {
  readonly queue: ConsumedQueue;
  readonly entry: Entry;
  /** None where the message was got with basic.get. */
  readonly consumer: Consumer | undefined;
  readonly tag: number;
}

export class UnackedMessages {
  /** In the order of their tags. */
  readonly #items = new Map<number, Unacked>();

  get size(): number {
    return this.#items.size;
  }

  add(item: Unacked): void {
    this.#items.set(item.tag, item);
  }

  /**
   * Takes out what a client means by a tag, the oldest first: that message, with `multiple` all up to it, and then with
   * 0 all. Throws a Refusal for a tag that stands for nothing (AMQP 0-9-1 basic.ack).
   */
  take(tag: number, multiple: boolean): Unacked[] {
    if (tag === 0 && multiple) return this.takeAll();
    const one = this.#items.get(tag);
    if (!one) throw preconditionFailed(`unknown delivery tag ${tag}`);
    if (!multiple) {
      this.#items.delete(tag);
      return [one];
    }
    const taken: Unacked[] = [];
    for (const [key, item] of this.#items) {
      if (key > tag) break;
      this.#items.delete(key);
      taken.push(item);
    }
    return taken;
  }

  takeAll(): Unacked[] {
    const all = [...this.#items.values()];
    this.#items.clear();
    return all;
  }

  /** Puts back what was taken, each in its place. */
  restore(items: readonly Unacked[]): void {
    for (const item of [...this.takeAll(), ...items].sort((a, b) => a.tag - b.tag)) this.add(item);
  }
}

/** What concerns queues, by the queue. */
export function byQueue<Item extends { readonly queue: ConsumedQueue }>(
  items: Iterable<Item>,
): ReadonlyMap<ConsumedQueue, readonly Item[]> {
  const lists = new Map<ConsumedQueue, Item[]>();
  for (const item of items) {
    const list = lists.get(item.queue);
    if (list) list.push(item);
    else lists.set(item.queue, [item]);
  }
  return lists;
}
