/**
 * Between finding a free port and a server's taking it, somebody else may take it: the server starts on others then. One
 * that is started again has to have the ports that its clients know, and waits for them.
 */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findEpmd, findProgram, findRabbitmqs } from '../../src/backends/_binaries.ts';
import type { Endpoint, Endpoints } from '../../src/backends/backend.ts';
import local from '../../src/backends/local.ts';
import { missing, titled } from '../helpers/servers.ts';

const noRedis = await missing('local', ['redis']);
const noRabbitmq = await missing('local', ['rabbitmq', 'stomp']);

let holder: Server;
let taken: number;
beforeAll(async () => {
  holder = createServer((socket) => socket.destroy());
  await new Promise<void>((listening) => holder.listen(0, '127.0.0.1', listening));
  taken = (holder.address() as { port: number }).port;
});
afterAll(() => new Promise((closed) => holder.close(closed)));

/** Starts what `local` can, with these programs before all others on the PATH; `links` are files beside them. */
async function start(
  services: ('redis' | 'rabbitmq')[],
  programs: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
  use: (running: Endpoints, directory: string) => Promise<void> = async () => {},
): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
  const { PATH } = process.env;
  process.env.PATH = `${join(directory, 'bin')}:${PATH}`;
  try {
    mkdirSync(join(directory, 'bin'));
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(directory, name));
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(directory, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const { signal } = new AbortController();
    const running = await local.start({ services, urls: {}, ports: {}, progress: () => {}, signal });
    await use(running, directory).finally(() => running.close());
    return running.endpoints.map(({ url }) => new URL(url).port);
  } finally {
    process.env.PATH = PATH;
    rmSync(directory, { recursive: true });
  }
}

/** The second start of this program waits until its port is held, and then fails. */
const losingAtSecond = (program: string): string => `
  [ "$1" != --version ] || exec ${program} "$@"
  here=$(dirname "$0")/..
  echo >> "$here/starts"
  [ "$(wc -l < "$here/starts")" -eq 2 ] || exec ${program} "$@"
  until [ -e "$here/held" ]; do sleep 0.02; done
  ${program} "$@"
  : > "$here/refused"
  exit 1`;

/** Restarts it while somebody has its port, who leaves when a start has failed for it. */
async function restartWhileHeld({ endpoints }: Endpoints, directory: string): Promise<void> {
  const [{ url, restart }] = endpoints as [Endpoint];
  const restarted = restart!();
  const port = Number(new URL(url).port);
  const thief = createServer();
  await vi.waitFor(
    () =>
      new Promise<void>((listening, reject) => {
        thief.once('error', reject);
        thief.listen({ port, host: '127.0.0.1', exclusive: true }, listening);
      }),
    { timeout: 60_000, interval: 20 },
  );
  writeFileSync(join(directory, 'held'), '');
  await vi.waitUntil(() => existsSync(join(directory, 'refused')), { timeout: 60_000, interval: 20 });
  thief.close();
  await restarted;
}

describe.skipIf(noRedis !== undefined)(titled('redis-server', noRedis), () => {
  it('starts again on another port', async () => {
    const program = await findProgram(['redis-server']);
    // The first start gets the port that is taken; it leaves a mark in its working directory.
    const first = `shift 2; : > lost; exec ${program} --port ${taken} "$@"`;
    const [port] = await start(['redis'], { 'redis-server': `[ -e lost ] && exec ${program} "$@"; ${first}` });
    expect(Number(port)).not.toBe(taken);
  });

  it('is started again when its port is free again', async () => {
    const program = await findProgram(['redis-server']);
    await start(['redis'], { 'redis-server': losingAtSecond(program!) }, {}, restartWhileHeld);
  });
});

describe.skipIf(noRabbitmq !== undefined)(titled('rabbitmq-server', noRabbitmq), () => {
  const CONFIGURE = 'sed -i "s/^listeners.tcp.1 = .*/listeners.tcp.1 = 127.0.0.1:$TAKEN/" "$RABBITMQ_CONFIG_FILE"';
  it.each([
    { lost: 'of AMQP', node: CONFIGURE, mapper: ':' },
    { lost: 'for other nodes', node: 'export RABBITMQ_DIST_PORT=$TAKEN', mapper: ':' },
    // A port mapper whose port is taken leaves at once, without a word.
    { lost: 'of the port mapper', node: 'export ERL_EPMD_PORT=$TAKEN', mapper: 'exit 0' },
  ])('starts again on another port $lost', async ({ node, mapper }) => {
    const { server } = (await findRabbitmqs())[0]!;
    const [erl, epmd] = [realpathSync((await findProgram(['erl']))!), await findEpmd()];
    const atFirst = (action: string): string => `TAKEN=${taken}; case "$HOME" in *rabbitmq-1) ${action} ;; esac`;
    const [port] = await start(
      ['rabbitmq'],
      {
        'rabbitmq-server': `${atFirst(node)}\nexec ${server} "$@"`,
        // The port mapper is looked for beside the real erl.
        erl: `exec ${erl} "$@"`,
        epmd: `${atFirst(mapper)}\nexec ${epmd} "$@"`,
      },
      { plugins: join(dirname(server), '..', 'plugins'), 'bin/rabbitmq-env': join(dirname(server), 'rabbitmq-env') },
    );
    expect(Number(port)).not.toBe(taken);
  });

  it('is started again when its port is free again', async () => {
    const { server } = (await findRabbitmqs())[0]!;
    const links = {
      plugins: join(dirname(server), '..', 'plugins'),
      'bin/rabbitmq-env': join(dirname(server), 'rabbitmq-env'),
    };
    await start(['rabbitmq'], { 'rabbitmq-server': losingAtSecond(server) }, links, restartWhileHeld);
  });
});
