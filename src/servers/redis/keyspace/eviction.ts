/** Keeps memory below maxmemory: which keys go, by Redis's policies, from small random samples. */
import type { Engine } from '../dispatch/engine.ts';
import { ITEM_COST, OBJECT_COST, type Value } from '../values/value.ts';
import type { Database } from './database.ts';

/** Redis's 24 bits of an LFU clock: 16 of minutes and 8 of a logarithmic counter. */
const LFU_INITIAL = 5;

export class Eviction {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get #lfu(): boolean {
    return this.#engine.settings.maxmemoryPolicy.endsWith('lfu');
  }

  get #minutes(): number {
    return Math.floor(this.#engine.now / 60_000) & 0xffff;
  }

  created(value: Value): void {
    value.access = this.#lfu ? (this.#minutes << 8) | LFU_INITIAL : Math.floor(this.#engine.now / 1000);
  }

  used(value: Value): void {
    if (!this.#lfu) {
      value.access = Math.floor(this.#engine.now / 1000);
      return;
    }
    let counter = this.frequency(value);
    if (counter < 255) {
      const base = Math.max(0, counter - LFU_INITIAL);
      if (this.#engine.random() < 1 / (base * this.#engine.settings.lfuLogFactor + 1)) counter++;
    }
    value.access = (this.#minutes << 8) | counter;
  }

  /** The counter of LFU, decayed by the time since the last use. */
  frequency(value: Value): number {
    const { lfuDecayTime } = this.#engine.settings;
    const elapsed = (this.#minutes - (value.access >> 8)) & 0xffff;
    const periods = lfuDecayTime === 0 ? 0 : Math.floor(elapsed / lfuDecayTime);
    return Math.max(0, (value.access & 255) - periods);
  }

  /** Seconds since the last use. */
  idleSeconds(value: Value): number {
    return Math.max(0, Math.floor(this.#engine.now / 1000) - value.access);
  }

  /** Evicts until memory is below the limit; false when the policy has nothing left to evict. */
  makeRoom(): boolean {
    const engine = this.#engine;
    const { maxmemory, maxmemoryPolicy } = engine.settings;
    if (maxmemory === 0) return true;
    while (engine.usedMemory > maxmemory) {
      if (maxmemoryPolicy === 'noeviction') return false;
      const victim = this.#choose();
      if (victim === undefined) return false;
      engine.stats.evicted++;
      victim.db.remove(victim.key);
      engine.notify('e', 'evicted', victim.db, victim.key);
    }
    return true;
  }

  /** The best of a sample over all databases. */
  #choose(): { db: Database; key: string } | undefined {
    const { settings, random } = this.#engine;
    const policy = settings.maxmemoryPolicy;
    const volatile = policy.startsWith('volatile');
    let best: { db: Database; key: string; rank: number } | undefined;
    for (const db of this.#engine.databases) {
      const { keys } = db;
      if (keys.length === 0 || (volatile && db.expiring === 0)) continue;
      const samples = policy.endsWith('random') ? 1 : settings.maxmemorySamples;
      let taken = 0;
      // Keys that expire may be rare: after some random tries every key is looked at, from a random one on.
      const start = Math.floor(random() * keys.length);
      for (let i = 0; i < keys.length && taken < samples; i++) {
        const at = i < samples * 8 ? Math.floor(random() * keys.length) : (start + i) % keys.length;
        const key = keys[at]!;
        const value = db.peek(key)!;
        if (volatile && value.expireAt < 0) continue;
        taken++;
        const rank = this.#rank(policy, value);
        if (best === undefined || rank > best.rank) best = { db, key, rank };
      }
    }
    return best;
  }

  #rank(policy: string, value: Value): number {
    if (policy.endsWith('lru')) return this.idleSeconds(value);
    if (policy.endsWith('lfu')) return 255 - this.frequency(value);
    if (policy === 'volatile-ttl') return -value.expireAt;
    return this.#engine.random();
  }
}

/** What MEMORY USAGE tells of a key. */
export function usageOf(key: string, value: Value): number {
  return value.sizeBytes + key.length + OBJECT_COST + 2 * ITEM_COST;
}
