import { count, defineScenario, range, say } from 'msgplay';

const NOTHING = 'nothing';

export default defineScenario({
  name: 'publisher-confirms',
  title: 'What a publisher gets to know: confirms, returns, refusals',
  lesson: 2,
  options: {
    orders: { type: 'integer', default: 6, min: 1, max: 1000, help: 'how many orders each way of waiting publishes' },
    batch: { type: 'integer', default: 3, min: 2, max: 1000, help: 'how many orders go out before a batch is awaited' },
    limit: { type: 'integer', default: 2, min: 1, max: 100, help: 'how many messages the small queue holds' },
  },
  needs: ['rabbitmq'],
  about: ({ orders, batch, limit }) =>
    say`orders: ${orders} for each way of waiting · batches of ${batch} · the small queue holds ${limit}`,
  names: ['order'],

  async run(lab, { orders, batch, limit }) {
    const amqp = await import('amqplib');
    const queue = lab.name('orders');
    const typo = lab.name('ordesr');
    const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', 'shop'), { noDelay: true }));
    let order = 0;
    const next = () => Buffer.from(JSON.stringify({ order: ++order }));

    const plain = await connection.createChannel();
    await plain.assertQueue(queue, { durable: true });
    const channel = await connection.createConfirmChannel();
    let heard: string[] = [];
    for (const one of [plain, channel]) one.on('return', () => heard.push('a return'));
    /** Publishes to the default exchange, and resolves with the broker's confirm. */
    const publish = (key: string, options = {}) =>
      new Promise<void>((resolve) => {
        channel.publish('', key, next(), { persistent: true, ...options }, (error) => {
          heard.push(error ? 'a nack' : 'a confirm');
          resolve();
        });
      });
    const all = () => (heard.length === 0 ? NOTHING : heard.join(', '));

    await lab.step('Without confirms: the key has a typing error, so no queue takes the order');
    const silent = await lab.predict('No queue takes it. What does the shop hear?', [NOTHING, 'a return', 'an error']);
    plain.sendToQueue(typo, next());
    // The answer to a later request shows that the broker is done with the publish.
    await plain.checkQueue(queue);
    lab.check('without confirms the shop hears nothing of a lost order', heard.length === 0, all());
    silent.answer(all(), 'a publish has no answer of its own in AMQP: without confirms it is sent and forgotten');

    await lab.step('The same mistake with confirms: the broker tells the publisher what it has dealt with');
    const choices = ['a confirm', 'a nack', NOTHING, 'a return, a confirm'];
    const acked = await lab.predict('The same order, on a channel with confirms. What does the shop hear?', choices);
    await publish(typo);
    lab.check('an order that no queue takes is confirmed all the same', all() === 'a confirm', all());
    acked.answer(all(), 'a confirm says that the broker is done with an order, not that anybody gets it');

    await lab.step('With confirms, and mandatory: no order may vanish unheard');
    heard = [];
    await publish(typo, { mandatory: true });
    lab.check('a mandatory order comes back, then its confirm', all() === 'a return, a confirm', all());
    lab.note('the order comes back first, with the reason NO_ROUTE; then the confirm closes the matter');

    await lab.step(say`A small queue that holds ${limit} and refuses more (x-overflow: reject-publish)`);
    const small = lab.name('small');
    const bounds = { maxLength: limit, arguments: { 'x-overflow': 'reject-publish' } };
    await channel.assertQueue(small, { durable: true, ...bounds });
    heard = [];
    for (const _ of range(1, limit + 2)) await publish(small);
    const nacks = count(heard, 'a nack');
    lab.check('the queue that is full nacks what it does not take', nacks === 2, say`nacks: ${nacks} of ${limit + 2}`);

    await lab.step(say`What waiting costs: ${orders} orders, one by one, in batches of ${batch}, and all at once`);
    const rows = [];
    for (const [way, size] of Object.entries({ 'one by one': 1, 'in batches': batch, 'all at once': orders })) {
      const since = lab.now();
      let waits = 0;
      for (let sent = 0; sent < orders; waits++) {
        const end = Math.min(sent + size, orders);
        for (; sent < end; sent++) channel.sendToQueue(queue, next(), { persistent: true });
        await channel.waitForConfirms();
      }
      rows.push([way, waits, Math.round((lab.now() - since) * 10) / 10]);
    }
    const { messageCount } = await channel.checkQueue(queue);
    const columns = ['way', 'waits', { title: 'took', unit: 'ms', bar: true }];
    lab.table({ title: 'The same orders, awaited in three ways', columns, rows });
    lab.check('every order of these three ways is in its queue', messageCount === 3 * orders, say`${messageCount}`);
  },
});
