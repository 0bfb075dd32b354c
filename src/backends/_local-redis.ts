/** A private Redis from the binary on the PATH, which keeps nothing on disk. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { present } from '../core/collections/present.ts';
import { BackendError } from '../core/errors.ts';
import { isRelease, newestFirst } from '../core/releases.ts';
import { knock } from '../services/knock.ts';
import redis from '../services/redis.ts';
import { findPrograms } from './_binaries.ts';
import type { Keeper } from './_keeper.ts';
import type { StartLocal } from './_local-parts.ts';
import { LocalServer, MAX_STARTS, PortLost } from './_local-server.ts';
import { assertFree, freePorts } from './_ports.ts';
import type { Availability, Versions } from './backend.ts';

const PROGRAMS = ['redis-server', 'valkey-server'];
const HINT = 'install it (Debian: apt install redis-server; macOS: brew install redis), or use the embedded one';
const START_MS = 15_000;
const run = promisify(execFile);

/** A server that is installed. */
export interface RedisInstallation {
  readonly program: string;
  /** `8.0.2`, `valkey-8.1.1`. */
  readonly version: string;
}

/** The Redises and Valkeys that are installed: Redis before Valkey, newer ones first. */
export async function findRedises(): Promise<RedisInstallation[]> {
  const found = (await findPrograms(PROGRAMS)).map(async (program) => {
    const { stdout } = await run(program, ['--version'], { timeout: 5000 }).catch(() => ({ stdout: '' }));
    const [, product, version] = /^(\w+) server v=(\d[\w.-]*)/.exec(stdout) ?? [];
    if (version === undefined) return [];
    return [{ program, version: product === 'Valkey' ? `valkey-${version}` : version }];
  });
  return (await Promise.all(found)).flat().sort((one, other) => newestFirst(one.version, other.version));
}

export async function probeRedis(versions: Versions = {}): Promise<Availability> {
  const { found, why } = await choose(versions);
  if (!found) return { available: false, why, hint: HINT };
  return { available: true, version: found.version, detail: found.program };
}

/** The newest one that is installed, or the one that was asked for. */
async function choose({
  redis: asked,
}: Versions = {}): Promise<{ found: RedisInstallation; why?: undefined } | { found?: undefined; why: string }> {
  const all = await findRedises();
  if (all.length === 0) {
    const mute = (await findPrograms(PROGRAMS))[0];
    return { why: mute === undefined ? 'there is no redis-server on the PATH' : `${mute} --version fails` };
  }
  const found = all.find(({ version }) => asked === undefined || isRelease(version, asked));
  if (found) return { found };
  return { why: `there is no Redis ${asked} here, but ${all.map(({ version }) => version).join(', ')}` };
}

export const startRedis: StartLocal = async (keeper, { ports, versions, progress, signal }) => {
  const { found, why } = await choose(versions);
  if (!found) throw new BackendError(why, { hint: HINT });
  if (ports.redis !== undefined) await assertFree(ports.redis, 'redis');
  await keeper.assertRoom();
  progress('starting redis-server');
  const { server, port } = await startOn(keeper, found.program, ports.redis, signal);
  const url = `redis://127.0.0.1:${port}`;
  await knock(redis, new URL(url), signal);
  return [{ service: 'redis', url, version: found.version, exited: server.exited, restart: () => server.restart() }];
};

async function startOn(keeper: Keeper, program: string, chosen: number | undefined, signal: AbortSignal) {
  for (let tries = 1; ; tries++) {
    const port = chosen ?? present((await freePorts(1))[0]);
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const plan = {
      name: `redis-${tries}`,
      title: 'redis-server',
      command: program,
      args: [...args, '--daemonize', 'no', '--dir', keeper.directory],
      env: { LANG: 'C.UTF-8' },
      ready: /Ready to accept connections/,
      startMs: START_MS,
    };
    try {
      return { server: await LocalServer.start(keeper, plan, signal), port };
    } catch (error) {
      if (!(error instanceof PortLost)) throw error;
      if (chosen !== undefined || tries === MAX_STARTS) {
        throw new BackendError(`port ${port} for Redis is taken`, {
          hint: 'try again, or name another with --port redis=N',
        });
      }
    }
  }
}
