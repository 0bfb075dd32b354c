/**
 * What CONFIG GET and SET know: settings that are honoured, those that programs set at their start and on which nothing
 * depends here, and a few that clients ask for and that never change.
 */
import { CLIENT_CLASSES } from '../../clients/settings.ts';
import type { RedisTraits } from '../../differences.ts';
import type { Settings } from '../../dispatch/settings.ts';
import { ReplyError } from '../../errors.ts';
import { normalised } from '../../keyspace/notifications.ts';
import { EVICTION_POLICIES } from '../../keyspace/settings.ts';

export interface Parameter {
  /** The other name under which Redis knows it. */
  readonly alias?: string;
  read(settings: Settings): string;
  /** What a release must have for it to be known there. */
  readonly needs?: keyof RedisTraits;
  /** The value that it has already without effect: any other one can be set, but does nothing here. */
  readonly idle?: string;
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

/** The largest values of C's int and long. */
const MAX_INT = 2 ** 31 - 1;
const MAX_LONG = 2n ** 63n - 1n;

/** Throws a text that says why it is no whole number in these bounds. */
function checkCount(text: string, min: number, max: number | bigint): void {
  if (!/^-?[0-9]+$/.test(text)) throw new ReplyError("argument couldn't be parsed into an integer");
  const value = BigInt(text);
  if (value < min || value > max) throw new ReplyError(`argument must be between ${min} and ${max} inclusive`);
}

function count(key: NumberKey, min = 0, max: number | bigint = MAX_LONG, alias?: string): Parameter {
  return {
    ...(alias === undefined ? {} : { alias }),
    read: (settings) => String(settings[key]),
    write(settings, text) {
      checkCount(text, min, max);
      settings[key] = Number(text);
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

/** One that can be set, and on which nothing depends. `check` throws a text that says what is wrong. */
function idle(name: string, value: string, check: (text: string) => void, alias?: string): [string, Parameter] {
  return [
    name,
    {
      ...(alias === undefined ? {} : { alias }),
      idle: value,
      read: (settings) => settings.idle.get(name) ?? value,
      write(settings, text) {
        check(text);
        settings.idle.set(name, text);
      },
    },
  ];
}

function checkYesNo(text: string): void {
  if (!/^(?:yes|no)$/i.test(text)) throw new ReplyError("argument must be 'yes' or 'no'");
}

const oneOf =
  (...words: string[]) =>
  (text: string): void => {
    if (!words.includes(text.toLowerCase())) {
      throw new ReplyError(`argument(s) must be one of the following: ${words.join(', ')}`);
    }
  };

/** Pairs of seconds and changes, after which a snapshot is taken. */
function checkSave(text: string): void {
  const words = text === '' ? [] : text.split(' ');
  const isRight =
    words.length % 2 === 0 && words.every((word, i) => /^[0-9]+$/.test(word) && (i % 2 === 1 || word !== '0'));
  if (!isRight) throw new ReplyError('Invalid save parameters');
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
  idle('activerehashing', 'yes', checkYesNo),
  idle('appendfsync', 'everysec', oneOf('everysec', 'always', 'no')),
  idle('appendonly', 'no', checkYesNo),
  ['bind', fixed('127.0.0.1 -::1')],
  ['busy-reply-threshold', count('busyReplyThreshold', 0, MAX_LONG, 'lua-time-limit')],
  ['client-output-buffer-limit', outputLimits],
  ['client-query-buffer-limit', bytes('clientQueryBufferLimit', 1024 * 1024)],
  ['cluster-enabled', fixed('no')],
  ['databases', fixed('16')],
  ['dir', fixed('/')],
  ['hash-max-listpack-entries', count('hashMaxListpackEntries', 0, MAX_LONG, 'hash-max-ziplist-entries')],
  ['hash-max-listpack-value', count('hashMaxListpackValue', 0, MAX_LONG, 'hash-max-ziplist-value')],
  idle('latency-monitor-threshold', '0', (text) => checkCount(text, 0, MAX_LONG)),
  ['lfu-decay-time', count('lfuDecayTime')],
  ['lfu-log-factor', count('lfuLogFactor')],
  idle('list-compress-depth', '0', (text) => checkCount(text, 0, MAX_INT)),
  idle('list-max-listpack-size', '-2', (text) => checkCount(text, -MAX_INT - 1, MAX_INT), 'list-max-ziplist-size'),
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
  idle('save', '', checkSave),
  ['set-max-intset-entries', count('setMaxIntsetEntries')],
  ['set-max-listpack-entries', { ...count('setMaxListpackEntries'), needs: 'compactSets' }],
  ['set-max-listpack-value', { ...count('setMaxListpackValue'), needs: 'compactSets' }],
  ['slowlog-log-slower-than', count('slowlogLogSlowerThan', -1)],
  ['slowlog-max-len', count('slowlogMaxLen')],
  idle('stop-writes-on-bgsave-error', 'yes', checkYesNo),
  ['stream-node-max-bytes', bytes('streamNodeMaxBytes')],
  ['stream-node-max-entries', count('streamNodeMaxEntries')],
  idle('tcp-keepalive', '300', (text) => checkCount(text, 0, MAX_INT)),
  idle('timeout', '0', (text) => checkCount(text, 0, MAX_INT)),
  ['zset-max-listpack-entries', count('zsetMaxListpackEntries', 0, MAX_LONG, 'zset-max-ziplist-entries')],
  ['zset-max-listpack-value', count('zsetMaxListpackValue', 0, MAX_LONG, 'zset-max-ziplist-value')],
]);
