/**
 * When a queue with priorities looks for what has expired: `high`, which has a time to live of its own, comes in front of `low`,
 * which was there before.
 */
import type { FieldTable } from '../../../../src/protocols/amqp/index.ts';
import { type Bench, type Line, type Script, script, untilLength } from './_script.ts';

/** A queue with priorities, whose dead letters another queue collects. */
async function lanes(
  bench: Bench,
  line: Line,
  args: FieldTable = { 'x-max-priority': 5 },
): Promise<{ queue: string; dead: string }> {
  const dead = await bench.queue(line, 'dead', { durable: true });
  const onward = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
  const queue = await bench.queue(line, 'q', { durable: true, arguments: { ...onward, ...args } });
  return { queue, dead };
}

const LOW = { priority: 0, deliveryMode: 2 };
const HIGH = { priority: 5, deliveryMode: 2, expiration: '20' };

/** Until the time of what was published before is over: that of one that came later is, alone in a queue of its own. */
async function aWhile(bench: Bench, line: Line): Promise<void> {
  const over = await bench.queue(line, 'over');
  const onward = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': over };
  const alone = await bench.queue(line, 'alone', { arguments: { 'x-message-ttl': 50, ...onward } });
  await line.confirmed('', alone, ['later']);
  await untilLength(line, over, 1);
  for (const queue of [over, alone]) await line.call('queue.delete', { queue });
}

/** Publishes `low` and after it `high`, whose time is over when this returns. */
async function overtake(bench: Bench, line: Line, queue: string, high: readonly string[] = ['high']): Promise<void> {
  await line.confirmed('', queue, ['low'], LOW);
  await line.confirmed('', queue, high, HIGH);
  await aWhile(bench, line);
}

/** What waits, by the time that the queue is done with what it was told before. */
async function waiting(line: Line, { queue, dead }: { queue: string; dead: string }, count: number) {
  const lengths = [await untilLength(line, queue, count), await untilLength(line, dead, 0)];
  return lengths.map(({ args }) => args.messageCount);
}

/** What a queue sees of something that a channel does, which holds a message while the time of `high` is over. */
function meanwhile(
  title: string,
  holds: 'what it got' | 'what it consumed',
  act: (holder: Line, queue: string) => Promise<unknown>,
): Script {
  return script(`whether a queue looks for what has expired in front of something: ${title}`, async (bench) => {
    const [line, holder] = [await bench.open(), await bench.open()];
    const both = await lanes(bench, line);
    await line.confirmed('', both.queue, ['held'], LOW);
    if (holds === 'what it got') await holder.call('basic.get', { queue: both.queue });
    else {
      await holder.call('basic.qos', { prefetchCount: 1 });
      await holder.call('basic.consume', { queue: both.queue, consumerTag: 'c' });
      await holder.deliveries(1);
    }
    await overtake(bench, line, both.queue);
    const before = await waiting(line, both, 2);
    await act(holder, both.queue);
    await aWhile(bench, line);
    const after = [];
    for (const queue of [both.queue, both.dead]) after.push(await line.call('queue.delete', { queue }));
    return { before, after: after.map(({ args }) => args.messageCount) };
  });
}

