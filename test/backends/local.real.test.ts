import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoints, StartOptions } from '../../src/backends/backend.ts';
import local from '../../src/backends/local.ts';
import { BackendError } from '../../src/core/errors.ts';
import type { Service } from '../../src/core/services.ts';
import { compile } from '../helpers/compile.ts';
import { eventually } from '../helpers/eventually.ts';
import { processesWith } from '../helpers/processes.ts';
import { missing, titled } from '../helpers/servers.ts';

const noRedis = await missing('local', ['redis']);
const noRabbitmq = await missing('local', ['rabbitmq', 'stomp']);
const procHere = existsSync('/proc/self/environ');

function options(services: Service[], more: Partial<StartOptions> = {}): StartOptions {
  return { services, urls: {}, ports: {}, progress: () => {}, signal: new AbortController().signal, ...more };
}

function urlsOf({ endpoints }: Endpoints): Partial<Record<Service, string>> {
  return Object.fromEntries(endpoints.map(({ service, url }) => [service, url]));
}

async function failure(starting: Promise<Endpoints>): Promise<BackendError> {
  return starting.then(
    () => expect.fail('it must not start'),
    (error) => error,
  );
}

/** Local addresses that a process listens on, from the kernel's table; port and address in hexadecimal. */
function listeningAddresses(pid: string): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      } catch {
        return undefined;
      }
    }),
  );
  return ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'latin1').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.has(inode))
    .map(([, address]) => address!.split(':')[0]!);
}

it.skipIf(noRedis !== undefined)(titled('tells versions without starting anything', noRedis), async () => {
  expect(await local.probe('redis', {})).toMatchObject({
    available: true,
    version: expect.stringMatching(/^\d+\.\d/),
  });
});

describe.skipIf(noRedis !== undefined)(titled('redis-server', noRedis), () => {
  it('runs, restarts on the same port, and goes without a trace', async () => {
    const told: string[] = [];
    const running = await local.start(options(['redis'], { progress: (text) => told.push(text) }));
    const [endpoint] = running.endpoints;
    expect(endpoint).toMatchObject({ service: 'redis', backend: 'local', shared: false });
    expect(told).toEqual(['starting redis-server']);
    const client = new Redis(endpoint!.url, { retryStrategy: () => 20 });
    client.on('error', () => {});
    await client.set('a', 'b');
    const directory = (await client.config('GET', 'dir')) as string[];
    expect(await client.config('GET', 'save')).toContain('');
    await endpoint!.restart?.();
    expect(await client.get('a')).toBeNull();
    client.disconnect();
    await running.close();
    expect(existsSync(directory[1] ?? '')).toBe(false);
    await running.close();
  });

  it('says that a port is taken, or why it did not start', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const error = await failure(local.start(options(['redis'], { ports: { redis: port } })));
    expect(error).toBeInstanceOf(BackendError);
    expect([error.message, error.hint]).toEqual([`port ${port} is taken`, expect.stringContaining('--port redis=N')]);
    holder.close();
  });

  /** Puts a program of this name before all others on the PATH while `action` runs. */
  async function withProgram<T>(name: string, script: string, action: () => Promise<T>): Promise<T> {
    const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const { PATH } = process.env;
    process.env.PATH = `${directory}:${PATH}`;
    try {
      return await action();
    } finally {
      process.env.PATH = PATH;
      rmSync(directory, { recursive: true });
    }
  }

  it('repeats the last words of a server that does not start', async () => {
    const script =
      'if [ "$1" = --version ]; then echo "Redis server v=99.0.0"; else echo "*** FATAL CONFIG FILE ERROR ***"; exit 3; fi';
    const error = await withProgram('redis-server', script, () => failure(local.start(options(['redis']))));
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toMatch(/^redis-server did not start: exit code 3. Its last words:\n\*\*\* FATAL CONFIG/);
    expect(error.hint).toContain('embedded');
  });

  it('stops when the user gives up, at any moment', async () => {
    for (const turns of [0, 1, 3, 10, 30, 100]) {
      const giveUp = new AbortController();
      const starting = local.start(options(['redis'], { signal: giveUp.signal }));
      starting.catch(() => {});
      for (let turn = 0; turn < turns; turn++) await new Promise((next) => setTimeout(next, 1));
      giveUp.abort(new Error('enough'));
      const result = await starting.then((running) => running.close()).catch((error) => error.message);
      expect([undefined, 'enough']).toContain(result);
    }
  });
});

