import type { Channel } from 'amqplib';
import { defineScenario, type Lab, range, say } from 'msgplay';

/** In which order the shop stores an order and tells the others of it. */
const WAYS = {
  'db-first': 'First the database, then the broker: the shop crashes in between',
  'broker-first': 'First the broker, then the database: the shop crashes in between',
  outbox: 'The outbox: the order and its event in one transaction; a relay publishes what is in the outbox',
} as const;
type Way = keyof typeof WAYS;

/** What there is of order 2 in the end. */
const ENDS = [
  'an order, and no event',
  'an order, and its event',
  'an order, and its event twice',
  'an event, and no order',
];
const WHY = {
  'db-first': [
    'it was stored, and the crash came before its event',
    'nothing in the database says that an event is missing',
  ],
  'broker-first': [
    'its event was out, and the crash came before it was stored',
    'it was told before; nobody takes it back',
  ],
  outbox: [
    'both were stored in one step; whether the relay publishes once or again, it never forgets',
    'the event waits in the outbox until a relay has published it',
  ],
} as const;
const TELLERS = ['nobody', 'the shop, when it is back', 'the relay, from the outbox'];

export default defineScenario({
  name: 'outbox',
  title: 'Database and broker can not be changed in one step: the outbox',
  lesson: 8,
  options: {
    how: {
      type: 'choice',
      choices: ['all', 'db-first', 'broker-first', 'outbox'],
      default: 'all',
      help: 'how the shop writes',
    },
    orders: { type: 'integer', default: 3, min: 2, max: 100, help: 'how many orders come' },
    steadyRelay: { type: 'flag', help: 'the relay that empties the outbox does not crash' },
  },
  needs: ['rabbitmq', 'redis'],
  about: ({ orders }) => say`orders: ${orders} · the shop crashes at order 2 · Redis stands for the shop's database`,
  names: ['order'],

  async run(lab, { how, orders, steadyRelay }) {
    const amqp = await import('amqplib');
    const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', 'mailer'), { noDelay: true }));
    const mailer = await connection.createChannel();
    const rows = [];
    for (const way of how === 'all' ? (['db-first', 'broker-first', 'outbox'] as const) : [how]) {
      const { stored, heard } = await sell(lab, way, mailer, orders, steadyRelay);
      const events = heard.filter((order) => order === 2).length;
      const crashedRelay = way === 'outbox' && !steadyRelay;
      rows.push([way, stored.includes(2) ? 'yes' : 'no', events]);
      const others = (order: number) =>
        order === 2 || (stored.includes(order) && heard.filter((one) => one === order).length === 1);
      lab.check(say`${way}: every other order is stored, and heard of once`, numbers(orders).every(others));
      if (way === 'db-first')
        lab.check('db-first: order 2 is stored, and nobody hears of it', stored.includes(2) && events === 0);
      if (way === 'broker-first')
        lab.check('broker-first: order 2 is heard of, and not stored', !stored.includes(2) && events === 1);
      if (way === 'outbox') {
        const expected = crashedRelay ? 2 : 1;
        lab.check(
          say`outbox: order 2 is stored; its event comes, number of times: ${expected}`,
          stored.includes(2) && events === expected,
        );
      }
    }
    lab.table({ title: 'Order 2 after the crash', columns: ['way', 'in the database', 'events'], rows });
  },
});

/** Sells, with a crash at order 2; tells which orders are in the database, and of which the mailer has heard. */
async function sell(lab: Lab, way: Way, mailer: Channel, orders: number, steadyRelay: boolean) {
  const amqp = await import('amqplib');
  const { Redis } = await import('ioredis');
  const [queue, table, outbox] = [lab.name(`placed-${way}`), lab.name(`orders-${way}`), lab.name('outbox')];
  let published = 0;
  let teller = 'nobody';

  /** A program with a connection to the database and one to the broker. */
  const start = async (peer: string) => {
    const db = new Redis(await lab.url('redis', peer), { retryStrategy: () => null });
    const connection = await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const channel = await connection.createConfirmChannel();
    for (const one of [db, connection, channel]) one.on('error', () => {});
    const gone = Promise.all([
      new Promise((resolve) => connection.on('close', resolve)),
      new Promise((resolve) => db.on('end', resolve)),
    ]);
    return {
      db,
      channel,
      async publish(event: string): Promise<void> {
        channel.sendToQueue(queue, Buffer.from(event), { persistent: true });
        await channel.waitForConfirms();
        published++;
      },
      async crash(): Promise<void> {
        lab.cut(peer);
        await gone;
      },
      async stop(): Promise<void> {
        await channel.close();
        await connection.close();
        await db.quit();
      },
    };
  };

  await lab.step(WAYS[way]);
  await mailer.assertQueue(queue, { durable: true });
  const heard: number[] = [];
  await mailer.consume(queue, (delivery) => {
    if (!delivery) return;
    heard.push(JSON.parse(delivery.content.toString()).order);
    mailer.ack(delivery);
  });
  const question =
    way === 'outbox' && !steadyRelay
      ? 'The shop crashes after storing order 2, and the relay after publishing its event. What is there in the end?'
      : 'The shop crashes at order 2. What is there of it in the end?';
  const guess = await lab.predict(question, ENDS);
  const who = await lab.predict('And after the crash, who publishes the event of order 2?', TELLERS);

  let shop = await start('shop');
  for (const order of numbers(orders)) {
    const event = JSON.stringify({ order, what: 'placed' });
    const crashes = order === 2;
    if (way === 'outbox') await shop.db.multi().hset(table, order, 'placed').rpush(outbox, event).exec();
    if (way === 'db-first') await shop.db.hset(table, order, 'placed');
    if (way === 'broker-first') await shop.publish(event);
    if (crashes) {
      await shop.crash();
      shop = await start('shop');
    } else if (way === 'db-first') await shop.publish(event);
    else if (way === 'broker-first') await shop.db.hset(table, order, 'placed');
  }

  if (way === 'outbox') {
    let relay = await start('relay');
    let isSteady = steadyRelay;
    for (let event = await relay.db.lindex(outbox, 0); event !== null; event = await relay.db.lindex(outbox, 0)) {
      await relay.publish(event);
      if (JSON.parse(event).order === 2) teller = 'the relay, from the outbox';
      if (JSON.parse(event).order === 2 && !isSteady) {
        isSteady = true;
        await relay.crash();
        relay = await start('relay');
      } else await relay.db.lpop(outbox);
    }
    await relay.stop();
  }
  await lab.until('the mailer has heard of all that was published', () => heard.length === published);
  const stored = (await shop.db.hkeys(table)).map(Number);
  await shop.stop();
  const events = heard.filter((order) => order === 2).length;
  guess.answer(stored.includes(2) ? (ENDS[events] ?? '') : (ENDS[3] ?? ''), WHY[way][0]);
  who.answer(teller, WHY[way][1]);
  return { stored, heard };
}

function numbers(to: number): number[] {
  return range(1, to);
}
