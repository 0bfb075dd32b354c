/** The commands that random programs for Redis are made of, by what they are about. */
import fc from 'fast-check';
import type { Words } from './wires.ts';

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
  /** Every type of value, and every key may hold any. */
  readonly types?: boolean;
  /** Commands that wait for entries of streams. */
  readonly awaited?: boolean;
  /** Clients that unblock, end and hold up each other. */
  readonly control?: boolean;
  /** HELLO, inline commands, pushes that no message is behind. */
  readonly dialects?: boolean;
  /** Bodies that are not text, or too long to be kept. */
  readonly bodies?: boolean;
  /** RESTORE, which a real server carries out and the embedded one refuses: there is no truth to compare with. */
  readonly dumps?: boolean;
  /** A server that may evict what it holds. */
  readonly eviction?: boolean;
  readonly cuts?: boolean;
}

const key = fc.constantFrom('a', 'a', 'a', 'b', 'b', 'c');
const body = fc.constantFrom('x', 'x', 'x', 'y', 'z');
const count = fc.constantFrom('1', '2', '3');
const side = fc.constantFrom('LEFT', 'RIGHT');
const index = fc.constantFrom('0', '1', '2', '-1', '-2');

type Arbitrary = fc.Arbitrary<Words[]>;
const one = (...parts: (string | fc.Arbitrary<string | string[]>)[]): Arbitrary =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((words) => [words.flat()]);
/** In front of a command that is sent as a line of text. */
export const INLINE = '~';
/** How long a blocking command waits that does not wait for ever, in seconds. */
export const BRIEFLY = '0.05';
/** A list of two elements, as DUMP gives it. */
const DUMPED = '\x12\x01\x02\r\r\0\0\0\x02\0\x81x\x02\x81y\x02\xff\n\0~\x97[V\x8d\x1a\xfao';
const LIBRARY =
  "#!lua name=l\nredis.register_function('give', function(k, a) return redis.call('rpush', k[1], a[1]) end)";
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
  one('COPY', key, key, 'DB', fc.constantFrom('0', '1'), 'REPLACE'),
  one('SELECT', fc.constantFrom('0', '1', '16')),
  one('SWAPDB', '0', '1'),
  one('MOVE', key, '1'),
  one('FLUSHDB'),
  one('FLUSHALL'),
];
const maybe = (...words: string[]) => fc.constantFrom<string[]>([], words);
/** Answers that show whether a list is there. */
const EVIDENCE: Arbitrary[] = [
  one('EXISTS', key, key),
  one(fc.constantFrom('GET', 'SCARD', 'HLEN', 'SORT_RO', 'DUMP'), key),
  one('OBJECT', 'ENCODING', key),
  one('KEYS', fc.constantFrom('*', 'a', '[ab]')),
  one('SCAN', '0', maybe('COUNT', '1'), maybe('MATCH', 'b')),
  one(fc.constantFrom('DBSIZE', 'RANDOMKEY')),
  one('RENAME', key, key),
];
const EXPIRY: Arbitrary[] = [
  one('PEXPIRE', key, fc.constantFrom('5', '20', '100')),
  one('EXPIRE', key, fc.constantFrom('0', '-1', '100')),
  one('PERSIST', key),
  one(fc.constantFrom('EXISTS', 'PTTL', 'TTL', 'TYPE', 'PEXPIRETIME'), key),
  one(fc.constantFrom('EXPIRE', 'PEXPIRE'), key, '20', fc.constantFrom('NX', 'XX', 'GT', 'LT')),
  one('PEXPIREAT', key, '1700000001030'),
  one('SET', key, 'text', 'PX', '20'),
  one('GETEX', key, 'PX', '20'),
  ...EVIDENCE,
];
const BLOCKING: Arbitrary[] = [
  one(fc.constantFrom('BLPOP', 'BRPOP'), key, '0'),
  one('BLPOP', key, key, '0'),
  one('BLMOVE', key, key, side, side, '0'),
  one('BRPOPLPUSH', key, key, '0'),
  one('BLMPOP', '0', '2', key, key, side, 'COUNT', count),
  one('BLPOP', key, BRIEFLY),
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
const TYPES: Arbitrary[] = [
  one('HSET', key, 'f', 'v'),
  one('ZADD', key, '1', 'm'),
  one('INCR', key),
  one('APPEND', key, 'x'),
  one('SETRANGE', key, '1', 'x'),
  one('MSET', key, '1', key, '2'),
  one('MSETNX', key, '1', key, '2'),
  one('SETNX', key, 'text'),
  one('GETSET', key, 'text'),
  one('SET', key, 'text', 'GET'),
  one('SUNIONSTORE', key, key, key),
  one('ZRANGESTORE', key, key, '0', '-1'),
  one('BITOP', 'NOT', key, key),
  one('PFMERGE', key, key),
  one('SPOP', key),
  one('HDEL', key, 'f'),
  one('ZPOPMIN', key),
  one('GETDEL', key),
  one('XADD', key, '*', 'k', body),
  one('XADD', 's', '*', 'k', body),
  one('RENAME', key, 's'),
  one('RENAME', 's', key),
  one('COPY', 's', key, maybe('REPLACE')),
  one('COPY', key, 's'),
  one('RPUSH', 's', body),
  one('TYPE', key),
  one('OBJECT', 'ENCODING', key),
  one('LPOS', key, body),
];
const AWAITED: Arbitrary[] = [
  one('XREAD', 'BLOCK', fc.constantFrom('0', '30'), 'STREAMS', stream, fc.constantFrom('$', '0')),
  one('XREAD', 'BLOCK', '0', 'STREAMS', 's', 't', '$', '$'),
  one('XREADGROUP', 'GROUP', group, consumer, 'BLOCK', fc.constantFrom('0', '30'), 'STREAMS', stream, '>'),
  one('XREADGROUP', 'GROUP', group, consumer, 'COUNT', '1', 'BLOCK', '0', 'NOACK', 'STREAMS', stream, '>'),
  one('XGROUP', 'DESTROY', stream, group),
  one('XGROUP', 'CREATE', stream, group, '$', maybe('MKSTREAM')),
  one('XGROUP', 'SETID', stream, group, fc.constantFrom('0', '$')),
  one('XGROUP', 'CREATECONSUMER', stream, group, consumer),
  one('XGROUP', 'DELCONSUMER', stream, group, consumer),
  one('XADD', stream, 'NOMKSTREAM', '*', 'k', body),
  one('XADD', stream, 'MINID', fc.constantFrom('2', '1700000001005'), '*', 'k', body),
  one('XTRIM', stream, 'MINID', fc.constantFrom('2', '1700000001005')),
  one('XADD', stream, '*', 'k', body),
  one('XADD', stream, '*', 'k', body),
  one('XSETID', stream, '1800000000000-0'),
  one('DEL', stream),
  one('RENAME', 't', 's'),
  one('COPY', 's', 't', maybe('REPLACE')),
  one('PEXPIRE', stream, '20'),
  one('SET', stream, 'text'),
];
const numbered = fc.constantFrom('1', '2', '3');
const CONTROL: Arbitrary[] = [
  one('CLIENT', 'UNBLOCK', numbered, fc.constantFrom<string[]>([], ['TIMEOUT'], ['ERROR'])),
  one('CLIENT', 'UNBLOCK', numbered, fc.constantFrom<string[]>([], ['TIMEOUT'], ['ERROR'])),
  one('CLIENT', 'KILL', 'ID', numbered),
  one('CLIENT', 'PAUSE', '20', fc.constantFrom('ALL', 'WRITE')),
  one('CLIENT', 'UNPAUSE'),
  one('BZPOPMIN', 'z', '0'),
  one('ZADD', 'z', '1', 'm'),
  one('QUIT'),
];
const DIALECTS: Arbitrary[] = [
  one('HELLO', fc.constantFrom('2', '3', '3')),
  one('CLIENT', 'TRACKING', 'ON', maybe('BCAST')),
  one('CLIENT', 'TRACKING', 'OFF'),
  one('GET', key),
  one('MONITOR'),
  one('CONFIG', 'SET', 'notify-keyspace-events', fc.constantFrom('KEA', '')),
  one('PSUBSCRIBE', '__key*'),
  one(`${INLINE}RPUSH`, key, body),
  one(`${INLINE}PUBLISH`, 'news', body),
  one(`${INLINE}LPOP`, key),
];
/** Equal as far as they are kept, and bytes that are no text. */
const LONG = 'h'.repeat(70_000);
const oddBody = fc.constantFrom(`${LONG}x`, `${LONG}y`, 'a\r\nb\0\xff', '', '$1\r\nx\r\n');
const BODIES: Arbitrary[] = [
  one(fc.constantFrom('LPUSH', 'RPUSH'), key, oddBody),
  one(fc.constantFrom('LPUSH', 'RPUSH'), key, oddBody, oddBody),
  one('LREM', key, '1', oddBody),
  one('LINSERT', key, 'BEFORE', oddBody, oddBody),
  one('LSET', key, '0', oddBody),
  one('PUBLISH', 'news', oddBody),
  one('XADD', 's', '*', oddBody, oddBody),
  one('XREAD', 'COUNT', fc.constantFrom('1', '3'), 'STREAMS', 's', '0'),
  one('LPOP', key, '3'),
];
const DUMPS: Arbitrary[] = [one('RESTORE', key, '0', DUMPED, maybe('REPLACE'))];
const EVICTION: Arbitrary[] = [
  one('CONFIG', 'SET', 'maxmemory-policy', fc.constantFrom('allkeys-random', 'volatile-ttl', 'noeviction')),
  one('CONFIG', 'SET', 'maxmemory', fc.constantFrom('1', '0')),
];
const SILENCE: Arbitrary[] = [one('CLIENT', 'REPLY', fc.constantFrom('OFF', 'SKIP', 'ON', 'ON'))];
const SCRIPTS: Arbitrary[] = [
  one('EVAL', "return redis.call('rpush', KEYS[1], ARGV[1])", '1', key, body),
  one('EVAL', "return redis.call('lpop', KEYS[1])", '1', key),
  one('EVAL', "return redis.call('publish', 'news', ARGV[1])", '0', body),
  one('EVAL', "return redis.call('xadd', KEYS[1], '*', 'k', ARGV[1])", '1', 's', body),
  one('FUNCTION', 'LOAD', 'REPLACE', LIBRARY),
  one('FCALL', 'give', '1', key, body),
];
const CONNECTION: Arbitrary[] = [one('PING'), one('NOSUCH', 'x'), one('LPUSH', 'a'), one('RESET')];

/** Random commands, and whole transactions of them. */
export function commands(uses: Uses): Arbitrary {
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
    ...(uses.types ? TYPES : []),
    ...(uses.awaited ? [...AWAITED, ...AWAITED, ...STREAMS] : []),
    ...(uses.control ? CONTROL : []),
    ...(uses.dialects ? DIALECTS : []),
    ...(uses.bodies ? BODIES : []),
    ...(uses.dumps ? DUMPS : []),
    ...(uses.eviction ? EVICTION : []),
  );
  if (!uses.transactions) return simple;
  const transaction = fc
    .tuple(fc.option(key), fc.array(simple, { maxLength: 4 }), fc.constantFrom('EXEC', 'EXEC', 'EXEC', 'DISCARD'))
    .map(([watched, inner, end]): Words[] => [
      ...(watched === null ? [] : [['WATCH', watched]]),
      ['MULTI'],
      ...inner.flat(),
      [end],
    ]);
  return fc.oneof({ weight: 8, arbitrary: simple }, { weight: 1, arbitrary: transaction });
}
