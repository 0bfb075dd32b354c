import { expect, test } from 'vitest';
import type { Endpoint } from '../../../src/backends/backend.ts';
import { Watch, type WentAway } from '../../../src/lab/servers/watch.ts';

test('who asks after a server that was told to be gone meanwhile is told the same', async () => {
  let exits = (_why: string): void => {};
  const exited = new Promise<string>((resolve) => (exits = resolve));
  const endpoint = { backend: 'local', url: 'amqp://127.0.0.1:1', exited } as Endpoint;
  const told: WentAway[] = [];
  const watch = new Watch({
    ...{ endpoints: new Map([['rabbitmq', endpoint]]), services: new Map(), heardBytes: () => 0 },
    ...{ isRestarting: () => false, now: () => 0, gone: (went) => told.push(went) },
  });
  expect(await watch.doubt()).toBeUndefined();
  exits('it ended with code 137');
  await expect.poll(() => told).toHaveLength(1);
  expect(await watch.doubt()).toBe(told[0]?.told);
  expect(told[0]?.told).toContain('it ended with code 137');
});
