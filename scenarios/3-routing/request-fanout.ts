import type { Message } from 'amqplib';
import { defineScenario, range, say } from 'msgplay';

export default defineScenario({
  name: 'request-fanout',
  title: 'Ask all, gather the answers: one request, many replies, and a deadline',
  lesson: 6,
  options: {
    shops: { type: 'integer', default: 3, min: 2, max: 10, help: 'how many shops are asked' },
    slow: { type: 'integer', default: 1, min: 0, max: 9, help: 'how many of them answer after the deadline' },
    wait: { type: 'integer', default: 300, min: 200, max: 2000, help: 'how long the client gathers offers, in ms' },
  },
  needs: ['rabbitmq'],
  about: ({ shops, slow, wait }) => say`shops: ${shops}, too late: ${slow} · the client waits ${wait} ms`,
  names: ['request', 'offer'],
  validate: ({ shops, slow }) =>
    slow >= shops ? 'At least one shop has to answer in time: give a smaller --slow, or more --shops.' : undefined,

  async run(lab, { shops, slow, wait }) {
    const amqp = await import('amqplib');
    const exchange = lab.name('requests');
    const client = lab.using(await amqp.connect(await lab.url('rabbitmq', 'client'), { noDelay: true }));
    const channel = await client.createConfirmChannel();
    await channel.assertExchange(exchange, 'fanout');
    const { queue: replyTo } = await channel.assertQueue(lab.name('offers'), { exclusive: true });

    const names = range(1, shops).map((number) => `shop-${number}`);
    const asked: string[] = [];
    let isOver = false;
    for (const [index, name] of names.entries()) {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', name), { noDelay: true }));
      const shop = await connection.createChannel();
      const { queue } = await shop.assertQueue(lab.name(`${name}-inbox`));
      await shop.bindQueue(queue, exchange, '');
      const price = 50 + Math.floor(lab.random() * 50);
      await shop.consume(queue, async (delivery) => {
        if (!delivery) return;
        asked.push(name);
        if (index >= shops - slow) await lab.until('the deadline is over', () => isOver);
        const { replyTo: to, correlationId } = delivery.properties;
        shop.sendToQueue(to, Buffer.from(JSON.stringify({ offer: index + 1, price })), { correlationId });
        shop.ack(delivery);
      });
    }
    const offers: { offer: number; price: number }[] = [];
    const take = (delivery: Message | null) => delivery && offers.push(JSON.parse(delivery.content.toString()));
    await channel.consume(replyTo, take, { noAck: true });

    const count = await lab.predict(say`${shops} shops are to be asked. How many requests will the client publish?`, {
      each: 'one for each shop',
      one: 'one: the exchange makes the copies',
      shops: 'one, and the shops pass it on',
    });
    const some = { all: 'all of them: it waits for the last one', less: 'those that come in time' };
    const question = 'The client does not know how many shops there are. Which offers will it compare?';
    const known = await lab.predict(question, some);
    await lab.step(say`The client asks once, and gathers offers for ${wait} ms`);
    const request = Buffer.from(JSON.stringify({ request: 1, what: 'tea' }));
    channel.publish(exchange, '', request, { replyTo, correlationId: 'request-1' });
    await channel.waitForConfirms();
    await lab.sleep(wait);
    const inTime = [...offers].sort((a, b) => a.price - b.price);
    const [best] = inTime;
    lab.note(say`offers so far: ${inTime.length}; the best one is ${best?.price}, of shop-${best?.offer}`, 'client');
    const copies = say`the client published one, and ${asked.length} shops got a copy: each has a queue that is bound to the exchange`;
    count.answer(asked.length === shops ? 'one' : 'each', copies);
    const deadline = say`the client compared ${inTime.length}: nobody can tell it that there are no more, so it sets itself a deadline`;
    known.answer(inTime.length < shops || slow === 0 ? 'less' : 'all', deadline);

    if (slow > 0) {
      await lab.step(say`Too late: the other shops (${slow}) answer when the client has decided`);
      isOver = true;
      await lab.until('every shop has answered', () => offers.length === shops);
      const missed = offers.slice(inTime.length).filter(({ price }) => price < (best?.price ?? 0)).length;
      lab.note(say`late offers: ${slow}, of which ${missed} would have been better`, 'client');
    }
    lab.check('every shop was asked, by one request', asked.length === shops, say`${asked.length} of ${shops}`);
    const isInTime = inTime.length === shops - slow;
    lab.check('the client had the offers that came in time', isInTime, say`offers: ${inTime.length}`);
    lab.check('late offers come all the same', offers.length === shops, say`${offers.length} of ${shops}`);
    const rows = inTime.map(({ offer, price }) => [`shop-${offer}`, price]);
    lab.table({ title: 'The offers that the client compared', columns: ['shop', 'price'], rows });
  },
});
