import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { BackendError, UsageError } from '../../../src/core/errors.ts';
import { SERVICES, type Service } from '../../../src/core/services.ts';
import { assign, type BackendChoice, provision } from '../../../src/lab/servers/provision.ts';

const NOTHING: BackendChoice = { perService: {}, urls: {}, ports: {} };
const URL = 'redis://127.0.0.1:6379';

async function assigned(
  services: readonly Service[],
  choice: Partial<BackendChoice>,
): Promise<Record<string, Service[]>> {
  const result = await assign(services, { ...NOTHING, ...choice });
  return Object.fromEntries([...result].map(([backend, served]) => [backend.name, served]));
}

describe('who serves what', () => {
  test.each<[string, Partial<BackendChoice>, Record<string, Service[]>]>([
    ['embedded, unless somebody says otherwise', {}, { embedded: [...SERVICES] }],
    [
      'one backend everywhere, as far as it has the service',
      { everywhere: 'local' },
      { local: ['rabbitmq', 'redis', 'stomp'], embedded: ['ws', 'http'] },
    ],
    [
      'another for one service',
      { perService: { redis: 'local' } },
      { embedded: ['rabbitmq', 'ws', 'stomp', 'http'], local: ['redis'] },
    ],
    ['a URL chooses url', { urls: { redis: URL } }, { embedded: ['rabbitmq', 'ws', 'stomp', 'http'], url: ['redis'] }],
    [
      'a service by name is stronger than a URL, and a URL than everywhere',
      { everywhere: 'local', perService: { redis: 'embedded' }, urls: { redis: URL, rabbitmq: 'amqp://127.0.0.1' } },
      { url: ['rabbitmq'], embedded: ['redis', 'ws', 'http'], local: ['stomp'] },
    ],
  ])('%s', async (_what, choice, expected) => {
    expect(await assigned(SERVICES, choice)).toEqual(expected);
  });

  test('in the order in which services are listed, each backend once', async () => {
    expect(await assigned(['http', 'rabbitmq'], {})).toEqual({ embedded: ['rabbitmq', 'http'] });
  });

  test.each<[string, Partial<BackendChoice>, RegExp]>([
    ['a backend that there is not', { everywhere: 'embeded' }, /no backend 'embeded'/],
    ['even where nothing needs it', { perService: { http: 'nope' } }, /no backend 'nope'/],
    ['a service that the backend never has', { perService: { ws: 'local' } }, /local has no WebSocket/],
    ['url without a URL', { everywhere: 'url' }, /where RabbitMQ is/],
    ['url for one service without a URL', { perService: { redis: 'url' } }, /where Redis is/],
  ])('%s', async (_what, choice, message) => {
    const error = await assigned(['rabbitmq', 'redis', 'ws'], choice).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(/\S/);
  });
});

test('when one backend fails, those that have started are closed again', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as { port: number };
  await new Promise((closed) => free.close(closed));
  const choice = { ...NOTHING, ports: { rabbitmq: port }, urls: { redis: 'redis://127.0.0.1:1' } };
  const signal = new AbortController().signal;
  const error = await provision(['rabbitmq', 'redis'], choice, { progress: () => {}, signal }).catch(
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(BackendError);
  // The port that the first one had is free again.
  const again = createServer().listen(port, '127.0.0.1');
  await once(again, 'listening');
  again.close();
});
