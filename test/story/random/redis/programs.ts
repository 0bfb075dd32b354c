/** Random programs for Redis: what some connections send, and when it arrives. */
import fc from 'fast-check';
import type { Words } from './wires.ts';

export type Step =
  | { readonly do: 'send'; readonly client: number; readonly commands: readonly Words[] }
  | { readonly do: 'reach'; readonly client: number; readonly count: number }
  | { readonly do: 'see'; readonly client: number }
  | { readonly do: 'settle' }
  | { readonly do: 'cut'; readonly client: number; readonly how: 'never' | 'before' | 'later' }
  | { readonly do: 'pass'; readonly ms: number };

export interface Program {
  readonly clients: number;
  /** Which of them speak RESP3. */
  readonly resp3: readonly boolean[];
  readonly steps: readonly Step[];
}

/** What a program may use. */
export interface Uses {
  readonly expiry?: boolean;
  readonly scripts?: boolean;
  readonly silence?: boolean;
  readonly streams?: boolean;
  /** Streams whose entries are named: acknowledged, claimed, deleted. */
  readonly ids?: boolean;
  /** Trims that cut off as much as is convenient: no answer tells how much. */
  readonly approximate?: boolean;
  readonly pubsub?: boolean;
  readonly transactions?: boolean;
  readonly blocking?: boolean;
  readonly databases?: boolean;
  /** Only lists are made, so that no command is refused for the type of its key. */
  readonly listsOnly?: boolean;
  readonly cuts?: boolean;
}

const key = fc.constantFrom('a', 'a', 'a', 'b', 'b', 'c');
const body = fc.constantFrom('x', 'x', 'x', 'y', 'z');
const count = fc.constantFrom('1', '2', '3');
const side = fc.constantFrom('LEFT', 'RIGHT');
const index = fc.constantFrom('0', '1', '2', '-1', '-2');

/** How long a program is, in steps. */
interface Extent {
  readonly clients?: number | undefined;
  readonly minLength: number;
  readonly maxLength?: number;
}

type Arbitrary = fc.Arbitrary<Words[]>;
const one = (...parts: (string | fc.Arbitrary<string | string[]>)[]): Arbitrary =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((words) => [words.flat()]);
const bodies = fc.array(body, { minLength: 1, maxLength: 3 });

