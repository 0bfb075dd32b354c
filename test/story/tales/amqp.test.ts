import { beforeEach, describe, expect, test } from 'vitest';
import {
  type AmqpArgs,
  type AmqpMethodName,
  type AmqpProperties,
  encodeContent,
  encodeMethod,
  PROTOCOL_HEADER,
} from '../../../src/protocols/amqp/index.ts';
import { heapUsed } from '../../helpers/memory.ts';
import { Narration, type Speaker } from '../../helpers/narrate.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('rabbitmq', 'amqp');
});

function method<M extends AmqpMethodName>(name: M, args: Partial<AmqpArgs[M]> = {}, channel = 1): Buffer {
  return encodeMethod(channel, name, args);
}

function connect(name: string): Speaker {
  return story.peer(name).client(PROTOCOL_HEADER, method('channel.open')).server(method('channel.open-ok'));
}

function queue(peer: Speaker, name: string, args = {}): Speaker {
  return peer
    .client(method('queue.declare', { queue: name, arguments: args }))
    .server(method('queue.declare-ok', { queue: name }));
}

function exchange(peer: Speaker, name: string, type: string, args = {}): Speaker {
  return peer
    .client(method('exchange.declare', { exchange: name, type, arguments: args }))
    .server(method('exchange.declare-ok'));
}

function bind(peer: Speaker, name: string, to: string, routingKey = '', args = {}): Speaker {
  return peer
    .client(method('queue.bind', { queue: name, exchange: to, routingKey, arguments: args }))
    .server(method('queue.bind-ok'));
}

function consume(peer: Speaker, name: string, more: Partial<AmqpArgs['basic.consume']> = {}): Speaker {
  return peer
    .client(method('basic.consume', { queue: name, ...more }))
    .server(method('basic.consume-ok', { consumerTag: more.consumerTag || 'tag' }));
}

function publish(
  peer: Speaker,
  to: string,
  routingKey: string,
  body: string,
  properties: AmqpProperties = {},
): Speaker {
  return peer.client(encodeContent(1, 'basic.publish', { exchange: to, routingKey }, properties, Buffer.from(body)));
}

function deliver(
  peer: Speaker,
  deliveryTag: number,
  body: string,
  more: Partial<AmqpArgs['basic.deliver']> = {},
  properties: AmqpProperties = {},
): Speaker {
  const args = { consumerTag: 'tag', deliveryTag, ...more };
  return peer.server(encodeContent(1, 'basic.deliver', args, properties, Buffer.from(body)));
}

const ack = (deliveryTag: number, multiple = false): Buffer => method('basic.ack', { deliveryTag, multiple });

