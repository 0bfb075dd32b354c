/** Time to live, length limits, dead-lettering, priorities, quorum queues. */
import type { FieldTable } from '../../../../src/protocols/amqp/index.ts';
import { type Bench, type Line, type Script, script, untilLength } from './_script.ts';

/** A queue whose dead letters another queue collects. */
async function withDeadLetters(
  bench: Bench,
  line: Line,
  args: FieldTable,
  more: object = {},
): Promise<{ queue: string; dead: string }> {
  const dead = await bench.queue(line, 'dead');
  const exchange = await bench.exchange(line, 'dlx', 'fanout');
  await line.call('queue.bind', { queue: dead, exchange });
  const queue = await bench.queue(line, 'q', { arguments: { 'x-dead-letter-exchange': exchange, ...args }, ...more });
  return { queue, dead };
}

export const limits: readonly Script[] = [
  script('a queue’s TTL, and where the dead letters go', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await withDeadLetters(bench, line, { 'x-message-ttl': 20 });
    await line.confirmed('', queue, ['a', 'b'], { messageId: 'm', headers: { mine: 1 } });
    await untilLength(line, dead, 2);
    return [
      await line.call('basic.get', { queue: dead }),
      await line.call('basic.get', { queue: dead }),
      await line.call('basic.get', { queue }),
    ];
  }),
  script('a message’s own TTL', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await withDeadLetters(bench, line, {});
    await line.confirmed('', queue, ['a'], { expiration: '20' });
    await untilLength(line, dead, 1);
    return line.call('basic.get', { queue: dead });
  }),
  script('the shorter of two TTLs counts', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await withDeadLetters(bench, line, { 'x-message-ttl': 60_000 });
    await line.confirmed('', queue, ['a'], { expiration: '10' });
    return untilLength(line, dead, 1);
  }),
  script('a TTL of nothing: delivered at once or dead', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await withDeadLetters(bench, line, { 'x-message-ttl': 0 });
    await line.confirmed('', queue, ['a']);
    await untilLength(line, dead, 1);
    await line.call('basic.consume', { queue, consumerTag: 'c', noAck: true });
    await line.confirmed('', queue, ['b']);
    return [await line.deliveries(1), await line.drain(dead)];
  }),
  script('a message behind one that lives longer waits for it', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await withDeadLetters(bench, line, {});
    await line.confirmed('', queue, ['long'], { expiration: '60000' });
    await line.confirmed('', queue, ['short'], { expiration: '1' });
    await line.call('basic.get', { queue });
    await untilLength(line, dead, 1);
    return line.drain(dead);
  }),
  script('rejected messages die', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await withDeadLetters(bench, line, { 'x-dead-letter-routing-key': 'dead.key' });
    await line.confirmed('', queue, ['a', 'b', 'c'], { headers: { CC: ['other'] } });
    for (let count = 0; count < 3; count += 1) await line.call('basic.get', { queue });
    line.send('basic.reject', { deliveryTag: 1 });
    line.send('basic.nack', { deliveryTag: 3, multiple: true });
    await untilLength(line, dead, 3);
    return [await line.call('basic.get', { queue: dead }), await line.drain(dead)];
  }),
  script('a longest length drops the oldest', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await withDeadLetters(bench, line, { 'x-max-length': 2 });
    await line.confirmed('', queue, ['a', 'b', 'c', 'd']);
    await untilLength(line, dead, 2);
    return [await line.drain(queue), await line.call('basic.get', { queue: dead }), await line.drain(dead)];
  }),
  script('a longest length in bytes', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { arguments: { 'x-max-length-bytes': 10 } });
    await line.confirmed('', queue, ['aaaa', 'bbbb', 'cccc', 'far too long for it']);
    const alone = await line.drain(queue);
    await line.confirmed('', queue, ['aaaa', 'bbbb', 'cccc']);
    return [alone, await line.drain(queue)];
  }),
  script('a full queue that refuses', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { arguments: { 'x-max-length': 2, 'x-overflow': 'reject-publish' } });
    const confirms = await line.confirmed('', queue, ['a', 'b', 'c', 'd']);
    return [confirms, await line.drain(queue)];
  }),
  script('a full queue that refuses and dead-letters', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await withDeadLetters(bench, line, {
      'x-max-length': 1,
      'x-overflow': 'reject-publish-dlx',
    });
    const confirms = await line.confirmed('', queue, ['a', 'b']);
    await untilLength(line, dead, 1);
    return [confirms, await line.drain(queue), await line.call('basic.get', { queue: dead })];
  }),
  script('a length of nothing with a consumer', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { arguments: { 'x-max-length': 0 } });
    await line.confirmed('', queue, ['lost']);
    await line.call('basic.consume', { queue, consumerTag: 'c', noAck: true });
    await line.confirmed('', queue, ['taken']);
    return (await line.deliveries(1)).map(({ body }) => body);
  }),
  script('what is held does not count against the length', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { arguments: { 'x-max-length': 1 } });
    await line.confirmed('', queue, ['a']);
    await line.call('basic.get', { queue });
    await line.confirmed('', queue, ['b']);
    const before = await untilLength(line, queue, 1);
    line.send('basic.nack', { deliveryTag: 1, requeue: true });
    const watcher = await line.sibling();
    await line.call('basic.qos');
    return [before, await watcher.drain(queue)];
  }),
  script('a message that dies again and again', async (bench) => {
    const line = await bench.open();
    const [first, second] = [bench.name('first'), bench.name('second')];
    const args = (next: string) => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': next });
    await line.call('queue.declare', { queue: first, arguments: args(second) });
    await line.call('queue.declare', { queue: second, arguments: { ...args(first), 'x-message-ttl': 5 } });
    await line.confirmed('', first, ['m']);
    let last = await line.call('basic.get', { queue: first });
    for (let round = 0; round < 3; round += 1) {
      line.send('basic.reject', { deliveryTag: last.args.deliveryTag as number });
      await untilLength(line, first, 1);
      last = await line.call('basic.get', { queue: first });
    }
    return last;
  }),
  script('a circle without a rejection ends', async (bench) => {
    const line = await bench.open();
    const queue = bench.name('q');
    await line.call('queue.declare', {
      queue,
      arguments: { 'x-dead-letter-exchange': '', 'x-message-ttl': 1 },
    });
    await line.confirmed('', queue, ['m']);
    return untilLength(line, queue, 0);
  }),
  script('a dead-letter exchange that is not there', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', {
      arguments: { 'x-dead-letter-exchange': bench.name('none'), 'x-max-length': 1 },
    });
    return [await line.confirmed('', queue, ['a', 'b']), await line.drain(queue)];
  }),
  script('a header x-death that a client made up', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await withDeadLetters(bench, line, { 'x-max-length': 0 });
    await line.confirmed('', queue, ['m'], { headers: { 'x-death': 'soon' } });
    await untilLength(line, dead, 1);
    return line.call('basic.get', { queue: dead });
  }),
  script('priorities', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { arguments: { 'x-max-priority': 5 } });
    for (const [body, priority] of [
      ['none', undefined],
      ['low', 1],
      ['high', 5],
      ['higher', 9],
      ['low too', 1],
      ['zero', 0],
    ] as const) {
      await line.confirmed('', queue, [body], priority === undefined ? {} : { priority });
    }
    return line.drain(queue);
  }),
  ...Object.entries({
    'of another priority': { 'x-max-priority': 5 },
    'of high priority': { 'x-queue-type': 'quorum' },
  }).map(([title, args]) =>
    script(`what is over behind something ${title} that is not`, async (bench) => {
      const line = await bench.open();
      const dead = await bench.queue(line, 'dead');
      const onward = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
      const queue = await bench.queue(line, 'q', { durable: true, arguments: { ...args, ...onward } });
      await line.confirmed('', queue, ['high'], { priority: 5 });
      await line.confirmed('', queue, ['low'], { priority: 0, expiration: '20' });
      // Once one that came later, alone in its queue, is over, so is the time of the other.
      const over = await bench.queue(line, 'over');
      const toOver = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': over };
      const alone = await bench.queue(line, 'alone', { arguments: { 'x-message-ttl': 50, ...toOver } });
      await line.confirmed('', alone, ['later']);
      await untilLength(line, over, 1);
      const before = [await untilLength(line, queue, 2), await untilLength(line, dead, 0)];
      const high = await line.call('basic.get', { queue, noAck: true });
      return { before, high, after: await untilLength(line, dead, 1) };
    }),
  ),
  script('a queue that nobody uses expires', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { arguments: { 'x-expires': 50 } });
    const deadline = performance.now() + 3000;
    let looked = await (await line.sibling()).call('basic.qos');
    // Looking at the queue would be using it, so a binding's refusal tells that it is gone.
    do looked = await (await line.sibling()).call('queue.bind', { queue, exchange: 'amq.direct', routingKey: queue });
    while (looked.method === 'queue.bind-ok' && performance.now() < deadline);
    return looked;
  }),
  script('a quorum queue counts deliveries, and dead-letters at its limit', async (bench) => {
    const line = await bench.open();
    const dead = await bench.queue(line, 'dead');
    const queue = await bench.queue(line, 'q', {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-delivery-limit': 2,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': dead,
      },
    });
    await line.confirmed('', queue, ['m'], { headers: { mine: 1 } });
    await line.call('basic.qos', { prefetchCount: 1 });
    await line.call('basic.consume', { queue, consumerTag: 'c' });
    const deliveries = [];
    for (let count = 0; count < 3; count += 1) {
      const [delivery] = await line.deliveries(1);
      deliveries.push(delivery);
      line.send('basic.reject', { deliveryTag: delivery!.args.deliveryTag as number, requeue: true });
    }
    await untilLength(line, dead, 1);
    const deadLetter = await line.call('basic.get', { queue: dead });
    await line.call('queue.delete', { queue });
    return [deliveries, deadLetter];
  }),
  script('quorum queues are not deleted on conditions', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    const answers = [
      await (await bench.open()).call('queue.delete', { queue, ifUnused: true }),
      await (await bench.open()).call('queue.delete', { queue, ifEmpty: true }),
    ];
    await line.call('queue.delete', { queue });
    return answers;
  }),
];
