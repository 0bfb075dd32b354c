/** Random sequences in which some clients block, while another pushes, lets keys expire and runs transactions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue } from '../../../src/protocols/resp/index.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { TestClient } from './client.ts';
import { embeddedSide, realSide, type Side } from './contract/_sides.ts';
import { COMPARABLE } from './real.ts';

/** Who sends what: `a` never blocks and may send several commands in a row. */
type Step = readonly [client: string, ...commands: string[][]];

const key = fc.constantFrom('k', 'l');
const item = fc.constantFrom('1', '2', '3');
const end = fc.constantFrom('LEFT', 'RIGHT');
const words = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string[]> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)));

const change = fc.oneof(
  words(fc.constantFrom('LPUSH', 'RPUSH'), key, item),
  words(fc.constantFrom('LPUSH', 'RPUSH'), key, item, item, item),
  words('ZADD', key, item, item),
  words('ZADD', key, '1', 'x', '2', 'y'),
  words('XADD', key, fc.constantFrom('1-1', '2-*', '3-3'), 'f', item),
  words(fc.constantFrom('DEL', 'LPOP', 'ZPOPMAX', 'TYPE'), key),
  words(fc.constantFrom('RENAME', 'RPOPLPUSH'), key, key),
  words('SET', key, 'text'),
  words('EVAL', "return redis.call('rpush', KEYS[1], 'a', 'b')", '1', key),
);
const transaction = fc
  .array(change, { minLength: 1, maxLength: 4 })
  .map((commands): string[][] => [['MULTI'], ...commands, ['EXEC']]);
const blocking = fc.oneof(
  words(fc.constantFrom('BLPOP', 'BRPOP', 'BZPOPMIN', 'BZPOPMAX'), key, key, '0'),
  words('BLMOVE', key, key, end, end, '0'),
  words('BLMPOP', '0', '2', key, key, end, 'COUNT', '2'),
  words('BZMPOP', '0', '1', key, 'MIN', 'COUNT', '2'),
  words('XREAD', 'BLOCK', '0', 'STREAMS', key, fc.constantFrom('0', '1-1', '$')),
  words('BLPOP', key, '0.01'),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: change.map((command): Step => ['a', command]) },
  { weight: 1, arbitrary: transaction.map((commands): Step => ['a', ...commands]) },
  { weight: 1, arbitrary: words('PEXPIRE', key, '1').map((command): Step => ['a', command]) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('b', 'c', 'd'), blocking) },
);

async function blockedClients(observer: TestClient): Promise<number> {
  return Number(/blocked_clients:(\d+)/.exec(await observer.bytes('INFO', 'clients'))![1]);
}

async function play(side: Side, steps: readonly Step[]): Promise<string[]> {
  const observer = await side.connect();
  await observer.call('FLUSHALL');
  const clients = new Map<string, TestClient>();
  for (const name of ['a', 'b', 'c', 'd']) clients.set(name, await side.connect());
  const waiting = new Set<string>();
  const log: string[] = [];
  const take = async (name: string): Promise<void> => {
    log.push(`${name} <= ${encodeValue(await clients.get(name)!.next()).toString('latin1')}`);
  };
  const answered = (): string[] => [...waiting].filter((name) => clients.get(name)!.pending.length > 0);
  for (const [name, ...commands] of steps) {
    if (waiting.has(name)) continue;
    for (const args of commands) {
      log.push(`${name} => ${args.join(' ')}`);
      clients.get(name)!.send(...args);
      if (name === 'a') await take('a');
      else waiting.add(name);
      // A key of one millisecond is gone after three, whoever looks.
      if (args[0] === 'PEXPIRE') await side.pass(3);
      // The timeout is part of the step, so that it can't fall into a later one.
      if (args.at(-1) === '0.01') await side.pass(120);
    }
    await eventually(async () => {
      const blocked = await blockedClients(observer);
      expect(blocked + answered().length, log.join('\n')).toBe(waiting.size);
    }, 2000);
    for (const served of answered().sort()) {
      await take(served);
      waiting.delete(served);
    }
  }
  for (const client of clients.values()) client.duplex.end();
  await eventually(async () => expect(await blockedClients(observer)).toBe(0));
  observer.close();
  return log;
}

describe.each(COMPARABLE)('Redis $name, random sequences with blocking clients', (release) => {
  it('are answered as Redis answers them', async () => {
    const [embedded, real] = [await embeddedSide(release), await realSide(release)];
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async (steps) => {
          expect(await play(embedded, steps)).toEqual(await play(real, steps));
        }),
        { numRuns: Number(process.env.RANDOM_RUNS ?? 60), endOnFailure: true },
      );
    } finally {
      await embedded.close();
      await real.close();
    }
  }, 90_000);
});
