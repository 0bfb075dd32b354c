import { defineScenario, range, say } from 'msgplay';

const SENT_ON = 'the queue sends what dies in it to its dead-letter exchange';
const GONE = 'the queue has no dead-letter exchange, so what dies there is gone';

export default defineScenario({
  name: 'dead-letter',
  title: 'Three ways to die in a queue, and where dead letters go',
  lesson: 4,
  options: {
    limit: { type: 'integer', default: 2, min: 1, max: 100, help: 'how many readings may wait (x-max-length)' },
    ttl: { type: 'integer', default: 40, min: 1, max: 5000, help: 'how long an offer may wait, in ms (x-message-ttl)' },
    noDlx: { type: 'flag', help: 'the queues have no dead-letter exchange' },
  },
  needs: ['rabbitmq'],
  about: ({ limit, ttl }) => say`readings: at most ${limit} wait · offers live ${ttl} ms`,
  names: ['order', 'offer', 'reading'],

  async run(lab, { limit, ttl, noDlx }) {
    const amqp = await import('amqplib');
    const [orders, offers, readings] = [lab.name('orders'), lab.name('offers'), lab.name('readings')];
    const [exchange, parked] = [lab.name('dead'), lab.name('parked')];
    const connect = async (peer: string) =>
      lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));

    const parts = 'Three queues; what dies in them goes to one exchange, and from there to the queue "parked"';
    await lab.step(noDlx ? 'Three queues without a dead-letter exchange' : parts);
    const shop = await (await connect('shop')).createConfirmChannel();
    await shop.assertExchange(exchange, 'fanout');
    await shop.assertQueue(parked);
    await shop.bindQueue(parked, exchange, '');
    const dlx = noDlx ? {} : { deadLetterExchange: exchange };
    await shop.assertQueue(orders, dlx);
    await shop.assertQueue(offers, { messageTtl: ttl, ...dlx });
    await shop.assertQueue(readings, { maxLength: limit, ...dlx });
    const publish = (queue: string, body: object) =>
      shop.sendToQueue(queue, Buffer.from(JSON.stringify(body)), { persistent: true });
    const rows: [string, string, string][] = [];
    const support = await (await connect('support')).createChannel();
    await support.consume(parked, (delivery) => {
      if (!delivery) return;
      const [death] = delivery.properties.headers?.['x-death'] ?? [];
      rows.push([delivery.content.toString(), `${death?.reason}`, `${death?.queue}`]);
      support.ack(delivery);
    });
    const parking = async (number: number) => {
      if (!noDlx) await lab.until('what died is parked', () => rows.length === number);
    };

    await lab.step('Rejected: "many" is no number of items, so the worker rejects order 2 without requeue');
    const places = { parked: 'in "parked", with the reason', back: 'back in its queue', gone: 'nowhere: it is gone' };
    const where = await lab.predict('The worker rejects order 2 with requeue=false. Where is it then?', places);
    const worker = await (await connect('worker')).createChannel();
    let handled = 0;
    await worker.consume(orders, (delivery) => {
      if (!delivery) return;
      if (typeof JSON.parse(delivery.content.toString()).items !== 'number') worker.reject(delivery, false);
      else worker.ack(delivery);
      handled++;
    });
    for (const [index, items] of [3, 'many', 1].entries()) publish(orders, { order: index + 1, items });
    await lab.until('the worker has seen every order', () => handled === 3);
    await parking(1);
    where.answer(rows.length > 0 ? 'parked' : 'gone', noDlx ? GONE : SENT_ON);

    await lab.step(say`Expired: nobody takes offer 1 within ${ttl} ms`);
    publish(offers, { offer: 1 });
    await shop.waitForConfirms();
    await lab.sleep(ttl);
    await lab.until('the offer expires', async () => (await shop.checkQueue(offers)).messageCount === 0);
    await parking(2);

    await lab.step(say`Too many: the queue holds ${limit}, and ${limit + 1} readings come`);
    const choices = { oldest: 'the oldest', newest: 'the newest', none: 'none: the shop gets an error' };
    const which = await lab.predict('One reading is too many. Which one dies?', choices);
    for (const reading of range(1, limit + 1)) publish(readings, { reading });
    await shop.waitForConfirms();
    await parking(3);
    const first = await shop.get(readings, { noAck: true });
    const head = first ? JSON.parse(first.content.toString()).reading : 0;
    which.answer(head === 2 ? 'oldest' : 'newest', 'a full queue makes room at its head (x-overflow: drop-head)');
    lab.check('the full queue let go of its oldest message', head === 2, say`the oldest that is left: reading ${head}`);

    lab.table({ title: 'What support finds in "parked"', columns: ['message', 'reason', 'died in'], rows });
    const deaths = rows.map(([, reason]) => reason).join();
    if (noDlx) lab.check('without a dead-letter exchange nothing is kept of the dead', rows.length === 0);
    else lab.check('each dead message is parked, with the reason (x-death)', deaths === 'rejected,expired,maxlen');
  },
});
