/** The messages that are expected to come out of one place (a queue, a subscription), in order. */
import type { Message } from './ledger.ts';

/** The most messages remembered in one place; the oldest are forgotten first. */
const KEPT = 10_000;

export class Mailbox {
  /** Keyed by content, each key's messages in order; a Map keeps the order of the whole well enough to list it. */
  readonly #byContent = new Map<string, Message[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(message: Message): void {
    if (this.#size >= KEPT) this.#forgetOldest();
    const same = this.#byContent.get(message.content);
    if (same) same.push(message);
    else this.#byContent.set(message.content, [message]);
    this.#size++;
  }

  /** Puts a message back to where it was taken from. */
  putBack(message: Message): void {
    const same = this.#byContent.get(message.content);
    if (same) same.unshift(message);
    else this.#byContent.set(message.content, [message]);
    this.#size++;
  }

  /** The first message with that content; it leaves the place. */
  take(content: string): Message | undefined {
    const same = this.#byContent.get(content);
    const message = same?.shift();
    if (!message) return undefined;
    if (same!.length === 0) this.#byContent.delete(content);
    this.#size--;
    return message;
  }

  /** Empties the place. */
  drain(): Message[] {
    const all = [...this.#byContent.values()].flat();
    this.#byContent.clear();
    this.#size = 0;
    return all;
  }

  #forgetOldest(): void {
    const [content] = this.#byContent.keys();
    if (content !== undefined) this.take(content);
  }
}
