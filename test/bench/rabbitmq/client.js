/** The client program of the benchmark, in a process of its own: amqplib, told by messages what to do. */
import amqplib from 'amqplib';

const body = Buffer.alloc(100, 'x');

/** Publishes `count` messages and consumes them on another connection; answers messages per second. */
async function throughput(url, { count, acked }) {
  const [publishing, consuming] = [await amqplib.connect(url), await amqplib.connect(url)];
  const [publisher, consumer] = [await publishing.createChannel(), await consuming.createChannel()];
  const { queue } = await consumer.assertQueue('', { exclusive: true });
  if (acked) await consumer.prefetch(500);
  let got = 0;
  const done = new Promise((resolve) => {
    consumer.consume(
      queue,
      (message) => {
        if (acked) consumer.ack(message);
        got += 1;
        if (got === count) resolve();
      },
      { noAck: !acked },
    );
  });
  const started = performance.now();
  for (let sent = 0; sent < count; sent += 1) {
    if (!publisher.sendToQueue(queue, body)) await new Promise((resolve) => publisher.once('drain', resolve));
  }
  await done;
  const rate = count / ((performance.now() - started) / 1000);
  await Promise.all([publishing.close(), consuming.close()]);
  return rate;
}

/** Publishes one message at a time and waits for its confirm; answers the median in ms of those after the first, cold ones. */
async function confirmLatency(url, { count, persistent }) {
  const connection = await amqplib.connect(url);
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue(`bench.${process.pid}`, { durable: persistent });
  const times = [];
  for (let sent = persistent ? -200 : -3000; sent < count; sent += 1) {
    const started = performance.now();
    await new Promise((resolve, reject) =>
      channel.sendToQueue(queue, body, { persistent }, (error) => (error ? reject(error) : resolve())),
    );
    if (sent >= 0) times.push(performance.now() - started);
  }
  await channel.deleteQueue(queue);
  await connection.close();
  return times.sort((a, b) => a - b)[count >> 1];
}

/** Fills a queue; answers the rates of the first and the last tenth. */
async function depth(url, { count }) {
  const connection = await amqplib.connect(url);
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const step = count / 10;
  const rates = [];
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const started = performance.now();
    for (let sent = 0; sent < step; sent += 1) {
      if (!channel.sendToQueue(queue, body)) await new Promise((resolve) => channel.once('drain', resolve));
    }
    await channel.waitForConfirms();
    rates.push(step / ((performance.now() - started) / 1000));
  }
  process.send({ progress: 'full' });
  await new Promise((resolve) => process.once('message', resolve));
  await connection.close();
  return { first: rates[0], last: rates[9] };
}

/** Messages per second through one queue among `queues` that are bound to the same exchange. */
async function amongQueues(url, { queues, count, type, patterns }) {
  const connection = await amqplib.connect(url);
  const channel = await connection.createConfirmChannel();
  const exchange = `bench.${process.pid}.${queues}`;
  await channel.assertExchange(exchange, type, { durable: false, autoDelete: false });
  const { queue: only } = await channel.assertQueue('', { exclusive: true, arguments: { 'x-max-length': 1000 } });
  for (let index = 0; index < queues; index += 1) {
    const { queue } = patterns ? { queue: only } : await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, exchange, patterns ? `a.${index}.*.b` : `k.${index}`);
  }
  await channel.bindQueue(only, exchange, 'wanted.#');
  const started = performance.now();
  for (let sent = 0; sent < count; sent += 1) {
    // Keys of their own, so that nothing can be remembered.
    const key = `wanted.${sent}`;
    if (!channel.publish(exchange, type === 'direct' ? 'k.0' : key, body)) {
      await new Promise((resolve) => channel.once('drain', resolve));
    }
  }
  await channel.waitForConfirms();
  const rate = count / ((performance.now() - started) / 1000);
  await channel.deleteExchange(exchange);
  await connection.close();
  return rate;
}

const JOBS = { throughput, confirmLatency, depth, amongQueues };

process.once('message', async ({ job, url, options }) => {
  try {
    process.send({ result: await JOBS[job](url, options) });
  } catch (error) {
    process.send({ error: error.stack });
  }
  process.disconnect();
});
