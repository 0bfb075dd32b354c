/** Exchanges, queues and bindings: declaring, declaring again, deleting, and what is refused. */
import { Typed } from '../../../../src/protocols/amqp/index.ts';
import { script } from './_script.ts';

const redeclare = (title: string, first: object, second: object) =>
  script(`a queue declared again with ${title}`, async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', first);
    return line.call('queue.declare', { queue, ...second });
  });

const badArgument = (args: { [name: string]: unknown }, more: { [flag: string]: boolean } = {}) =>
  script(
    `${['a queue', ...Object.keys(more)].join(', ')} with the arguments ${JSON.stringify(args)}`,
    async (bench) => {
      const line = await bench.open();
      return line.call('queue.declare', { queue: bench.name('q'), arguments: args as never, ...more });
    },
  );

const redeclareExchange = (title: string, first: object, second: object) =>
  script(`an exchange declared again with ${title}`, async (bench) => {
    const line = await bench.open();
    const exchange = await bench.exchange(line, 'x', 'direct', first);
    return line.call('exchange.declare', { exchange, type: 'direct', ...second });
  });

export const declaring = [
  script('a queue, and again the same', async (bench) => {
    const line = await bench.open();
    const queue = bench.name('q');
    return [await line.call('queue.declare', { queue }), await line.call('queue.declare', { queue })];
  }),
  redeclare('another durability', {}, { durable: true }),
  redeclare('another auto-delete', {}, { autoDelete: true }),
  redeclare('another exclusivity', {}, { exclusive: true }),
  redeclare('another TTL', { arguments: { 'x-message-ttl': 1000 } }, { arguments: { 'x-message-ttl': 2000 } }),
  redeclare(
    'the same TTL in another width',
    { arguments: { 'x-message-ttl': 1000 } },
    { arguments: { 'x-message-ttl': new Typed('long', 1000) } },
  ),
  redeclare('a TTL where there was none', {}, { arguments: { 'x-message-ttl': 1000 } }),
  redeclare('no TTL where there was one', { arguments: { 'x-message-ttl': new Typed('short', 1000) } }, {}),
  redeclare(
    'another dead-letter exchange',
    { arguments: { 'x-dead-letter-exchange': 'a' } },
    { arguments: { 'x-dead-letter-exchange': 'b' } },
  ),
  redeclare('an argument that nobody knows', {}, { arguments: { 'x-unknown': 1 } }),
  redeclare('the type classic', {}, { arguments: { 'x-queue-type': 'classic' } }),
  redeclare('the type quorum', { durable: true }, { durable: true, arguments: { 'x-queue-type': 'quorum' } }),
  redeclare('single active consumer', {}, { arguments: { 'x-single-active-consumer': true } }),
  badArgument({ 'x-message-ttl': -1 }),
  badArgument({ 'x-message-ttl': '1000' }),
  badArgument({ 'x-message-ttl': 1.5 }),
  badArgument({ 'x-message-ttl': 315_360_000_001 }),
  badArgument({ 'x-expires': 0 }),
  badArgument({ 'x-expires': -5 }),
  badArgument({ 'x-max-length': -1 }),
  badArgument({ 'x-max-length-bytes': 'many' }),
  badArgument({ 'x-max-priority': 256 }),
  badArgument({ 'x-overflow': 'explode' }),
  badArgument({ 'x-overflow': 7 }),
  badArgument({ 'x-dead-letter-exchange': 7 }),
  badArgument({ 'x-dead-letter-routing-key': 'k' }),
  badArgument({ 'x-queue-type': 'fast' }),
  badArgument({ 'x-queue-type': 5 }),
  badArgument({ 'x-queue-mode': 'eager' }),
  badArgument({ 'x-queue-version': 3 }),
  badArgument({ 'x-single-active-consumer': 'yes' }),
  badArgument({ 'x-delivery-limit': 3 }),
  badArgument({ 'x-max-age': '1D' }),
  badArgument({ 'x-queue-type': 'quorum', 'x-delivery-limit': 'many' }, { durable: true }),
  badArgument({ 'x-queue-type': 'quorum', 'x-delivery-limit': -2 }, { durable: true }),
  badArgument({ 'x-queue-type': 'quorum', 'x-queue-leader-locator': 'far' }, { durable: true }),
  badArgument({ 'x-queue-type': 'quorum', 'x-quorum-initial-group-size': 0 }, { durable: true }),
  badArgument({ 'x-queue-type': 'quorum', 'x-dead-letter-strategy': 'often' }, { durable: true }),
  badArgument({ 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish-dlx' }, { durable: true }),
  badArgument({ 'x-queue-type': 'quorum', 'x-queue-mode': 'lazy' }, { durable: true }),
  badArgument({ 'x-queue-version': 1 }),
  badArgument({ 'x-queue-mode': 'lazy' }),
  badArgument({ 'x-queue-master-locator': 'min-masters' }),
  badArgument({ 'x-queue-leader-locator': 'balanced' }),
  badArgument({ 'x-cancel-on-ha-failover': true }),
  badArgument({ 'x-queue-type': 'quorum' }),
  badArgument({ 'x-queue-type': 'quorum' }, { durable: true, exclusive: true }),
  badArgument({ 'x-queue-type': 'quorum' }, { durable: true, autoDelete: true }),
  badArgument({ 'x-queue-type': 'quorum', 'x-max-priority': 5 }, { durable: true }),
  script('a quorum queue that the server should name', async (bench) => {
    const line = await bench.open();
    return line.call('queue.declare', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  }),
  script('a queue that the server names', async (bench) => (await bench.open()).call('queue.declare')),
  script('a queue with a reserved name', async (bench) =>
    (await bench.open()).call('queue.declare', { queue: 'amq.mine' }),
  ),
  script('a queue whose name holds line breaks', async (bench) => {
    const line = await bench.open();
    return line.call('queue.declare', { queue: `${bench.name('a')}\r\nb` });
  }),
  script('a passive look at a queue that is there, and at one that is not', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    return [
      await line.call('queue.declare', { queue, passive: true }),
      await line.call('queue.declare', { queue: bench.name('none'), passive: true }),
    ];
  }),
  script('an exclusive queue of another connection', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { exclusive: true });
    const answers = [];
    for (const [method, args] of [
      ['queue.declare', { queue, passive: true }],
      ['queue.declare', { queue, exclusive: true }],
      ['queue.declare', { queue }],
      ['basic.get', { queue }],
      ['basic.consume', { queue }],
      ['queue.purge', { queue }],
      ['queue.delete', { queue }],
      ['queue.bind', { queue, exchange: 'amq.direct', routingKey: 'k' }],
    ] as const) {
      answers.push(await (await bench.open()).call(method, args));
    }
    return answers;
  }),
  script('an exclusive queue goes with its connection', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { exclusive: true });
    await line.peer.call(0, 'connection.close', { replyCode: 200 });
    const other = await bench.open();
    return other.call('queue.declare', { queue, passive: true });
  }),
  script('deleting queues', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['a', 'b']);
    const used = await bench.queue(line, 'used');
    await line.call('basic.consume', { queue: used, consumerTag: 'c' });
    return [
      await line.call('queue.delete', { queue: bench.name('none') }),
      await (await line.sibling()).call('queue.delete', { queue, ifEmpty: true }),
      await (await line.sibling()).call('queue.delete', { queue: used, ifUnused: true }),
      await line.call('queue.delete', { queue }),
    ];
  }),
  script('deleting a queue tells its consumers', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('basic.consume', { queue, consumerTag: 'c' });
    await (await line.sibling()).call('queue.delete', { queue });
    return line.peer.unasked(1, 'basic.cancel');
  }),
  script('purging tells how many messages waited', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['a', 'b', 'c']);
    await line.call('basic.get', { queue });
    return [await line.call('queue.purge', { queue }), await line.call('queue.purge', { queue: bench.name('none') })];
  }),
  script('the last queue declared is meant where no name is given', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.call('queue.bind', { exchange: 'amq.direct' });
    await line.confirmed('amq.direct', queue, ['by its name']);
    return [
      await line.call('basic.get', { noAck: true }),
      await line.call('queue.purge'),
      await line.call('queue.delete'),
    ];
  }),
  script('no name where no queue was declared', async (bench) => (await bench.open()).call('basic.get')),

  script('every type of exchange', async (bench) => {
    const line = await bench.open();
    const answers = [];
    for (const type of ['direct', 'fanout', 'topic', 'headers']) {
      answers.push(await line.call('exchange.declare', { exchange: bench.name(type), type }));
    }
    return answers;
  }),
  script('an exchange of an unknown type', async (bench) => {
    return (await bench.open()).call('exchange.declare', { exchange: bench.name('x'), type: 'magic' });
  }),
  redeclareExchange('another durability', {}, { durable: true }),
  redeclareExchange('another type', {}, { type: 'fanout' }),
  redeclareExchange('another auto-delete', {}, { autoDelete: true }),
  redeclareExchange('another internal', {}, { internal: true }),
  redeclareExchange(
    'another alternate exchange',
    { arguments: { 'alternate-exchange': 'a' } },
    { arguments: { 'alternate-exchange': 'b' } },
  ),
  redeclareExchange('an alternate exchange where there was none', {}, { arguments: { 'alternate-exchange': 'b' } }),
  redeclareExchange('the same', { durable: true }, { durable: true }),
  script('an alternate exchange that is no name', async (bench) => {
    const line = await bench.open();
    return line.call('exchange.declare', {
      exchange: bench.name('x'),
      type: 'direct',
      arguments: { 'alternate-exchange': 5 },
    });
  }),
  script('exchanges with reserved names', async (bench) => [
    await (await bench.open()).call('exchange.declare', { exchange: 'amq.mine', type: 'direct' }),
    await (await bench.open()).call('exchange.declare', { exchange: '', type: 'direct' }),
    await (await bench.open()).call('exchange.declare', { exchange: '', passive: true }),
    await (await bench.open()).call('exchange.declare', { exchange: 'amq.topic', type: 'topic', durable: true }),
    await (await bench.open()).call('exchange.declare', { exchange: 'amq.topic', passive: true }),
    await (await bench.open()).call('exchange.delete', { exchange: 'amq.topic' }),
    await (await bench.open()).call('exchange.delete', { exchange: '' }),
  ]),
  script('a passive look at an exchange that is not there', async (bench) => {
    return (await bench.open()).call('exchange.declare', { exchange: bench.name('none'), passive: true });
  }),
  script('deleting exchanges', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    const exchange = await bench.exchange(line, 'x', 'direct');
    await line.call('queue.bind', { queue, exchange, routingKey: 'k' });
    return [
      await line.call('exchange.delete', { exchange: bench.name('none') }),
      await (await line.sibling()).call('exchange.delete', { exchange, ifUnused: true }),
      await line.call('exchange.delete', { exchange }),
    ];
  }),

  script('binding what is not there', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    const none = bench.name('none');
    const bind = async (args: object) => (await line.sibling()).call('queue.bind', args);
    return [
      await bind({ queue, exchange: none }),
      await bind({ queue: none, exchange: 'amq.direct' }),
      await bind({ queue, exchange: '' }),
      await (await line.sibling()).call('exchange.bind', { destination: none, source: 'amq.direct' }),
      await (await line.sibling()).call('exchange.bind', { destination: 'amq.direct', source: none }),
      await (await line.sibling()).call('exchange.bind', { destination: '', source: 'amq.direct' }),
    ];
  }),
  script('unbinding what is not bound, or not there', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    const none = bench.name('none');
    const unbind = async (args: object) => (await line.sibling()).call('queue.unbind', args);
    return [
      await unbind({ queue, exchange: 'amq.direct', routingKey: 'k' }),
      await unbind({ queue: none, exchange: 'amq.direct' }),
      await unbind({ queue, exchange: none }),
      await unbind({ queue, exchange: '' }),
    ];
  }),
  script('a headers binding that wants to be matched in an unknown way', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    const bind = async (mode: unknown) =>
      (await line.sibling()).call('queue.bind', {
        queue,
        exchange: 'amq.headers',
        arguments: { 'x-match': mode as never },
      });
    return [await bind('some'), await bind(5), await bind('any-with-x')];
  }),
  script('auto-delete exchanges and queues go with the last that used them', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q', { autoDelete: true });
    const exchange = await bench.exchange(line, 'x', 'fanout', { autoDelete: true });
    await line.call('queue.bind', { queue, exchange });
    await line.call('basic.consume', { queue, consumerTag: 'c' });
    await line.call('basic.cancel', { consumerTag: 'c' });
    return [
      await (await line.sibling()).call('queue.declare', { queue, passive: true }),
      await (await line.sibling()).call('exchange.declare', { exchange, passive: true }),
    ];
  }),
];
