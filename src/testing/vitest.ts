/**
 * `msgplay/test/vitest`, a set-up file for Vitest: a lab for each test file, its URLs in the environment before your
 * application is loaded, and a new story for each test.
 *
 * @example
 * // vitest.config.js
 * export default { test: { setupFiles: ['msgplay/test/vitest'] } };
 * // orders.test.js
 * import { lab } from 'msgplay/test/vitest';
 */
import { afterAll, afterEach } from 'vitest';
import { optionsFrom, variablesOf } from './environment.ts';
import { startLab } from './start-lab.ts';

/** The lab of this test file. */
export const lab = await startLab(optionsFrom(process.env));
Object.assign(process.env, variablesOf(lab));

afterEach(() => lab.reset());
afterAll(() => lab.close());
