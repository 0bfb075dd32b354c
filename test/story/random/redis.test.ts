/**
 * Random programs against the embedded Redis, whose witness tells what really happened: no told fact contradicts it, and
 * every account adds up.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs, seed } from './chosen.ts';
import { judge, judgeReal } from './redis-judge.ts';
import { type Program, politePrograms, type Uses, wildPrograms } from './redis-programs.ts';

const numRuns = runs(100);
const options = { numRuns, seed };
const TIMEOUT_MS = 60_000 + numRuns * 100;

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

async function check(program: Program, isCertain = false): Promise<void> {
  const { faults, unknown, among, lines } = await judge(program);
  if (faults.length > 0) expect(`${faults.join('\n')}\n\n${lines.join('\n')}`).toBe('');
  if (isCertain && unknown + among > 0) expect(`${unknown} unknown, ${among} among\n${lines.join('\n')}`).toBe('');
}

/** Every command waits for the answer of the one before, so that the order is known, and nothing happens by itself. */
describe('nothing is "not known" where the order is known', () => {
  test(
    'lists and keys',
    () =>
      fc.assert(
        fc.asyncProperty(politePrograms({}), (p) => check(p, true)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'commands whose answers are suppressed',
    () =>
      fc.assert(
        fc.asyncProperty(politePrograms({ silence: true, databases: true, listsOnly: true }, 1), (p) => check(p, true)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'entries of streams that are acknowledged, claimed and deleted by name',
    () =>
      fc.assert(
        fc.asyncProperty(politePrograms({ ids: true }), (p) => check(p, true)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'everything',
    () =>
      fc.assert(
        fc.asyncProperty(politePrograms(CERTAIN), (p) => check(p, true)),
        options,
      ),
    TIMEOUT_MS,
  );
});

describe('nothing is told that is not so', () => {
  test(
    'lists, while bytes are under way',
    () =>
      fc.assert(
        fc.asyncProperty(wildPrograms({}), (p) => check(p)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'who waits for lists',
    () =>
      fc.assert(
        fc.asyncProperty(wildPrograms({ blocking: true, databases: true, transactions: true }), (p) => check(p)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'streams',
    () =>
      fc.assert(
        fc.asyncProperty(wildPrograms({ streams: true, approximate: true, transactions: true }), (p) => check(p)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'publish and subscribe',
    () =>
      fc.assert(
        fc.asyncProperty(wildPrograms({ pubsub: true, transactions: true }), (p) => check(p)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'commands whose answers are suppressed',
    () =>
      fc.assert(
        fc.asyncProperty(wildPrograms({ silence: true, transactions: true, databases: true }), (p) => check(p)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'keys that expire',
    () =>
      fc.assert(
        fc.asyncProperty(wildPrograms({ expiry: true }), (p) => check(p)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'scripts',
    () =>
      fc.assert(
        fc.asyncProperty(wildPrograms({ scripts: true, pubsub: true }), (p) => check(p)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'connections that are lost',
    () =>
      fc.assert(
        fc.asyncProperty(wildPrograms({ cuts: true, blocking: true }), (p) => check(p)),
        options,
      ),
    TIMEOUT_MS,
  );
  test(
    'everything at once',
    () =>
      fc.assert(
        fc.asyncProperty(wildPrograms(ALL), (p) => check(p)),
        options,
      ),
    TIMEOUT_MS,
  );
});

test(
  'through real taps',
  () => {
    const property = fc.asyncProperty(wildPrograms({ ...CERTAIN, blocking: true }, 25), async (program) => {
      const { faults, lines } = await judgeReal(program);
      if (faults.length > 0) expect(`${faults.join('\n')}\n\n${lines.join('\n')}`).toBe('');
    });
    return fc.assert(property, { ...options, numRuns: Math.ceil(numRuns / 25), endOnFailure: true });
  },
  TIMEOUT_MS,
);
