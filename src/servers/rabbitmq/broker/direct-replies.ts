/** Direct replies: answers that go to whoever asked without a queue (https://www.rabbitmq.com/docs/direct-reply-to). */
import type { Message } from '../messages/message.ts';
import { REPLY_TO } from '../messages/reply-to.ts';
import type { Witness } from '../messages/witness.ts';
import { Refusal } from '../refusal.ts';
import { processId, readsAsProcessId } from './process-id.ts';

type Deliver = (message: Message) => void;

interface DirectRepliesHost {
  readonly witness: Witness | undefined;
  random(length: number): Buffer;
}

export class DirectReplies {
  /** By the name that the question carried. */
  readonly #waiting = new Map<string, Deliver>();
  readonly #host: DirectRepliesHost;
  #askers = 0;

  constructor(host: DirectRepliesHost) {
    this.#host = host;
  }

  /** Has replies to a new name, which nobody guesses, delivered; returns it. */
  expect(deliver: Deliver): string {
    this.#askers += 1;
    const name = `${REPLY_TO}.${processId(this.#askers)}.${this.#host.random(16).toString('base64')}`;
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

  /** RabbitMQ does not survive an address of two words whose first one it can't read. */
  assertReadable(message: Message): void {
    for (const name of addresses(message)) this.assertNameReadable(name);
  }

  assertNameReadable(name: string): void {
    if (!name.startsWith(ADDRESS)) return;
    const [asker, key, ...others] = name.slice(REPLY_TO.length + 1).split('.');
    if (!asker || !key || others.length > 0 || readsAsProcessId(asker)) return;
    throw new Refusal(541, '');
  }

  /** Hands a reply to whoever asked; returns whether a key of it names somebody who asks, or who did. */
  deliver(message: Message): boolean {
    const names = addresses(message);
    for (const name of names) {
      const deliver = this.#waiting.get(name);
      if (deliver) deliver(message);
      else this.#host.witness?.({ what: 'unawaited', message });
    }
    return names.length > 0;
  }
}

const ADDRESS = `${REPLY_TO}.`;

/** The addresses among its keys: its own, and those of CC and BCC. */
function addresses({ routingKey, extraKeys }: Message): readonly string[] {
  if (!extraKeys) return routingKey.startsWith(ADDRESS) ? [routingKey] : [];
  return [...new Set([routingKey, ...extraKeys])].filter((key) => key.startsWith(ADDRESS)).sort();
}
