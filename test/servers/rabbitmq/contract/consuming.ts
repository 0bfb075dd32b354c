/** Consumers: whose turn it is, how much they hold, and how they end. */
import { Typed } from '../../../../src/protocols/amqp/index.ts';
import type { Reply } from '../../../helpers/amqp-peer.ts';
import { type Line, type Script, script, untilLength } from './_script.ts';

const bodies = (replies: readonly Reply[]) => replies.map(({ body }) => body);

/** How a consumer goes without being cancelled. */
const GOING: Readonly<Record<string, (line: Line) => Promise<unknown>>> = {
  'its channel is closed': (line) => line.call('channel.close'),
  'its connection is closed': (line) => line.peer.call(0, 'connection.close'),
  'its connection is lost': async (line) => line.peer.close(),
};

export const consuming: readonly Script[] = [
  script('a consumer that is named and one that is not', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    return [
      await line.call('basic.consume', { queue, consumerTag: 'me' }),
      await line.call('basic.consume', { queue }),
      await line.call('queue.declare', { queue, passive: true }),
      await line.call('basic.cancel', { consumerTag: 'me' }),
      await line.call('basic.cancel', { consumerTag: 'nobody' }),
    ];
  }),
  script('a tag that is used already', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('basic.consume', { queue, consumerTag: 'me' });
    return line.call('basic.consume', { queue, consumerTag: 'me' });
  }),
  script('consuming from a queue that is not there', async (bench) => {
    return (await bench.open()).call('basic.consume', { queue: bench.name('none') });
  }),
  script('exclusive consumers', async (bench) => {
    const line = await bench.open();
    const [taken, shared] = [await bench.queue(line, 'taken'), await bench.queue(line, 'shared')];
    await line.call('basic.consume', { queue: taken, exclusive: true, consumerTag: 'a' });
    await line.call('basic.consume', { queue: shared, consumerTag: 'b' });
    return [
      await (await line.sibling()).call('basic.consume', { queue: taken }),
      await (await line.sibling()).call('basic.consume', { queue: shared, exclusive: true }),
    ];
  }),
  script('consumers take turns', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    for (const consumerTag of ['a', 'b', 'c']) await line.call('basic.consume', { queue, consumerTag, noAck: true });
    await line.confirmed('', queue, ['1', '2', '3', '4', '5', '6']);
    return (await line.deliveries(6)).map(({ body, args }) => [body, args.consumerTag, args.deliveryTag]);
  }),
  script('a prefetch limit for each consumer', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('basic.qos', { prefetchCount: 2 });
    await line.call('basic.consume', { queue, consumerTag: 'a' });
    await line.call('basic.consume', { queue, consumerTag: 'b' });
    await line.confirmed('', queue, ['1', '2', '3', '4', '5', '6']);
    const first = await line.deliveries(4);
    const waiting = await untilLength(line, queue, 2);
    line.send('basic.ack', { deliveryTag: 1 });
    const [next] = await line.deliveries(1);
    return [first.map(({ body, args }) => [body, args.consumerTag]), waiting, next];
  }),
  script('a prefetch limit for the whole channel', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('basic.qos', { prefetchCount: 3, global: true });
    await line.call('basic.consume', { queue, consumerTag: 'a' });
    await line.call('basic.consume', { queue, consumerTag: 'b' });
    await line.confirmed('', queue, ['1', '2', '3', '4', '5', '6']);
    const first = await line.deliveries(3);
    const waiting = await untilLength(line, queue, 3);
    line.send('basic.ack', { deliveryTag: 2, multiple: true });
    return [bodies(first), waiting, bodies(await line.deliveries(2))];
  }),
  script('a prefetch in bytes', async (bench) => (await bench.open()).call('basic.qos', { prefetchSize: 100 })),
  script('a cancelled consumer keeps what it holds', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('basic.consume', { queue, consumerTag: 'a' });
    await line.confirmed('', queue, ['1', '2']);
    await line.deliveries(2);
    await line.call('basic.cancel', { consumerTag: 'a' });
    const held = await untilLength(line, queue, 0);
    line.send('basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
    return [held, await untilLength(line, queue, 2)];
  }),
  script('what is recovered is delivered again behind the answer', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('basic.consume', { queue, consumerTag: 'a' });
    await line.confirmed('', queue, ['1', '2']);
    await line.deliveries(2);
    const before = line.peer.heard(line.number).length;
    await line.call('basic.recover', { requeue: true });
    await line.deliveries(2);
    return line.peer.heard(line.number).slice(before);
  }),
  script('a consumer that goes leaves its messages to the next, marked', async (bench) => {
    const [first, second] = [await bench.open(), await bench.open()];
    const queue = await bench.queue(second, 'q');
    await first.call('basic.consume', { queue, consumerTag: 'a' });
    await second.confirmed('', queue, ['1', '2']);
    await first.deliveries(2);
    first.peer.close();
    await untilLength(second, queue, 2);
    await second.call('basic.consume', { queue, consumerTag: 'b' });
    return second.deliveries(2);
  }),
  script('a message given back goes to somebody else', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('basic.qos', { prefetchCount: 1 });
    await line.call('basic.consume', { queue, consumerTag: 'a' });
    await line.confirmed('', queue, ['1']);
    await line.deliveries(1);
    await line.call('basic.consume', { queue, consumerTag: 'b' });
    line.send('basic.reject', { deliveryTag: 1, requeue: true });
    const [again] = await line.deliveries(1);
    return [again!.body, again!.args.redelivered, again!.args.deliveryTag];
  }),
  script('consumer priorities: the highest first, the next when it is full', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('basic.qos', { prefetchCount: 2 });
    await line.call('basic.consume', { queue, consumerTag: 'low' });
    await line.call('basic.consume', { queue, consumerTag: 'high', arguments: { 'x-priority': 10 } });
    await line.call('basic.consume', {
      queue,
      consumerTag: 'higher',
      arguments: { 'x-priority': new Typed('long', 20) },
    });
    await line.confirmed('', queue, ['1', '2', '3', '4', '5', '6']);
    return (await line.deliveries(6)).map(({ body, args }) => [body, args.consumerTag]);
  }),
  script('a single active consumer, and the one that follows it', async (bench) => {
    const [line, second] = [await bench.open(), await bench.open()];
    const queue = await bench.queue(line, 'q', { arguments: { 'x-single-active-consumer': true } });
    const exclusive = await line.sibling();
    const refused = await exclusive.call('basic.consume', { queue, exclusive: true });
    await line.call('basic.consume', { queue, consumerTag: 'first', noAck: true });
    await second.call('basic.consume', { queue, consumerTag: 'second', noAck: true });
    await line.confirmed('', queue, ['1', '2', '3']);
    const first = await line.deliveries(3);
    await line.call('basic.cancel', { consumerTag: 'first' });
    await line.confirmed('', queue, ['4']);
    return [refused, bodies(first), bodies(await second.deliveries(1))];
  }),
  ...['classic', 'quorum'].map((type) =>
    script(`a single active consumer of a ${type} queue that is cancelled while messages wait`, async (bench) => {
      const [line, other] = [await bench.open(), await bench.open()];
      const args = { 'x-single-active-consumer': true, 'x-queue-type': type };
      const queue = await bench.queue(line, 'q', { durable: true, arguments: args });
      for (const one of [line, other]) {
        await one.call('basic.qos', { prefetchCount: 1 });
        await one.call('basic.consume', { queue, consumerTag: 'c' });
      }
      await line.confirmed('', queue, ['1', '2', '3']);
      const first = await line.deliveries(1);
      await line.call('basic.cancel', { consumerTag: 'c' });
      const waiting = await untilLength(line, queue, type === 'classic' ? 2 : 1);
      line.send('basic.ack', { deliveryTag: 1 });
      await other.call('basic.consume', { queue, consumerTag: 'another' });
      const next = await other.deliveries(1);
      await line.call('queue.delete', { queue });
      return [bodies(first), waiting.args.messageCount, bodies(next)];
    }),
  ),
  ...['classic', 'quorum'].flatMap((type) =>
    Object.entries(GOING).map(([how, go]) =>
      script(`a single active consumer of a ${type} queue that holds messages and goes: ${how}`, async (bench) => {
        const [line, first, second] = [await bench.open(), await bench.open(), await bench.open()];
        const args = { 'x-single-active-consumer': true, 'x-queue-type': type };
        const queue = await bench.queue(line, 'q', { durable: true, arguments: args });
        for (const one of [first, second]) {
          await one.call('basic.qos', { prefetchCount: 2 });
          await one.call('basic.consume', { queue, consumerTag: 'c' });
        }
        await line.confirmed('', queue, ['1', '2', '3', '4']);
        await first.deliveries(2);
        await go(first);
        const next = await second.deliveries(2);
        second.send('basic.ack', { deliveryTag: 2, multiple: true });
        next.push(...(await second.deliveries(2)));
        await line.call('queue.delete', { queue });
        return next.map(({ body, args }) => [body, args.redelivered]);
      }),
    ),
  ),
  ...['classic', 'quorum'].map((type) =>
    script(`one of two consumers of a ${type} queue that holds messages and goes`, async (bench) => {
      const [line, first, second] = [await bench.open(), await bench.open(), await bench.open()];
      const queue = await bench.queue(line, 'q', { durable: true, arguments: { 'x-queue-type': type } });
      for (const one of [first, second]) {
        await one.call('basic.qos', { prefetchCount: 2 });
        await one.call('basic.consume', { queue, consumerTag: 'c' });
      }
      await line.confirmed('', queue, ['1', '2', '3', '4', '5', '6']);
      const held = [await first.deliveries(2), await second.deliveries(2)];
      await first.call('channel.close');
      await untilLength(line, queue, 4);
      second.send('basic.ack', { deliveryTag: 2, multiple: true });
      const next = await second.deliveries(2);
      second.send('basic.ack', { deliveryTag: 4, multiple: true });
      next.push(...(await second.deliveries(2)));
      await line.call('queue.delete', { queue });
      return [...held.map(bodies), next.map(({ body, args }) => [body, args.redelivered])];
    }),
  ),
  script('a single active consumer is given the next message after its ack', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { arguments: { 'x-single-active-consumer': true } });
    await line.call('basic.qos', { prefetchCount: 1 });
    await line.call('basic.consume', { queue, consumerTag: 'first' });
    await line.call('basic.consume', { queue, consumerTag: 'second' });
    await line.confirmed('', queue, ['1', '2', '3']);
    const first = await line.deliveries(1);
    line.send('basic.ack', { deliveryTag: 1 });
    return (await line.deliveries(1)).concat(first).map(({ body, args }) => [body, args.consumerTag]);
  }),
  script('without acknowledgement a message is gone when it is sent', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('basic.consume', { queue, consumerTag: 'a', noAck: true });
    await line.confirmed('', queue, ['1']);
    await line.deliveries(1);
    line.send('basic.ack', { deliveryTag: 1 });
    return line.peer.answer(1);
  }),
  script('a client that did not ask for it is not told of a deleted queue', async (bench) => {
    const line = await bench.open({ capabilities: {} });
    const queue = await bench.queue(line, 'q');
    await line.call('basic.consume', { queue, consumerTag: 'a' });
    await (await line.sibling()).call('queue.delete', { queue });
    return [await line.call('basic.cancel', { consumerTag: 'a' }), line.peer.pending(1)];
  }),
  script('global prefetch on a quorum queue', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await line.call('basic.qos', { prefetchCount: 3, global: true });
    const answer = await line.call('basic.consume', { queue });
    await (await bench.open()).call('queue.delete', { queue });
    return answer;
  }),
  script('a consumer’s priority that is no number', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    return line.call('basic.consume', { queue, arguments: { 'x-priority': 'high' } });
  }),
];