describe('where a message goes', () => {
  test('the default exchange leads to the queue of that name, and the delivery is dated', () => {
    const producer = queue(connect('producer'), 'jobs');
    const worker = consume(connect('worker'), 'jobs');
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
    expect(story.end()).toMatchObject({ lost: 0, latencyMs: { p50: 1.5 } });
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
    const peer = queue(exchange(connect('me'), 'events', type), 'all');
    bind(peer, 'all', 'events', pattern, args);
    publish(peer, 'events', key, 'x', { headers });
    const route = key === '' ? 'events' : `events (${key})`;
    const [published, routed] = story.steps();
    expect(published).toBe(`#1 published me [${route}]`);
    if (reached) expect(routed).toBe(`#1 routed me [${route} → all]`);
    else expect(routed).toContain('#1 unroutable me');
  });

  test('one message, a copy for each queue, and each copy is followed', () => {
    const peer = exchange(connect('publisher'), 'events', 'fanout');
    const consumers = ['email', 'audit'].map((name) => consume(bind(queue(connect(name), name), name, 'events'), name));
    publish(peer, 'events', '', 'x');
    for (const one of consumers) deliver(one, 1, 'x');
    expect(story.steps()).toEqual([
      '#1 published publisher [events]',
      '#1 routed publisher [events → email, audit]',
      '#1 delivered email [email]',
      '#1 delivered audit [audit]',
    ]);
  });

  test('through exchanges bound to exchanges, in a cycle too', () => {
    const peer = queue(exchange(exchange(connect('me'), 'outer', 'topic'), 'inner', 'fanout'), 'all');
    for (const [source, destination] of [
      ['outer', 'inner'],
      ['inner', 'outer'],
    ]) {
      peer
        .client(method('exchange.bind', { source: source!, destination: destination!, routingKey: '#' }))
        .server(method('exchange.bind-ok'));
    }
    bind(peer, 'all', 'inner');
    publish(peer, 'outer', 'a', 'x');
    expect(story.steps().at(-1)).toBe('#1 routed me [outer (a) → all]');
    peer
      .client(method('exchange.unbind', { source: 'outer', destination: 'inner', routingKey: '#' }))
      .server(method('exchange.unbind-ok'));
    publish(peer, 'outer', 'a', 'y');
    expect(story.steps().at(-1)).toMatch(/^#2 unroutable/);
  });

  test('an alternate exchange takes what no binding takes', () => {
    const peer = queue(exchange(connect('me'), 'rest', 'fanout'), 'leftover');
    exchange(peer, 'events', 'direct', { 'alternate-exchange': 'rest' });
    bind(peer, 'leftover', 'rest');
    publish(peer, 'events', 'nobody', 'x');
    expect(story.steps().at(-1)).toBe('#1 routed me [events (nobody) → leftover]');
  });

  test('CC and BCC are further keys', () => {
    const peer = queue(queue(queue(connect('me'), 'a'), 'b'), 'c');
    publish(peer, '', 'a', 'x', { headers: { CC: ['b'], BCC: ['c'] } });
    expect(story.steps()).toEqual(['#1 published me [a]', '#1 routed me [a → a, b, c]']);
  });

  test('a server-named queue is known by the name that the server gave', () => {
    const peer = exchange(connect('me'), 'events', 'fanout');
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

  test('nothing is claimed of an exchange that was declared out of our sight', () => {
    publish(connect('me'), 'elsewhere', 'a', 'x');
    expect(story.steps()).toEqual(['#1 published me [elsewhere (a)]']);
  });

  test('equal bodies keep their order, and do not meet in another queue', () => {
    const peer = queue(queue(connect('me'), 'a'), 'b');
    for (const name of ['a', 'b', 'a']) publish(peer, '', name, 'same');
    const [one, other] = [consume(connect('one'), 'a'), consume(connect('other'), 'b')];
    story.steps();
    deliver(other, 1, 'same');
    deliver(one, 1, 'same');
    deliver(one, 2, 'same');
    expect(story.steps()).toEqual(['#2 delivered other [b]', '#1 delivered one [a]', '#3 delivered one [a]']);
  });
});

describe('why nobody got it', () => {
  test('no binding at all', () => {
    publish(exchange(connect('me'), 'logs', 'topic'), 'logs', 'c.x', 'x');
    expect(story.steps().at(-1)).toBe(
      '#1 unroutable me [logs (c.x)] exchange logs (topic) has no binding: nothing takes what is published there',
    );
    expect(story.end().lost).toBe(0);
  });

  test('bindings that do not match are named', () => {
    const peer = queue(exchange(connect('me'), 'logs', 'topic'), 'all');
    for (const pattern of ['a.*', 'b.#']) bind(peer, 'all', 'logs', pattern);
    publish(peer, 'logs', 'c.x', 'x');
    expect(story.steps().at(-1)).toBe(
      '#1 unroutable me [logs (c.x)] exchange logs (topic) has the bindings a.*, b.#; key c.x matches none of them',
    );
  });

  test('a binding that was removed, with its queue or by itself', () => {
    const peer = bind(queue(exchange(connect('me'), 'logs', 'direct'), 'all'), 'all', 'logs', 'a');
    peer.client(method('queue.delete', { queue: 'all' })).server(method('queue.delete-ok'));
    publish(peer, 'logs', 'a', 'x');
    expect(story.steps().at(-1)).toContain('has no binding');
  });

  test('the default exchange without such a queue, when it comes back', () => {
    const peer = connect('me');
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
      '#1 returned me [nowhere] 312 NO_ROUTE: there is no queue nowhere',
    ]);
    expect(story.end().lost).toBe(0);
  });

  test('a mandatory message comes back, once told why', () => {
    const peer = exchange(connect('me'), 'logs', 'fanout');
    publish(peer, 'logs', '', 'x');
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

describe('confirms', () => {
  test('one by one, several at once, and refused', () => {
    const peer = queue(connect('me'), 'jobs').client(method('confirm.select')).server(method('confirm.select-ok'));
    for (const body of ['a', 'b', 'c', 'd']) publish(peer, '', 'jobs', body);
    story.steps();
    peer.server(ack(1));
    peer.server(ack(3, true));
    peer.server(method('basic.nack', { deliveryTag: 4 }));
    expect(story.steps()).toEqual([
      '#1 confirmed me',
      '#2 confirmed me',
      '#3 confirmed me',
      '#4 nacked me the broker did not take responsibility for it',
    ]);
  });

  test('without confirm.select there is nothing to confirm', () => {
    const peer = publish(queue(connect('me'), 'jobs'), '', 'jobs', 'a');
    story.steps();
    peer.server(ack(1));
    expect(story.steps()).toEqual([]);
  });
});

describe('what a consumer says', () => {
  function delivered(...bodies: string[]): Speaker {
    const producer = queue(connect('producer'), 'jobs');
    const worker = consume(connect('worker'), 'jobs');
    for (const body of bodies) publish(producer, '', 'jobs', body);
    for (const [index, body] of bodies.entries()) deliver(worker, index + 1, body);
    story.steps();
    return worker;
  }

  test('ack of several, then of all', () => {
    const worker = delivered('a', 'b', 'c', 'd');
    worker.client(ack(2, true), ack(0, true));
    expect(story.steps()).toEqual(['#1', '#2', '#3', '#4'].map((id) => `${id} acked worker [jobs]`));
    worker.gone();
    expect(story.steps()).toEqual([]);
  });

  test('nack and reject, with and without requeue', () => {
    const worker = delivered('a', 'b', 'c');
    worker.client(method('basic.nack', { deliveryTag: 1, requeue: true }));
    worker.client(method('basic.reject', { deliveryTag: 2, requeue: true }));
    worker.client(method('basic.reject', { deliveryTag: 3 }));
    deliver(worker, 4, 'a', { redelivered: true });
    expect(story.steps()).toEqual([
      '#1 requeued worker [jobs]',
      '#2 requeued worker [jobs]',
      '#3 rejected worker [jobs] queue jobs was declared without a dead-letter exchange, so it is gone',
      '#1 redelivered worker [jobs]',
    ]);
  });

  test('nothing, and its connection is lost: what it held goes to somebody else', () => {
    const worker = delivered('a', 'b');
    worker.client(ack(1));
    story.steps();
    worker.gone();
    expect(story.notes()).toEqual(['worker: connection lost']);
    const other = consume(connect('other'), 'jobs');
    deliver(other, 1, 'b', { redelivered: true });
    expect(story.steps()).toEqual([
      '#2 requeued worker [jobs] worker is gone before its ack',
      '#2 redelivered other [jobs]',
    ]);
    expect(story.end()).toMatchObject({ stages: { delivered: 2, redelivered: 1, requeued: 1 }, lost: 0 });
  });

  test('goodbye: nothing is lost in an orderly end', () => {
    const worker = delivered('a');
    worker.client(ack(1), method('connection.close', { replyCode: 200, replyText: 'bye' }, 0));
    worker.server(method('connection.close-ok', {}, 0));
    story.steps();
    worker.gone();
    expect(story.notes()).toEqual(['worker: closes its connection']);
  });

  test('cancel: what comes for another consumer is not mixed up', () => {
    const worker = delivered('a');
    worker
      .client(method('basic.cancel', { consumerTag: 'tag' }))
      .server(method('basic.cancel-ok', { consumerTag: 'tag' }));
    worker.gone();
    expect(story.steps()).toEqual(['#1 requeued worker [jobs] worker is gone before its ack']);
  });

  test('without acks a delivery is done with', () => {
    const producer = queue(connect('producer'), 'jobs');
    const worker = consume(connect('worker'), 'jobs', { noAck: true });
    deliver(publish(producer, '', 'jobs', 'a') && worker, 1, 'a');
    story.steps();
    worker.gone();
    expect(story.steps()).toEqual([]);
  });
});

describe('errors', () => {
  test.each([
    [404, "NOT_FOUND - no queue 'q' in vhost '/'"],
    [406, "PRECONDITION_FAILED - inequivalent arg 'durable'"],
  ])('a channel that is closed with %i says why, and gives back what it held', (replyCode, replyText) => {
    const worker = consume(queue(connect('worker'), 'jobs'), 'jobs');
    deliver(publish(worker, '', 'jobs', 'a'), 1, 'a');
    story.steps();
    worker.client(method('queue.declare', { queue: 'q', passive: true }));
    worker.server(method('channel.close', { replyCode, replyText }));
    expect(story.notes()).toEqual([`worker: channel.close: ${replyCode} ${replyText}`]);
    expect(story.steps()).toEqual(['#1 requeued worker [jobs] RabbitMQ closed the channel before the ack']);
    // What was refused was not declared.
    worker.client(method('channel.close-ok'), method('channel.open')).server(method('channel.open-ok'));
    publish(worker, '', 'q', 'b');
    expect(story.steps()).toEqual(['#2 published worker [q]']);
  });

  test('a connection that is closed with an error', () => {
    const worker = consume(queue(connect('worker'), 'jobs'), 'jobs');
    deliver(publish(worker, '', 'jobs', 'a'), 1, 'a');
    story.steps();
    worker.server(method('connection.close', { replyCode: 320, replyText: 'CONNECTION_FORCED - shutdown' }, 0));
    worker.gone();
    expect(story.notes()[0]).toBe('worker: connection.close: 320 CONNECTION_FORCED - shutdown');
    expect(story.steps()).toEqual(['#1 requeued worker [jobs] worker is gone before its ack']);
  });

  test('publishers that are blocked are told why', () => {
    connect('me').server(method('connection.blocked', { reason: 'low on memory' }, 0));
    expect(story.notes()).toEqual(['me: RabbitMQ blocks publishers: low on memory']);
  });
});

describe('dead letters', () => {
  const death = (reason: string) => ({
    headers: { 'x-death': [{ reason, queue: 'jobs', exchange: '', 'routing-keys': ['jobs'], count: 1 }] },
  });

  function withDeadLetters(args = {}): { producer: Speaker; worker: Speaker; undertaker: Speaker } {
    const producer = queue(exchange(connect('producer'), 'dlx', 'fanout'), 'dead');
    bind(producer, 'dead', 'dlx');
    queue(producer, 'jobs', { 'x-dead-letter-exchange': 'dlx', ...args });
    return { producer, worker: consume(connect('worker'), 'jobs'), undertaker: consume(connect('undertaker'), 'dead') };
  }

  test('a rejected message turns up in the dead-letter queue, as the same message', () => {
    const { producer, worker, undertaker } = withDeadLetters();
    publish(producer, '', 'jobs', 'a');
    deliver(worker, 1, 'a').client(method('basic.reject', { deliveryTag: 1 }));
    deliver(undertaker, 1, 'a', {}, death('rejected'));
    expect(story.steps()).toEqual([
      '#1 published producer [jobs]',
      '#1 delivered worker [jobs]',
      '#1 rejected worker [jobs]',
      '#1 dead-lettered worker [jobs → dlx → dead] rejected in queue jobs',
      '#1 delivered undertaker [dead]',
    ]);
    expect(story.end().lost).toBe(0);
  });

  test('a message that expired there is told so, from the header that RabbitMQ adds', () => {
    const { producer, undertaker } = withDeadLetters({ 'x-message-ttl': 10 });
    publish(producer, '', 'jobs', 'a');
    deliver(undertaker, 1, 'a', {}, death('expired'));
    expect(story.steps()).toEqual([
      '#1 published producer [jobs]',
      '#1 expired undertaker [jobs]',
      '#1 dead-lettered undertaker [jobs → dead] expired in queue jobs',
      '#1 delivered undertaker [dead]',
    ]);
    // It is no longer expected in the queue that it left.
    expect(story.end()).toMatchObject({ lost: 0 });
    expect(story.notes()).toEqual([]);
  });

  test('equal bodies: the copy that died is the one that is followed', () => {
    const { producer, worker, undertaker } = withDeadLetters();
    publish(producer, '', 'jobs', 'same');
    publish(producer, '', 'jobs', 'same');
    deliver(deliver(worker, 1, 'same'), 2, 'same');
    worker.client(method('basic.reject', { deliveryTag: 1 }), ack(2));
    story.steps();
    deliver(undertaker, 1, 'same', {}, death('rejected'));
    expect(story.steps()).toEqual(['#1 delivered undertaker [dead]']);
  });
});

describe('other ways out of a queue', () => {
  test('basic.get takes one, or finds nothing', () => {
    const peer = queue(connect('me'), 'jobs');
    peer.client(method('basic.get', { queue: 'jobs' })).server(method('basic.get-empty'));
    publish(peer, '', 'jobs', 'a').client(method('basic.get', { queue: 'jobs' }));
    peer.server(encodeContent(1, 'basic.get-ok', { deliveryTag: 1, routingKey: 'jobs' }, {}, Buffer.from('a')));
    peer.client(ack(1));
    expect(story.messages().map(({ verb }) => verb)).toEqual(['publish', 'get', 'ack']);
    expect(story.steps()).toEqual(['#1 published me [jobs]', '#1 delivered me [jobs]', '#1 acked me [jobs]']);
  });

  test.each(['purge', 'delete'] as const)('%s with messages inside drops them, and says so', (verb) => {
    const peer = queue(connect('me'), 'jobs');
    publish(publish(peer, '', 'jobs', 'a'), '', 'jobs', 'b');
    story.steps();
    const name = `queue.${verb}` as const;
    peer.client(method(name, { queue: 'jobs' })).server(method(`${name}-ok` as 'queue.purge-ok', { messageCount: 2 }));
    expect(story.steps()).toEqual(
      ['#1', '#2'].map((id) => `${id} dropped me [jobs] queue jobs was ${verb}d with it inside`),
    );
    expect(story.end().lost).toBe(0);
  });

  test('what nobody took is not lost, and is told at the end', () => {
    const peer = queue(connect('me'), 'jobs');
    for (const body of ['a', 'b']) publish(peer, '', 'jobs', body);
    expect(story.end().lost).toBe(0);
    expect(story.notes()).toContain('2 messages left in queue jobs: nobody took them');
  });

  test('what should have arrived and did not is lost', () => {
    publish(connect('me'), 'elsewhere', 'a', 'x');
    expect(story.end().lost).toBe(1);
  });
});

describe('queues that go by themselves', () => {
  test('an exclusive queue goes with its connection, and with it what it holds', () => {
    const owner = connect('owner');
    owner.client(method('queue.declare', { queue: 'mine', exclusive: true }));
    owner.server(method('queue.declare-ok', { queue: 'mine' }));
    publish(connect('other'), '', 'mine', 'a');
    story.steps();
    owner.gone();
    expect(story.steps()).toEqual(['#1 dropped owner [mine] queue mine was exclusive to owner and went with it']);
    publish(connect('other'), '', 'mine', 'b');
    expect(story.steps()).toEqual(['#2 published other [mine]']);
  });

  test('an auto-delete queue goes with its last consumer', () => {
    const owner = exchange(connect('owner'), 'events', 'fanout');
    owner.client(method('queue.declare', { queue: 'q', autoDelete: true }));
    owner.server(method('queue.declare-ok', { queue: 'q' }));
    consume(bind(owner, 'q', 'events'), 'q');
    const other = consume(connect('other'), 'q');
    owner.client(method('basic.cancel', { consumerTag: 'tag' }));
    publish(owner, 'events', '', 'a');
    expect(story.steps().at(-1)).toContain('#1 routed');
    other.gone();
    expect(story.steps()).toEqual(['#1 dropped other [q] queue q was auto-delete and went with its last consumer']);
    publish(owner, 'events', '', 'b');
    expect(story.steps().at(-1)).toContain('#2 unroutable');
  });

  test('what outlives its time is told so at the end', () => {
    const peer = queue(connect('me'), 'jobs', { 'x-message-ttl': 100 });
    publish(peer, '', 'jobs', 'a');
    publish(peer, '', 'jobs', 'b', { expiration: '10' });
    story.at = 50;
    publish(peer, '', 'jobs', 'c');
    expect(story.end().lost).toBe(0);
    expect(story.notes()).toEqual([
      '1 message expired in queue jobs: nobody took it in time',
      '2 messages left in queue jobs: nobody took them',
    ]);
  });
});

test('no-wait declarations count at once', () => {
  const peer = connect('me').client(
    method('exchange.declare', { exchange: 'events', type: 'fanout', noWait: true }),
    method('queue.declare', { queue: 'all', noWait: true }),
    method('queue.bind', { queue: 'all', exchange: 'events', noWait: true }),
  );
  publish(peer, 'events', '', 'x');
  expect(story.steps().at(-1)).toBe('#1 routed me [events → all]');
});

test('channels do not mix', () => {
  const peer = queue(connect('me'), 'jobs')
    .client(method('channel.open', {}, 2))
    .server(method('channel.open-ok', {}, 2));
  consume(peer, 'jobs');
  deliver(publish(peer, '', 'jobs', 'a'), 1, 'a');
  story.steps();
  peer.client(method('basic.ack', { deliveryTag: 1 }, 2));
  expect(story.steps()).toEqual([]);
  peer.client(ack(1));
  expect(story.steps()).toEqual(['#1 acked me [jobs]']);
});

test('one byte at a time tells the same', () => {
  story.bytewise = true;
  const peer = consume(queue(connect('me'), 'jobs'), 'jobs');
  deliver(publish(peer, '', 'jobs', 'a'), 1, 'a').client(ack(1));
  expect(story.steps()).toEqual(['#1 published me [jobs]', '#1 delivered me [jobs]', '#1 acked me [jobs]']);
});

test('endless traffic is followed in bounded memory', () => {
  const peer = consume(queue(connect('me'), 'jobs'), 'jobs', { noAck: true }).client(method('confirm.select'));
  const round = (from: number): void => {
    for (let i = from; i < from + 12_000; i++) {
      publish(peer, '', 'jobs', `message ${i} ${'x'.repeat(200)}`);
      // Every second one stays in the queue for ever.
      if (i % 2 === 0) deliver(peer, i, `message ${i} ${'x'.repeat(200)}`);
    }
    story.told.length = 0;
  };
  round(0);
  round(12_000);
  const before = heapUsed();
  round(24_000);
  round(36_000);
  expect(heapUsed() - before).toBeLessThan(8 * 1024 * 1024);
}, 60_000);
