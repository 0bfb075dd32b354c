/** When a value was used last, or how often: what OBJECT IDLETIME and FREQ tell, and what eviction goes by. */
import type { Value } from '../values/value.ts';
import type { KeyspaceSettings } from './settings.ts';

/** Redis's 24 bits of an LFU clock: 16 of minutes and 8 of a logarithmic counter. */
const LFU_INITIAL = 5;

export interface AccessHost {
  /** Unix milliseconds. */
  readonly now: number;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  readonly settings: KeyspaceSettings;
}

export class Access {
  readonly #host: AccessHost;

  constructor(host: AccessHost) {
    this.#host = host;
  }

  get #lfu(): boolean {
    return this.#host.settings.maxmemoryPolicy.endsWith('lfu');
  }

  get #minutes(): number {
    return Math.floor(this.#host.now / 60_000) & 0xffff;
  }

  created(value: Value): void {
    value.access = this.#lfu ? (this.#minutes << 8) | LFU_INITIAL : Math.floor(this.#host.now / 1000);
  }

  /** Set while a client's commands don't count as uses. */
  isPaused = false;

  used(value: Value): void {
    if (this.isPaused) return;
    if (!this.#lfu) {
      value.access = Math.floor(this.#host.now / 1000);
      return;
    }
    let counter = this.frequency(value);
    if (counter < 255) {
      const base = Math.max(0, counter - LFU_INITIAL);
      if (this.#host.random() < 1 / (base * this.#host.settings.lfuLogFactor + 1)) counter++;
    }
    value.access = (this.#minutes << 8) | counter;
  }

  /** The counter of LFU, decayed by the time since the last use. */
  frequency(value: Value): number {
    const { lfuDecayTime } = this.#host.settings;
    const elapsed = (this.#minutes - (value.access >> 8)) & 0xffff;
    const periods = lfuDecayTime === 0 ? 0 : Math.floor(elapsed / lfuDecayTime);
    return Math.max(0, (value.access & 255) - periods);
  }

  /** Seconds since the last use. */
  idleSeconds(value: Value): number {
    return Math.max(0, Math.floor(this.#host.now / 1000) - value.access);
  }
}
