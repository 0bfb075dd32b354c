/** No secret in any trace, whatever is looked at and in whatever format. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { loadAll } from '../../src/core/catalogue.ts';
import type { TraceEvent } from '../../src/core/events.ts';
import type { Run } from '../../src/lab/plan.ts';
import type { BackendChoice } from '../../src/lab/servers/provision.ts';
import { LAYERS, type Reporter } from '../../src/reporters/reporter.ts';
import web from '../../src/servers/web/index.ts';
import { doing, EMBEDDED, ofType, play, scenario } from '../helpers/play.ts';
import { missing, OWN_BACKEND, startServers, titled } from '../helpers/servers.ts';

const reporters = await loadAll<Reporter>(new URL('../../src/reporters/', import.meta.url), ['reporter']);

/** Everything that can be told of a run, in every format at every layer, and what it says on the side. */
function everythingTold(events: readonly TraceEvent[], progress: readonly string[] = []): string {
  const pages = reporters.flatMap((reporter) =>
    [...LAYERS, undefined].map((layer) => {
      const report = reporter.begin({ layer, width: 200, colorLevel: 0, language: 'en', handshakes: true });
      return events.map(report).join('');
    }),
  );
  return [JSON.stringify(events), ...pages, ...progress].join('\n');
}

/** The forms in which a secret could be read. */
function formsOf(secret: string): string[] {
  const hex = Buffer.from(secret).toString('hex');
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, ''), hex];
}

function expectUntold(told: string, secret: string): void {
  const bytes = told.replace(/^ +[0-9a-f]{4} {2}((?:[0-9a-f]{2} ?)+).*$/gm, (_, pairs) => pairs.replaceAll(' ', ''));
  for (const form of formsOf(secret)) {
    expect(
      told.includes(form),
      `told: ${told.slice(Math.max(0, told.indexOf(form) - 200), told.indexOf(form) + 60)}`,
    ).toBe(false);
    expect(bytes.replaceAll('\n', '').includes(form)).toBe(false);
  }
}

async function told(
  played: Run['scenario'],
  backends: BackendChoice,
): Promise<{ events: readonly TraceEvent[]; text: string; outcome: string }> {
  const progress: string[] = [];
  const { events, outcome } = await play(played, {}, backends, { progress: (text) => progress.push(text) });
  return { events, text: everythingTold(events, progress), outcome };
}

const secret = (): string => `hush-${randomBytes(6).toString('hex')}`;

describe('Redis', async () => {
  test('AUTH, HELLO, CONFIG and ACL, as commands and in replies', async () => {
    const [password, user, other] = [secret(), secret(), secret()];
    const { events, text } = await told(
      doing(
        async (lab) => {
          const { Redis } = await import('ioredis');
          const redis = new Redis(await lab.url('redis', 'me'));
          redis.on('error', () => {});
          lab.defer(() => redis.disconnect());
          const attempt = (...words: string[]) => redis.call(...(words as [string])).catch(() => {});
          await attempt('CONFIG', 'SET', 'requirepass', password);
          await attempt('AUTH', password);
          await attempt('AUTH', 'default', password);
          await attempt('HELLO', '2', 'AUTH', 'default', password, 'SETNAME', 'me');
          await attempt('CONFIG', 'GET', 'requirepass');
          await attempt('CONFIG', 'GET', '*');
          await attempt('ACL', 'SETUSER', 'alice', 'on', `>${user}`, `<${other}`, '~*', '+@all');
          await attempt('ACL', 'LIST');
          await redis.set('visible', 'plainly');
        },
        ['redis'],
      ),
      EMBEDDED,
    );
    for (const one of [password, user, other]) expectUntold(text, one);
    expect(text).toContain('plainly');
    const withheld = ofType(events, 'frame').filter(({ bytesWithheld }) => bytesWithheld);
    expect(withheld.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['CONFIG SET', 'AUTH', 'HELLO', 'ACL SETUSER']),
    );
    expect(withheld.every(({ bytes }) => bytes === undefined)).toBe(true);
    expect(text).toContain('(its bytes are withheld: they hold a secret)');
  });

  test('fields of hashes and entries of streams that are named so', async () => {
    const [password, key, token] = [secret(), secret(), secret()];
    const { text } = await told(
      doing(
        async (lab) => {
          const { Redis } = await import('ioredis');
          const redis = new Redis(await lab.url('redis', 'me'));
          lab.defer(() => redis.disconnect());
          await redis.hset('user', 'name', 'plainly', 'password', password);
          await redis.hmset('user', 'api_key', key);
          await redis.xadd('events', 'MAXLEN', '~', 10, '*', 'refresh_token', token, 'kind', 'login');
          await redis.hgetall('user');
          await redis.xrange('events', '-', '+');
        },
        ['redis'],
      ),
      EMBEDDED,
    );
    for (const one of [password, key, token]) expectUntold(text, one);
    for (const one of ['plainly', 'login']) expect(text).toContain(one);
  });

  const why = await missing(OWN_BACKEND, ['redis']);
  test.skipIf(why !== undefined)(titled('a whole run on a server with a password', why), async () => {
    const password = secret();
    const servers = await startServers('redis');
    try {
      const url = new URL(servers.urls.redis!);
      const { Redis } = await import('ioredis');
      const admin = new Redis(url.href);
      await admin.config('SET', 'requirepass', password);
      admin.disconnect();
      url.password = password;
      const urls = { redis: url.href };
      const played = await scenario('pubsub');
      const { text, outcome } = await told(
        { ...played, needs: ['redis'], run: (lab, options) => played.run(lab, { ...options, via: 'redis' }) },
        { ...EMBEDDED, urls },
      );
      expect(outcome).toBe('passed');
      expectUntold(text, password);
    } finally {
      await servers.close();
    }
  });
});

