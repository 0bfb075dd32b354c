/** Streams: a log that many read, again and again. What is acknowledged is a credit; nothing is taken out. */
import type { AmqpArgs, FieldTable, FieldValue } from '../../../../src/protocols/amqp/index.ts';
import { Typed } from '../../../../src/protocols/amqp/table.ts';
import type { Reply } from '../../../helpers/amqp-peer.ts';
import { type Bench, type Line, type Script, script, untilLength } from './_script.ts';

const STREAM = { 'x-queue-type': 'stream' };

async function stream(bench: Bench, line: Line, args: FieldTable = {}): Promise<string> {
  return bench.queue(line, 's', { durable: true, arguments: { ...STREAM, ...args } });
}

/** A stream of messages `0` to `count - 1`. */
async function filled(bench: Bench, line: Line, count: number, args: FieldTable = {}): Promise<string> {
  const queue = await stream(bench, line, args);
  const bodies = Array.from({ length: count }, (_, index) => `${index}`);
  await line.confirmed('', queue, bodies, { headers: { mine: 1 } });
  return queue;
}

/** A consumer on a line of its own, with a prefetch. */
async function reader(line: Line, queue: string, args: FieldTable = {}, prefetchCount = 10) {
  const own = await line.sibling();
  await own.call('basic.qos', { prefetchCount });
  const answer = await own.call('basic.consume', { queue, consumerTag: 'c', arguments: args });
  return { own, answer };
}

const told = (deliveries: readonly Reply[]) =>
  deliveries.map(({ body, properties, args }) => [body, properties, args.redelivered]);

/** What comes of an offset in a stream of five, and of one more message. */
const offset = (title: string, value: FieldValue, expected: number) =>
  script(`a stream read from ${title}`, async (bench) => {
    const line = await bench.open();
    const queue = await filled(bench, line, 5);
    const { own, answer } = await reader(line, queue, { 'x-stream-offset': value });
    await line.confirmed('', queue, ['more']);
    const deliveries = await own.deliveries(expected);
    await line.call('queue.delete', { queue });
    return [answer.method, told(deliveries)];
  });

const badOffset = (value: FieldValue) =>
  script(`a stream read from ${JSON.stringify(value)}`, async (bench) => {
    const line = await bench.open();
    const queue = await stream(bench, line);
    const { answer } = await reader(line, queue, { 'x-stream-offset': value });
    await (await bench.open()).call('queue.delete', { queue });
    return answer;
  });

const declared = (args: FieldTable, more: Partial<AmqpArgs['queue.declare']> = {}) =>
  script(`a stream, ${JSON.stringify({ ...args, ...more })}`, async (bench) => {
    const line = await bench.open();
    const queue = bench.name('s');
    const answer = await line.call('queue.declare', {
      queue,
      durable: true,
      arguments: { ...STREAM, ...args },
      ...more,
    });
    await (await bench.open()).call('queue.delete', { queue });
    return answer;
  });

const refused = (title: string, ask: (line: Line, queue: string) => Promise<unknown>) =>
  script(`a stream and ${title}`, async (bench) => {
    const line = await bench.open();
    const queue = await stream(bench, line);
    const answer = await ask(line, queue);
    await (await bench.open()).call('queue.delete', { queue });
    return answer;
  });

/** Long enough that what else a file of a real one holds does not count. */
const FILL = 'k'.repeat(10_000);
const withoutFill = (deliveries: readonly Reply[]) =>
  told(deliveries.map((delivery) => ({ ...delivery, body: delivery.body!.replace(FILL, '') })));

/**
 * What the limits of a stream leave of messages of 10 kB that came one by one, two in a segment: those from
 * `from` on. A real one drops a little after it began a segment, so that is waited for.
 */
const retention = (title: string, args: FieldTable, count: number, from: number, pauseBefore?: number) =>
  script(`a stream that keeps ${title}`, async (bench) => {
    const line = await bench.open();
    const queue = await stream(bench, line, { 'x-stream-max-segment-size-bytes': 20_000, ...args });
    // One publisher: each has a note of its own in every segment.
    const publisher = await line.sibling();
    await publisher.call('confirm.select');
    for (let index = 0; index < count; index += 1) {
      // Older than a second, which is the least that x-max-age can say.
      if (index === pauseBefore) await new Promise((resolve) => setTimeout(resolve, 1100));
      publisher.publish('', queue, `${index} ${FILL}`);
      await publisher.peer.confirms(publisher.number, index + 1);
    }
    const deadline = performance.now() + 3000;
    for (;;) {
      const { own } = await reader(line, queue, { 'x-stream-offset': 'first' }, 1);
      const [first] = await own.deliveries(1);
      await own.call('channel.close');
      if (first?.body?.startsWith(`${from} `) || performance.now() > deadline) break;
    }
    const all = await reader(line, queue, { 'x-stream-offset': 'first' }, count);
    const left = await all.own.deliveries(count - from);
    const gone = await reader(line, queue, { 'x-stream-offset': 0 }, 1);
    const last = await reader(line, queue, { 'x-stream-offset': 'last' }, 1);
    const ends = [...(await gone.own.deliveries(1)), ...(await last.own.deliveries(1))];
    await line.call('queue.delete', { queue });
    return [withoutFill(left), withoutFill(ends)];
  });

