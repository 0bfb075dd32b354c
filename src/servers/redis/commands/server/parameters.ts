/** What CONFIG GET and SET know: settings that are honoured, and a few that clients ask for and that never change. */
import { CLIENT_CLASSES } from '../../clients/settings.ts';
import type { Settings } from '../../dispatch/settings.ts';
import { ReplyError } from '../../errors.ts';
import { normalised } from '../../keyspace/notifications.ts';
import { EVICTION_POLICIES } from '../../keyspace/settings.ts';

export interface Parameter {
  /** The other name under which Redis knows it. */
  readonly alias?: string;
  read(settings: Settings): string;
  /** Throws a text that says what is wrong. Absent where it never changes. */
  write?(settings: Settings, text: string): void;
}

type NumberKey = {
  [K in keyof Settings]: Settings[K] extends number ? K : never;
}[keyof Settings];

const UNITS: Record<string, number> = { '': 1, b: 1, k: 1e3, kb: 1024, m: 1e6, mb: 1024 ** 2, g: 1e9, gb: 1024 ** 3 };

function memory(text: string): number {
  const match = /^([0-9]+)(b|k|kb|m|mb|g|gb)?$/i.exec(text);
  if (!match) throw new ReplyError('argument must be a memory value');
  return Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1);
}

function count(key: NumberKey, min = 0, max = Number.MAX_SAFE_INTEGER, alias?: string): Parameter {
  return {
    ...(alias === undefined ? {} : { alias }),
    read: (settings) => String(settings[key]),
    write(settings, text) {
      const value = Number(text);
      if (!/^-?[0-9]+$/.test(text)) throw new ReplyError("argument couldn't be parsed into an integer");
      if (value < min || value > max) throw new ReplyError(`argument must be between ${min} and ${max} inclusive`);
      settings[key] = value;
    },
  };
}

function bytes(key: NumberKey, min = 0): Parameter {
  return {
    read: (settings) => String(settings[key]),
    write(settings, text) {
      const value = memory(text);
      if (value < min) throw new ReplyError(`argument must be between ${min} and 9223372036854775807 inclusive`);
      settings[key] = value;
    },
  };
}

function fixed(value: string): Parameter {
  return { read: () => value };
}

const outputLimits: Parameter = {
  read: ({ outputLimits: limits }) =>
    CLIENT_CLASSES.map((name) => {
      const { hardBytes, softBytes, softSeconds } = limits[name];
      return `${name === 'replica' ? 'slave' : name} ${hardBytes} ${softBytes} ${softSeconds}`;
    }).join(' '),
  write(settings, text) {
    const words = text.split(/\s+/).filter((word) => word !== '');
    if (words.length === 0 || words.length % 4 !== 0)
      throw new ReplyError('Wrong number of arguments in buffer limit configuration.');
    for (let i = 0; i < words.length; i += 4) {
      const name = words[i] === 'slave' ? 'replica' : words[i];
      const limit = CLIENT_CLASSES.find((known) => known === name);
      if (limit === undefined) throw new ReplyError('Invalid client class specified in buffer limit configuration.');
      const softSeconds = Number(words[i + 3]);
      settings.outputLimits[limit] = {
        hardBytes: memory(words[i + 1] ?? ''),
        softBytes: memory(words[i + 2] ?? ''),
        softSeconds,
      };
    }
  },
};

/** Every parameter by name. Redis has more: what is not honoured is not told either. */
export const PARAMETERS: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
  ['activerehashing', fixed('yes')],
  ['appendfsync', fixed('everysec')],
  ['appendonly', fixed('no')],
  ['bind', fixed('127.0.0.1 -::1')],
  ['busy-reply-threshold', count('busyReplyThreshold', 0, Number.MAX_SAFE_INTEGER, 'lua-time-limit')],
  ['client-output-buffer-limit', outputLimits],
  ['client-query-buffer-limit', bytes('clientQueryBufferLimit', 1024 * 1024)],
  ['cluster-enabled', fixed('no')],
  ['databases', fixed('16')],
  ['dir', fixed('/')],
  [
    'hash-max-listpack-entries',
    count('hashMaxListpackEntries', 0, Number.MAX_SAFE_INTEGER, 'hash-max-ziplist-entries'),
  ],
  ['hash-max-listpack-value', count('hashMaxListpackValue', 0, Number.MAX_SAFE_INTEGER, 'hash-max-ziplist-value')],
  ['latency-monitor-threshold', count('latencyMonitorThreshold')],
  ['lfu-decay-time', count('lfuDecayTime')],
  ['lfu-log-factor', count('lfuLogFactor')],
  ['list-compress-depth', fixed('0')],
  ['list-max-listpack-size', fixed('-2')],
  ['maxclients', count('maxclients', 1, 4294967295)],
  ['maxmemory', bytes('maxmemory')],
  ['maxmemory-clients', bytes('maxmemoryClients')],
  [
    'maxmemory-policy',
    {
      read: (settings) => settings.maxmemoryPolicy,
      write(settings, text) {
        const policy = EVICTION_POLICIES.find((known) => known === text.toLowerCase());
        if (policy === undefined)
          throw new ReplyError(`argument(s) must be one of the following: ${EVICTION_POLICIES.join(', ')}`);
        settings.maxmemoryPolicy = policy;
      },
    },
  ],
  ['maxmemory-samples', count('maxmemorySamples', 1, 64)],
  [
    'notify-keyspace-events',
    {
      read: (settings) => settings.notifyKeyspaceEvents,
      write(settings, text) {
        const flags = normalised(text);
        if (flags === undefined) throw new ReplyError("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
        settings.notifyKeyspaceEvents = flags;
      },
    },
  ],
  ['port', { read: (settings) => String(settings.port) }],
  ['proto-max-bulk-len', bytes('protoMaxBulkLen', 1024 * 1024)],
  [
    'protected-mode',
    {
      read: (settings) => (settings.protectedMode ? 'yes' : 'no'),
      write(settings, text) {
        if (!/^(?:yes|no)$/i.test(text)) throw new ReplyError("argument must be 'yes' or 'no'");
        settings.protectedMode = text.toLowerCase() === 'yes';
      },
    },
  ],
  [
    'requirepass',
    {
      read: (settings) => settings.requirepass,
      write(settings, text) {
        settings.requirepass = text;
      },
    },
  ],
  ['save', fixed('')],
  ['set-max-intset-entries', count('setMaxIntsetEntries')],
  ['slowlog-log-slower-than', count('slowlogLogSlowerThan', -1)],
  ['slowlog-max-len', count('slowlogMaxLen')],
  ['stream-node-max-bytes', bytes('streamNodeMaxBytes')],
  ['stream-node-max-entries', count('streamNodeMaxEntries')],
  ['tcp-keepalive', fixed('300')],
  ['timeout', count('timeout')],
  [
    'zset-max-listpack-entries',
    count('zsetMaxListpackEntries', 0, Number.MAX_SAFE_INTEGER, 'zset-max-ziplist-entries'),
  ],
  ['zset-max-listpack-value', count('zsetMaxListpackValue', 0, Number.MAX_SAFE_INTEGER, 'zset-max-ziplist-value')],
]);
