/**
 * `msgplay/test/node`, a set-up for node:test: a lab for each test file, its URLs in the environment before your
 * application is loaded, and a new story for each test.
 *
 * @example
 * // node --import msgplay/test/node --test
 * import { lab } from 'msgplay/test/node';
 */
import { after, afterEach } from 'node:test';
import { optionsFrom, variablesOf } from './environment.ts';
import type { TestLab } from './lab.ts';
import { startLab } from './start-lab.ts';

/** The process that runs test files in processes of their own is preloaded, too; it has no tests. */
const isRunner = process.execArgv.includes('--test') && process.env.NODE_TEST_CONTEXT === undefined;

/** The lab of this test file. */
export const lab: TestLab = isRunner ? (undefined as never) : await begin();

async function begin(): Promise<TestLab> {
  const started = await startLab(optionsFrom(process.env));
  Object.assign(process.env, variablesOf(started));
  afterEach(() => started.reset());
  after(() => started.close());
  return started;
}
