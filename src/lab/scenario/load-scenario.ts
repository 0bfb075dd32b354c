/** Loading a scenario file from code. */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { Scenario } from './scenario.ts';
import { mistakeIn } from './shape.ts';

/**
 * The scenario that a file exports, in JavaScript or TypeScript, on every Node. The file may import msgplay and the
 * client libraries that come with it, though they are not installed beside it.
 *
 * Throws a UsageError where there is no such file, where it can't be loaded, or where it exports no scenario.
 *
 * @example
 * const scenario = await loadScenario(new URL('./msgplay/hello.ts', import.meta.url));
 * const { outcome } = await runScenario(scenario);
 */
export async function loadScenario(file: string | URL): Promise<Scenario> {
  const path = typeof file === 'string' ? file : fileURLToPath(file);
  if (!(await stat(path).catch(() => undefined))?.isFile()) throw new UsageError(`There is no file '${path}'.`);
  const { loadModule } = await import('./load-module.ts');
  const found = (await loadModule(path).catch((error: unknown) => {
    throw new UsageError(`${path} can't be loaded: ${messageOf(error)}`, { cause: error });
  })) as Partial<Scenario> | undefined;
  if (typeof found?.run === 'function' && typeof found.name === 'string') {
    const mistake = mistakeIn(found);
    if (mistake !== undefined) throw new UsageError(`${path} can't be loaded: ${mistake}`);
    return found as Scenario;
  }
  throw new UsageError(`${path} does not export a scenario.`, {
    hint: 'Its default export must be the result of defineScenario from msgplay.',
  });
}
