import { defineScenario, type Lab, range, say } from 'msgplay';

const bodyOf = (event: number) => JSON.stringify({ event, what: 'order placed' });
const TITLES = { rabbitmq: 'RabbitMQ', redis: 'Redis' };

export default defineScenario({
  name: 'pubsub',
  title: 'One event, many subscribers: RabbitMQ keeps, Redis forgets',
  lesson: 1,
  options: {
    via: { type: 'choice', choices: ['both', 'rabbitmq', 'redis'], default: 'both', help: 'which broker is used' },
    events: { type: 'integer', default: 1, min: 1, max: 100, help: 'how many events are published in each step' },
  },
  needs: ({ via }) => (via === 'both' ? ['rabbitmq', 'redis'] : [via]),
  about: ({ via, events }) =>
    via === 'both'
      ? say`RabbitMQ, then Redis · events in each step: ${events}`
      : say`${TITLES[via]} · events in each step: ${events}`,
  names: ['event'],

  async run(lab, { via, events }) {
    for (const [broker, title] of Object.entries(TITLES).filter(([name]) => via === 'both' || via === name)) {
      const { publish, subscribe } = await (broker === 'redis' ? redis(lab) : rabbitmq(lab));
      const got: Record<string, number[]> = { email: [], audit: [], search: [], analytics: [] };
      const leave: Record<string, () => unknown> = {};
      const join = async (name: string) => {
        leave[name] = await subscribe(name, (event) => got[name]?.push(event));
      };
      let [published, reached] = [0, 0];
      const publishAll = async () => {
        for (const _ of range(1, events)) if (await publish(++published)) reached++;
      };
      const has = (name: string) => got[name]?.at(-1) === published;
      /** Whether it got the events of those steps, and no others. */
      const holds = (name: string, ...steps: number[]) =>
        got[name]?.join() === steps.flatMap((step) => range((step - 1) * events + 1, step * events)).join();

      await lab.step(say`${title}: an event before anybody has subscribed`);
      await publishAll();
      const some = say`${reached} of ${events}`;
      lab.check(say`${title}: without a subscriber an event reaches nobody`, reached === 0, some);

      const shares = { single: 'one of them', copies: 'each of them', all: 'each, and the event from before' };
      const who = await lab.predict(say`${title}: email, audit and search subscribe. Who gets the next event?`, shares);
      await lab.step(say`${title}: email, audit and search subscribe`);
      const names = ['email', 'audit', 'search'];
      for (const name of names) await join(name);
      await publishAll();
      await lab.until('each gets its copies', () => names.every(has));
      const copies = say`email got ${got.email?.length}, audit ${got.audit?.length}, search ${got.search?.length}: every subscriber has its own copy`;
      who.answer(names.every((name) => holds(name, 2)) ? 'copies' : 'single', copies);

      const fates = { late: 'yes, when it is back', never: 'no, it has missed it', asked: 'yes, if it asks for it' };
      const missed = await lab.predict(say`${title}: search goes away for one event. Will it get that event?`, fates);
      await lab.step(say`${title}: search goes away, and an event is published`);
      await leave.search?.();
      await lab.until('search is gone', () => lab.traffic('search').openConnections === 0);
      await publishAll();
      await lab.until('the others get their copies', () => has('email') && has('audit'));

      await lab.step(say`${title}: search returns, and analytics subscribes for the first time`);
      for (const name of ['search', 'analytics']) await join(name);
      await publishAll();
      await lab.until('each gets its copies', () => Object.keys(got).every(has));
      for (const stop of Object.values(leave)) await stop();
      const isKept = holds('search', 2, 3, 4);
      if (isKept) missed.answer('late', 'the queue of search stayed and kept a copy while search was away');
      else missed.answer('never', 'Redis hands an event to those who are subscribed at that moment, and keeps nothing');

      const [heard, past] = [say`search got ${got.search?.join(', ')}`, got.analytics?.join(', ')];
      lab.check(say`${title}: each subscriber got its own copy`, holds('email', 2, 3, 4) && holds('audit', 2, 3, 4));
      if (broker === 'rabbitmq') lab.check('RabbitMQ: the queue kept what search missed', isKept, heard);
      else lab.check('Redis: what search missed is gone', holds('search', 2, 4), heard);
      lab.check(say`${title}: who comes late has no past`, holds('analytics', 4), say`analytics got ${past}`);
    }
  },
});

/** A fanout exchange, and a queue for each subscriber, which stays when its consumer goes. */
async function rabbitmq(lab: Lab) {
  const amqp = await import('amqplib');
  const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
  const exchange = lab.name('events');
  const channel = await lab.using(await connect('publisher')).createConfirmChannel();
  await channel.assertExchange(exchange, 'fanout');
  let returned = 0;
  channel.on('return', () => returned++);
  return {
    /** Resolves to whether it went to anybody. */
    async publish(event: number) {
      const before = returned;
      channel.publish(exchange, '', Buffer.from(bodyOf(event)), { mandatory: true });
      await channel.waitForConfirms();
      return returned === before;
    },
    async subscribe(name: string, listener: (event: number) => void) {
      const connection = await connect(name);
      const subscriber = await connection.createChannel();
      const { queue } = await subscriber.assertQueue(lab.name(name));
      await subscriber.bindQueue(queue, exchange, '');
      await subscriber.consume(queue, (delivery) => {
        if (!delivery) return;
        listener(JSON.parse(delivery.content.toString()).event);
        subscriber.ack(delivery);
      });
      return () => connection.close();
    },
  };
}

/** A channel of Redis, which has no queue: whoever is subscribed gets the event. */
async function redis(lab: Lab) {
  const { Redis } = await import('ioredis');
  const channel = lab.name('events');
  const publisher = lab.using(new Redis(await lab.url('redis', 'publisher')));
  return {
    publish: async (event: number) => (await publisher.publish(channel, bodyOf(event))) > 0,
    async subscribe(name: string, listener: (event: number) => void) {
      const subscriber = new Redis(await lab.url('redis', name));
      subscriber.on('message', (_channel, body) => listener(JSON.parse(body).event));
      await subscriber.subscribe(channel);
      return () => subscriber.quit();
    },
  };
}