const LISTS: Arbitrary[] = [
  one(fc.constantFrom('LPUSH', 'RPUSH'), key, bodies),
  one(fc.constantFrom('LPUSH', 'RPUSH'), key, bodies),
  one(fc.constantFrom('LPUSH', 'RPUSH'), key, body),
  one(fc.constantFrom('LPUSHX', 'RPUSHX'), key, body),
  one(fc.constantFrom('LPOP', 'RPOP'), key),
  one(fc.constantFrom('LPOP', 'RPOP'), key),
  one(fc.constantFrom('LPOP', 'RPOP'), key, count),
  one('LMPOP', '2', key, key, side, 'COUNT', count),
  one('LMOVE', key, key, side, side),
  one('RPOPLPUSH', key, key),
  one('LREM', key, fc.constantFrom('0', '1', '-1', '2'), body),
  one('LTRIM', key, index, index),
  one('LSET', key, index, body),
  one('LINSERT', key, fc.constantFrom('BEFORE', 'AFTER'), body, body),
  one('LLEN', key),
  one('LRANGE', key, '0', '-1'),
  one('LINDEX', key, index),
];
const KEYS: Arbitrary[] = [
  one('DEL', key),
  one('UNLINK', key, key),
  one('RENAME', key, key),
  one('RENAMENX', key, key),
  one('COPY', key, key, fc.constantFrom<string[]>([], ['REPLACE'])),
  one('SET', 'other', 'text'),
  one('SORT', key, 'ALPHA', 'STORE', key),
  one('GET', 'other'),
  one('GETDEL', key),
];
const OTHER_TYPES: Arbitrary[] = [one('SET', key, 'text', fc.constantFrom<string[]>([], ['NX'], ['XX']))];
const DATABASES: Arbitrary[] = [
  one('SELECT', fc.constantFrom('0', '1')),
  one('SWAPDB', '0', '1'),
  one('MOVE', key, '1'),
  one('FLUSHDB'),
  one('FLUSHALL'),
];
const EXPIRY: Arbitrary[] = [
  one('PEXPIRE', key, fc.constantFrom('5', '20', '100')),
  one('EXPIRE', key, fc.constantFrom('0', '-1', '100')),
  one('PERSIST', key),
];
const BLOCKING: Arbitrary[] = [
  one(fc.constantFrom('BLPOP', 'BRPOP'), key, '0'),
  one('BLPOP', key, key, '0'),
  one('BLMOVE', key, key, side, side, '0'),
  one('BRPOPLPUSH', key, key, '0'),
  one('BLMPOP', '0', '2', key, key, side, 'COUNT', count),
  one('BLPOP', key, '0.05'),
];
const channel = fc.constantFrom('news', 'sport');
const PUBSUB: Arbitrary[] = [
  one('PUBLISH', channel, body),
  one('PUBLISH', channel, body),
  one('SPUBLISH', channel, body),
  one('SUBSCRIBE', channel),
  one('PSUBSCRIBE', fc.constantFrom('n*', '*')),
  one('SSUBSCRIBE', channel),
  one('UNSUBSCRIBE', fc.constantFrom<string[]>([], ['news'])),
  one('PUNSUBSCRIBE'),
];
const stream = fc.constantFrom('s', 's', 't');
const group = fc.constantFrom('g', 'h');
const STREAMS: Arbitrary[] = [
  one('XADD', stream, '*', 'k', body),
  one('XADD', stream, '*', 'k', body),
  one('XADD', stream, 'MAXLEN', '2', '*', 'k', body),
  one('XTRIM', stream, 'MAXLEN', fc.constantFrom('0', '1', '3')),
  one('XREAD', 'COUNT', count, 'STREAMS', stream, '0'),
  one('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM'),
  one('XGROUP', 'DESTROY', stream, group),
  one('XREADGROUP', 'GROUP', group, fc.constantFrom('m', 'n'), 'COUNT', count, 'STREAMS', stream, '>'),
  one('XREADGROUP', 'GROUP', group, fc.constantFrom('m', 'n'), 'STREAMS', stream, '0'),
  one('XAUTOCLAIM', stream, group, 'n', '0', '0', fc.constantFrom<string[]>([], ['JUSTID'])),
  one('DEL', stream),
  one('RENAME', 's', 't'),
];
const id = fc.constantFrom('1-1', '2-1', '3-1', '4-1');
const ids = fc.array(id, { minLength: 1, maxLength: 3 });
const consumer = fc.constantFrom('m', 'n');
/** With ids that the client chooses, so that it can name them: acks, claims, deletions. */
const IDS: Arbitrary[] = [
  one('XADD', stream, id, 'k', body),
  one('XADD', 's', id, 'k', body),
  one('XADD', 's', id, 'k', body),
  one('XACK', stream, group, ids),
  one('XACK', stream, group, ids),
  one('XDEL', stream, ids),
  one('XCLAIM', stream, group, consumer, '0', ids),
  one('XCLAIM', stream, group, consumer, '0', id, fc.constantFrom('FORCE', 'JUSTID')),
  one('XGROUP', 'SETID', stream, group, fc.constantFrom('0', '2-1', '$')),
  one('XGROUP', 'DELCONSUMER', stream, group, consumer),
];
const APPROXIMATE: Arbitrary[] = [one('XADD', stream, 'MAXLEN', '~', '2', '*', 'k', body)];
const SILENCE: Arbitrary[] = [one('CLIENT', 'REPLY', fc.constantFrom('OFF', 'SKIP', 'ON', 'ON'))];
const SCRIPTS: Arbitrary[] = [
  one('EVAL', "return redis.call('rpush', KEYS[1], ARGV[1])", '1', key, body),
  one('EVAL', "return redis.call('lpop', KEYS[1])", '1', key),
  one('EVAL', "return redis.call('publish', 'news', ARGV[1])", '0', body),
];
const CONNECTION: Arbitrary[] = [one('PING'), one('NOSUCH', 'x'), one('LPUSH', 'a'), one('RESET')];

function commands(uses: Uses): Arbitrary {
  const simple = fc.oneof(
    ...LISTS,
    ...LISTS,
    ...KEYS,
    ...CONNECTION,
    ...(uses.listsOnly ? [] : OTHER_TYPES),
    ...(uses.databases ? DATABASES : []),
    ...(uses.expiry ? EXPIRY : []),
    ...(uses.pubsub ? PUBSUB : []),
    ...(uses.streams ? [...STREAMS, ...STREAMS] : []),
    ...(uses.ids ? [...IDS, ...STREAMS.filter((_, at) => at > 2)] : []),
    ...(uses.approximate ? APPROXIMATE : []),
    ...(uses.scripts ? SCRIPTS : []),
    ...(uses.silence ? SILENCE : []),
    ...(uses.blocking ? BLOCKING : []),
  );
  if (!uses.transactions) return simple;
  const transaction = fc
    .tuple(fc.option(key), fc.array(simple, { maxLength: 4 }), fc.constantFrom('EXEC', 'EXEC', 'EXEC', 'DISCARD'))
    .map(([watched, inner, end]): Words[] => [
      ...(watched === null ? [] : [['WATCH', watched]]),
      ['MULTI'],
      // Inside a transaction CLIENT REPLY OFF breaks the reply of EXEC off.
      ...inner.flat().filter(([name]) => name !== 'CLIENT'),
      [end],
    ]);
  return fc.oneof({ weight: 8, arbitrary: simple }, { weight: 1, arbitrary: transaction });
}

