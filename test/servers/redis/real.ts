/** Private servers to compare with: those releases that are installed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedises, type RedisInstallation } from '../../../src/backends/_local-redis.ts';
import { isRelease } from '../../../src/core/releases.ts';
import { RELEASES, type RedisRelease, releaseFor } from '../../../src/servers/redis/releases.ts';
import { type Absence, absence, releaseAbsence } from '../../helpers/servers.ts';
import { TestClient } from './client.ts';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const installed = await findRedises();

/** The installed server of a release. */
export function realOf({ name }: RedisRelease): RedisInstallation | undefined {
  return installed.find(({ version }) => isRelease(version, name));
}

/** Why a release is not here, if it is not. */
export function unavailable(release: RedisRelease): Absence {
  return releaseAbsence(realOf(release) === undefined ? `there is no Redis ${release.name} here` : undefined);
}

/** The releases that are here to compare with. Throws where there must be one and is none. */
export const COMPARABLE: readonly RedisRelease[] = RELEASES.filter((release) => unavailable(release) === undefined);
absence(COMPARABLE.length === 0 ? 'no Redis is here that the embedded one follows' : undefined);

export interface RealServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts an installed server of this release. */
export async function startReal(release = releaseFor(undefined), ...options: string[]): Promise<RealServer> {
  const { program } = realOf(release)!;
  const directory = mkdtempSync(join(tmpdir(), 'msgplay-redis-'));
  const port = await freePort();
  const child: ChildProcess = spawn(
    program,
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--enable-debug-command',
      'yes',
      ...options,
    ],
    { cwd: directory, stdio: 'ignore' },
  );
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let attempt = 0; ; attempt++) {
    try {
      (await TestClient.tcp(port)).close();
      break;
    } catch (error) {
      if (attempt > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return {
    port,
    async stop() {
      kill();
      await exited;
      process.off('exit', kill);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
