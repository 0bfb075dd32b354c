import { beforeEach, describe, expect, test } from 'vitest';
import { worded } from '../../../src/core/statements/index.ts';
import { encodeContent } from '../../../src/protocols/amqp/index.ts';
import {
  ack,
  answered,
  bind,
  connect,
  consume,
  deliver,
  exchange,
  method,
  publish,
  queue,
} from '../../helpers/amqp-speech.ts';
import { Narration } from '../../helpers/narrate.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('rabbitmq', 'amqp');
});

test('a binding of no queue and no key is that of the queue that was declared last, by its name', () => {
  const me = queue(exchange(connect(story, 'me'), 'x', 'direct'), 'jobs');
  bind(me, '', 'x');
  expect(story.notes().at(-1)).toBe('me: queue jobs is bound to exchange x (direct) with key jobs');
  for (const key of ['jobs', '']) answered(publish(me, 'x', key, `with key ${key}`));
  expect(story.steps()).toEqual([
    '#1 published me [x (jobs)]',
    '#1 routed me [x (jobs) → jobs]',
    '#2 published me [x]',
    '#2 unroutable me [x] exchange x (direct) has the bindings jobs; key (empty) matches none of them',
  ]);
  me.client(method('queue.unbind', { exchange: 'x' })).server(method('queue.unbind-ok'));
  answered(publish(me, 'x', 'jobs', 'later'));
  expect(story.steps().at(-1)).toContain('#3 unroutable');
});