export const streams: readonly Script[] = [
  declared({}),
  declared({ 'x-max-length-bytes': 1000, 'x-max-age': '1D', 'x-stream-max-segment-size-bytes': 500 }),
  declared({ 'x-max-age': '1 day' }),
  declared({ 'x-max-age': '5' }),
  declared({ 'x-max-age': 5 }),
  declared({ 'x-max-age': '0s' }),
  declared({ 'x-max-age': '5h' }),
  declared({ 'x-max-length': 5 }),
  declared({ 'x-message-ttl': 5 }),
  declared({ 'x-dead-letter-exchange': 'x' }),
  declared({ 'x-single-active-consumer': true }),
  declared({ 'x-overflow': 'reject-publish' }),
  declared({ 'x-expires': 5 }),
  declared({ 'x-max-length-bytes': -1 }),
  declared({ 'x-stream-max-segment-size-bytes': -1 }),
  declared({ 'x-stream-max-segment-size-bytes': 0 }),
  declared({ 'x-stream-max-segment-size-bytes': 'x' }),
  declared({ 'x-initial-cluster-size': 0 }),
  declared({ 'x-stream-filter-size-bytes': 16 }),
  declared({ 'x-stream-filter-size-bytes': 300 }),
  declared({ 'x-queue-leader-locator': 'balanced' }),
  declared({}, { durable: false }),
  declared({}, { exclusive: true }),
  declared({}, { autoDelete: true }),
  script('a stream that the server should name', async (bench) => {
    const line = await bench.open();
    return line.call('queue.declare', { durable: true, arguments: STREAM });
  }),
  script('a stream declared again, the same and otherwise', async (bench) => {
    const line = await bench.open();
    const queue = await filled(bench, line, 3, { 'x-max-length-bytes': 1_000_000 });
    const declare = async (args: FieldTable) =>
      (await bench.open()).call('queue.declare', { queue, durable: true, arguments: args });
    await untilLength(line, queue, 3);
    const answers = [
      await declare({ ...STREAM, 'x-max-length-bytes': 1_000_000 }),
      await declare({ ...STREAM, 'x-max-length-bytes': 5 }),
      await declare(STREAM),
      await declare({}),
    ];
    await line.call('queue.delete', { queue });
    return answers;
  }),
  offset('its beginning', 'first', 6),
  offset('its end', 'next', 1),
  offset('a number', new Typed('long', 3), 3),
  offset('a number that is an int', 2, 4),
  offset('a number beyond its end', new Typed('long', 5), 1),
  offset('a time long ago', new Typed('timestamp', 1_000_000), 6),
  offset('an hour ago', '1h', 6),
  script('a stream read without an offset', async (bench) => {
    const line = await bench.open();
    const queue = await filled(bench, line, 2);
    const { own } = await reader(line, queue);
    await line.confirmed('', queue, ['more']);
    const deliveries = await own.deliveries(1);
    await line.call('queue.delete', { queue });
    return told(deliveries);
  }),
  script('an empty stream read from its last message', async (bench) => {
    const line = await bench.open();
    const queue = await stream(bench, line);
    const { own } = await reader(line, queue, { 'x-stream-offset': 'last' });
    await line.confirmed('', queue, ['only']);
    const deliveries = await own.deliveries(1);
    await line.call('queue.delete', { queue });
    return told(deliveries);
  }),
  badOffset('nonsense'),
  badOffset('5x'),
  badOffset(true),
  badOffset(1.5),
  script('several readers of a stream, one after the other, and it keeps all', async (bench) => {
    const line = await bench.open();
    const queue = await filled(bench, line, 3);
    const all = [];
    for (let count = 0; count < 2; count += 1) {
      const { own } = await reader(line, queue, { 'x-stream-offset': 'first' });
      const deliveries = await own.deliveries(3);
      own.send('basic.ack', { deliveryTag: 3, multiple: true });
      await own.call('basic.cancel', { consumerTag: 'c' });
      all.push(told(deliveries));
    }
    const left = await untilLength(line, queue, 3);
    await line.call('queue.delete', { queue });
    return [all, left];
  }),
  script('what is acknowledged is a credit', async (bench) => {
    const line = await bench.open();
    const queue = await filled(bench, line, 6);
    const { own } = await reader(line, queue, { 'x-stream-offset': 'first' }, 2);
    const seen = [];
    for (let count = 0; count < 3; count += 1) {
      const deliveries = await own.deliveries(2);
      seen.push(deliveries.map(({ body }) => body));
      own.send('basic.ack', { deliveryTag: 2 * count + 2, multiple: true });
    }
    await line.call('queue.delete', { queue });
    return seen;
  }),
  ...(['basic.nack', 'basic.reject', 'basic.recover'] as const).map((method) =>
    script(`what was read from a stream, given back by ${method}`, async (bench) => {
      const line = await bench.open();
      const queue = await filled(bench, line, 1);
      const { own } = await reader(line, queue, { 'x-stream-offset': 'first' });
      await own.deliveries(1);
      const isAnswered = method === 'basic.recover';
      if (!isAnswered) own.send(method, { deliveryTag: 1, requeue: true });
      const answer = await (isAnswered ? own.call(method, { requeue: true }) : own.call('basic.qos'));
      await (await bench.open()).call('queue.delete', { queue });
      return answer;
    }),
  ),
  script('what was not acknowledged, read again', async (bench) => {
    const line = await bench.open();
    const queue = await filled(bench, line, 3);
    const { own } = await reader(line, queue, { 'x-stream-offset': 'first' });
    await own.deliveries(3);
    await own.call('channel.close');
    const again = await reader(line, queue, { 'x-stream-offset': 'first' });
    const deliveries = await again.own.deliveries(3);
    await line.call('queue.delete', { queue });
    return told(deliveries);
  }),
  script('a stream behind an exchange, and its counts', async (bench) => {
    const line = await bench.open();
    const queue = await stream(bench, line);
    const exchange = await bench.exchange(line, 'x', 'fanout');
    await line.call('queue.bind', { queue, exchange });
    const confirms = await line.confirmed(exchange, 'k', ['a', 'b'], {
      messageId: 'm',
      deliveryMode: 2,
      expiration: '1',
    });
    const counted = await untilLength(line, queue, 2);
    const { own } = await reader(line, queue, { 'x-stream-offset': 'first' });
    const deliveries = await own.deliveries(2);
    const consumed = await line.call('queue.declare', { queue, passive: true });
    const deleted = await line.call('queue.delete', { queue });
    return [confirms, counted, told(deliveries), deliveries[0]!.args, consumed, deleted];
  }),
  script('a reader of a stream that is deleted', async (bench) => {
    const line = await bench.open();
    const queue = await filled(bench, line, 1);
    const { own } = await reader(line, queue, { 'x-stream-offset': 'first' });
    await own.deliveries(1);
    await line.call('queue.delete', { queue });
    return own.peer.unasked(own.number, 'basic.cancel', 1);
  }),
  retention('all that fits into one segment, whatever its limit', { 'x-max-length-bytes': 1 }, 1, 0),
  retention('what its last segment has, where its limit is small', { 'x-max-length-bytes': 1 }, 7, 6),
  retention('as many whole segments as its limit allows', { 'x-max-length-bytes': 55_000 }, 11, 6),
  retention('all, while no segment is full', { 'x-max-age': '1s', 'x-stream-max-segment-size-bytes': 90_000 }, 3, 0, 2),
  retention('what is younger than its limit, and what shares a segment with that', { 'x-max-age': '1s' }, 6, 2, 3),
  script('a stream read from an offset far beyond its end', async (bench) => {
    const line = await bench.open();
    const queue = await filled(bench, line, 3);
    const { own, answer } = await reader(line, queue, { 'x-stream-offset': 5 });
    await line.confirmed('', queue, ['at 3', 'at 4', 'at 5', 'at 6']);
    const deliveries = await own.deliveries(2);
    await line.call('queue.delete', { queue });
    return [answer.method, told(deliveries)];
  }),
  refused('basic.get', (line, queue) => line.call('basic.get', { queue })),
  refused('a reader without a prefetch', (line, queue) => line.call('basic.consume', { queue })),
  refused('a reader without a prefetch that does not acknowledge', (line, queue) =>
    line.call('basic.consume', { queue, noAck: true }),
  ),
  refused('a reader that does not acknowledge', async (line, queue) => {
    await line.call('basic.qos', { prefetchCount: 1 });
    return line.call('basic.consume', { queue, noAck: true });
  }),
  refused('a global prefetch', async (line, queue) => {
    await line.call('basic.qos', { prefetchCount: 1, global: true });
    return line.call('basic.consume', { queue });
  }),
  refused('an exclusive reader', async (line, queue) => {
    await line.call('basic.qos', { prefetchCount: 1 });
    return line.call('basic.consume', { queue, consumerTag: 'c', exclusive: true });
  }),
  refused('a purge', (line, queue) => line.call('queue.purge', { queue })),
  refused('a deletion if unused', (line, queue) => line.call('queue.delete', { queue, ifUnused: true })),
  refused('a deletion if empty', (line, queue) => line.call('queue.delete', { queue, ifEmpty: true })),
];
