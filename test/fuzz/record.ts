/**
 * Records what clients and servers say, for the fuzzer to begin with: `npx jiti test/fuzz/record.ts` plays every scenario
 * through recorders and writes sessions/<service>.json, the start of some connections as [side, base64] chunks.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SERVICES, type Service } from '../../src/core/services.ts';
import { startServers } from '../../src/servers/embedded.ts';
import type { Session } from './sessions.ts';

const SESSIONS = 8;
const SESSION_BYTES = 6 * 1024;
const RUNS = [['job-queue', '--jobs', '3'], ['pubsub'], ['http-vs-ws'], ['stomp-chat']];

const bin = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
const servers = await startServers({ services: SERVICES });
const recorded = new Map<Service, Session[]>(SERVICES.map((service) => [service, []]));
const urls: string[] = [];

for (const service of SERVICES) {
  const url = new URL(servers.urls[service] ?? '');
  const port = Number(url.port);
  const recorder = createServer((client) => {
    const session: [string, string][] = [];
    let size = 0;
    const keep = (side: string) => (chunk: Buffer) => {
      size += chunk.length;
      if (size <= SESSION_BYTES) session.push([side, chunk.toString('base64')]);
    };
    recorded.get(service)?.push(session as Session);
    const server = connect(port, '127.0.0.1');
    client
      .on('data', keep('client'))
      .on('error', () => server.destroy())
      .pipe(server);
    server
      .on('data', keep('server'))
      .on('error', () => client.destroy())
      .pipe(client);
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => recorder.once('listening', ready));
  url.port = String((recorder.address() as { port: number }).port);
  recorder.unref();
  urls.push(`--${service}-url`, String(url).replace(/\/$/, ''));
}
for (const run of RUNS) await promisify(execFile)(process.execPath, [bin, 'run', ...run, ...urls]);
await servers.close();

mkdirSync(new URL('sessions/', import.meta.url), { recursive: true });
for (const [service, sessions] of recorded) {
  const bySize = sessions.filter((session) => session.length > 1);
  const kept = bySize.filter((_, at) => at % Math.ceil(bySize.length / SESSIONS) === 0);
  writeFileSync(new URL(`sessions/${service}.json`, import.meta.url), `${JSON.stringify(kept)}\n`);
  console.log(service, sessions.length, 'connections,', kept.length, 'kept');
}
process.exit();