describe.skipIf(noRabbitmq !== undefined)(titled('rabbitmq-server', noRabbitmq), () => {
  let running: Endpoints;
  beforeAll(async () => {
    running = await local.start(options(['rabbitmq', 'stomp']));
  });
  afterAll(() => running.close());

  it('speaks AMQP and STOMP over WebSocket', () => {
    const { rabbitmq, stomp } = urlsOf(running);
    expect(rabbitmq).toMatch(/^amqp:\/\/guest:guest@127\.0\.0\.1:\d+$/);
    expect(stomp).toMatch(/^ws:\/\/guest:guest@127\.0\.0\.1:\d+\/ws$/);
    for (const { version, shared } of running.endpoints)
      expect([version, shared]).toEqual([expect.stringMatching(/^\d/), false]);
  });

  it.skipIf(!procHere)('listens on loopback only, its port mapper too', async () => {
    const { rabbitmq } = urlsOf(running);
    const port = new URL(rabbitmq!).port;
    const node = processesWith('RABBITMQ_NODE_PORT=').filter((line) =>
      read(line).includes(`RABBITMQ_NODE_PORT=${port}`),
    );
    const addresses = node.flatMap((line) => listeningAddresses(line.split(' ')[0]!));
    expect(addresses.length).toBeGreaterThanOrEqual(5);
    for (const address of addresses) expect(['0100007F', '00000000000000000000000001000000']).toContain(address);
  });

  it('keeps what is durable over a restart', async () => {
    const { rabbitmq } = urlsOf(running);
    const before = await connect(rabbitmq!);
    before.on('error', () => {});
    const channel = await before.createConfirmChannel();
    channel.on('error', () => {});
    await channel.assertQueue('kept', { durable: true });
    channel.sendToQueue('kept', Buffer.from('still here'), { persistent: true });
    await channel.waitForConfirms();
    await running.endpoints[0]!.restart?.();
    const after = await connect(rabbitmq!);
    const again = await after.createChannel();
    const message = await again.get('kept', { noAck: true });
    expect(message === false ? message : message.content.toString()).toBe('still here');
    await after.close();
  });
});

const noMinding = procHere ? noRedis : 'there is no /proc';
describe.skipIf(noMinding !== undefined)(titled('however msgplay dies', noMinding), () => {
  const compiled = compile();
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    compiled.remove();
  });
  const program = join(compiled.directory, 'start.js');
  writeFileSync(
    program,
    `import local from './src/backends/local.js';
     const services = process.argv[2].split(',');
     const progress = (text) => console.log(text);
     await local.start({ services, urls: {}, ports: {}, progress, signal: new AbortController().signal });
     console.log('ready');
     setInterval(() => {}, 1000);`,
  );
  let runs = 0;

  /** Starts msgplay's part in a process of its own, whose temporary directory marks all that descends from it. */
  function begin(services: Service[]): { child: ChildProcess; temporary: string; lines: string[] } {
    const temporary = join(compiled.directory, `tmp-${++runs}`);
    mkdirSync(temporary);
    const env = { ...process.env, TMPDIR: temporary };
    const child = spawn(process.execPath, [program, services.join(',')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const lines: string[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line));
    return { child, temporary, lines };
  }

  async function expectNothingLeft(temporary: string): Promise<void> {
    await eventually(() => expect(processesWith(temporary)).toEqual([]));
    expect(readdirSync(temporary)).toEqual([]);
  }

  const all: Service[] = noRabbitmq === undefined ? ['redis', 'rabbitmq', 'stomp'] : ['redis'];
  it.each(['SIGKILL', 'SIGINT'] as const)(
    'nothing is left when it is ended by %s while servers run',
    async (signal) => {
      const { child, temporary, lines } = begin(signal === 'SIGKILL' ? all : ['redis']);
      await eventually(() => expect(lines).toContain('ready'), 60_000);
      const servers = processesWith(temporary).filter((line) => !line.includes('start.js'));
      expect(servers.join('\n')).toContain('redis-server');
      if (signal === 'SIGKILL' && noRabbitmq === undefined) {
        for (const name of ['epmd', 'beam']) expect(servers.join('\n')).toContain(name);
      }
      child.kill(signal);
      await expectNothingLeft(temporary);
    },
  );

  it('nothing is left when it is killed at any moment of a start', async () => {
    const moments: ((temporary: string, lines: string[]) => boolean)[] = [
      (temporary) => processesWith(temporary).length > 1,
      (temporary) => readdirSync(temporary).length > 0,
      (_temporary, lines) => lines.length > 0,
      (temporary) => processesWith(temporary).some((line) => line.includes('redis-server')),
      (temporary) => processesWith(temporary).some((line) => line.includes('epmd')) || noRabbitmq !== undefined,
      (temporary) => processesWith(temporary).some((line) => line.includes('beam')) || noRabbitmq !== undefined,
    ];
    for (const moment of moments) {
      const { child, temporary, lines } = begin(all);
      await eventually(() => expect(moment(temporary, lines)).toBe(true));
      child.kill('SIGKILL');
      await expectNothingLeft(temporary);
    }
  }, 60_000);

  it.each(['SIGTERM', 'SIGKILL'] as const)('nothing is left when the watchdog itself gets %s', async (signal) => {
    const { child, temporary, lines } = begin(['redis']);
    await eventually(() => expect(lines).toContain('ready'));
    const [watchdog] = processesWith(temporary).filter((line) => line.includes('msgplay-watchdog'));
    process.kill(Number(watchdog!.split(' ')[0]), signal);
    const servers = (): string[] => processesWith(temporary).filter((line) => !line.includes('start.js'));
    await eventually(() => expect(servers()).toEqual([]));
    await eventually(() => expect(readdirSync(temporary)).toEqual([]));
    child.kill('SIGKILL');
    await expectNothingLeft(temporary);
  });
});

function read(line: string): string {
  return readFileSync(`/proc/${line.split(' ')[0]}/environ`, 'latin1');
}
