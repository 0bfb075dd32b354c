/** Where messages go: every type of exchange, chains of them, and what no queue takes. */
import { type FieldTable, Typed } from '../../../../src/protocols/amqp/index.ts';
import { type Bench, type Line, type Script, script } from './_script.ts';

/** Binds a queue for each pattern, publishes with each key, and tells which queues each message reached. */
async function reached(
  bench: Bench,
  line: Line,
  exchange: string,
  bindings: readonly { routingKey?: string; arguments?: FieldTable }[],
  messages: readonly { routingKey?: string; headers?: FieldTable }[],
): Promise<{ [message: string]: string[][] }> {
  const queues: string[] = [];
  for (const [index, binding] of bindings.entries()) {
    const queue = await bench.queue(line, `b${index}`, { exclusive: true });
    const bound = await (await line.sibling()).call('queue.bind', { queue, exchange, ...binding });
    if (bound.method !== 'queue.bind-ok') throw new Error(JSON.stringify(bound));
    queues.push(queue);
  }
  for (const [index, { routingKey = '', headers }] of messages.entries()) {
    await line.confirmed(exchange, routingKey, [String(index)], headers ? { headers } : {});
  }
  const got: string[][] = [];
  for (const queue of queues) got.push(await line.drain(queue));
  return { got };
}

const keys = (list: readonly string[]) => list.map((routingKey) => ({ routingKey }));

const headersCase = (title: string, bindings: readonly FieldTable[], messages: readonly FieldTable[]): Script =>
  script(`headers: ${title}`, async (bench) => {
    const line = await bench.open();
    const exchange = await bench.exchange(line, 'x', 'headers');
    return reached(
      bench,
      line,
      exchange,
      bindings.map((args) => ({ arguments: args })),
      messages.map((headers) => ({ headers })),
    );
  });

