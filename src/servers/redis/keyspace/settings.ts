/** What can be set about the keyspace; CONFIG SET changes it while the server runs. */
import type { EncodingLimits } from '../values/limits.ts';
import type { BlockLimits } from '../values/stream.ts';

/** In the order in which Redis lists them. */
export const EVICTION_POLICIES = [
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'noeviction',
] as const;

export type EvictionPolicy = (typeof EVICTION_POLICIES)[number];

export interface KeyspaceSettings extends EncodingLimits, BlockLimits {
  /** In bytes; 0 is no limit. */
  readonly maxmemory: number;
  readonly maxmemoryPolicy: EvictionPolicy;
  /** Of how many keys the best one is evicted. */
  readonly maxmemorySamples: number;
  readonly lfuLogFactor: number;
  /** Minutes until a key that nobody uses counts as used once less. */
  readonly lfuDecayTime: number;
  /** The classes of events that are published, as letters; empty for none. */
  readonly notifyKeyspaceEvents: string;
  /** The longest string, in bytes. */
  readonly protoMaxBulkLen: number;
}
