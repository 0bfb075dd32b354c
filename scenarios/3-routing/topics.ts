import { count, defineScenario, range, say } from 'msgplay';

const KEYS = ['shop.error', 'shop.order.created', 'shop', 'bank.error', 'bank.transfer.error', 'news'];

/** `*` stands for one word, `#` for any number of words, none included. */
function matches(pattern: readonly string[], key: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return key.length === 0;
  if (head === '#') return matches(rest, key) || (key.length > 0 && matches(pattern, key.slice(1)));
  return key.length > 0 && (head === '*' || head === key[0]) && matches(rest, key.slice(1));
}

export default defineScenario({
  name: 'topics',
  title: 'A topic exchange: patterns with * and # choose among routing keys',
  lesson: 3,
  options: {
    pattern: { type: 'text', default: '#.error', help: 'a pattern of your own, for the queue yours' },
    each: { type: 'integer', default: 1, min: 1, max: 20, help: 'how often each routing key is published' },
  },
  needs: ['rabbitmq'],
  about: ({ pattern }) => say`queues bound with *.error, shop.*, shop.#, and yours with ${pattern}`,
  names: ['event'],
  validate: ({ pattern }) =>
    Buffer.byteLength(pattern) > 255 ? 'A pattern may have 255 bytes at most: shorten --pattern.' : undefined,

  async run(lab, { pattern, each }) {
    const amqp = await import('amqplib');
    const exchange = lab.name('events');
    const publisher = lab.using(await amqp.connect(await lab.url('rabbitmq', 'publisher'), { noDelay: true }));
    const channel = await publisher.createConfirmChannel();
    await channel.assertExchange(exchange, 'topic');
    let events = 0;
    const publish = async (keys: readonly string[]) => {
      for (const key of keys.flatMap((one) => range(1, each).map(() => one))) {
        channel.publish(exchange, key, Buffer.from(JSON.stringify({ event: ++events, key })));
      }
      await channel.waitForConfirms();
    };
    const bindings = { errors: ['*.error'], shop: ['shop.*'], audit: ['shop.#', '*.error'], yours: [pattern] };
    /** Who got what: `audit shop.error`. */
    const got: string[] = [];
    for (const [name, patterns] of Object.entries(bindings)) {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', name), { noDelay: true }));
      const consumer = await connection.createChannel();
      const { queue } = await consumer.assertQueue(lab.name(name));
      for (const one of patterns) await consumer.bindQueue(queue, exchange, one);
      await consumer.consume(queue, (delivery) => {
        if (!delivery) return;
        got.push(`${name} ${delivery.fields.routingKey}`);
        consumer.ack(delivery);
      });
    }
    const wanted = (patterns: readonly string[], key: string) =>
      patterns.some((one) => matches(one.split('.'), key.split('.'))) ? each : 0;
    const send = async (...keys: string[]) => {
      await publish(keys);
      const isThere = (key: string) =>
        Object.entries(bindings).every(([name, patterns]) => count(got, `${name} ${key}`) >= wanted(patterns, key));
      await lab.until('every queue has its copies', () => keys.every(isThere));
    };

    const both = 'The queue audit is bound with shop.# and with *.error. How many copies of shop.error will it get?';
    const times = { twice: 'two: one for each binding', once: 'one: a queue gets a message once', none: 'none' };
    const copies = await lab.predict(both, times);
    await lab.step('The key shop.error; in a pattern * stands for one word, # for any number of words, none too');
    await send('shop.error');
    const inAudit = count(got, 'audit shop.error');
    const once = say`two bindings of audit match shop.error; published: ${each}, copies in audit: ${inAudit}: bindings choose queues, and each is chosen once`;
    copies.answer(inAudit === each ? 'once' : 'twice', once);

    const ways = { yes: 'yes: * stands for all that follows', no: 'no: * stands for exactly one word' };
    const star = await lab.predict('The queue shop is bound with shop.*. Will it get shop.order.created?', ways);
    await lab.step('The key shop.order.created, which has three words');
    await send('shop.order.created');
    const [byStar, byHash] = ['shop', 'audit'].map((name) => count(got, `${name} shop.order.created`));
    star.answer(byStar === 0 ? 'no' : 'yes', say`shop got ${byStar}, audit got ${byHash}, by shop.#`);

    await lab.step('The key shop, and keys that have nothing to do with the shop');
    await send(...KEYS.slice(2));
    lab.note(say`audit got ${count(got, 'audit shop')} of ${each}; with shop.* it would have got none`);

    for (const [name, patterns] of Object.entries(bindings)) {
      const isRight = KEYS.every((key) => count(got, `${name} ${key}`) === wanted(patterns, key));
      lab.check(say`${name} got what ${patterns.join(', ')} matches, and nothing else`, isRight);
    }
    const names = Object.keys(bindings);
    const columns = ['routing key', ...names.map((name) => say`${name}`)];
    const rows = KEYS.map((key) => [say`${key}`, ...names.map((name) => count(got, `${name} ${key}`))]);
    lab.table({ title: 'Copies in each queue, by routing key', columns, rows });
  },
});
