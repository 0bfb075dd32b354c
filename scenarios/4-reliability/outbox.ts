import { defineScenario, range, say, type Text } from 'msgplay';

const ORDER = ['db-first', 'broker-first', 'outbox'] as const;
/** In which order the shop stores an order and tells the others of it. */
const WAYS = {
  'db-first': 'First the database, then the broker: the shop crashes in between',
  'broker-first': 'First the broker, then the database: the shop crashes in between',
  outbox: 'The outbox: the order and its event in one transaction; a relay publishes what is in the outbox',
};

/** What there is of order 2 in the end, and why. */
const ENDS = { 0: 'an order, and no event', 1: 'an order, and its event', 2: 'an order, and its event twice' };
const WHY = {
  'db-first': 'order 2 was stored, and the crash came before its event',
  'broker-first': 'the event of order 2 was out, and the crash came before the order was stored',
  outbox:
    'order and event were stored in one step: a crash before EXEC leaves neither, one after it leaves both. A relay that crashes before its LPOP publishes again: at least once, so whoever consumes must recognise a copy',
};
/** Who publishes the event of order 2 after the crash, and why. */
const TELLERS = { nobody: 'nobody', shop: 'the shop, when it is back', relay: 'the relay, from the outbox' };
const WHY_WHO = {
  'db-first': 'nothing in the database says that an event is missing',
  'broker-first': 'the event was told before the crash; nobody takes it back',
  outbox: 'the event waits in the outbox until a relay has published it',
};

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
        const db = new Redis(await lab.url('redis', peer), { retryStrategy: () => null }).on('error', () => {});
        const broker = (await connect(peer)).on('error', () => {});
        const channel = await broker.createConfirmChannel();
        const publish = async (event: string) => {
          channel.sendToQueue(queue, Buffer.from(event), { persistent: true });
          await channel.waitForConfirms();
          published++;
        };
        const crash = async (what: Text) => {
          lab.note(what, peer);
          lab.cut(peer);
          const again = await start(peer);
          lab.note('starts again', peer);
          return again;
        };
        return { db, publish, crash, stop: () => Promise.all([db.quit(), broker.close()]) };
      };
      const crashedRelay = way === 'outbox' && !steadyRelay;
      const question = crashedRelay
        ? 'The shop crashes after storing order 2, and the relay after publishing its event. What is there in the end?'
        : 'The shop crashes at order 2. What is there of it in the end?';
      const guess = await lab.predict(question, { ...ENDS, none: 'an event, and no order' });
      const who = await lab.predict('And after the crash, who publishes the event of order 2?', TELLERS);

      let shop = await start('shop');
      for (const order of range(1, orders)) {
        const event = JSON.stringify({ order, what: 'placed' });
        if (way === 'outbox') await shop.db.multi().hset(table, order, 'placed').rpush(outbox, event).exec();
        if (way === 'db-first') await shop.db.hset(table, order, 'placed');
        if (way === 'broker-first') await shop.publish(event);
        if (order === 2) shop = await shop.crash('crashes');
        else if (way === 'db-first') await shop.publish(event);
        else if (way === 'broker-first') await shop.db.hset(table, order, 'placed');
      }
      let teller: keyof typeof TELLERS = 'nobody';
      if (way === 'outbox') {
        let relay = await start('relay');
        for (let event = await relay.db.lindex(outbox, 0); event; event = await relay.db.lindex(outbox, 0)) {
          await relay.publish(event);
          const isFirstTime = JSON.parse(event).order === 2 && teller === 'nobody';
          if (isFirstTime) teller = 'relay';
          if (!isFirstTime || steadyRelay) await relay.db.lpop(outbox);
          else relay = await relay.crash('crashes: order 2 is published, and still in the outbox');
        }
        await relay.stop();
      }
      await lab.until('the mailer has heard of all that was published', () => heard.length === published);
      const stored = (await shop.db.hkeys(table)).map(Number);
      await shop.stop();
      const times = (order: number) => heard.filter((one) => one === order).length;
      const [events, isStored] = [times(2) as keyof typeof ENDS, stored.includes(2)];
      guess.answer(isStored ? events : 'none', WHY[way]);
      who.answer(teller, WHY_WHO[way]);
      rows.push([way, isStored ? 'yes' : 'no', events]);
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
