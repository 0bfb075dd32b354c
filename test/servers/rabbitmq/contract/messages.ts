/** Publishing, getting, acknowledging, confirming, transactions. */
import { type FieldTable, Typed } from '../../../../src/protocols/amqp/index.ts';
import { type Bench, type Script, script, untilLength } from './_script.ts';

const badProperty = (title: string, properties: object): Script =>
  script(`a message with ${title}`, async (bench) => {
    const line = await bench.open();
    line.publish('', 'k', 'm', properties);
    return line.peer.answer(1);
  });

/** Somebody has asked by direct reply-to: who may answer has the question, and the address in it. */
async function asked(bench: Bench) {
  const [asker, answerer] = [await bench.open(), await bench.open()];
  const queue = await bench.queue(answerer, 'q');
  await asker.call('basic.consume', { queue: 'amq.rabbitmq.reply-to', consumerTag: 'answers', noAck: true });
  asker.publish('', queue, 'question', { replyTo: 'amq.rabbitmq.reply-to', correlationId: '1' });
  await untilLength(answerer, queue, 1);
  const question = await answerer.call('basic.get', { queue, noAck: true });
  const { replyTo } = question.properties as { replyTo: string };
  return { asker, answerer, queue, question, replyTo };
}

export const messages: readonly Script[] = [
  script('properties arrive as they were sent', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['body'], {
      contentType: 'text/plain',
      contentEncoding: 'utf-8',
      headers: {
        text: 'é',
        int: 5,
        short: new Typed('short', 6),
        double: 1.5,
        yes: true,
        nothing: null,
        bytes: Buffer.from([0, 255]),
        list: ['a', 1],
        table: { deep: { deeper: 1 } },
        at: new Typed('timestamp', 1234),
        money: new Typed('decimal', { scale: 2, value: 314 }),
      },
      deliveryMode: 2,
      priority: 3,
      correlationId: 'c',
      replyTo: 'r',
      expiration: '60000',
      messageId: 'm',
      timestamp: 1_700_000_000,
      type: 't',
      userId: 'guest',
      appId: 'a',
    });
    return line.call('basic.get', { queue, noAck: true });
  }),
  badProperty('an expiration that is no number', { expiration: 'soon' }),
  badProperty('an expiration that ends in nonsense', { expiration: '10 s' }),
  badProperty('a negative expiration', { expiration: '-1' }),
  badProperty('an expiration beyond ten years', { expiration: '315360000001' }),
  badProperty('an empty expiration', { expiration: '' }),
  badProperty('the name of another user', { userId: 'somebody' }),
  script('an empty message, and one of many frames', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['', 'x'.repeat(300_000)]);
    const empty = await line.call('basic.get', { queue, noAck: true });
    const long = await line.call('basic.get', { queue, noAck: true });
    return [empty, long.body!.length];
  }),
  script('getting counts what is left', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['a', 'b']);
    return [
      await line.call('basic.get', { queue }),
      await line.call('basic.get', { queue, noAck: true }),
      await line.call('basic.get', { queue }),
    ];
  }),
  script('what is not acknowledged comes back to its old place, marked', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['a', 'b', 'c', 'd']);
    const other = await line.sibling();
    for (let count = 0; count < 3; count += 1) await other.call('basic.get', { queue });
    other.send('basic.nack', { deliveryTag: 2, requeue: true });
    await untilLength(line, queue, 2);
    other.send('basic.nack', { deliveryTag: 1, requeue: true });
    await untilLength(line, queue, 3);
    await other.call('channel.close');
    await untilLength(line, queue, 4);
    const got = [];
    for (let count = 0; count < 4; count += 1) got.push(await line.call('basic.get', { queue, noAck: true }));
    return got.map(({ body, args }) => [body, args.redelivered]);
  }),
  script('acknowledging one, several, all', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['a', 'b', 'c', 'd', 'e']);
    for (let count = 0; count < 5; count += 1) await line.call('basic.get', { queue });
    line.send('basic.ack', { deliveryTag: 5 });
    line.send('basic.ack', { deliveryTag: 3, multiple: true });
    line.send('basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
    await untilLength(line, queue, 1);
    return line.drain(queue);
  }),
  script('acknowledging what is not there', async (bench) => {
    const answers = [];
    for (const args of [
      { deliveryTag: 7 },
      { deliveryTag: 0 },
      { deliveryTag: 7, multiple: true },
      { deliveryTag: 0, multiple: true },
    ]) {
      const line = await bench.open();
      line.send('basic.ack', args);
      answers.push(await line.call('basic.qos'));
    }
    return answers;
  }),
  script('acknowledging twice', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['a']);
    await line.call('basic.get', { queue });
    line.send('basic.ack', { deliveryTag: 1 });
    line.send('basic.reject', { deliveryTag: 1, requeue: true });
    return line.peer.answer(1);
  }),
  script('recovering puts everything back', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['a', 'b', 'c']);
    await line.call('basic.get', { queue });
    await line.call('basic.get', { queue });
    const recovered = await line.call('basic.recover', { requeue: true });
    await untilLength(line, queue, 3);
    return [recovered, await line.drain(queue), await line.call('basic.recover', { requeue: false })];
  }),
  script('confirms count from the moment they are switched on', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    line.publish('', queue, 'before');
    const selected = await line.call('confirm.select');
    for (const body of ['a', 'b', 'c']) line.publish('', queue, body);
    return [selected, await line.peer.confirms(1, 3)];
  }),
  script('a transaction publishes and acknowledges when it is committed', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['taken']);
    const selected = await line.call('tx.select');
    await line.call('basic.get', { queue });
    line.send('basic.ack', { deliveryTag: 1 });
    line.publish('', queue, 'published');
    const watcher = await line.sibling();
    const before = await watcher.call('queue.declare', { queue, passive: true });
    const committed = await line.call('tx.commit');
    const after = await untilLength(watcher, queue, 1);
    await line.call('channel.close');
    return [selected, before, committed, after, await watcher.drain(queue)];
  }),
  script('a transaction that is rolled back did nothing', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['taken']);
    await line.call('tx.select');
    await line.call('basic.get', { queue });
    line.send('basic.ack', { deliveryTag: 1 });
    line.publish('', queue, 'published');
    const rolledBack = await line.call('tx.rollback');
    line.send('basic.reject', { deliveryTag: 1, requeue: true });
    await line.call('tx.commit');
    const watcher = await line.sibling();
    await untilLength(watcher, queue, 1);
    return [rolledBack, await watcher.drain(queue)];
  }),
  script('transactions and confirms don’t mix, and a commit needs a transaction', async (bench) => {
    const [a, b, c, d] = [await bench.open(), await bench.open(), await bench.open(), await bench.open()];
    await a.call('confirm.select');
    await b.call('tx.select');
    return [
      await a.call('tx.select'),
      await b.call('confirm.select'),
      await c.call('tx.commit'),
      await d.call('tx.rollback'),
    ];
  }),
  script('a transaction of which a full queue refuses a part', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } });
    await line.call('tx.select');
    for (const body of ['a', 'b']) line.publish('', queue, body);
    return [await line.call('tx.commit'), await (await line.sibling()).drain(queue)];
  }),
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((number) =>
    script(`a header that is ${number}`, async (bench) => {
      const line = await bench.open();
      const queue = await bench.queue(line, 'q');
      const publishing = await line.sibling();
      await publishing.call('confirm.select');
      publishing.publish('', queue, 'm', { headers: { strange: number } });
      const answer = await Promise.race([
        publishing.peer.answer(publishing.number),
        publishing.peer.confirms(publishing.number, 1),
      ]);
      const other = await bench.open();
      return [answer, await other.call('queue.declare', { queue: bench.name('q'), passive: true })];
    }),
  ),
  script('an argument that is NaN', async (bench) => {
    const line = await bench.open();
    return line.call('queue.declare', { queue: bench.name('q'), arguments: { 'x-mine': Number.NaN } });
  }),
  ...Object.entries({
    'deep in one': (number: number): FieldTable => ({ deep: [{ er: number }] }),
    'in 32 bits': (number: number): FieldTable => ({ strange: new Typed('float', number) }),
  }).map(([where, headers]) =>
    script(`a header with NaN ${where}`, async (bench) => {
      const line = await bench.open();
      const queue = await bench.queue(line, 'q');
      line.publish('', queue, 'm', { headers: headers(Number.NaN) });
      return line.call('basic.get', { queue, noAck: true });
    }),
  ),
  ...(
    [
      ['exchange.declare', { exchange: 'e', type: 'direct' }],
      ['queue.bind', { queue: 'q', exchange: 'amq.direct', routingKey: 'k' }],
      ['exchange.bind', { destination: 'amq.direct', source: 'amq.fanout', routingKey: 'k' }],
      ['basic.consume', { queue: 'q', consumerTag: 'c' }],
    ] as const
  ).map(([method, args]) =>
    script(`an argument of ${method} that is infinite`, async (bench) => {
      const line = await bench.open();
      const queue = await bench.queue(line, 'q');
      const own = {
        ...('queue' in args && { queue }),
        ...(method === 'exchange.declare' && { exchange: bench.name('e') }),
      };
      return line.call(method, { ...args, ...own, arguments: { 'x-mine': Number.POSITIVE_INFINITY } });
    }),
  ),
  script('an immediate message', async (bench) => {
    const line = await bench.open();
    line.peer.publish(1, { routingKey: 'k', immediate: true }, 'now');
    return line.peer.answer(1);
  }),
  script('a direct reply', async (bench) => {
    const { asker, answerer, question, replyTo } = await asked(bench);
    const looked = await answerer.call('queue.declare', { queue: replyTo, passive: true });
    answerer.publish('', replyTo, 'answer', { correlationId: '1' });
    return [question, looked, await asker.deliveries(1)];
  }),
  script('a mandatory direct reply to somebody who waits, and to nobody', async (bench) => {
    const { asker, answerer, replyTo } = await asked(bench);
    await answerer.call('confirm.select');
    const name = 'amq.rabbitmq.reply-to.nobody';
    answerer.publish('', replyTo, 'heard', {}, true);
    answerer.publish('', name, 'lost', {}, true);
    const confirms = await answerer.peer.confirms(1, 2);
    const heard = await asker.deliveries(1);
    await asker.call('channel.close');
    answerer.publish('', replyTo, 'late', {}, true);
    await answerer.peer.confirms(1, 3);
    return [confirms, heard, answerer.peer.pending(1).filter(({ method }) => method === 'basic.return')];
  }),
  script('a direct reply with copies, and as a copy', async (bench) => {
    const { asker, answerer, queue, replyTo } = await asked(bench);
    await answerer.call('confirm.select');
    answerer.publish('', replyTo, 'with a copy', { headers: { BCC: [queue] } }, true);
    answerer.publish('', queue, 'as a copy', { headers: { BCC: [replyTo] } }, true);
    const confirms = await answerer.peer.confirms(1, 2);
    const heard = await asker.deliveries(2);
    const returned = answerer.peer.pending(1).filter(({ method }) => method === 'basic.return');
    return { confirms, heard, returned, kept: await answerer.drain(queue) };
  }),
  ...Object.entries({
    'with no name': '',
    'with one word': '.nobody',
    'with an empty word': '.',
    'with two words that are no Base64': '.a.b',
    'with Base64 of what is no term': '.YWJj.b',
    'with three words': '.a.b.c',
    'without a dot': 'nobody',
  }).map(([title, rest]) =>
    script(`a direct reply’s address ${title}`, async (bench) => {
      const name = `amq.rabbitmq.reply-to${rest}`;
      const line = await bench.open();
      await line.call('confirm.select');
      line.publish('', name, 'lost', {}, true);
      const published = await Promise.race([line.peer.answer(1), line.peer.confirms(1, 1)]);
      const returned = line.peer.pending(1).filter(({ method }) => method === 'basic.return');
      const looked = await (await bench.open()).call('queue.declare', { queue: name, passive: true });
      return { published, returned, looked };
    }),
  ),
  script('a direct reply’s address that was cut short, and one with another key', async (bench) => {
    const { replyTo } = await asked(bench);
    const told = [];
    for (const name of [replyTo.slice(0, -1), `${replyTo}x`, replyTo.slice(0, replyTo.lastIndexOf('.'))]) {
      const line = await bench.open();
      await line.call('confirm.select');
      line.publish('', name, 'lost');
      const published = await Promise.race([line.peer.answer(1), line.peer.confirms(1, 1)]);
      told.push([published, await (await bench.open()).call('queue.declare', { queue: name, passive: true })]);
    }
    return told;
  }),
  script('direct replies that can’t be', async (bench) => {
    const line = await bench.open();
    const consume = (args: object) => ({ queue: 'amq.rabbitmq.reply-to', ...args });
    const twice = await line.sibling();
    await twice.call('basic.consume', consume({ noAck: true, consumerTag: 'a' }));
    const lost = await line.sibling();
    lost.publish('', 'k', 'm', { replyTo: 'amq.rabbitmq.reply-to' });
    return [
      await (await line.sibling()).call('basic.consume', consume({ noAck: false })),
      await twice.call('basic.consume', consume({ noAck: true, consumerTag: 'b' })),
      await lost.peer.answer(lost.number),
      await (await line.sibling()).call('queue.declare', { queue: 'amq.rabbitmq.reply-to.nobody', passive: true }),
      await (await line.sibling()).call('queue.declare', { queue: 'amq.rabbitmq.reply-to', passive: true }),
    ];
  }),
];
