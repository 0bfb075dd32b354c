/** What CONFIG SET changes, with Redis's defaults. Each room says what its settings mean. */
import type { ClientSettings, OutputLimit } from '../clients/settings.ts';
import type { RedisTraits } from '../differences.ts';
import type { EvictionPolicy, KeyspaceSettings } from '../keyspace/settings.ts';
import { DEFAULT_LIMITS } from '../values/limits.ts';

export class Settings implements KeyspaceSettings, ClientSettings {
  hashMaxListpackEntries = DEFAULT_LIMITS.hashMaxListpackEntries;
  hashMaxListpackValue = DEFAULT_LIMITS.hashMaxListpackValue;
  setMaxIntsetEntries = DEFAULT_LIMITS.setMaxIntsetEntries;
  setMaxListpackEntries: number;
  setMaxListpackValue = DEFAULT_LIMITS.setMaxListpackValue;
  zsetMaxListpackEntries = DEFAULT_LIMITS.zsetMaxListpackEntries;
  zsetMaxListpackValue = DEFAULT_LIMITS.zsetMaxListpackValue;
  streamNodeMaxEntries = 100;
  streamNodeMaxBytes = 4096;
  maxmemory = 0;
  maxmemoryPolicy: EvictionPolicy = 'noeviction';
  maxmemorySamples = 5;
  lfuLogFactor = 10;
  lfuDecayTime = 1;
  maxclients = 10_000;
  requirepass = '';
  protectedMode = true;
  notifyKeyspaceEvents = '';
  protoMaxBulkLen = 512 * 1024 * 1024;
  /** What a client may send that is not carried out yet, in bytes: its transactions count. */
  clientQueryBufferLimit = 1024 ** 3;
  /** What all clients together may hold, in bytes; 0 is no limit but that of this process. */
  maxmemoryClients = 0;
  /** Microseconds that make a command slow; -1 for none. */
  slowlogLogSlowerThan = 10_000;
  slowlogMaxLen = 128;
  /** Milliseconds after which others are told that a script runs. */
  busyReplyThreshold = 5000;
  readonly outputLimits: Record<'normal' | 'replica' | 'pubsub', OutputLimit> = {
    normal: { hardBytes: 0, softBytes: 0, softSeconds: 0 },
    replica: { hardBytes: 268_435_456, softBytes: 67_108_864, softSeconds: 60 },
    pubsub: { hardBytes: 33_554_432, softBytes: 8_388_608, softSeconds: 60 },
  };
  port = 0;
  /** What was set though nothing here depends on it, by the name of the parameter. */
  readonly idle = new Map<string, string>();

  constructor({ compactSets }: Pick<RedisTraits, 'compactSets'>) {
    this.setMaxListpackEntries = compactSets ? DEFAULT_LIMITS.setMaxListpackEntries : 0;
  }
}
