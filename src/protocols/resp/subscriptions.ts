/** How many subscriptions a connection has, as the confirmations tell. */
import type { RespCommand } from './frame.ts';
import type { RespValue } from './value.ts';

export class Subscriptions {
  #channels = 0;
  #patterns = 0;
  #shards = 0;

  get some(): boolean {
    return this.#channels + this.#patterns + this.#shards > 0;
  }

  /** How many confirmations a command gets: one per channel; without channels one per subscription, at least one. */
  confirmations({ name, argCount }: RespCommand): number {
    if (argCount > 0) return argCount;
    const current = name === 'UNSUBSCRIBE' ? this.#channels : name === 'PUNSUBSCRIBE' ? this.#patterns : this.#shards;
    return Math.max(1, current);
  }

  /** Learns from a confirmation, which tells channels and patterns in one sum. */
  confirmed(kind: string, total: RespValue | undefined): void {
    if (total?.type !== 'integer') return;
    const count = Number(total.value);
    if (kind === 'ssubscribe' || kind === 'sunsubscribe') this.#shards = count;
    else if (kind.startsWith('p')) this.#patterns = Math.max(0, count - this.#channels);
    else this.#channels = Math.max(0, count - this.#patterns);
  }

  reset(): void {
    this.#channels = this.#patterns = this.#shards = 0;
  }
}