export const routing: readonly Script[] = [
  script('the default exchange leads to the queue of that name', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    await line.confirmed('', queue, ['a']);
    await line.confirmed('', bench.name('none'), ['lost']);
    return line.call('basic.get', { queue, noAck: true });
  }),
  script('direct: the same key, several queues, several keys', async (bench) => {
    const line = await bench.open();
    const exchange = await bench.exchange(line, 'x', 'direct');
    const one = await reached(bench, line, exchange, keys(['a', 'a', 'b', '']), keys(['a', 'b', 'c', '', 'A']));
    return one;
  }),
  script('fanout: whatever the key', async (bench) => {
    const line = await bench.open();
    const exchange = await bench.exchange(line, 'x', 'fanout');
    return reached(bench, line, exchange, keys(['a', 'b']), keys(['a', 'c', '']));
  }),
  script('topic: words, stars and hashes', async (bench) => {
    const line = await bench.open();
    const exchange = await bench.exchange(line, 'x', 'topic');
    const patterns = [
      'a.b',
      'a.*',
      '*.b',
      '#',
      'a.#',
      '#.b',
      'a.#.b',
      '*',
      '',
      '#.#',
      '*.#',
      'a..b',
      '#.a.#',
      'a*',
      '*.*.*',
    ];
    const routed = [
      'a.b',
      'a',
      'b',
      '',
      'a.x.b',
      'a.b.c',
      '.',
      'a.',
      '.b',
      'a..b',
      'x.a.y',
      '*',
      '#',
      'a.*',
      'a.#.b',
      'ab',
    ];
    return reached(bench, line, exchange, keys(patterns), keys(routed));
  }),
  headersCase(
    'all of them',
    [{ a: 1, b: 'x' }, { 'x-match': 'all', a: 1 }, {}, { a: null }],
    [{ a: 1, b: 'x' }, { a: 1 }, { b: 'x' }, {}, { a: 'other', b: 'x' }],
  ),
  headersCase(
    'any of them',
    [{ 'x-match': 'any', a: 1, b: 'x' }, { 'x-match': 'any' }, { 'x-match': 'any', c: null }],
    [{ a: 1 }, { b: 'x' }, { a: 2, b: 'y' }, {}, { c: 0 }],
  ),
  headersCase(
    'those that begin with x-, which count only where it is asked for',
    [
      { 'x-a': 1 },
      { 'x-match': 'all-with-x', 'x-a': 1 },
      { 'x-match': 'any-with-x', 'x-a': 1, b: 2 },
      { 'x-match': 'any', 'x-a': 1 },
    ],
    [{ 'x-a': 1 }, { b: 2 }, {}, { 'x-a': 2 }],
  ),
  headersCase(
    'types, which don’t count where the values are equal',
    [{ a: 1 }, { a: new Typed('long', 1) }, { a: 1.5 }, { a: '1' }, { a: true }, { a: [1, 'b'] }, { a: { b: 1 } }],
    [
      { a: 1 },
      { a: new Typed('short', 1) },
      { a: new Typed('double', 1) },
      { a: 1.5 },
      { a: '1' },
      { a: Buffer.from('1') },
      { a: true },
      { a: [1, 'b'] },
      { a: [new Typed('short', 1), 'b'] },
      { a: { b: 1 } },
      { a: { b: new Typed('long', 1) } },
      { a: new Typed('timestamp', 1) },
    ],
  ),
  script('an exchange bound to an exchange', async (bench) => {
    const line = await bench.open();
    const first = await bench.exchange(line, 'first', 'topic');
    const second = await bench.exchange(line, 'second', 'direct');
    const queue = await bench.queue(line, 'q');
    await line.call('exchange.bind', { destination: second, source: first, routingKey: 'a.#' });
    await line.call('queue.bind', { queue, exchange: second, routingKey: 'a.b' });
    for (const key of ['a.b', 'a.c', 'x']) await line.confirmed(first, key, [key]);
    const before = await line.drain(queue);
    await line.call('exchange.unbind', { destination: second, source: first, routingKey: 'a.#' });
    await line.confirmed(first, 'a.b', ['after']);
    return [before, await line.drain(queue)];
  }),
  script('exchanges bound in a circle, and a queue reached twice', async (bench) => {
    const line = await bench.open();
    const [a, b] = [await bench.exchange(line, 'a', 'fanout'), await bench.exchange(line, 'b', 'fanout')];
    const queue = await bench.queue(line, 'q');
    await line.call('exchange.bind', { destination: b, source: a });
    await line.call('exchange.bind', { destination: a, source: b });
    for (const exchange of [a, b]) await line.call('queue.bind', { queue, exchange });
    await line.confirmed(a, 'k', ['once']);
    return line.drain(queue);
  }),
  script('an alternate exchange takes what no binding wants', async (bench) => {
    const line = await bench.open();
    const other = await bench.exchange(line, 'other', 'fanout');
    const exchange = await bench.exchange(line, 'x', 'direct', { arguments: { 'alternate-exchange': other } });
    const [wanted, rest] = [await bench.queue(line, 'wanted'), await bench.queue(line, 'rest')];
    await line.call('queue.bind', { queue: wanted, exchange, routingKey: 'k' });
    await line.call('queue.bind', { queue: rest, exchange: other });
    await line.confirmed(exchange, 'k', ['wanted']);
    await line.confirmed(exchange, 'z', ['rest']);
    return [await line.drain(wanted), await line.drain(rest)];
  }),
  script('an alternate exchange that is not there', async (bench) => {
    const line = await bench.open();
    const exchange = await bench.exchange(line, 'x', 'direct', {
      arguments: { 'alternate-exchange': bench.name('none') },
    });
    line.publish(exchange, 'k', 'back', {}, true);
    return line.peer.unasked(1, 'basic.return');
  }),
  script('a mandatory message that no queue takes comes back', async (bench) => {
    const line = await bench.open();
    const exchange = await bench.exchange(line, 'x', 'direct');
    line.publish(exchange, 'nobody', 'back', { messageId: 'm', headers: { a: 1 } }, true);
    return line.peer.unasked(1, 'basic.return');
  }),
  script('a mandatory message in confirm mode comes back and is confirmed', async (bench) => {
    const line = await bench.open();
    await line.call('confirm.select');
    line.publish('amq.direct', bench.name('nobody'), 'back', {}, true);
    return [await line.peer.unasked(1, 'basic.return'), await line.peer.confirms(1, 1)];
  }),
  script('copies by the headers CC and BCC', async (bench) => {
    const line = await bench.open();
    const [a, b, c] = [await bench.queue(line, 'a'), await bench.queue(line, 'b'), await bench.queue(line, 'c')];
    await line.confirmed('', a, ['m'], { headers: { CC: [b], BCC: [c] } });
    const got = [];
    for (const queue of [a, b, c]) got.push(await line.call('basic.get', { queue, noAck: true }));
    return got;
  }),
  script('a CC that is no list', async (bench) => {
    const line = await bench.open();
    line.publish('', 'k', 'm', { headers: { CC: 'b' } });
    return line.peer.answer(1);
  }),
  script('publishing where one must not', async (bench) => {
    const line = await bench.open();
    const internal = await bench.exchange(line, 'x', 'fanout', { internal: true });
    const answers = [];
    for (const exchange of [internal, bench.name('none')]) {
      const other = await line.sibling();
      other.publish(exchange, 'k', 'm');
      answers.push(await other.peer.answer(other.number));
    }
    return answers;
  }),
  script('the same binding twice is one', async (bench) => {
    const line = await bench.open();
    const queue = await bench.queue(line, 'q');
    const bound = { queue, exchange: 'amq.topic', routingKey: bench.name('k') };
    await line.call('queue.bind', bound);
    await line.call('queue.bind', bound);
    await line.call('queue.unbind', bound);
    await line.confirmed('amq.topic', bound.routingKey, ['m']);
    return line.drain(queue);
  }),
];
