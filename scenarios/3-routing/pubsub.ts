import { defineScenario, type Lab, say } from 'msgplay';

/** Gets the number of an event. */
type Listener = (event: number) => void;
/** What either broker has to offer. */
interface Broker {
  /** Publishes an event; resolves to whether it went to anybody. */
  publish(event: number): Promise<boolean>;
  /** Listens until it is told to leave. */
  subscribe(name: string, listener: Listener): Promise<() => Promise<unknown>>;
}

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
    via === 'both'
      ? say`RabbitMQ, then Redis · events in each step: ${events}`
      : say`${via === 'redis' ? 'Redis' : 'RabbitMQ'} · events in each step: ${events}`,
  names: ['event'],

  async run(lab, { via, events }) {
    if (via !== 'redis') await play(lab, events, 'RabbitMQ', await rabbitmq(lab));
    if (via !== 'rabbitmq') await play(lab, events, 'Redis', await redis(lab));
  },
});

async function play(lab: Lab, events: number, title: string, broker: Broker): Promise<void> {
  const got = new Map<string, number[]>();
  const numbers = (name: string): number[] => got.get(name) ?? [];
  const subscribe = (name: string): Promise<() => Promise<unknown>> => {
    got.set(name, numbers(name));
    return broker.subscribe(name, (event) => numbers(name).push(event));
  };
  let published = 0;
  let reached = 0;
  const publish = async (): Promise<void> => {
    for (let count = 0; count < events; count++) if (await broker.publish(++published)) reached++;
  };
  const each = async (names: readonly string[], batches: number): Promise<void> => {
    for (const name of names) {
      await lab.until(say`${name} gets its copies`, () => numbers(name).length === batches * events);
    }
  };
  const batch = (number: number): number[] =>
    Array.from({ length: events }, (_, index) => (number - 1) * events + index + 1);
  const holds = (name: string, ...batches: number[]): boolean => numbers(name).join() === batches.flatMap(batch).join();

  await lab.step(say`${title}: an event before anybody has subscribed`);
  await publish();
  lab.check(say`${title}: without a subscriber an event reaches nobody`, reached === 0, say`${reached} of ${events}`);
  const who = await lab.predict(say`${title}: email, audit and search subscribe. Who gets the next event?`, {
    single: 'one of them',
    copies: 'each of them',
    each: 'each of them, and the event from before, too',
  });
  await lab.step(say`${title}: email, audit and search subscribe`);
  const leave = new Map<string, () => Promise<unknown>>();
  for (const name of ['email', 'audit', 'search']) leave.set(name, await subscribe(name));
  await publish();
  await each(['email', 'audit', 'search'], 1);
  who.answer(
    ['email', 'audit', 'search'].every((name) => holds(name, 2)) ? 'copies' : 'single',
    say`email got ${numbers('email').length}, audit ${numbers('audit').length}, search ${numbers('search').length}: every subscriber has its own copy`,
  );
  const missed = await lab.predict(say`${title}: search goes away for one event. Will it get that event?`, {
    late: 'yes, when it is back',
    never: 'no, it has missed it',
    yes: 'yes, if it asks for it',
  });
  await lab.step(say`${title}: search goes away, and an event is published`);
  await leave.get('search')?.();
  await publish();
  await each(['email', 'audit'], 2);

  await lab.step(say`${title}: search returns, and analytics subscribes for the first time`);
  for (const name of ['search', 'analytics']) leave.set(name, await subscribe(name));
  await publish();
  await each(['email', 'audit'], 3);
  await each(['analytics'], 1);
  const last = published;
  await lab.until(say`${'search'} gets its copies`, () => numbers('search').at(-1) === last);
  for (const stop of leave.values()) await stop();
  const isKept = holds('search', 2, 3, 4);
  missed.answer(
    isKept ? 'late' : 'never',
    isKept
      ? 'its queue stayed and kept a copy, while its consumer was away'
      : 'Redis hands an event to those who are subscribed at that moment, and keeps nothing',
  );

  lab.check(say`${title}: each subscriber got its own copy`, holds('email', 2, 3, 4) && holds('audit', 2, 3, 4));
  if (title === 'RabbitMQ')
    lab.check('RabbitMQ: the queue kept what search missed', isKept, numbers('search').join(' '));
  else lab.check('Redis: what search missed is gone', holds('search', 2, 4), numbers('search').join(' '));
  lab.check(say`${title}: who comes late has no past`, holds('analytics', 4), numbers('analytics').join(' '));
}

/** A fanout exchange, and a queue for each subscriber, which stays when its consumer goes. */
async function rabbitmq(lab: Lab): Promise<Broker> {
  const amqp = await import('amqplib');
  const exchange = lab.name('events');
  const publisher = lab.using(await amqp.connect(await lab.url('rabbitmq', 'publisher'), { noDelay: true }));
  const channel = await publisher.createConfirmChannel();
  await channel.assertExchange(exchange, 'fanout');
  let returned = 0;
  channel.on('return', () => returned++);
  return {
    async publish(event) {
      const before = returned;
      channel.publish(exchange, '', Buffer.from(JSON.stringify({ event, what: 'order placed' })), { mandatory: true });
      await channel.waitForConfirms();
      return returned === before;
    },
    async subscribe(name, listener) {
      const connection = await amqp.connect(await lab.url('rabbitmq', name), { noDelay: true });
      const subscriber = await connection.createChannel();
      const { queue } = await subscriber.assertQueue(lab.name(name));
      await subscriber.bindQueue(queue, exchange, '');
      await subscriber.consume(queue, (delivery) => {
        if (!delivery) return;
        listener(JSON.parse(delivery.content.toString()).event);
        subscriber.ack(delivery);
      });
      return async () => {
        // The channel first: that way its last acks are on the wire before the connection goes.
        await subscriber.close();
        await connection.close();
      };
    },
  };
}

/** A channel of Redis, which has no queue: whoever is subscribed gets the event. */
async function redis(lab: Lab): Promise<Broker> {
  const { Redis } = await import('ioredis');
  const channel = lab.name('events');
  const publisher = lab.using(new Redis(await lab.url('redis', 'publisher')));
  return {
    publish: async (event) => (await publisher.publish(channel, JSON.stringify({ event, what: 'order placed' }))) > 0,
    async subscribe(name, listener) {
      const subscriber = new Redis(await lab.url('redis', name));
      subscriber.on('message', (_channel, body) => listener(JSON.parse(body).event));
      await subscriber.subscribe(channel);
      return () => subscriber.quit();
    },
  };
}