export const overtaking: readonly Script[] = [
  script('what has expired in front of something is given to who asks', async (bench) => {
    const line = await bench.open();
    const both = await lanes(bench, line);
    await overtake(bench, line, both.queue);
    const before = await waiting(line, both, 2);
    const got = await line.drain(both.queue);
    return { before, got, after: await waiting(line, both, 0) };
  }),
  script('what has expired in front of something is given to a consumer', async (bench) => {
    const line = await bench.open();
    const { queue } = await lanes(bench, line);
    await overtake(bench, line, queue);
    await line.call('basic.consume', { queue, noAck: true });
    return (await line.deliveries(2)).map(({ body }) => body);
  }),
  script('who asks for a message makes a queue look for what has expired behind it', async (bench) => {
    const line = await bench.open();
    const both = await lanes(bench, line);
    await overtake(bench, line, both.queue, ['high', 'high too']);
    const before = await waiting(line, both, 3);
    const got = await line.call('basic.get', { queue: both.queue, noAck: true });
    await untilLength(line, both.dead, 1);
    return { before, got, dead: await line.drain(both.dead), left: await line.drain(both.queue) };
  }),
  script('what is dropped for its length makes a queue look for what has expired behind it', async (bench) => {
    const line = await bench.open();
    const { queue, dead } = await lanes(bench, line, { 'x-max-priority': 5, 'x-max-length': 3 });
    await overtake(bench, line, queue, ['high', 'high too']);
    await line.confirmed('', queue, ['middle'], { priority: 1 });
    await untilLength(line, dead, 2);
    const letters = [];
    for (const _ of ['high', 'high too']) letters.push(await line.call('basic.get', { queue: dead, noAck: true }));
    return { letters, left: await line.drain(queue) };
  }),
  script('a queue looks for what has expired when the time of an earlier head is over', async (bench) => {
    const line = await bench.open();
    const both = await lanes(bench, line);
    await line.confirmed('', both.queue, ['low'], { ...LOW, expiration: '700' });
    await line.confirmed('', both.queue, ['high'], HIGH);
    await aWhile(bench, line);
    const before = await waiting(line, both, 2);
    await untilLength(line, both.dead, 2);
    return { before, dead: await line.drain(both.dead) };
  }),
  ...(['basic.get', 'queue.purge'] as const).map((method) =>
    script(`a queue looks then although that head is gone by ${method}`, async (bench) => {
      const line = await bench.open();
      const both = await lanes(bench, line);
      await line.confirmed('', both.queue, ['first'], { ...LOW, expiration: '700' });
      await line.call(method, { queue: both.queue });
      await overtake(bench, line, both.queue);
      const before = await waiting(line, both, 2);
      await untilLength(line, both.dead, 1);
      return { before, dead: await line.drain(both.dead), left: await line.drain(both.queue) };
    }),
  ),
  meanwhile('an ack', 'what it got', async (holder) => holder.send('basic.ack', { deliveryTag: 1 })),
  meanwhile('a reject', 'what it got', async (holder) =>
    holder.send('basic.reject', { deliveryTag: 1, requeue: false }),
  ),
  meanwhile('a message is given back', 'what it got', async (holder) =>
    holder.send('basic.nack', { deliveryTag: 1, requeue: true }),
  ),
  meanwhile('a consumer comes that has no room', 'what it consumed', (holder, queue) =>
    holder.call('basic.consume', { queue, consumerTag: 'another' }),
  ),
  meanwhile('a consumer is cancelled', 'what it consumed', (holder) =>
    holder.call('basic.cancel', { consumerTag: 'c' }),
  ),
  meanwhile('the channel of a consumer ends', 'what it consumed', (holder) => holder.call('channel.close')),
  meanwhile('a channel ends that got a message', 'what it got', (holder) => holder.call('channel.close')),
  meanwhile('a channel ends that has acked what it got', 'what it got', async (holder) => {
    holder.send('basic.ack', { deliveryTag: 1 });
    await holder.call('channel.close');
  }),
  script('a quorum queue sees at once what has expired in front of something', async (bench) => {
    const line = await bench.open();
    const both = await lanes(bench, line, { 'x-queue-type': 'quorum' });
    await overtake(bench, line, both.queue);
    await aWhile(bench, line);
    const dead = await line.drain(both.dead);
    const left = await line.drain(both.queue);
    for (const queue of [both.queue, both.dead]) await line.call('queue.delete', { queue });
    return { dead, left };
  }),
  script('a queue looks for what has expired in front of something when it is restarted', async (bench) => {
    const before = await bench.open();
    await overtake(bench, before, (await lanes(bench, before)).queue);
    await bench.restart();
    const line = await bench.open();
    const [queue, dead] = [bench.name('q'), bench.name('dead')];
    await untilLength(line, dead, 1);
    const outcome = { dead: await line.drain(dead), left: await line.drain(queue) };
    for (const each of [queue, dead]) await line.call('queue.delete', { queue: each });
    return outcome;
  }),
];
