/**
 * Numbers what is published on channels in confirm mode, as the delivery tags of the confirms do: from 1, each channel
 * for itself. https://www.rabbitmq.com/docs/confirms#publisher-confirms
 */
import type { Side } from '../protocol.ts';
import type { AmqpValue } from './frame.ts';

export class PublishNumbers {
  /** The next number of each channel in confirm mode. */
  readonly #next = new Map<number, number>();

  /** Takes note of a frame; gives its number where it is a publish that will be confirmed. */
  of(from: Side, { channel, method }: AmqpValue): number | undefined {
    // What stands behind a close is discarded, and a channel that is opened anew is not in confirm mode.
    if (method === 'channel.open' || method === 'channel.close') this.#next.delete(channel);
    if (from === 'server') return undefined;
    const number = this.#next.get(channel);
    if (method === 'confirm.select' && number === undefined) this.#next.set(channel, 1);
    if (method !== 'basic.publish' || number === undefined) return undefined;
    this.#next.set(channel, number + 1);
    return number;
  }
}
