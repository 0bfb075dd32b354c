/** A scenario may restart a server: what is durable is there again, what is not is gone. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { defineScenario } from '../../src/lab/scenario/scenario.ts';
import { tapEndpoints } from '../../src/lab/wire/taps.ts';
import { EMBEDDED, LOCAL, ofType, play } from '../helpers/play.ts';
import { missing, OWN_BACKEND, startServers, titled } from '../helpers/servers.ts';

const restarting = defineScenario({
  name: 'restarting',
  title: 'A broker is restarted',
  options: {},
  needs: ['rabbitmq'],
  about: () => '',
  explain: { idea: '', picture: '', look: [], try: [] },
  async run(lab) {
    const { connect } = await import('amqplib');
    const url = await lab.url('rabbitmq', 'keeper');
    const queue = lab.name('durable');
    const before = await connect(url);
    before.on('error', () => {});
    const channel = await before.createConfirmChannel();
    channel.on('error', () => {});
    await channel.assertQueue(queue, { durable: true });
    await channel.assertQueue(lab.name('transient'), { durable: false });
    channel.sendToQueue(queue, Buffer.from('kept'), { persistent: true });
    channel.sendToQueue(queue, Buffer.from('forgotten'), { persistent: false });
    await channel.waitForConfirms();
    const gone = new Promise((resolve) => before.on('close', resolve));
    await lab.restart('rabbitmq');
    await gone;

    const after = await connect(url);
    lab.defer(() => after.close());
    const again = await after.createChannel();
    const found = await again.get(queue, { noAck: true });
    lab.check('the persistent message is there again', found !== false && found.content.toString() === 'kept');
    lab.check('and nothing else', (await again.get(queue, { noAck: true })) === false);
  },
});

const noRabbitmq = await missing(OWN_BACKEND, ['rabbitmq']);
const choice = OWN_BACKEND === 'local' ? LOCAL : EMBEDDED;
test.skipIf(noRabbitmq !== undefined)(titled(`RabbitMQ (${OWN_BACKEND}) restarts`, noRabbitmq), async () => {
  const { events, error } = await play(restarting, {}, choice);
  expect(error).toBeUndefined();
  expect(ofType(events, 'check')).toMatchObject([{ passed: true }, { passed: true }]);
  const gone = events.filter((event) => event.type === 'message' && event.reason?.code.startsWith('RESTART_'));
  expect(gone).toMatchObject([{ basis: 'concluded', reason: { code: 'RESTART_TRANSIENT' } }]);
  const frames = ofType(events, 'frame');
  const told = events.indexOf(gone[0]!);
  expect(events.slice(told).filter((event) => event.type === 'frame' && event.connection === 1)).toEqual([]);
  expect(frames.filter((frame) => frame.connection > 1 && events.indexOf(frame) < told)).toEqual([]);
});

test('whoever has the port of a server while it restarts is not taken for it', async () => {
  const heard: unknown[] = [];
  const stranger = createServer((socket) => heard.push(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const url = `redis://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const endpoint = { service: 'redis', url, backend: 'embedded', version: '', shared: false } as const;
  const endpoints = new Map([['redis', endpoint]] as const);
  const { peers, close } = await tapEndpoints({ endpoints, frames: 'no', onEvent: () => {} });
  const port = Number(new URL(await peers.url('redis', 'keeper')).port);
  await peers.restart('redis', async () => {
    const client = connect(port, '127.0.0.1').on('error', () => {});
    await new Promise((closed) => client.once('close', closed));
  });
  expect(heard).toEqual([]);
  const client = connect(port, '127.0.0.1').on('error', () => {});
  await expect.poll(() => heard.length).toBe(1);
  client.destroy();
  await close();
  stranger.close();
});

const why = await missing(OWN_BACKEND, ['redis']);
test.skipIf(why !== undefined)(titled('a server that a URL names is not ours to restart', why), async () => {
  const servers = await startServers('redis');
  try {
    const asking = {
      ...restarting,
      needs: ['redis'] as const,
      run: (lab: Parameters<typeof restarting.run>[0]) => lab.restart('redis'),
    };
    const { outcome, error } = await play(asking, {}, servers.shared);
    expect(outcome).toBe('failed');
    expect(error).toMatchObject({ name: 'BackendError', message: expect.stringContaining("can't restart Redis") });
  } finally {
    await servers.close();
  }
});

test.skipIf(why !== undefined)(
  titled('a run that needs a server of its own does not begin on another', why),
  async () => {
    const servers = await startServers('redis');
    try {
      const owning = { ...restarting, needs: ['redis'] as const, owns: () => ['redis'] as const };
      const told: unknown[] = [];
      const playing = play(owning, {}, servers.shared, { sink: (event) => told.push(event) });
      await expect(playing).rejects.toMatchObject({ name: 'BackendError', message: expect.stringContaining('by URL') });
      expect(told).toEqual([]);
    } finally {
      await servers.close();
    }
  },
);
