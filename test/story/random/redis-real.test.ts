/** Random programs on a real redis-server, whose MONITOR tells the order: no told fact contradicts it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPARABLE, type RealServer, startReal } from '../../servers/redis/real.ts';
import type { Uses } from './redis/commands.ts';
import { judgeReal } from './redis/judge.ts';
import { wildPrograms } from './redis/programs.ts';

const numRuns = Number(process.env.MSGPLAY_RANDOM_REAL_RUNS ?? 10);
const USES: Uses[] = [
  {},
  { blocking: true, transactions: true, databases: true },
  { streams: true, transactions: true },
  { pubsub: true },
  { types: true, databases: true },
  { bodies: true, pubsub: true },
];

describe.each(COMPARABLE)('Redis $name: nothing is told of a real server that is not so', (release) => {
  let server: RealServer;
  beforeAll(async () => {
    server = await startReal(release);
  });
  afterAll(() => server?.stop());

  test.each(USES)(
    'with %j',
    async (uses) => {
      const property = fc.asyncProperty(wildPrograms(uses, { minLength: 1, maxLength: 25 }), async (program) => {
        const { faults, lines } = await judgeReal(program, server.port);
        if (faults.length > 0) expect(`${faults.join('\n')}\n\n${lines.join('\n')}`).toBe('');
      });
      await fc.assert(property, { numRuns, endOnFailure: true });
    },
    60_000 + numRuns * 2_000,
  );
});
