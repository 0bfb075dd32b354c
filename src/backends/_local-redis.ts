/** A private Redis from the binary on the PATH, which keeps nothing on disk. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BackendError } from '../core/errors.ts';
import { knock } from '../services/knock.ts';
import redis from '../services/redis.ts';
import { findProgram } from './_binaries.ts';
import type { Keeper } from './_keeper.ts';
import type { StartLocal } from './_local-parts.ts';
import { LocalServer, MAX_STARTS, PortLost } from './_local-server.ts';
import { assertFree, freePorts } from './_ports.ts';
import type { Availability } from './backend.ts';

const PROGRAMS = ['redis-server', 'valkey-server'];
const HINT = 'install it (Debian: apt install redis-server; macOS: brew install redis), or use the embedded one';
const START_MS = 15_000;
const run = promisify(execFile);

export async function probeRedis(): Promise<Availability> {
  const program = await findProgram(PROGRAMS);
  if (program === undefined) return { available: false, why: 'there is no redis-server on the PATH', hint: HINT };
  try {
    const { stdout } = await run(program, ['--version'], { timeout: 5000 });
    const version = /v=(\d[\w.-]*)/.exec(stdout)?.[1];
    return { available: true, ...(version === undefined ? {} : { version }), detail: program };
  } catch {
    return { available: false, why: `${program} --version fails`, hint: HINT };
  }
}

export const startRedis: StartLocal = async (keeper, { ports, progress, signal }) => {
  const program = await findProgram(PROGRAMS);
  if (program === undefined) throw new BackendError('there is no redis-server on the PATH', { hint: HINT });
  if (ports.redis !== undefined) await assertFree(ports.redis, 'redis');
  progress('starting redis-server');
  const { server, port } = await startOn(keeper, program, ports.redis, signal);
  const url = `redis://127.0.0.1:${port}`;
  const version = await knock(redis, new URL(url), signal);
  return [{ service: 'redis', url, version, exited: server.exited, restart: () => server.restart() }];
};

async function startOn(keeper: Keeper, program: string, chosen: number | undefined, signal: AbortSignal) {
  for (let tries = 1; ; tries++) {
    const port = chosen ?? (await freePorts(1))[0]!;
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
