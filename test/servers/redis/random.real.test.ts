/** Random sequences of commands, transactions and expiry among them, must be answered alike. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue } from '../../../src/protocols/resp/index.ts';
import { LOOSENINGS } from './contract/_loosenings.ts';
import { embeddedSide, realSide, type Side } from './contract/_sides.ts';
import { COMPARABLE } from './real.ts';

const key = fc.constantFrom('a', 'b', 'c');
const member = fc.constantFrom('x', 'y', 'z', '1', '2', '10', '');
const value = fc.oneof(
  fc.constantFrom('0', '1', '-5', '3.5', '9223372036854775807', 'text', ''),
  fc.string({ maxLength: 12 }),
);
const index = fc.constantFrom('0', '1', '2', '-1', '-2', '5', 'x');
const score = fc.constantFrom('0', '1', '1.5', '-2', 'inf', '-inf', '(1', '1e3');

const words = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string[]> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)));

const command = fc.oneof(
  words('SET', key, value),
  words('SET', key, value, fc.constantFrom('NX', 'XX', 'GET', 'KEEPTTL')),
  words('SET', key, value, 'PX', fc.constantFrom('100000', '0', 'x')),
  words(
    fc.constantFrom(
      'GET',
      'GETDEL',
      'STRLEN',
      'TYPE',
      'EXISTS',
      'DEL',
      'PERSIST',
      'LLEN',
      'SCARD',
      'HLEN',
      'ZCARD',
      'XLEN',
      'INCR',
      'DECR',
      'LPOP',
      'RPOP',
      'TTL',
    ),
    key,
  ),
  words('OBJECT', 'ENCODING', key),
  words(fc.constantFrom('APPEND', 'INCRBY', 'INCRBYFLOAT', 'GETSET', 'SETNX', 'LPUSH', 'RPUSH', 'LPUSHX'), key, value),
  words('SETRANGE', key, fc.constantFrom('0', '3', '-1'), value),
  words(fc.constantFrom('GETRANGE', 'LRANGE', 'LTRIM', 'ZRANGE', 'ZREMRANGEBYRANK'), key, index, index),
  words(fc.constantFrom('LREM', 'LSET'), key, index, member),
  words('LINSERT', key, fc.constantFrom('BEFORE', 'AFTER'), member, member),
  words('LPOS', key, member, 'COUNT', '0'),
  words(fc.constantFrom('RPOPLPUSH', 'RENAME', 'RENAMENX', 'COPY'), key, key),
  words('LMOVE', key, key, 'LEFT', 'RIGHT'),
  words('HSET', key, member, value),
  words('HSETNX', key, member, value),
  words(
    fc.constantFrom('HGET', 'HDEL', 'HEXISTS', 'SISMEMBER', 'SREM', 'ZSCORE', 'ZREM', 'ZRANK', 'ZREVRANK'),
    key,
    member,
  ),
  words(fc.constantFrom('HGETALL', 'HKEYS', 'HVALS'), key),
  words(fc.constantFrom('HINCRBY', 'HINCRBYFLOAT'), key, member, value),
  words('SADD', key, member, member),
  words('SMOVE', key, key, member),
  words(fc.constantFrom('SMEMBERS', 'SORT'), key),
  words(fc.constantFrom('SINTER', 'SUNION', 'SDIFF'), key, key),
  words(fc.constantFrom('SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE'), key, key, key),
  words('ZADD', key, score, member),
  words('ZADD', key, fc.constantFrom('NX', 'XX', 'GT', 'LT', 'CH'), score, member),
  words('ZINCRBY', key, score, member),
  words(fc.constantFrom('ZRANGEBYSCORE', 'ZCOUNT', 'ZREMRANGEBYSCORE'), key, score, score),
  words(fc.constantFrom('ZPOPMIN', 'ZPOPMAX'), key),
  words(fc.constantFrom('ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE'), key, '2', key, key),
  words('SETBIT', key, fc.constantFrom('0', '7', '20'), fc.constantFrom('0', '1', '2')),
  words('BITCOUNT', key),
  words('XADD', key, fc.constantFrom('1-1', '2-0', '2-*', '0-1'), 'f', value),
  words('XRANGE', key, '-', '+'),
  words('XDEL', key, fc.constantFrom('1-1', '2-0')),
  words('XGROUP', 'CREATE', key, 'g', fc.constantFrom('0', '$'), 'MKSTREAM'),
  words('XREADGROUP', 'GROUP', 'g', fc.constantFrom('c', 'd'), 'COUNT', '1', 'STREAMS', key, '>'),
  words('XACK', key, 'g', fc.constantFrom('1-1', '2-0')),
  words('XINFO', 'GROUPS', key),
  words('XPENDING', key, 'g'),
  words('EXPIRE', key, fc.constantFrom('100', '-1', 'x')),
  words(fc.constantFrom('MULTI', 'EXEC', 'DISCARD', 'DBSIZE')),
  words('WATCH', key),
  words('PFADD', key, member),
  words('PFCOUNT', key),
  words('EVAL', "return {redis.pcall('incr', KEYS[1]), redis.call('type', KEYS[1])}", '1', key),
);

/** Replies in the order of a hash table. */
const UNORDERED = new Set(['SMEMBERS', 'SINTER', 'SUNION', 'SDIFF', 'EXEC', 'HGETALL', 'HKEYS', 'HVALS']);

async function replies(side: Side, commands: readonly string[][]): Promise<string[]> {
  const client = await side.connect();
  const all: string[] = [];
  await client.call('FLUSHALL');
  for (const args of commands) {
    const reply = await client.call(...args);
    const view = UNORDERED.has(args[0]!) ? LOOSENINGS.nested!.view(reply) : reply;
    all.push(`${args.join(' ')} => ${encodeValue(view).toString('latin1')}`);
  }
  client.close();
  return all;
}

describe.each(COMPARABLE)('Redis $name, random sequences of commands', (release) => {
  it('are answered as Redis answers them', async () => {
    const [embedded, real] = [await embeddedSide(release), await realSide(release)];
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 60 }), async (commands) => {
          expect(await replies(embedded, commands)).toEqual(await replies(real, commands));
        }),
        { numRuns: Number(process.env.RANDOM_RUNS ?? 120) },
      );
    } finally {
      await embedded.close();
      await real.close();
    }
  }, 60_000);
});
