import { defineScenario, say } from 'msgplay';

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
      for (const key of keys) {
        for (let count = 0; count < each; count++) {
          channel.publish(exchange, key, Buffer.from(JSON.stringify({ event: ++events, key })));
        }
      }
      await channel.waitForConfirms();
    };
    const bindings = { errors: ['*.error'], shop: ['shop.*'], audit: ['shop.#', '*.error'], yours: [pattern] };
    const got = new Map<string, string[]>();
    for (const [name, patterns] of Object.entries(bindings)) {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', name), { noDelay: true }));
      const consumer = await connection.createChannel();
      const { queue } = await consumer.assertQueue(lab.name(name));
      for (const one of patterns) await consumer.bindQueue(queue, exchange, one);
      const keys: string[] = [];
      got.set(name, keys);
      await consumer.consume(queue, (delivery) => {
        if (!delivery) return;
        keys.push(delivery.fields.routingKey);
        consumer.ack(delivery);
      });
    }
    const count = (name: string, key: string) => (got.get(name) ?? []).filter((one) => one === key).length;
    const wanted = (patterns: readonly string[], key: string): number =>
      patterns.some((one) => matches(one.split('.'), key.split('.'))) ? each : 0;
    const send = async (keys: readonly string[]) => {
      await publish(keys);
      await lab.until('every queue has its copies', () =>
        Object.entries(bindings).every(([name, patterns]) =>
          keys.every((key) => count(name, key) >= wanted(patterns, key)),
        ),
      );
    };

    const copies = await lab.predict(
      'The queue audit is bound with shop.# and with *.error. How many copies of shop.error will it get?',
      {
        twice: 'two: one for each binding that matches',
        once: 'one: a queue gets a message once',
        none: 'none: the two contradict each other',
      },
    );
    await lab.step('The key shop.error; in a pattern * stands for one word, # for any number of words, none too');
    await send(['shop.error']);
    copies.answer(
      count('audit', 'shop.error') === each ? 'once' : 'twice',
      say`two bindings of audit match shop.error; published: ${each}, copies in audit: ${count('audit', 'shop.error')}: bindings choose queues, and each is chosen once`,
    );

    const star = await lab.predict('The queue shop is bound with shop.*. Will it get shop.order.created?', {
      yes: 'yes: * stands for all that follows',
      no: 'no: * stands for exactly one word',
    });
    await lab.step('The key shop.order.created, which has three words');
    await send(['shop.order.created']);
    star.answer(
      count('shop', 'shop.order.created') === 0 ? 'no' : 'yes',
      say`shop got ${count('shop', 'shop.order.created')}, audit got ${count('audit', 'shop.order.created')}, by shop.#`,
    );

    const hash = await lab.predict('The queue audit is bound with shop.#. Will it get shop, a key of one word?', {
      some: 'no: # needs a word to stand for',
      none: 'yes: # stands for no word, too',
    });
    await lab.step('The key shop, and keys that have nothing to do with the shop');
    await send(KEYS.slice(2));
    hash.answer(
      count('audit', 'shop') === each ? 'none' : 'some',
      say`audit got ${count('audit', 'shop')} of ${each}; with shop.* it would have got none`,
    );

    for (const [name, patterns] of Object.entries(bindings)) {
      const isRight = KEYS.every((key) => count(name, key) === wanted(patterns, key));
      lab.check(say`${name} got what ${patterns.join(', ')} matches, and nothing else`, isRight);
    }
    lab.table({
      title: 'Copies in each queue, by routing key',
      columns: ['routing key', ...Object.keys(bindings).map((name) => say`${name}`)],
      rows: KEYS.map((key) => [say`${key}`, ...Object.keys(bindings).map((name) => count(name, key))]),
    });
  },
});
