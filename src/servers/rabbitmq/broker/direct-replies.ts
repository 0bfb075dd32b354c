/** Direct replies: answers that go to whoever asked without a queue (https://www.rabbitmq.com/docs/direct-reply-to). */
import type { Message } from '../messages/message.ts';
import { REPLY_TO } from '../messages/reply-to.ts';
import type { Witness } from '../messages/witness.ts';

type Deliver = (message: Message) => void;

export class DirectReplies {
  /** By the name that the question carried. */
  readonly #waiting = new Map<string, Deliver>();
  readonly #witness: Witness | undefined;

  constructor(witness: Witness | undefined) {
    this.#witness = witness;
  }

  /** Has replies to a new name delivered; returns the name. `suffix` must be one that nobody guesses. */
  expect(suffix: string, deliver: Deliver): string {
    const name = `${REPLY_TO}.${suffix.replaceAll('_', '/').replaceAll('-', '+')}`;
    this.#waiting.set(name, deliver);
    return name;
  }

  forget(name: string): void {
    this.#waiting.delete(name);
  }

  /** Whether a name is that of a queue that direct replies seem to come from, somebody waiting there or not. */
  isName(name: string): boolean {
    return name.startsWith(REPLY_TO);
  }

  /** Whether a queue of such a name seems to be there. */
  has(name: string): boolean {
    return name === REPLY_TO || this.#waiting.has(name);
  }

  /** Hands a reply to whoever asked; returns whether the key names somebody who asks, or who did. */
  deliver(message: Message): boolean {
    if (!message.routingKey.startsWith(`${REPLY_TO}.`)) return false;
    const deliver = this.#waiting.get(message.routingKey);
    if (deliver) deliver(message);
    else this.#witness?.({ what: 'unawaited', message });
    return true;
  }
}
