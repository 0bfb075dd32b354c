/** Files that users bring: scenarios and reporters, in JavaScript or TypeScript. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, UsageError } from '../core/errors.ts';
import { loadServices } from '../services/service.ts';

/** Whether a word of a command line names a file, and not something by its name. */
export function isFile(word: string): boolean {
  return /\.[cm]?[jt]s$/.test(word);
}

/**
 * The default export of a file. It may import msgplay and the client libraries that come with it though they are not
 * installed beside it. Throws a UsageError where there is no such file, or where it can't be loaded.
 */
export async function importFile(file: string): Promise<unknown> {
  const path = resolve(file);
  await access(path).catch(() => {
    throw new UsageError(`There is no file '${file}'.`);
  });
  const { createJiti } = await import('jiti');
  const services = await loadServices();
  const clients = new Set([...services.values()].flatMap((service) => service.clients));
  const alias = Object.fromEntries([...clients].map((name) => [name, fileURLToPath(import.meta.resolve(name))]));
  const own = fileURLToPath(new URL('../index.js', import.meta.url));
  const jiti = createJiti(import.meta.url, { alias: { ...alias, msgplay: own } });
  return jiti.import(path, { default: true }).catch((error: unknown) => {
    throw new UsageError(`${file} can't be loaded: ${messageOf(error)}`, { cause: error });
  });
}
