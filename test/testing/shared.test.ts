/** A lab on servers that others share: a URL names them, so they are not the lab's own. */
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startLab } from '../../src/testing/index.ts';
import { missing, OWN_BACKEND, type Servers, startServers, titled } from '../helpers/servers.ts';

const why = await missing(OWN_BACKEND, ['rabbitmq', 'redis']);
let servers: Servers;
beforeAll(async () => {
  if (why === undefined) servers = await startServers('rabbitmq', 'redis');
});
afterAll(() => servers?.close());
afterEach(() => vi.unstubAllEnvs());

async function queueExists(name: string): Promise<boolean> {
  const connection = await connect(servers.urls.rabbitmq ?? '');
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  const there = await channel.checkQueue(name).then(
    () => true,
    () => false,
  );
  await connection.close();
  return there;
}

describe.skipIf(why !== undefined)(titled('a lab on servers of others', why), () => {
  test('names get a prefix, are told without it, and are gone when the lab is closed', async () => {
    vi.stubEnv('MSGPLAY_RABBITMQ_URL', servers.urls.rabbitmq);
    const lab = await startLab({ services: ['rabbitmq'], timeoutMs: 20_000 });
    const connection = await connect(lab.urls.rabbitmq, { clientProperties: { connection_name: 'worker' } });
    const channel = await connection.createChannel();
    const mail = lab.name('mail');
    expect(mail).toMatch(/^msgplay_\w+_mail$/);
    await channel.assertQueue(mail);
    await channel.consume(mail, (message) => message && channel.ack(message));
    channel.sendToQueue(mail, Buffer.from('{"id":1}'));
    await lab.story.message({ queue: 'mail', key: 'mail' }).wasAcked({ by: 'worker' });
    expect(lab.story.text()).toContain('publish → mail');
    expect(await queueExists(mail)).toBe(true);
    lab.defer(() => connection.close());
    await lab.close();
    expect(await queueExists(mail)).toBe(false);
  });

  test('two labs on one server do not meet', async () => {
    vi.stubEnv('MSGPLAY_REDIS_URL', servers.urls.redis);
    const labs = [await startLab({ services: ['redis'] }), await startLab({ services: ['redis'] })];
    const clients = labs.map((lab) => new Redis(lab.urls.redis));
    await Promise.all(labs.map((lab, index) => clients[index]?.set(lab.name('key'), String(index))));
    expect(await Promise.all(labs.map((lab, index) => clients[index]?.get(lab.name('key'))))).toEqual(['0', '1']);
    await Promise.all(clients.map((client) => client.quit()));
    await Promise.all(labs.map((lab) => lab.close()));
    const look = new Redis(servers.urls.redis ?? '');
    expect(await look.keys('msgplay_*')).toEqual([]);
    await look.quit();
  });

  test('a name that is not from lab.name stays, and is warned of', async () => {
    const warned = new Promise<string>((resolve) => {
      const hear = (warning: Error): void => {
        if (warning.name !== 'MsgplayWarning') return;
        process.off('warning', hear);
        resolve(warning.message);
      };
      process.on('warning', hear);
    });
    const lab = await startLab({ services: ['redis'], urls: { redis: servers.urls.redis ?? '' } });
    const client = new Redis(lab.urls.redis);
    await client.set('mine', '1');
    expect(await warned).toBe('The key mine in Redis stays there: its name is not from lab.name.');
    await client.quit();
    await lab.close();
    const look = new Redis(servers.urls.redis ?? '');
    expect(await look.get('mine')).toBe('1');
    await look.del('mine');
    await look.quit();
  });

  test('what only an own server can do is refused', async () => {
    const lab = await startLab({ services: ['redis'], urls: { redis: servers.urls.redis ?? '' } });
    expect(lab.clock.isMovable).toBe(false);
    await expect(lab.clock.advance(1)).rejects.toThrow('Only embedded servers have a clock that can be moved.');
    await expect(lab.restart('redis')).rejects.toThrow("This lab can't restart Redis: it did not start it.");
    await lab.close();
  });

  test('a backend that is asked for counts more than the environment', async () => {
    vi.stubEnv('MSGPLAY_REDIS_URL', servers.urls.redis);
    const lab = await startLab({ services: ['redis'], backend: 'embedded' });
    expect(lab.clock.isMovable).toBe(true);
    await lab.close();
  });
});
