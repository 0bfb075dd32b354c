/** What is left after a restart. */
import type { AmqpPeer } from '../../../helpers/amqp-peer.ts';
import { type Bench, script } from './_script.ts';

async function fill(bench: Bench): Promise<AmqpPeer> {
  const line = await bench.open();
  const durable = await bench.queue(line, 'durable', { durable: true });
  const passing = await bench.queue(line, 'passing');
  const quorum = await bench.queue(line, 'quorum', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  const kept = await bench.exchange(line, 'kept', 'direct', { durable: true });
  const gone = await bench.exchange(line, 'gone', 'direct');
  await line.call('queue.bind', { queue: durable, exchange: kept, routingKey: 'k' });
  await line.call('queue.bind', { queue: durable, exchange: gone, routingKey: 'k' });
  await line.confirmed('', durable, ['persistent 1', 'persistent 2', 'held'], { deliveryMode: 2 });
  await line.confirmed('', durable, ['transient'], {});
  await line.confirmed('', quorum, ['persistent'], { deliveryMode: 2 });
  await line.confirmed('', quorum, ['transient'], {});
  await line.confirmed('', passing, ['persistent'], { deliveryMode: 2 });
  await line.call('basic.get', { queue: durable });
  return line.peer;
}

export const restarting = [
  script('durable and other queues, exchanges, bindings and messages', async (bench) => {
    (await fill(bench)).close();
    await bench.restart();
    const line = await bench.open();
    await line.confirmed(bench.name('kept'), 'k', ['bound still']);
    const got = [];
    for (const [queue, most] of [
      ['durable', 5],
      ['quorum', 3],
    ] as const) {
      for (let count = 0; count < most; count += 1) {
        const { method, body } = await line.call('basic.get', { queue: bench.name(queue), noAck: true });
        got.push([method, body]);
      }
    }
    const looked = [
      await (await line.sibling()).call('queue.declare', { queue: bench.name('passing'), passive: true }),
      await (await line.sibling()).call('exchange.declare', { exchange: bench.name('gone'), passive: true }),
    ];
    await line.call('queue.delete', { queue: bench.name('durable') });
    await line.call('queue.delete', { queue: bench.name('quorum') });
    await line.call('exchange.delete', { exchange: bench.name('kept') });
    return [got, looked];
  }),
];