describe('RabbitMQ', () => {
  test.each(['job-queue', 'stomp-chat'])('a whole run of %s tells nobody what guest logs in with', async (name) => {
    const { events, text, outcome } = await told(await scenario(name), EMBEDDED);
    expect(outcome).toBe('passed');
    // The user name is no secret, so it is the whole login that is looked for.
    for (const login of ['\0guest\0guest', 'passcode:guest']) {
      expect(text).not.toContain(login);
      expect(text).not.toContain(Buffer.from(login).toString('hex'));
    }
    const withheld = ofType(events, 'frame').filter(({ bytesWithheld }) => bytesWithheld);
    expect([...new Set(withheld.map(({ name: frame }) => frame))]).toEqual([
      name === 'job-queue' ? 'connection.start-ok' : 'CONNECT',
    ]);
  });
});

describe('HTTP', () => {
  test('headers, cookies, targets, and the handshake of a WebSocket', async () => {
    const [token, cookie, query] = [secret(), secret(), secret()];
    const server = await web.start({ services: ['http', 'ws'] });
    const { events, text } = await told(
      doing(
        async (lab) => {
          const url = await lab.url('http', 'me');
          const headers = { authorization: `Bearer ${token}`, cookie: `id=${cookie}` };
          await (await fetch(`${url}/updates/a?token=${query}`, { headers })).text();
          const { WebSocket } = await import('ws');
          const socket = new WebSocket(`${url.replace('http', 'ws')}/updates/a?access_token=${query}`, { headers });
          await new Promise((resolve) => socket.once('open', resolve).once('error', resolve));
          socket.terminate();
        },
        ['http'],
      ),
      { ...EMBEDDED, urls: server.urls },
    );
    await server.close();
    for (const one of [token, cookie, query]) expectUntold(text, one);
    expect(ofType(events, 'frame').filter(({ bytesWithheld }) => bytesWithheld).length).toBeGreaterThanOrEqual(2);
  });
});

test('what a scenario says, and what ends it, keeps the passwords of URLs', async () => {
  const password = secret();
  const url = `redis://me:${password}@127.0.0.1:1/?token=${password}`;
  const { text, outcome } = await told(
    doing(async (lab) => {
      lab.step(`now at ${url}`);
      lab.note(`and ${url}, too`);
      lab.check('it is there', true, `at ${url}`);
      lab.defer(() => {
        throw new Error(`can't leave ${url}`);
      });
      throw new Error(`can't reach ${url} today`);
    }),
    EMBEDDED,
  );
  expect(outcome).toBe('failed');
  expectUntold(text, password);
  expect(text).toContain("can't reach redis://me:***@127.0.0.1:1/?token=*** today");
  expect(text).toContain("can't leave redis://me:***@");
});

test('markers in every place where a secret may stand are in no field of any event, at no layer', async () => {
  const markers: string[] = [];
  const marker = (): string => {
    const one = secret();
    markers.push(one);
    return one;
  };
  const said = (one: string): string[] => [`{"password":"${one}"}`, `a=b&client_secret=${one}`, `http://u:${one}@h/`];
  const { text, outcome } = await told(
    doing(
      async (lab) => {
        const { connect } = await import('amqplib');
        const headers = { authorization: marker(), 'x-api-key': marker() };
        const clientProperties = { access_token: marker() };
        const connection = await connect(await lab.url('rabbitmq', 'me'), { clientProperties });
        lab.defer(() => connection.close());
        const channel = await connection.createConfirmChannel();
        const { queue } = await channel.assertQueue('q');
        for (const body of said(marker())) channel.sendToQueue(queue, Buffer.from(body), { headers });
        await channel.waitForConfirms();
        await channel.get(queue, { noAck: true });

        const { Redis } = await import('ioredis');
        const redis = new Redis(await lab.url('redis', 'me'));
        lab.defer(() => redis.disconnect());
        for (const body of said(marker())) await redis.set('k', body);
        await redis.get('k');

        const url = await lab.url('http', 'me');
        const secretHeaders = ['X-CSRF-Token', 'X-Amz-Security-Token', 'Cookie', 'Authorization', 'X-Session-Token'];
        const query = [
          'client_secret',
          'refresh_token',
          'id_token',
          'code',
          'sig',
          'X-Amz-Signature',
          'access%5Ftoken',
        ];
        for (const name of query) await (await fetch(`${url}/updates/a?x=1&${name}=${marker()}`)).text();
        for (const name of secretHeaders) {
          await (await fetch(`${url}/updates/a`, { headers: { [name]: marker() } })).text();
        }
        for (const body of said(marker())) {
          await (
            await fetch(`${url}/updates/a`, { method: 'POST', body, headers: { 'Content-Type': 'text/plain' } })
          ).text();
        }
        const { WebSocket } = await import('ws');
        const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, [`bearer-${marker()}`]);
        await new Promise((resolve) => socket.once('open', resolve).once('error', resolve));
        socket.terminate();

        const [one] = said(marker());
        lab.step(`now ${one}`);
        lab.note(`and ${one}`);
        lab.check(`it is ${one}`, true, `found ${one}`);
        lab.table({
          title: `all ${one}`,
          columns: [{ title: `c ${one}` }],
          rows: [[`r ${one}`], [`again ${markers[0]}`]],
        });
        throw new Error(`${one} and ${markers.join(' ')}`);
      },
      ['rabbitmq', 'redis', 'http', 'stomp'],
    ),
    EMBEDDED,
  );
  expect(outcome).toBe('failed');
  for (const one of markers) expectUntold(text, one);
});
