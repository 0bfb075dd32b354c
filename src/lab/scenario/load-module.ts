/** Loads a module that a user brings, in JavaScript or TypeScript. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory, ownDirectory } from '../../core/private-directory.ts';
import { loadServices } from '../../services/service.ts';

/**
 * The default export of a file. It may import msgplay and the client libraries that come with it though they are not
 * installed beside it. What is compiled is kept where only this user can write, or not at all.
 */
export async function loadModule(file: string): Promise<unknown> {
  const [{ createJiti }, services] = await Promise.all([import('jiti'), loadServices()]);
  const clients = new Set([...services.values()].flatMap((service) => service.clients));
  const alias = Object.fromEntries([...clients].map((name) => [name, fileURLToPath(import.meta.resolve(name))]));
  const own = fileURLToPath(new URL('../../index.js', import.meta.url));
  const cache = cacheDirectory();
  const fsCache = (cache !== undefined && ownDirectory(join(cache, 'compiled'))) || false;
  const load = (kept: string | false): Promise<unknown> =>
    createJiti(import.meta.url, { alias: { ...alias, msgplay: own }, fsCache: kept }).import(resolve(file), {
      default: true,
    });
  return fsCache === false
    ? load(false)
    : load(fsCache).catch((error) => (isFull(error) ? load(false) : throws(error)));
}

/** Whether something could not be written: what is compiled is then kept nowhere. */
function isFull(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
}

function throws(error: unknown): never {
  throw error;
}
