import { defineScenario, type Lab, range, say } from 'msgplay';

const bodyOf = (event: number) => JSON.stringify({ event, what: 'order placed' });
const KEPT = 'the queue of search stayed and kept a copy while search was away';
const FORGOTTEN = 'Redis hands an event to those who are subscribed at that moment, and keeps nothing';
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
  about: ({ events }) => say`events in each step: ${events}`,
  names: ['event'],

  async run(lab, { via, events }) {
    for (const [broker, title] of Object.entries(TITLES).filter(([name]) => via === 'both' || via === name)) {
      const { publish, subscribe } = await (broker === 'redis' ? redis(lab) : rabbitmq(lab));
      let published = 0;
      const publishAll = async () => {
        for (const _ of range(1, events)) await publish(++published);
      };
      const haveLast = (...lists: number[][]) => lists.every((got) => got.at(-1) === published);

      await lab.step(say`${title}: an event before anybody has subscribed`);
      await publishAll();

      const shares = { single: 'one of them', copies: 'each of them', all: 'each, and the event from before' };
      const who = await lab.predict(say`${title}: email, audit and search subscribe. Who gets the next event?`, shares);
      await lab.step(say`${title}: email, audit and search subscribe`);
      const [email, audit, search] = [await subscribe('email'), await subscribe('audit'), await subscribe('search')];
      await publishAll();
      await lab.until('each gets its copies', () => haveLast(email.got, audit.got, search.got));
      const isNew = email.got.length === events;
      who.answer(isNew ? 'copies' : 'all', 'every subscriber has its own copy of what comes from now on');
      lab.check(say`${title}: without a subscriber an event reaches nobody`, isNew);

      const fates = { late: 'yes, when it is back', never: 'no, it has missed it', asked: 'yes, if it asks for it' };
      const missed = await lab.predict(say`${title}: search goes away for one event. Will it get that event?`, fates);
      await lab.step(say`${title}: search goes away, and an event is published`);
      await search.leave();
      await lab.until('search is gone', () => lab.traffic('search').openConnections === 0);
      await publishAll();
      await lab.until('the others get their copies', () => haveLast(email.got, audit.got));

      await lab.step(say`${title}: search returns, and analytics subscribes for the first time`);
      const [back, analytics] = [await subscribe('search'), await subscribe('analytics')];
      await publishAll();
      await lab.until('each gets its copies', () => haveLast(email.got, audit.got, back.got, analytics.got));
      for (const { leave } of [email, audit, back, analytics]) await leave();
      const isKept = back.got.length > events;
      missed.answer(isKept ? 'late' : 'never', isKept ? KEPT : FORGOTTEN);
      lab.check(say`${title}: whoever was subscribed got a copy`, email.got.join() === audit.got.join());
      const heard = say`search got ${[...search.got, ...back.got].join(', ')}`;
      if (broker === 'redis') lab.check('Redis: what search missed is gone', !isKept, heard);
      else lab.check('RabbitMQ: the queue kept what search missed', isKept, heard);
      const past = say`analytics got ${analytics.got.join(', ')}`;
      lab.check(say`${title}: who comes late has no past`, analytics.got.length === events, past);
    }
  },
});

/** A fanout exchange, and a queue for each subscriber, which stays when its consumer goes. */
async function rabbitmq(lab: Lab) {
  const amqp = await import('amqplib');
  const connect = async (peer: string) =>
    lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));
  const exchange = lab.name('events');
  const channel = await (await connect('publisher')).createConfirmChannel();
  await channel.assertExchange(exchange, 'fanout');
  return {
    async publish(event: number) {
      channel.publish(exchange, '', Buffer.from(bodyOf(event)), { mandatory: true });
      await channel.waitForConfirms();
    },
    async subscribe(name: string) {
      const connection = await connect(name);
      const subscriber = await connection.createChannel();
      const { queue } = await subscriber.assertQueue(lab.name(name));
      await subscriber.bindQueue(queue, exchange, '');
      const got: number[] = [];
      await subscriber.consume(queue, (delivery) => {
        if (!delivery) return;
        got.push(JSON.parse(delivery.content.toString()).event);
        subscriber.ack(delivery);
      });
      return { got, leave: () => connection.close() };
    },
  };
}

/** A channel of Redis, which has no queue: whoever is subscribed gets the event. */
async function redis(lab: Lab) {
  const { Redis } = await import('ioredis');
  const connect = async (peer: string) => lab.using(new Redis(await lab.url('redis', peer)));
  const channel = lab.name('events');
  const publisher = await connect('publisher');
  return {
    publish: (event: number) => publisher.publish(channel, bodyOf(event)),
    async subscribe(name: string) {
      const subscriber = await connect(name);
      const got: number[] = [];
      subscriber.on('message', (_channel, body) => got.push(JSON.parse(body).event));
      await subscriber.subscribe(channel);
      return { got, leave: () => subscriber.quit() };
    },
  };
}
