import { count, defineScenario, range, say, type Text } from 'msgplay';

/** In which order the shop stores an order and tells the others of it. */
const STEPS = {
  'db-first': 'First the database, then the broker: the shop crashes in between',
  'broker-first': 'First the broker, then the database: the shop crashes in between',
  outbox:
    'The outbox: the order and its event in one transaction; a relay publishes what is in the outbox, and crashes, too',
};
const ENDS = {
  'db-first': 'order 2 is stored, and nobody hears of it',
  'broker-first': 'order 2 is heard of, and not stored',
  outbox: 'order 2 is stored, and heard of twice',
  perfect: 'order 2 is stored, and heard of once',
};
const WHY = {
  'db-first':
    'order 2 was stored, and the crash came before its event: nothing in the database says that it is missing',
  'broker-first': 'the event of order 2 was out, and the crash came before the order was stored',
  outbox:
    'order and event were stored in one step: a crash before EXEC leaves neither, one after it leaves both, and the event waits in the outbox until a relay has published it. A relay that crashes before its LPOP publishes again: at least once, so whoever consumes must recognise a copy',
};
const WAYS = ['db-first', 'broker-first', 'outbox'] as const;

export default defineScenario({
  name: 'outbox',
  title: 'Database and broker can not be changed in one step: the outbox',
  lesson: 8,
  options: {
    how: { type: 'choice', choices: ['all', ...WAYS], default: 'all', help: 'how the shop writes' },
    orders: { type: 'integer', default: 3, min: 2, max: 100, help: 'how many orders come' },
  },
  needs: ['rabbitmq', 'redis'],
  about: ({ orders }) => say`orders: ${orders} · the shop crashes at order 2 · Redis stands for the shop's database`,
  names: ['order'],

  async run(lab, { how, orders }) {
    const amqp = await import('amqplib');
    const { Redis } = await import('ioredis');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const mailer = await lab.using(await connect('mailer')).createChannel();
    for (const way of how === 'all' ? WAYS : [how]) {
      await lab.step(STEPS[way]);
      const [queue, table, outbox] = [lab.name(`placed-${way}`), lab.name(`orders-${way}`), lab.name('outbox')];
      const [published, heard]: [string[], string[]] = [[], []];
      await mailer.assertQueue(queue, { durable: true });
      await mailer.consume(queue, (delivery) => {
        if (!delivery) return;
        heard.push(delivery.content.toString());
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
          published.push(event);
        };
        return { db, publish, stop: () => Promise.all([db.quit(), broker.close()]) };
      };
      const crash = async (peer: string, what: Text) => {
        lab.note(what, peer);
        await lab.cut(peer);
        lab.note('starts again', peer);
        return start(peer);
      };
      const guess = await lab.predict('A crash comes at order 2. What is there of it in the end?', ENDS);

      const eventOf = (order: number) => JSON.stringify({ order, what: 'placed' });
      let shop = await start('shop');
      for (const order of range(1, orders)) {
        const event = eventOf(order);
        if (way === 'outbox') await shop.db.multi().hset(table, order, 'placed').rpush(outbox, event).exec();
        if (way === 'db-first') await shop.db.hset(table, order, 'placed');
        if (way === 'broker-first') await shop.publish(event);
        if (order === 2) shop = await crash('shop', 'crashes');
        else if (way === 'db-first') await shop.publish(event);
        else if (way === 'broker-first') await shop.db.hset(table, order, 'placed');
      }
      if (way === 'outbox') {
        let relay = await start('relay');
        for (let event = await relay.db.lindex(outbox, 0); event; event = await relay.db.lindex(outbox, 0)) {
          await relay.publish(event);
          const dies = event === eventOf(2) && count(published, event) === 1;
          if (dies) relay = await crash('relay', 'crashes: order 2 is published, and still in the outbox');
          else await relay.db.lpop(outbox);
        }
        await relay.stop();
      }
      await lab.until('the mailer has heard of all that was published', () => heard.length === published.length);
      const isStored = (await shop.db.hkeys(table)).includes('2');
      await shop.stop();
      const events = count(heard, eventOf(2));
      const end = !isStored ? 'broker-first' : events > 1 ? 'outbox' : events > 0 ? 'perfect' : 'db-first';
      guess.answer(end, WHY[way]);
      lab.check(ENDS[way], end === way);
    }
  },
});
