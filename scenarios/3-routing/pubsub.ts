import { defineScenario, type Lab } from 'msgplay';

/** Who subscribes from the start; `search` drops and returns, `analytics` comes late. */
const SERVICES = ['email', 'audit', 'search'];

/** Small frames leave at once, instead of waiting up to 40 ms for company (Nagle's algorithm). */
const SOCKET = { noDelay: true };

export default defineScenario({
  name: 'pubsub',
  title: 'One event, many subscribers: RabbitMQ keeps, Redis forgets',
  lesson: 1,
  options: {
    via: {
      type: 'choice',
      choices: ['both', 'rabbitmq', 'redis'],
      default: 'both',
      help: 'which broker carries the events',
    },
    events: { type: 'integer', default: 1, min: 1, max: 100, help: 'how many events are published in each step' },
  },
  needs: ({ via }) => (via === 'both' ? ['rabbitmq', 'redis'] : [via]),
  about: ({ via, events }) =>
    `${via === 'both' ? 'RabbitMQ, then Redis' : via === 'redis' ? 'Redis' : 'RabbitMQ'} · ${4 * events} events each`,

  async run(lab, { via, events }) {
    if (via !== 'redis') await viaRabbitmq(lab, events);
    if (via !== 'rabbitmq') await viaRedis(lab, events);
  },
});

async function viaRabbitmq(lab: Lab, events: number): Promise<void> {
  const amqp = await import('amqplib');
  const exchange = lab.name('events');
  const got = new Map<string, number[]>();

  const publisher = await amqp.connect(await lab.url('rabbitmq', 'publisher'), SOCKET);
  lab.defer(() => publisher.close());
  const channel = await publisher.createConfirmChannel();
  await channel.assertExchange(exchange, 'fanout', { durable: true });
  let returned = 0;
  channel.on('return', () => returned++);
  let published = 0;
  const publish = async (): Promise<void> => {
    for (let i = 0; i < events; i++) channel.publish(exchange, '', eventNumber(++published), { mandatory: true });
    await channel.waitForConfirms();
  };

  const subscribe = async (name: string) => {
    const connection = await amqp.connect(await lab.url('rabbitmq', name), SOCKET);
    const subscriber = await connection.createChannel();
    const { queue } = await subscriber.assertQueue(lab.name(name), { durable: true });
    await subscriber.bindQueue(queue, exchange, '');
    const seen = got.get(name) ?? [];
    got.set(name, seen);
    await subscriber.consume(queue, (delivery) => {
      if (!delivery) return;
      seen.push(JSON.parse(delivery.content.toString()).event);
      subscriber.ack(delivery);
    });
    // The channel first: that way its last acks are on the wire before the connection goes.
    return async (): Promise<void> => {
      await subscriber.close();
      await connection.close();
    };
  };
  const has = (name: string, count: number) => (): boolean => got.get(name)!.length === count * events;

  lab.step('RabbitMQ: an event before anybody has bound a queue');
  await publish();
  lab.check('RabbitMQ returns an event that no queue takes', returned === events, `${returned} of ${events} returned`);

  lab.step('RabbitMQ: email, audit and search each bind a queue of their own');
  for (const name of ['email', 'audit']) lab.defer(await subscribe(name));
  const leave = await subscribe('search');
  await publish();
  for (const name of SERVICES) await lab.until(`${name} gets its copy`, has(name, 1));

  lab.step('RabbitMQ: search goes away, its queue stays');
  await leave();
  await publish();
  for (const name of ['email', 'audit']) await lab.until(`${name} gets its copy`, has(name, 2));

  lab.step('RabbitMQ: search returns, and analytics subscribes for the first time');
  for (const name of ['search', 'analytics']) lab.defer(await subscribe(name));
  await lab.until('search gets what it missed', has('search', 2));
  await publish();
  for (const name of SERVICES) await lab.until(`${name} gets its copy`, has(name, 3));
  await lab.until('analytics gets its copy', has('analytics', 1));

  const all = numbers(events + 1, 4 * events);
  lab.check('RabbitMQ: each subscriber got its own copy', same(got.get('email')!, all) && same(got.get('audit')!, all));
  lab.check('RabbitMQ: the queue kept what search missed', same(got.get('search')!, all), list(got.get('search')!));
  const late = got.get('analytics')!;
  lab.check('RabbitMQ: a late queue has no past', same(late, numbers(3 * events + 1, 4 * events)), list(late));
}

async function viaRedis(lab: Lab, events: number): Promise<void> {
  const { Redis } = await import('ioredis');
  const channel = lab.name('events');
  const got = new Map<string, number[]>();

  const connect = async (name: string) => new Redis(await lab.url('redis', name));
  const publisher = await connect('publisher');
  lab.defer(() => publisher.quit());
  let published = 0;
  const publish = async (): Promise<number> => {
    let receivers = 0;
    for (let i = 0; i < events; i++) receivers += await publisher.publish(channel, eventNumber(++published));
    return receivers;
  };
  const subscribe = async (name: string) => {
    const subscriber = await connect(name);
    const seen = got.get(name) ?? [];
    got.set(name, seen);
    subscriber.on('message', (_channel, body) => seen.push(JSON.parse(body).event));
    await subscriber.subscribe(channel);
    return subscriber;
  };
  const has = (name: string, count: number) => (): boolean => got.get(name)!.length === count * events;

  lab.step('Redis: an event before anybody has subscribed');
  const nobody = await publish();
  lab.check('Redis: PUBLISH without a subscriber reaches nobody', nobody === 0, `${nobody} receivers`);

  lab.step('Redis: email, audit and search subscribe to the channel');
  for (const name of ['email', 'audit']) {
    const subscriber = await subscribe(name);
    lab.defer(() => subscriber.quit());
  }
  const search = await subscribe('search');
  await publish();
  for (const name of SERVICES) await lab.until(`${name} gets its copy`, has(name, 1));

  lab.step('Redis: search goes away, and nothing stays');
  await search.quit();
  await publish();
  for (const name of ['email', 'audit']) await lab.until(`${name} gets its copy`, has(name, 2));

  lab.step('Redis: search returns, and analytics subscribes for the first time');
  for (const name of ['search', 'analytics']) {
    const subscriber = await subscribe(name);
    lab.defer(() => subscriber.quit());
  }
  await publish();
  for (const name of ['email', 'audit']) await lab.until(`${name} gets its copy`, has(name, 3));
  for (const [name, count] of [
    ['search', 2],
    ['analytics', 1],
  ] as const) {
    await lab.until(`${name} gets its copy`, has(name, count));
  }

  const all = numbers(events + 1, 4 * events);
  lab.check('Redis: each subscriber got its own copy', same(got.get('email')!, all) && same(got.get('audit')!, all));
  const missed = got.get('search')!.filter((event) => event > 2 * events && event <= 3 * events);
  lab.check('Redis: what search missed is gone', missed.length === 0, list(got.get('search')!));
  const late = got.get('analytics')!;
  lab.check('Redis: a late subscriber has no past', same(late, numbers(3 * events + 1, 4 * events)), list(late));
}

function eventNumber(event: number): Buffer {
  return Buffer.from(JSON.stringify({ event, what: 'order placed' }));
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function same(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

function list(events: readonly number[]): string {
  return events.length === 0 ? 'got nothing' : `got ${events.join(', ')}`;
}