describe('where a message goes', () => {
  test('the default exchange leads to the queue of that name, and the delivery is dated', () => {
    const producer = queue(connect(story, 'producer'), 'jobs');
    const worker = consume(connect(story, 'worker'), 'jobs');
    publish(producer, '', 'jobs', 'a');
    story.at = 1.5;
    deliver(worker, 1, 'a');
    story.at = 2;
    worker.client(ack(1));
    expect(story.messages().map(({ stage, latencyMs }) => [stage, latencyMs])).toEqual([
      ['published', undefined],
      ['delivered', 1.5],
      ['acked', 2],
    ]);
    expect(story.steps()).toEqual([
      '#1 published producer [jobs]',
      '#1 delivered worker [jobs]',
      '#1 acked worker [jobs]',
    ]);
    expect(story.end()).toMatchObject({ account: { published: 1, reached: 1 }, latencyMs: { p50: 1.5 } });
  });

  test('of one of several it is not told when it was sent, nor is it counted among the latencies', () => {
    const [one, two] = [connect(story, 'one'), connect(story, 'two')];
    const worker = consume(queue(connect(story, 'worker'), 'jobs'), 'jobs');
    publish(one, '', 'jobs', 'a');
    story.at = 5;
    publish(two, '', 'jobs', 'a');
    publish(two, '', 'jobs', 'b');
    story.at = 6;
    deliver(worker, 1, 'a');
    deliver(worker, 2, 'a').client(ack(2));
    deliver(worker, 3, 'b');
    const dated = story.messages().map(({ id, stage, among, latencyMs }) => [id, stage, among, latencyMs]);
    expect(dated.filter(([, stage]) => stage !== 'published')).toEqual([
      ['#1', 'delivered', ['#2'], undefined],
      ['#2', 'delivered', ['#1'], undefined],
      ['#2', 'acked', ['#1'], undefined],
      ['#3', 'delivered', undefined, 1],
    ]);
    expect(story.end()).toMatchObject({ latencyMs: { p50: 1, p99: 1, max: 1 } });
  });

  test('of very many that one may be, the first and the last are told', () => {
    const [one, two] = [connect(story, 'one'), connect(story, 'two')];
    const worker = consume(queue(connect(story, 'worker'), 'jobs'), 'jobs');
    for (let count = 0; count < 15; count++) for (const peer of [one, two]) publish(peer, '', 'jobs', 'a');
    for (let tag = 1; tag <= 30; tag++) deliver(worker, tag, 'a');
    const { id, among = [] } = story.messages().at(-1) ?? {};
    const numbers = [id, ...among.slice(0, -1)].map((name) => Number(name?.slice(1))).sort((a, b) => a - b);
    expect(among.at(-1)).toBe('…');
    expect([numbers[0], numbers.at(-1)]).toEqual([1, 30]);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test.each([
    ['direct', 'a', {}, 'a', {}, true],
    ['direct', 'a', {}, 'b', {}, false],
    ['fanout', '', {}, 'whatever', {}, true],
    ['topic', 'a.*', {}, 'a.b', {}, true],
    ['topic', 'a.#', {}, 'a', {}, true],
    ['topic', 'a.*', {}, 'a.b.c', {}, false],
    ['headers', '', { 'x-match': 'all', a: 1 }, '', { a: 1 }, true],
    ['headers', '', { 'x-match': 'all', a: 1, b: 2 }, '', { a: 1 }, false],
    ['headers', '', { 'x-match': 'any', a: 1, b: 2 }, '', { a: 1 }, true],
  ])('a %s exchange with binding %o %o and key %o %o: %o', (type, pattern, args, key, headers, reached) => {
    const peer = queue(exchange(connect(story, 'me'), 'events', type), 'all');
    bind(peer, 'all', 'events', pattern, args);
    answered(publish(peer, 'events', key, 'x', { headers }));
    // A headers exchange looks at headers that are asked for, every other one at the key.
    const decides = type === 'headers' ? 'a=1' : key;
    const route = decides === '' ? 'events' : `events (${decides})`;
    const [published, routed] = story.steps();
    expect(published).toBe(`#1 published me [${route}]`);
    if (reached) expect(routed).toBe(`#1 routed me [${route} → all]`);
    else expect(routed).toContain('#1 unroutable me');
  });

  test('a text that reads like a number or a boolean is told from one', () => {
    const peer = queue(exchange(connect(story, 'me'), 'events', 'headers'), 'all');
    bind(peer, 'all', 'events', '', { a: 3, b: true, c: '3' });
    answered(publish(peer, 'events', '', 'x', { headers: { a: '3', b: 'true', c: 'x3' } }));
    expect(story.steps()).toEqual([
      '#1 published me [events (a="3", b="true", c=x3)]',
      expect.stringContaining('a=3, b=true, c="3"'),
    ]);
  });

  test('lists and tables among headers are told by what is in them', () => {
    const peer = queue(exchange(connect(story, 'me'), 'events', 'headers'), 'all');
    bind(peer, 'all', 'events', '', { list: [1, '2'], table: { a: { b: true } } });
    expect(story.notes().at(-1)).toContain('for all of list=[1, "2"], table={a={b=true}}');
  });

  test('one message, a copy for each queue, and each copy is followed', () => {
    const peer = exchange(connect(story, 'publisher'), 'events', 'fanout');
    const consumers = ['email', 'audit'].map((name) =>
      consume(bind(queue(connect(story, name), name), name, 'events'), name),
    );
    publish(peer, 'events', '', 'x');
    for (const one of consumers) deliver(one, 1, 'x');
    expect(story.steps()).toEqual([
      '#1 published publisher [events]',
      '#1 routed publisher [events → email, audit]',
      '#1 delivered email [email]',
      '#1 delivered audit [audit]',
    ]);
  });

  test.each([
    ['any', 'any of k=no (x-t="1" is not counted)', 'k=no 중 하나 (x-t="1" 제외)'],
    ['all-with-x', 'all of x-t="1", k=no', 'x-t="1", k=no 모두'],
  ])('a headers binding is told by what counts: %s', (mode, text, korean) => {
    const peer = queue(exchange(connect(story, 'me'), 'events', 'headers'), 'all');
    bind(peer, 'all', 'events', '', { 'x-match': mode, 'x-t': '1', k: 'no' });
    expect(story.notes().at(-1)).toBe(`me: queue all is bound to exchange events (headers) for ${text}`);
    answered(publish(peer, 'events', '', 'x', { headers: { 'x-t': '1' } }));
    const reason = story.messages().at(-1)?.reason;
    expect(reason).toMatchObject({ code: 'UNROUTABLE_HEADERS', values: { bindings: [text] } });
    expect(reason && worded(reason, 'ko')).toContain(korean);
  });

  test('through exchanges bound to exchanges, in a cycle too', () => {
    const peer = queue(exchange(exchange(connect(story, 'me'), 'outer', 'topic'), 'inner', 'fanout'), 'all');
    for (const [source, destination] of [
      ['outer', 'inner'],
      ['inner', 'outer'],
    ]) {
      peer
        .client(method('exchange.bind', { source: source!, destination: destination!, routingKey: '#' }))
        .server(method('exchange.bind-ok'));
    }
    expect(story.notes().slice(-2)).toEqual([
      'me: exchange inner is bound to exchange outer (topic) with key #',
      'me: exchange outer is bound to exchange inner (fanout) with key #',
    ]);
    bind(peer, 'all', 'inner');
    answered(publish(peer, 'outer', 'a', 'x'));
    expect(story.steps().at(-1)).toBe('#1 routed me [outer (a) → all]');
    peer
      .client(method('exchange.unbind', { source: 'outer', destination: 'inner', routingKey: '#' }))
      .server(method('exchange.unbind-ok'));
    answered(publish(peer, 'outer', 'a', 'y'));
    expect(story.steps().at(-1)).toMatch(/^#2 unroutable/);
  });

  test('an alternate exchange takes what no binding takes', () => {
    const peer = queue(exchange(connect(story, 'me'), 'rest', 'fanout'), 'leftover');
    exchange(peer, 'events', 'direct', { 'alternate-exchange': 'rest' });
    bind(peer, 'leftover', 'rest');
    answered(publish(peer, 'events', 'nobody', 'x'));
    expect(story.steps().at(-1)).toBe('#1 routed me [events (nobody) → leftover]');
  });

  test('CC and BCC are further keys', () => {
    const peer = queue(queue(queue(connect(story, 'me'), 'a'), 'b'), 'c');
    answered(publish(peer, '', 'a', 'x', { headers: { CC: ['b'], BCC: ['c'] } }));
    expect(story.steps()).toEqual(['#1 published me [a]', '#1 routed me [a → a, b, c]']);
  });

  test('a server-named queue is known by the name that the server gave', () => {
    const peer = exchange(connect(story, 'me'), 'events', 'fanout');
    peer.client(method('queue.declare')).server(method('queue.declare-ok', { queue: 'amq.gen-1' }));
    peer.client(method('queue.bind', { exchange: 'events' })).server(method('queue.bind-ok'));
    consume(peer, '');
    publish(peer, 'events', '', 'x');
    deliver(peer, 1, 'x');
    expect(story.steps()).toEqual([
      '#1 published me [events]',
      '#1 routed me [events → amq.gen-1]',
      '#1 delivered me [amq.gen-1]',
    ]);
  });

  test('nothing is claimed of an exchange that was declared out of our sight', async () => {
    story = await Narration.of('rabbitmq', ['amqp'], { own: false });
    answered(publish(connect(story, 'me'), 'elsewhere', 'a', 'x'));
    expect(story.steps()).toEqual(['#1 published me [elsewhere (a)]']);
    expect(story.end().account.unknown).toEqual([
      { count: 1, reason: { code: 'OUT_OF_SIGHT_EXCHANGE', values: { exchange: 'elsewhere' } } },
    ]);
  });

  test('equal bodies keep their order, and do not meet in another queue', () => {
    const peer = queue(queue(connect(story, 'me'), 'a'), 'b');
    for (const name of ['a', 'b', 'a']) publish(peer, '', name, 'same');
    answered(peer);
    const [one, other] = [consume(connect(story, 'one'), 'a'), consume(connect(story, 'other'), 'b')];
    story.steps();
    deliver(other, 1, 'same', { routingKey: 'b' });
    deliver(one, 1, 'same', { routingKey: 'a' });
    deliver(one, 2, 'same', { routingKey: 'a' });
    expect(story.steps()).toEqual(['#2 delivered other [b]', '#1 delivered one [a]', '#3 delivered one [a]']);
  });
});

describe('why nobody got it', () => {
  test('no binding at all', () => {
    answered(publish(exchange(connect(story, 'me'), 'logs', 'topic'), 'logs', 'c.x', 'x'));
    expect(story.steps().at(-1)).toBe(
      '#1 unroutable me [logs (c.x)] exchange logs (topic) has no binding: nothing takes what is published there',
    );
    expect(story.end().account).toMatchObject({ published: 1, ended: [{ count: 1, stage: 'unroutable' }] });
  });

  test('bindings that do not match are named', () => {
    const peer = queue(exchange(connect(story, 'me'), 'logs', 'topic'), 'all');
    for (const pattern of ['a.*', 'b.#']) bind(peer, 'all', 'logs', pattern);
    answered(publish(peer, 'logs', 'c.x', 'x'));
    expect(story.steps().at(-1)).toBe(
      '#1 unroutable me [logs (c.x)] exchange logs (topic) has the bindings a.*, b.#; key c.x matches none of them',
    );
  });

  test('a binding that was removed, with its queue or by itself', () => {
    const peer = bind(queue(exchange(connect(story, 'me'), 'logs', 'direct'), 'all'), 'all', 'logs', 'a');
    peer.client(method('queue.delete', { queue: 'all' })).server(method('queue.delete-ok'));
    answered(publish(peer, 'logs', 'a', 'x'));
    expect(story.steps().at(-1)).toContain('has no binding');
  });

  test('the default exchange without such a queue, when it comes back', () => {
    const peer = connect(story, 'me');
    peer.client(encodeContent(1, 'basic.publish', { routingKey: 'nowhere', mandatory: true }, {}, Buffer.from('x')));
    peer.server(
      encodeContent(
        1,
        'basic.return',
        { replyCode: 312, replyText: 'NO_ROUTE', routingKey: 'nowhere' },
        {},
        Buffer.from('x'),
      ),
    );
    expect(story.steps()).toEqual([
      '#1 published me [nowhere]',
      '#1 unroutable me [nowhere] there is no queue nowhere',
      '#1 returned me [nowhere] 312 NO_ROUTE',
    ]);
    expect(story.end().account).toMatchObject({ published: 1, ended: [{ count: 1, stage: 'returned' }] });
  });

  test('a mandatory message comes back, once told why', () => {
    const peer = exchange(connect(story, 'me'), 'logs', 'fanout');
    peer.client(encodeContent(1, 'basic.publish', { exchange: 'logs', mandatory: true }, {}, Buffer.from('x')));
    peer.server(
      encodeContent(
        1,
        'basic.return',
        { replyCode: 312, replyText: 'NO_ROUTE', exchange: 'logs' },
        {},
        Buffer.from('x'),
      ),
    );
    const steps = story.steps();
    expect(steps[1]).toContain('#1 unroutable me [logs] exchange logs (fanout) has no binding');
    expect(steps[2]).toBe('#1 returned me [logs] 312 NO_ROUTE');
  });
});

test.each(['first', 'last'])('a mandatory direct reply comes back although it arrives, be that seen %s', (when) => {
  const address = 'amq.rabbitmq.reply-to.g1h2AA1yZXBseQ==.i6N4U8P5EOiJxlLPtKmatQ==';
  const asker = consume(connect(story, 'asker'), 'amq.rabbitmq.reply-to', { noAck: true });
  const answerer = consume(queue(connect(story, 'answerer'), 'rpc'), 'rpc', { noAck: true });
  publish(asker, '', 'rpc', 'ask', { replyTo: 'amq.rabbitmq.reply-to' });
  deliver(answerer, 1, 'ask', {}, { replyTo: address });
  const body = Buffer.from('answer');
  answerer.client(encodeContent(1, 'basic.publish', { routingKey: address, mandatory: true }, {}, body));
  const returned = { replyCode: 312, replyText: 'NO_ROUTE', routingKey: address };
  const returns = () => answerer.server(encodeContent(1, 'basic.return', returned, {}, body));
  if (when === 'first') returns();
  deliver(asker, 1, 'answer', { routingKey: address });
  if (when === 'last') returns();
  expect(story.steps().slice(-2).sort()).toEqual([
    '#2 delivered asker [amq.rabbitmq.reply-to]',
    `#2 returned answerer [${address}] 312 NO_ROUTE`,
  ]);
  expect(story.end().account).toMatchObject({ published: 2, reached: 2, foreign: 0 });
});

test('a binding that is there already is not told as a new one, unless others may have ended it', async () => {
  const bindTwice = (): void => {
    const peer = exchange(queue(connect(story, 'me'), 'all'), 'events', 'fanout');
    bind(bind(bind(peer, 'all', 'events'), 'all', 'events'), 'all', 'events', 'a');
  };
  bindTwice();
  expect(story.notes()).toEqual([
    'me: queue all is bound to exchange events (fanout)',
    'me: queue all is already bound to exchange events',
    'me: queue all is bound to exchange events (fanout) with key a',
  ]);
  story = await Narration.of('rabbitmq', ['amqp'], { own: false });
  bindTwice();
  expect(story.notes()[1]).toBe('me: queue all is bound to exchange events (fanout)');
});

test('a binding that ends is told, and so is one that was not there, unless others may have made it', async () => {
  const unbindTwice = (): void => {
    const peer = bind(exchange(queue(connect(story, 'me'), 'all'), 'events', 'topic'), 'all', 'events', 'a');
    const unbinding = method('queue.unbind', { queue: 'all', exchange: 'events', routingKey: 'a' });
    for (let times = 0; times < 2; times++) peer.client(unbinding).server(method('queue.unbind-ok'));
  };
  unbindTwice();
  expect(story.notes().slice(1)).toEqual([
    'me: queue all is unbound from exchange events (topic) with key a',
    'me: queue all was not bound to exchange events with key a: nothing to unbind',
  ]);
  const peer = exchange(connect(story, 'other'), 'all', 'fanout');
  const ends = { destination: 'all', source: 'events', routingKey: 'b' };
  peer.client(method('exchange.bind', ends)).server(method('exchange.bind-ok'));
  peer.client(method('exchange.unbind', ends)).server(method('exchange.unbind-ok'));
  expect(story.notes().at(-1)).toBe('other: exchange all is unbound from exchange events (topic) with key b');
  story = await Narration.of('rabbitmq', ['amqp'], { own: false });
  unbindTwice();
  expect(story.notes().at(-1)).toBe('me: queue all is unbound from exchange events (topic) with key a');
});

test('no-wait declarations count at once', () => {
  const peer = connect(story, 'me').client(
    method('exchange.declare', { exchange: 'events', type: 'fanout', noWait: true }),
    method('queue.declare', { queue: 'all', noWait: true }),
    method('queue.bind', { queue: 'all', exchange: 'events', noWait: true }),
  );
  answered(publish(peer, 'events', '', 'x'));
  expect(story.steps().at(-1)).toBe('#1 routed me [events → all]');
});
