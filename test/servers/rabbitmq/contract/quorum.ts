/** Quorum queues: what they count, when they give a message up, and in which order they give out. */
import type { FieldTable } from '../../../../src/protocols/amqp/index.ts';
import { type Bench, type Line, type Script, script, untilLength } from './_script.ts';

/** A quorum queue, and the queue that takes its dead letters. */
async function quorum(bench: Bench, line: Line, args: FieldTable = {}): Promise<{ queue: string; dead: string }> {
  const dead = await bench.queue(line, 'dead');
  const queue = await bench.queue(line, 'q', {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': dead,
      ...args,
    },
  });
  return { queue, dead };
}

/** How a script gives a message back. */
type GiveBack = (line: Line, queue: string, deliveryTag: number) => Promise<unknown>;

const wait = (line: Line, queue: string) => untilLength(line, queue, 1);

/** Waits until some queues hold so many messages together. */
async function untilHeld(line: Line, count: number, ...queues: string[]): Promise<void> {
  for (let held = -1; held !== count; ) {
    held = 0;
    for (const queue of queues) {
      const { args } = await line.call('queue.declare', { queue, passive: true });
      held += Number(args.messageCount);
    }
  }
}

const WAYS: Record<string, GiveBack> = {
  'a rejection': async (line, queue, deliveryTag) => {
    line.send('basic.reject', { deliveryTag, requeue: true });
    await wait(line, queue);
  },
  'a nack': async (line, queue, deliveryTag) => {
    line.send('basic.nack', { deliveryTag, requeue: true });
    await wait(line, queue);
  },
  recover: async (line, queue) => {
    await line.call('basic.recover', { requeue: true });
    await wait(line, queue);
  },
};

const countIn = (properties: unknown) =>
  (properties as { headers?: FieldTable }).headers?.['x-delivery-count'] ?? 'none';

async function redeclared(bench: Bench, first: FieldTable, second: FieldTable) {
  const line = await bench.open();
  const { queue } = await quorum(bench, line, first);
  const again = await (await bench.open()).call('queue.declare', {
    queue,
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': bench.name('dead'),
      ...second,
    },
  });
  await line.call('queue.delete', { queue });
  return again;
}

