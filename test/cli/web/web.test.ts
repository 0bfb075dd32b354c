/** `--web`: the page of what happens, served to this machine and to nobody else, however it is asked for. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { msgplay, type Running, start } from '../../helpers/cli.ts';
import { ask, hears, hearsTheEnd, listenTo, pageUrl } from '../../helpers/events.ts';
import { eventually } from '../../helpers/eventually.ts';

async function up(): Promise<{ running: Running; url: string; redis: Redis }> {
  const running = start(['up', 'redis', '--web', '--json']);
  await running.says(/\}\n/);
  const redis = new Redis(JSON.parse(running.stdout()).redis.url, { connectionName: 'shop' });
  redis.on('error', () => {});
  onTestFinished(() => redis.disconnect());
  return { running, url: pageUrl(running.stderr()), redis };
}

test('a run ends as it would without a page, and the page ends in the whole run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-web-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'run.ndjson');
  const running = start(['run', '--web', 'pubsub', '--pace', '40ms', '--report', `ndjson=${file}`]);
  await running.says(/The page/);
  const listener = await listenTo(pageUrl(running.stderr()));
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  expect(stdout).toContain('pubsub');
  await hearsTheEnd(listener);
  const told = listener.pieces().filter(({ event }) => 'seq' in event);
  expect(told[0]?.event.type).toBe('run-start');
  expect(told.at(-1)?.event).toMatchObject({ type: 'run-end', outcome: 'passed' });
  // Every event that the saved run has and the page shows.
  const saved = readFileSync(file, 'utf8').trimEnd().split('\n');
  const seqs = saved.map((line) => JSON.parse(line)).filter(({ type }) => type !== 'peer' && type !== 'connection');
  expect(told.map(({ event }) => event.seq)).toEqual(seqs.map(({ seq }) => seq));
});

test('several runs come one after the other', async () => {
  const running = start(['run', 'pubsub', 'topics', '--web', '--pace', '20ms']);
  await running.says(/The page/);
  const listener = await listenTo(pageUrl(running.stderr()));
  expect((await running.ended).code).toBe(0);
  await hearsTheEnd(listener);
  const starts = listener.pieces().filter(({ event }) => event.type === 'run-start');
  expect(starts.map(({ event }) => event.scenario)).toEqual(['pubsub', 'topics']);
});

test('runs that happen at the same time are told in their order', async () => {
  const running = start(['run', 'hello-queue', 'pubsub', 'topics', '--web', '-j', '3', '--repeat', '2']);
  await running.says(/The page/);
  const listener = await listenTo(pageUrl(running.stderr()));
  expect((await running.ended).code).toBe(0);
  await hearsTheEnd(listener);
  const told = listener.pieces().map(({ event }) => event);
  const starts = told.filter(({ type }) => type === 'run-start').map(({ scenario, seed }) => `${scenario} ${seed}`);
  const names = ['hello-queue', 'pubsub', 'topics'];
  expect(starts).toEqual([...names.map((name) => `${name} 1`), ...names.map((name) => `${name} 2`)]);
  expect(told.filter(({ type }) => type === 'run-end')).toHaveLength(6);
});

test('a run that Ctrl-C ends is told to its end', async () => {
  const running = start(['run', 'pubsub', '--web', '--pace', '300ms']);
  await running.says(/The page/);
  const listener = await listenTo(pageUrl(running.stderr()));
  await hears(listener, /run-start/);
  running.child.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
  await hearsTheEnd(listener);
  expect(listener.pieces().at(-1)?.event).toMatchObject({ type: 'run-end' });
});

describe('what clients say to servers that are kept', () => {
  test('is told while it happens, by the names that they give themselves', async () => {
    const { running, url, redis } = await up();
    const listener = await listenTo(url);
    await redis.lpush('mail', 'to ada');
    await hears(listener, /LPUSH.*mail/);
    const line = listener.pieces().find(({ event }) => event.type === 'message');
    expect(line?.event).toMatchObject({ peer: 'shop', service: 'redis' });
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    await hearsTheEnd(listener);
  });

  test('is told to whoever comes late, and to whoever comes back from where they were', async () => {
    const { url, redis } = await up();
    for (let count = 0; count < 20; count++) await redis.lpush('mail', `letter ${count}`);
    const late = await listenTo(url);
    await hears(late, /letter 19/);
    expect(late.pieces()[0]?.event.type).toBe('run-start');
    expect(JSON.stringify(late.pieces())).toContain('letter 0');
    const { id } = late.heard.at(-1)!;
    late.close();
    await redis.lpush('mail', 'news');
    const again = await listenTo(url, id);
    await hears(again, /news/);
    expect(again.heard[0]?.event).toBe('pieces');
    expect(JSON.stringify(again.heard)).not.toContain('letter 19');
    // A number of another time is no place to go on from.
    const lost = await listenTo(url, id + 100_000);
    await hears(lost, /letter 0/);
    expect(lost.heard[0]?.event).toBe('anew');
  });

  test('is told of every service', async () => {
    const running = start(['up', 'http', 'ws', 'rabbitmq', '--web', '--json']);
    await running.says(/\}\n/);
    const { http, ws, rabbitmq } = JSON.parse(running.stdout());
    const listener = await listenTo(pageUrl(running.stderr()));
    expect((await fetch(`${http.url}/updates/a`, { method: 'POST', body: 'posted' })).status).toBe(201);
    await hears(listener, /"POST".*posted/);
    const socket = new WebSocket(ws.url);
    const echo = once(socket, 'message');
    socket.on('open', () => socket.send('echoed'));
    expect(String((await echo)[0])).toBe('echoed');
    await hears(listener, /text.*echoed/);
    socket.close();
    const connection = await connect(rabbitmq.url, { clientProperties: { connection_name: 'mailer' } });
    const channel = await connection.createChannel();
    channel.sendToQueue('nowhere', Buffer.from('to nobody'));
    await hears(listener, /"stage":"published".*"peer":"mailer".*to nobody/);
    await connection.close();
  });

  test('waits for nobody who does not read', async () => {
    const { url, redis, running } = await up();
    const slow = await listenTo(url);
    slow.read(false);
    const body = 'x'.repeat(2000);
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 250 }, () => redis.lpush('mail', body)));
    }
    await redis.lpush('mail', 'the last one');
    const quick = await listenTo(url);
    await hears(quick, /the last one/);
    slow.read(true);
    await hears(slow, /the last one/);
    slow.read(false);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
  });
});

describe('who may see it', () => {
  test('whoever has the token, under the names of this machine, and no page of others', async () => {
    const { url } = await up();
    const { port, pathname, origin } = new URL(url);
    const token = pathname.slice(1, -1);
    expect(token.length).toBeGreaterThanOrEqual(20);
    const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    const own = { Origin: origin };
    const asked = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      (await ask(`${origin}${path}`, headers, method)).status;
    expect(await asked(pathname)).toBe(200);
    expect(await asked(pathname, { ...own, Host: `localhost:${port}` })).toBe(200);
    for (const path of ['/', '/events', `/${token}`, `/${wrong}/`, `/${wrong}/events`, `/${token}/other`, '//', '/%']) {
      expect([path, await asked(path)]).toEqual([path, 404]);
    }
    // A name that was bound to this machine after its page was loaded.
    for (const host of ['rebound.example', `rebound.example:${port}`, '127.0.0.1', `127.0.0.1:${Number(port) + 1}`]) {
      expect([host, await asked(`${pathname}events`, { Host: host })]).toEqual([host, 403]);
    }
    for (const from of [
      'https://example.org',
      'null',
      `http://127.0.0.1:${Number(port) + 1}`,
      `https://127.0.0.1:${port}`,
    ]) {
      expect([from, await asked(`${pathname}events`, { Origin: from })]).toEqual([from, 403]);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect(await asked(pathname, {}, method)).toBe(405);
  });

  test('no other page may show it, read it or keep it', async () => {
    const { url } = await up();
    const { headers, body } = await ask(url);
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(body).not.toMatch(/(src|href)=/);
  });

  test('only so many at a time', async () => {
    const { url } = await up();
    const listeners = await Promise.all(Array.from({ length: 16 }, () => listenTo(url)));
    expect((await ask(`${url}events`)).status).toBe(503);
    listeners[0]!.close();
    await eventually(async () => {
      const another = await listenTo(url);
      await hears(another, /run-start/);
    });
  });
});

describe('what can not be', () => {
  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const { code, stdout, stderr } = await msgplay(['run', 'pubsub', '--web', String(port)]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(`port ${port} for the page can't be had: it is taken`);
    expect(stderr).toContain('Without a number, --web takes a free one.');
  });

  test('a port that is none', async () => {
    const { code, stderr } = await msgplay(['run', 'pubsub', '--web=70000']);
    expect([code, stderr]).toEqual([2, "msgplay: --web takes a whole number from 0 to 65535, not '70000'.\n"]);
  });

  test('servers that others reach', async () => {
    const { code, stderr } = await msgplay(['up', 'redis', '--web', '--host', '0.0.0.0']);
    expect(code).toBe(2);
    expect(stderr).toContain('--web is for clients on this machine');
  });
});

test('--port is where clients go, also with a page', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const { port } = free.address() as { port: number };
  await new Promise((resolve) => free.close(resolve));
  const running = start(['up', 'redis', '--web', '--port', `redis=${port}`, '--json']);
  await running.says(/\}\n/);
  expect(JSON.parse(running.stdout()).redis.url).toBe(`redis://127.0.0.1:${port}`);
  const redis = new Redis(port);
  expect(await redis.ping()).toBe('PONG');
  redis.disconnect();
});
