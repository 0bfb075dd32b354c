import { defineScenario, range, say } from 'msgplay';

const ORDER = ['db-first', 'broker-first', 'outbox'] as const;
/** In which order the shop stores an order and tells the others of it. */
const WAYS = {
  'db-first': 'First the database, then the broker: the shop crashes in between',
  'broker-first': 'First the broker, then the database: the shop crashes in between',
  outbox: 'The outbox: the order and its event in one transaction; a relay publishes what is in the outbox',
};

/** What there is of order 2 in the end, by the number of its events where it is stored. */
const ENDS = {
  0: 'an order, and no event',
  1: 'an order, and its event',
  2: 'an order, and its event twice',
  3: 'an event, and no order',
};
const WHY = {
  'db-first': [
    'order 2 was stored, and the crash came before its event',
    'nothing in the database says that an event is missing',
  ],
  'broker-first': [
    'the event of order 2 was out, and the crash came before the order was stored',
    'the event was told before the crash; nobody takes it back',
  ],
  outbox: [
    'order and event were stored in one step: a crash before EXEC leaves neither, one after it leaves both. A relay that crashes before its LPOP publishes again: at least once, so whoever consumes must recognise a copy',
    'the event waits in the outbox until a relay has published it',
  ],
} as const;

export default defineScenario({
  name: 'outbox',
  title: 'Database and broker can not be changed in one step: the outbox',
  lesson: 8,
  options: {
    how: { type: 'choice', choices: ['all', ...ORDER], default: 'all', help: 'how the shop writes' },
    orders: { type: 'integer', default: 3, min: 2, max: 100, help: 'how many orders come' },
    steadyRelay: { type: 'flag', help: 'the relay that empties the outbox does not crash' },
  },
  needs: ['rabbitmq', 'redis'],
  about: ({ orders }) => say`orders: ${orders} · the shop crashes at order 2 · Redis stands for the shop's database`,
  names: ['order'],

  async run(lab, { how, orders, steadyRelay }) {
    const amqp = await import('amqplib');
    const { Redis } = await import('ioredis');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const mailer = await lab.using(await connect('mailer')).createChannel();
    const rows: [string, string, number][] = [];
    for (const way of how === 'all' ? ORDER : [how]) {
      await lab.step(WAYS[way]);
      const [queue, table, outbox] = [lab.name(`placed-${way}`), lab.name(`orders-${way}`), lab.name('outbox')];
      const heard: number[] = [];
      let published = 0;
      await mailer.assertQueue(queue, { durable: true });
      await mailer.consume(queue, (delivery) => {
        if (!delivery) return;
        heard.push(JSON.parse(delivery.content.toString()).order);
        mailer.ack(delivery);
      });
      /** A program with a connection to the database and one to the broker. */
      const start = async (peer: string) => {
        const db = new Redis(await lab.url('redis', peer), { retryStrategy: () => null });
        const broker = await connect(peer);
        for (const one of [db, broker]) one.on('error', () => {});
        const ends = [new Promise((end) => db.on('end', end)), new Promise((end) => broker.on('close', end))];
        const channel = await broker.createConfirmChannel();
        const publish = async (event: string) => {
          channel.sendToQueue(queue, Buffer.from(event), { persistent: true });
          await channel.waitForConfirms();
          published++;
        };
        return { db, publish, gone: Promise.all(ends), stop: () => Promise.all([db.quit(), broker.close()]) };
      };
      const crashedRelay = way === 'outbox' && !steadyRelay;
      const question = crashedRelay
        ? 'The shop crashes after storing order 2, and the relay after publishing its event. What is there in the end?'
        : 'The shop crashes at order 2. What is there of it in the end?';
      const guess = await lab.predict(question, ENDS);
      const tellers = { nobody: 'nobody', shop: 'the shop, when it is back', relay: 'the relay, from the outbox' };
      const who = await lab.predict('And after the crash, who publishes the event of order 2?', tellers);

      let shop = await start('shop');
      for (const order of range(1, orders)) {
        const event = JSON.stringify({ order, what: 'placed' });
        if (way === 'outbox') await shop.db.multi().hset(table, order, 'placed').rpush(outbox, event).exec();
        if (way === 'db-first') await shop.db.hset(table, order, 'placed');
        if (way === 'broker-first') await shop.publish(event);
        if (order === 2) {
          lab.note('crashes', 'shop');
          lab.cut('shop');
          await shop.gone;
          shop = await start('shop');
          lab.note('starts again', 'shop');
        } else if (way === 'db-first') await shop.publish(event);
        else if (way === 'broker-first') await shop.db.hset(table, order, 'placed');
      }
      let teller: keyof typeof tellers = 'nobody';
      if (way === 'outbox') {
        let relay = await start('relay');
        let crashes = crashedRelay;
        for (let event = await relay.db.lindex(outbox, 0); event; event = await relay.db.lindex(outbox, 0)) {
          await relay.publish(event);
          const isSecond = JSON.parse(event).order === 2;
          if (isSecond) teller = 'relay';
          if (isSecond && crashes) {
            crashes = false;
            lab.note('crashes: order 2 is published, and still in the outbox', 'relay');
            lab.cut('relay');
            await relay.gone;
            relay = await start('relay');
            lab.note('starts again', 'relay');
          } else await relay.db.lpop(outbox);
        }
        await relay.stop();
      }
      await lab.until('the mailer has heard of all that was published', () => heard.length === published);
      const stored = (await shop.db.hkeys(table)).map(Number);
      await shop.stop();

      const events = heard.filter((order) => order === 2).length as 0 | 1 | 2;
      const isStored = stored.includes(2);
      guess.answer(isStored ? events : 3, WHY[way][0]);
      who.answer(teller, WHY[way][1]);
      rows.push([way, isStored ? 'yes' : 'no', events]);
      const times = (order: number) => heard.filter((one) => one === order).length;
      const isOnce = (order: number) => order === 2 || (stored.includes(order) && times(order) === 1);
      lab.check(say`${way}: each of the other orders is stored, and heard of once`, range(1, orders).every(isOnce));
      const expected = { 'db-first': 0, 'broker-first': 1, outbox: crashedRelay ? 2 : 1 }[way];
      const title = {
        'db-first': 'db-first: order 2 is stored, and nobody hears of it',
        'broker-first': 'broker-first: order 2 is heard of, and not stored',
        outbox: say`outbox: order 2 is stored; its event comes, number of times: ${expected}`,
      }[way];
      lab.check(title, isStored === (way !== 'broker-first') && events === expected);
    }
    lab.table({ title: 'Order 2 after the crash', columns: ['way', 'in the database', 'events that came'], rows });
  },
});