export const quorumQueues: readonly Script[] = [
  script('a quorum queue without a limit, and a message that is given back again and again', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await quorum(bench, line);
    await line.confirmed('', queue, ['m']);
    await line.call('basic.qos', { prefetchCount: 1 });
    await line.call('basic.consume', { queue, consumerTag: 'c' });
    for (let count = 0; count < 21; count += 1) {
      const [delivery] = await line.deliveries(1);
      line.send('basic.nack', { deliveryTag: delivery!.args.deliveryTag as number, requeue: true });
    }
    await line.call('basic.qos', { prefetchCount: 1 });
    const collected = await untilLength(await line.sibling(), dead, 1);
    const deadLetter = await line.call('basic.get', { queue: dead, noAck: true });
    await line.call('queue.delete', { queue });
    return [collected, deadLetter];
  }),
  script('a delivery limit of -1', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await quorum(bench, line, { 'x-delivery-limit': -1 });
    await line.confirmed('', queue, ['m']);
    const counts: unknown[] = [];
    for (let deliveryTag = 1; deliveryTag < 4; deliveryTag += 1) {
      const { method, properties } = await line.call('basic.get', { queue });
      counts.push(method, properties);
      if (method !== 'basic.get-ok') break;
      line.send('basic.nack', { deliveryTag, requeue: true });
      await untilHeld(line, 1, queue, dead);
    }
    await line.call('queue.delete', { queue });
    return counts;
  }),
  script('a delivery limit of nothing', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await quorum(bench, line, { 'x-delivery-limit': 0 });
    await line.confirmed('', queue, ['m']);
    const got = await line.call('basic.get', { queue });
    line.send('basic.nack', { deliveryTag: 1, requeue: true });
    const collected = await untilLength(line, dead, 1);
    await line.call('queue.delete', { queue });
    return [got, collected];
  }),
  ...Object.entries(WAYS).map(([name, giveBack]) =>
    script(`what basic.get tells after ${name}`, async (bench) => {
      const line = await bench.open();
      const { queue } = await quorum(bench, line);
      await line.confirmed('', queue, ['m'], { headers: { mine: 1 } });
      const got = [];
      for (let count = 1; count < 4; count += 1) {
        const reply = await line.call('basic.get', { queue });
        got.push(reply.properties, reply.args.redelivered);
        await giveBack(line, queue, count);
      }
      await line.call('queue.delete', { queue });
      return got;
    }),
  ),
  ...(
    [
      ['rejected at once', 0, 'rejected', 'quorum'],
      ['given back and rejected', 1, 'rejected', 'quorum'],
      ['given back twice and rejected', 2, 'rejected', 'quorum'],
      ['given back too often', 3, 'delivery limit', 'quorum'],
      ['given back and rejected, and dies again in a classic queue', 1, 'rejected', 'classic'],
    ] as const
  ).map(([title, returns, how, type]) =>
    script(`how often a message came back, in the queue where it goes when it was ${title}`, async (bench) => {
      const line = await bench.open();
      const limited = { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 };
      const next = await bench.queue(line, 'next', { durable: true, arguments: limited });
      const onward = (to: string) => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': to });
      const between = await bench.queue(line, 'between', { durable: true, arguments: onward(next) });
      const to = type === 'classic' ? between : next;
      const { queue } = await quorum(bench, line, { 'x-delivery-limit': 2, ...onward(to) });
      await line.confirmed('', queue, ['m']);
      let tag = 0;
      for (let count = 0; count < returns; count += 1) {
        await wait(line, queue);
        await line.call('basic.get', { queue });
        line.send('basic.reject', { deliveryTag: ++tag, requeue: true });
      }
      if (how === 'rejected') {
        await wait(line, queue);
        await line.call('basic.get', { queue });
        line.send('basic.reject', { deliveryTag: ++tag });
      }
      const told = [];
      if (type === 'classic') {
        await wait(line, between);
        const { properties, args } = await line.call('basic.get', { queue: between });
        told.push(countIn(properties), args.redelivered);
        line.send('basic.reject', { deliveryTag: ++tag });
      }
      for (let count = 0; count < 4; count += 1) {
        await wait(line, next);
        const { properties, args } = await line.call('basic.get', { queue: next });
        told.push(countIn(properties), args.redelivered);
        line.send('basic.reject', { deliveryTag: ++tag, requeue: true });
      }
      for (const one of [queue, next]) await line.call('queue.delete', { queue: one });
      return told;
    }),
  ),
  script('what a consumer is told after another one went away', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line);
    await line.confirmed('', queue, ['m']);
    const told = [];
    for (let count = 1; count < 4; count += 1) {
      const other = await line.sibling();
      await other.call('basic.consume', { queue });
      const [delivery] = await other.deliveries(1);
      told.push(delivery!.properties, delivery!.args.redelivered);
      await other.call('channel.close');
      await wait(line, queue);
    }
    await line.call('queue.delete', { queue });
    return told;
  }),
  ...[undefined, 3, -1].map((limit) =>
    script(
      `where what is given back goes, with ${limit === undefined ? 'no delivery limit' : `a limit of ${limit}`}`,
      async (bench) => {
        const line = await bench.open();
        const { queue, dead } = await quorum(bench, line, limit === undefined ? {} : { 'x-delivery-limit': limit });
        await line.confirmed('', queue, ['1', '2', '3', '4', '5']);
        for (let count = 0; count < 3; count += 1) await line.call('basic.get', { queue });
        line.send('basic.nack', { deliveryTag: 2, requeue: true });
        line.send('basic.nack', { deliveryTag: 1, requeue: true });
        await untilHeld(line, 4, queue, dead);
        const order = await line.drain(queue);
        await line.call('queue.delete', { queue });
        return order;
      },
    ),
  ),
  script('a quorum queue that refuses, until it holds much less than its limit', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line, { 'x-max-length': 5, 'x-overflow': 'reject-publish' });
    const publisher = await line.sibling();
    await publisher.call('confirm.select');
    const lengths: unknown[] = [];
    for (let count = 1; count <= 12; count += 1) {
      // One by one, since a refusal is heard of only after it was decided.
      publisher.publish('', queue, `${count}`);
      const { nacked } = await publisher.peer.confirms(publisher.number, count);
      lengths.push([nacked.length, (await line.call('queue.declare', { queue, passive: true })).args.messageCount]);
      if (count < 7) continue;
      const left = Number((await line.call('queue.declare', { queue, passive: true })).args.messageCount) - 1;
      await line.call('basic.get', { queue, noAck: true });
      await untilLength(line, queue, left);
    }
    await line.call('queue.delete', { queue });
    return lengths;
  }),
  script('a full quorum queue that is given a message back while somebody consumes', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line, { 'x-max-length': 3, 'x-delivery-limit': 5 });
    await line.confirmed('', queue, ['1']);
    await line.call('basic.qos', { prefetchCount: 1 });
    await line.call('basic.consume', { queue, consumerTag: 'c' });
    const [first] = await line.deliveries(1);
    await line.confirmed('', queue, ['2', '3', '4']);
    line.send('basic.nack', { deliveryTag: first!.args.deliveryTag as number, requeue: true });
    const [next] = await line.deliveries(1);
    const { args } = await line.call('queue.declare', { queue, passive: true });
    await line.call('queue.delete', { queue });
    return [next!.body, args.messageCount];
  }),
  script('a quorum queue that refuses, and what died elsewhere', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line, { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    const from = await bench.queue(line, 'from', {
      arguments: { 'x-max-length': 0, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue },
    });
    await line.confirmed('', from, ['1', '2', '3', '4']);
    const { args } = await untilLength(line, queue, 4);
    const published = await line.confirmed('', queue, ['5']);
    await line.call('queue.delete', { queue });
    return [args.messageCount, published];
  }),
  script('what comes back stands before what was never given out', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line);
    await line.confirmed('', queue, ['1', '2', '3', '4', '5']);
    for (let count = 0; count < 3; count += 1) await line.call('basic.get', { queue });
    line.send('basic.nack', { deliveryTag: 2, requeue: true });
    line.send('basic.nack', { deliveryTag: 1, requeue: true });
    await untilLength(line, queue, 4);
    const bodies = await line.drain(queue);
    await line.call('queue.delete', { queue });
    return bodies;
  }),
  script('what a consumer gives back, and what comes then', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line);
    await line.confirmed('', queue, ['1', '2', '3', '4', '5']);
    await line.call('basic.qos', { prefetchCount: 3 });
    await line.call('basic.consume', { queue, consumerTag: 'c' });
    await line.deliveries(3);
    line.send('basic.nack', { deliveryTag: 2, requeue: true });
    line.send('basic.nack', { deliveryTag: 1, requeue: true });
    const more = await line.deliveries(2);
    const bodies = more.map(({ body }) => body);
    await line.call('basic.cancel', { consumerTag: 'c' });
    await untilLength(line, queue, 2);
    bodies.push(...(await line.drain(queue)));
    await line.call('queue.delete', { queue });
    return bodies;
  }),
  script('what is left when a channel with several messages closes', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line);
    await line.confirmed('', queue, ['1', '2', '3', '4', '5']);
    const other = await line.sibling();
    await other.call('basic.qos', { prefetchCount: 3 });
    await other.call('basic.consume', { queue, consumerTag: 'c' });
    await other.deliveries(3);
    await other.call('channel.close');
    await untilLength(line, queue, 5);
    const bodies = await line.drain(queue);
    await line.call('queue.delete', { queue });
    return bodies;
  }),
  script('priorities in a quorum queue', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line);
    const publishing = await line.sibling();
    await publishing.call('confirm.select');
    for (let priority = 0; priority < 12; priority += 1) {
      publishing.publish('', queue, `${priority}`, { priority });
    }
    for (const body of ['none 1', 'none 2']) publishing.publish('', queue, body);
    await publishing.peer.confirms(publishing.number, 14);
    const bodies = await line.drain(queue);
    await line.call('queue.delete', { queue });
    return bodies;
  }),
  script('many high priorities in front of a normal one', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line);
    await line.confirmed('', queue, ['n1', 'n2', 'n3', 'n4'], { priority: 4 });
    await line.confirmed('', queue, ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'], { priority: 5 });
    const bodies = await line.drain(queue);
    await line.call('queue.delete', { queue });
    return bodies;
  }),
  script('a high priority behind a normal one that was given out', async (bench) => {
    const line = await bench.open();
    const { queue } = await quorum(bench, line);
    await line.confirmed('', queue, ['n1'], { priority: 1 });
    const bodies = [await line.drain(queue)];
    await line.confirmed('', queue, ['n2', 'n3'], { priority: 1 });
    await line.confirmed('', queue, ['h1', 'h2', 'h3', 'h4'], { priority: 7 });
    bodies.push(await line.drain(queue));
    await line.call('queue.delete', { queue });
    return bodies;
  }),
  script('a quorum queue with a length drops the oldest, high or not', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await quorum(bench, line, { 'x-max-length': 3 });
    await line.confirmed('', queue, ['h1'], { priority: 9 });
    await line.confirmed('', queue, ['n1', 'n2', 'n3', 'n4']);
    await untilLength(line, dead, 2);
    const bodies = [await line.drain(dead), await line.drain(queue)];
    await line.call('queue.delete', { queue });
    return bodies;
  }),
  script('a quorum queue with a TTL', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await quorum(bench, line, { 'x-message-ttl': 20 });
    await line.confirmed('', queue, ['m'], { messageId: 'm' });
    await untilLength(line, dead, 1);
    const deadLetter = await line.call('basic.get', { queue: dead, noAck: true });
    await line.call('queue.delete', { queue });
    return deadLetter;
  }),
  script('a quorum queue declared again with a delivery limit', (bench) =>
    redeclared(bench, {}, { 'x-delivery-limit': 20 }),
  ),
  script('a quorum queue declared again without its delivery limit', (bench) =>
    redeclared(bench, { 'x-delivery-limit': 20 }, {}),
  ),
  script('a quorum queue declared again as a classic one', (bench) =>
    redeclared(bench, {}, { 'x-queue-type': 'classic' }),
  ),
  script('a quorum queue whose messages are kept in memory', (bench) =>
    redeclared(bench, { 'x-max-in-memory-length': 5 }, { 'x-max-in-memory-length': 5 }),
  ),
];
