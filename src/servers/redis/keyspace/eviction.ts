/** Keeps memory below maxmemory: which keys go, by Redis's policies, from small random samples. */
import type { Value } from '../values/value.ts';
import type { Access } from './access.ts';
import type { Database } from './database.ts';
import type { EvictionPolicy, KeyspaceSettings } from './settings.ts';
import type { KeyspaceStats } from './stats.ts';

export interface EvictionHost {
  readonly settings: KeyspaceSettings;
  readonly random: () => number;
  readonly databases: readonly Database[];
  readonly access: Access;
  readonly stats: KeyspaceStats;
  /** In bytes. */
  readonly usedMemory: number;
}

export class Eviction {
  readonly #host: EvictionHost;

  constructor(host: EvictionHost) {
    this.#host = host;
  }

  /** Evicts until memory is below the limit; false when the policy has nothing left to evict. */
  makeRoom(): boolean {
    const host = this.#host;
    const { maxmemory, maxmemoryPolicy } = host.settings;
    if (maxmemory === 0) return true;
    while (host.usedMemory > maxmemory) {
      if (maxmemoryPolicy === 'noeviction') return false;
      const victim = this.#choose(maxmemoryPolicy);
      if (victim === undefined) return false;
      host.stats.evicted++;
      victim.db.remove(victim.key);
      victim.db.notify('e', 'evicted', victim.key);
    }
    return true;
  }

  /** The best of a sample over all databases. */
  #choose(policy: EvictionPolicy): { db: Database; key: string } | undefined {
    const { settings, random, databases } = this.#host;
    const volatile = policy.startsWith('volatile');
    let best: { db: Database; key: string; rank: number } | undefined;
    for (const db of databases) {
      const { size } = db;
      if (size === 0 || (volatile && db.expiring === 0)) continue;
      const samples = policy.endsWith('random') ? 1 : settings.maxmemorySamples;
      let taken = 0;
      // Keys that expire may be rare: after some random tries every key is looked at, from a random one on.
      const start = Math.floor(random() * size);
      for (let i = 0; i < size && taken < samples; i++) {
        const key = db.keyAt(i < samples * 8 ? Math.floor(random() * size) : (start + i) % size);
        const value = db.peek(key);
        if (value === undefined || (volatile && value.expireAt < 0)) continue;
        taken++;
        const rank = this.#rank(policy, value);
        if (best === undefined || rank > best.rank) best = { db, key, rank };
      }
    }
    return best;
  }

  #rank(policy: EvictionPolicy, value: Value): number {
    if (policy.endsWith('lru')) return this.#host.access.idleSeconds(value);
    if (policy.endsWith('lfu')) return 255 - this.#host.access.frequency(value);
    if (policy === 'volatile-ttl') return -value.expireAt;
    return this.#host.random();
  }
}
