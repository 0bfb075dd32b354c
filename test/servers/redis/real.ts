/** A private redis-server to compare with. Undefined where there is no binary. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absence } from '../../helpers/servers.ts';
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

/** The version of the redis-server on the PATH. */
export const realVersion: string | undefined = /v=([0-9.]+)/.exec(
  spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout ?? '',
)?.[1];

/** Whether the binary is of the release that the embedded server follows. Throws where it must be and is not. */
export const comparable =
  absence(
    realVersion?.startsWith('7.0.') ? undefined : `redis-server 7.0 is not here (${realVersion ?? 'none is'})`,
  ) === undefined;

export interface RealServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startReal(...options: string[]): Promise<RealServer> {
  const directory = mkdtempSync(join(tmpdir(), 'msgplay-redis-'));
  const port = await freePort();
  const child: ChildProcess = spawn(
    'redis-server',
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