/** What ends a silence, so that an answer shows that everything before it was carried out. */
const PROOF: readonly Words[] = [['DISCARD'], ['CLIENT', 'REPLY', 'ON'], ['PING']];

/** Every answer is waited for before anybody sends anything. */
function politePrograms(uses: Uses, { clients = 3, minLength, maxLength = 30 }: Extent): fc.Arbitrary<Program> {
  const step = fc.record({ client: fc.nat(clients - 1), commands: commands(uses) });
  return fc.record({ resp3: RESP3, steps: fc.array(step, { minLength, maxLength }) }).map(({ resp3, steps }) => ({
    clients: 3,
    resp3,
    steps: [...steps, ...[0, 1, 2].map((client) => ({ client, commands: PROOF }))].flatMap(
      ({ client, commands: all }) =>
        all.flatMap((words): Step[] => [{ do: 'send', client, commands: [words] }, { do: 'settle' }]),
    ),
  }));
}

const RESP3 = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());

/** Bytes are under way as long as it pleases them. */
export function wildPrograms(uses: Uses, { minLength, maxLength = 40 }: Extent): fc.Arbitrary<Program> {
  const client = fc.nat(2);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        client,
        commands: fc.array(commands(uses), { minLength: 1, maxLength: 3 }).map((all) => all.flat()),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('reach' as const), client, count: fc.constantFrom(1, 1, 2, 99) }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('see' as const), client }) },
    { weight: 1, arbitrary: fc.constant({ do: 'settle' as const }) },
    {
      weight: uses.expiry || uses.blocking ? 2 : 0,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 4, 10, 60) }),
    },
    {
      weight: uses.cuts ? 1 : 0,
      arbitrary: fc.record({
        do: fc.constant('cut' as const),
        client,
        how: fc.constantFrom('never' as const, 'before' as const, 'later' as const),
      }),
    },
  );
  return fc.record({ clients: fc.constant(3), resp3: RESP3, steps: fc.array(step, { minLength, maxLength }) });
}

const CERTAIN: Uses = { streams: true, pubsub: true, transactions: true, databases: true };
const ALL: Uses = {
  ...CERTAIN,
  approximate: true,
  silence: true,
  blocking: true,
  expiry: true,
  scripts: true,
  cuts: true,
};

export interface KindOfProgram {
  readonly programs: fc.Arbitrary<Program>;
  /** Every command waits for the answer of the one before, and nothing happens by itself: all can be known. */
  readonly isCertain: boolean;
}

/** By what they are about. @param minLength how many steps they have at least */
export function kindsOf(minLength = 1): { readonly [name: string]: KindOfProgram } {
  const polite = (uses: Uses, clients?: number): KindOfProgram => ({
    programs: politePrograms(uses, { minLength, clients }),
    isCertain: true,
  });
  const wild = (uses: Uses): KindOfProgram => ({ programs: wildPrograms(uses, { minLength }), isCertain: false });
  return {
    'lists and keys, one after the other': polite({}),
    'silence of one client': polite({ silence: true, databases: true, listsOnly: true }, 1),
    'entries of streams that are acknowledged, claimed and deleted by name, one after the other': polite({ ids: true }),
    'everything that can be certain': polite(CERTAIN),
    'lists, while bytes are under way': wild({}),
    'who waits for lists': wild({ blocking: true, databases: true, transactions: true }),
    streams: wild({ streams: true, approximate: true, transactions: true }),
    'entries of streams that are named': wild({ ids: true, transactions: true }),
    'publish and subscribe': wild({ pubsub: true, transactions: true }),
    'commands whose answers are suppressed': wild({ silence: true, transactions: true, databases: true }),
    'publications whose answers are suppressed': wild({ silence: true, pubsub: true }),
    'keys that expire': wild({ expiry: true }),
    scripts: wild({ scripts: true, pubsub: true }),
    'connections that are lost': wild({ cuts: true, blocking: true }),
    'everything at once': wild(ALL),
  };
}

/** Shorter ones, since sockets take their time. */
export const THROUGH_TAPS = wildPrograms({ ...CERTAIN, blocking: true }, { minLength: 1, maxLength: 25 });
