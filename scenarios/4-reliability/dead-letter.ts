import { defineScenario, range, say } from 'msgplay';

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
  about: ({ limit, ttl, noDlx }) =>
    noDlx
      ? say`without a dead-letter exchange · readings: at most ${limit} wait · offers live ${ttl} ms`
      : say`readings: at most ${limit} wait · offers live ${ttl} ms`,
  names: ['order', 'offer', 'reading'],

  async run(lab, { limit, ttl, noDlx }) {
    const amqp = await import('amqplib');
    const [orders, offers, readings] = [lab.name('orders'), lab.name('offers'), lab.name('readings')];
    const [exchange, parked] = [lab.name('dead'), lab.name('parked')];
    const connect = async (peer: string) =>
      lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));

    const parts = 'Three queues; what dies in them goes to one exchange, and from there to the queue "parked"';
    await lab.step(noDlx ? 'Three queues without a dead-letter exchange' : parts);
    const channel = await (await connect('shop')).createConfirmChannel();
    await channel.assertExchange(exchange, 'fanout', { durable: true });
    await channel.assertQueue(parked, { durable: true });
    await channel.bindQueue(parked, exchange, '');
    const dlx = noDlx ? {} : { deadLetterExchange: exchange };
    await channel.assertQueue(orders, { durable: true, ...dlx });
    await channel.assertQueue(offers, { durable: true, messageTtl: ttl, ...dlx });
    await channel.assertQueue(readings, { durable: true, maxLength: limit, ...dlx });
    const publish = (queue: string, body: object) =>
      channel.sendToQueue(queue, Buffer.from(JSON.stringify(body)), { persistent: true });
    const dead: { body: string; why: string; queue: string; times: number }[] = [];
    const support = await (await connect('support')).createChannel();
    await support.consume(parked, (delivery) => {
      if (!delivery) return;
      const [death] = delivery.properties.headers?.['x-death'] ?? [];
      const { reason: why = '', queue = '', count: times = 0 } = death ?? {};
      dead.push({ body: delivery.content.toString(), why, queue, times });
      support.ack(delivery);
    });
    const places = ['in "parked", with the reason', 'back in its queue', 'nowhere: it is gone'] as const;
    const place = (isDead: boolean) => (isDead ? places[0] : places[2]);
    const WHY = noDlx
      ? 'the queue has no dead-letter exchange, so what dies there is gone'
      : 'the queue sends what dies in it to its dead-letter exchange';
    const died = (why: string) => dead.filter((one) => one.why === why);

    await lab.step('Rejected: "many" is no number of items, so the worker rejects order 2 without requeue');
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
    await worker.close();
    if (!noDlx) await lab.until('the rejected order is parked', () => died('rejected').length === 1);
    where.answer(place(died('rejected').length === 1), WHY);

    await lab.step(say`Expired: nobody takes offer 1 within ${ttl} ms`);
    publish(offers, { offer: 1 });
    await channel.waitForConfirms();
    await lab.sleep(ttl);
    await lab.until('the offer expires', async () => (await channel.checkQueue(offers)).messageCount === 0);
    if (!noDlx) await lab.until('the expired offer is parked', () => died('expired').length === 1);

    await lab.step(say`Too many: the queue holds ${limit}, and ${limit + 1} readings come`);
    const choices = { oldest: 'the oldest', newest: 'the newest', none: 'none: the shop gets an error' };
    const which = await lab.predict('One reading is too many. Which one dies?', choices);
    for (const reading of range(1, limit + 1)) publish(readings, { reading });
    await channel.waitForConfirms();
    if (!noDlx) await lab.until('one reading is parked', () => died('maxlen').length === 1);
    const first = await channel.get(readings, { noAck: true });
    const head = first ? JSON.parse(first.content.toString()).reading : 0;
    const why = 'a full queue makes room at its head (x-overflow: drop-head)';
    which.answer(head === 2 ? 'oldest' : head === 1 ? 'newest' : 'none', why);
    await support.close();

    const rows = dead.map((one) => [one.body, one.why, one.queue, one.times]);
    const columns = ['message', 'reason', 'died in', 'times'];
    lab.table({ title: 'What support finds in "parked"', columns, rows });
    const found = dead.map((one) => `${Object.entries(JSON.parse(one.body))[0]?.join(' ')} ${one.why}`).join(', ');
    if (noDlx) lab.check('without a dead-letter exchange nothing is kept of the dead', dead.length === 0);
    else {
      const expected = 'order 2 rejected, offer 1 expired, reading 1 maxlen';
      lab.check('each dead message is parked, with the reason of its death', found === expected, say`found: ${found}`);
      const isNamed = dead.every((one, turn) => one.queue === [orders, offers, readings][turn]);
      lab.check('the header x-death names the queue in which it died', isNamed);
    }
    lab.check('the full queue let go of its oldest message', head === 2, say`the oldest that is left: reading ${head}`);
  },
});
