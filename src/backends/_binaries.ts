/** Finding server programs, also where a user's PATH does not lead. */

import { constants } from 'node:fs';
import { access, readdir, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { itemAt } from '../core/collections/present.ts';
import { newestFirst } from '../core/releases.ts';

/** Debian keeps servers in sbin, which a user's PATH leaves out; Homebrew and source builds have places of their own. */
const USUAL = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/opt/homebrew/sbin',
  '/opt/homebrew/bin',
];
const RABBITMQ_PLACES = ['/usr/lib/rabbitmq/bin', '/usr/local/opt/rabbitmq/sbin', '/opt/homebrew/opt/rabbitmq/sbin'];

export interface RabbitmqInstallation {
  /** The script that runs the server as whoever calls it. */
  readonly server: string;
  readonly version: string;
  /** Names of its plugins, without versions. */
  readonly plugins: ReadonlySet<string>;
}

/** Where programs are looked for: the PATH first, then the usual places. */
export function searchPath(): string[] {
  const path = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  return [...new Set([...path, ...USUAL])];
}

/** The first of these programs that there is, as an absolute path. */
export async function findProgram(
  names: readonly string[],
  places: readonly string[] = [],
): Promise<string | undefined> {
  return (await findPrograms(names, places))[0];
}

/** All of these programs that there are, as absolute paths, each once. */
export async function findPrograms(names: readonly string[], places: readonly string[] = []): Promise<string[]> {
  const found = new Map<string, string>();
  for (const directory of [...places, ...searchPath()]) {
    for (const name of names) {
      const file = join(directory, name);
      if (!(await isExecutable(file))) continue;
      const real = await realpath(file);
      if (!found.has(real)) found.set(real, file);
    }
  }
  return [...found.values()];
}

/**
 * The installed RabbitMQs, the newest one first. What the PATH leads to may be a package's wrapper, which switches to a user of its own; the
 * real script is the one that lies beside `rabbitmq-env` and near its plugins.
 */
export async function findRabbitmqs(): Promise<RabbitmqInstallation[]> {
  const installations = new Map<string, RabbitmqInstallation>();
  for (const directory of [...searchPath(), ...RABBITMQ_PLACES]) {
    const found = await realpath(join(directory, 'rabbitmq-server')).catch(() => undefined);
    if (
      !found ||
      !(await isExecutable(found)) ||
      !(await isExecutable(join(dirname(found), 'rabbitmq-env'), constants.R_OK))
    ) {
      continue;
    }
    const entries = await readdir(join(dirname(found), '..', 'plugins')).catch(() => []);
    const plugins = entries.map((entry) => /^(\w+)-(\d.*?)(?:\.ez)?$/.exec(entry));
    const version = plugins.find((match) => match?.[1] === 'rabbit')?.[2];
    if (version === undefined) continue;
    const names = plugins.flatMap((match) => (match ? [itemAt(match, 1)] : []));
    installations.set(found, { server: found, version, plugins: new Set(names) });
  }
  return [...installations.values()].sort((one, other) => newestFirst(one.version, other.version));
}

/** Erlang's port mapper: on the PATH, or beside the real `erl`. */
export async function findEpmd(): Promise<string | undefined> {
  const erl = await findProgram(['erl']);
  const real = erl === undefined ? undefined : await realpath(erl);
  return findProgram(['epmd'], real === undefined ? [] : [dirname(real)]);
}

async function isExecutable(file: string, mode = constants.X_OK): Promise<boolean> {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}
