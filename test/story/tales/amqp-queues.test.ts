import { beforeEach, describe, expect, test } from 'vitest';
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
import { Narration, type Speaker } from '../../helpers/narrate.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('rabbitmq', 'amqp');
});

describe('dead letters', () => {
  const death = (reason: string) => ({
    headers: { 'x-death': [{ reason, queue: 'jobs', exchange: '', 'routing-keys': ['jobs'], count: 1 }] },
  });

  function withDeadLetters(args = {}): { producer: Speaker; worker: Speaker; undertaker: Speaker } {
    const producer = queue(exchange(connect(story, 'producer'), 'dlx', 'fanout'), 'dead');
    bind(producer, 'dead', 'dlx');
    queue(producer, 'jobs', { 'x-dead-letter-exchange': 'dlx', ...args });
    return {
      producer,
      worker: consume(connect(story, 'worker'), 'jobs'),
      undertaker: consume(connect(story, 'undertaker'), 'dead'),
    };
  }

  test('a full queue drops what comes to it one by one, however many an answer shows to have come', () => {
    const me = queue(queue(connect(story, 'me'), 'dead'), 'jobs', {
      ...{ 'x-max-length': 2, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' },
    });
    for (const body of ['a', 'b']) publish(me, '', 'jobs', body);
    consume(me, 'jobs');
    for (const [index, body] of ['a', 'b'].entries()) deliver(me, index + 1, body);
    me.client(method('basic.cancel', { consumerTag: 'tag' })).server(method('basic.cancel-ok'));
    for (const body of ['c', 'd']) publish(me, '', 'jobs', body);
    answered(me);
    me.client(method('basic.nack', { deliveryTag: 2, requeue: true }));
    publish(me, '', 'jobs', 'e');
    me.client(method('basic.nack', { deliveryTag: 1, requeue: true }));
    answered(me);
    const dropped = story.steps().filter((step) => step.includes('dead-lettered'));
    expect(dropped.map((step) => step.slice(0, 2))).toEqual(['#2', '#3', '#1']);
  });

  describe('what a declaration says of how many wait may be older than what its channel had sent before', () => {
    const counts = (peer: Speaker, messageCount: number): Speaker =>
      peer
        .client(method('queue.declare', { queue: 'jobs', passive: true }))
        .server(method('queue.declare-ok', { queue: 'jobs', messageCount }));

    test('published just before, or given back', () => {
      const me = queue(connect(story, 'me'), 'jobs', { 'x-max-length': 2 });
      for (const body of ['a', 'b', 'c']) publish(me, '', 'jobs', body);
      counts(me, 1);
      for (const [index, body] of ['b', 'c'].entries())
        deliver(index === 0 ? consume(me, 'jobs') : me, index + 1, body);
      me.client(method('basic.nack', { deliveryTag: 2, multiple: true, requeue: true }));
      me.client(method('basic.cancel', { consumerTag: 'tag' })).server(method('basic.cancel-ok'));
      counts(me, 0);
      const { waiting, ended } = story.end().account;
      expect(story.contradictions()).toEqual([]);
      expect([waiting, ended.map(({ count }) => count)]).toEqual([[{ place: 'jobs', count: 2 }], [1]]);
    });

    test.each<[string, (me: Speaker) => void]>([
      [
        'asked a second later',
        () => {
          story.at += 1_000;
        },
      ],
      [
        'behind an answer of the queue itself',
        (me) => {
          me.client(method('basic.get', { queue: 'jobs' }));
          me.server(encodeContent(1, 'basic.get-ok', { deliveryTag: 1, routingKey: 'jobs' }, {}, Buffer.from('a')));
        },
      ],
    ])('but not %s', (_, before) => {
      const me = queue(connect(story, 'me'), 'jobs');
      for (const body of ['a', 'b']) publish(me, '', 'jobs', body);
      before(me);
      counts(me, 0);
      expect(story.contradictions()).toHaveLength(1);
    });
  });

  test('a rejected message turns up in the dead-letter queue, as the same message', () => {
    const { producer, worker, undertaker } = withDeadLetters();
    publish(producer, '', 'jobs', 'a');
    deliver(worker, 1, 'a').client(method('basic.reject', { deliveryTag: 1 }));
    deliver(undertaker, 1, 'a', { exchange: 'dlx' }, death('rejected'));
    expect(story.steps()).toEqual([
      '#1 published producer [jobs]',
      '#1 delivered worker [jobs]',
      '#1 rejected worker [jobs]',
      '#1 dead-lettered producer [jobs → dlx → dead] rejected in queue jobs',
      '#1 delivered undertaker [dead]',
    ]);
    undertaker.client(ack(1));
    expect(story.end().account).toMatchObject({ published: 1, reached: 1 });
  });

  test('a message that expired there is told so, from the header that RabbitMQ adds', () => {
    const { producer, undertaker } = withDeadLetters({ 'x-message-ttl': 10 });
    publish(producer, '', 'jobs', 'a');
    story.at = 12;
    deliver(undertaker, 1, 'a', { exchange: 'dlx' }, death('expired'));
    expect(story.steps()).toEqual([
      '#1 published producer [jobs]',
      '#1 expired producer [jobs] it waited in queue jobs for longer than it may live (10 ms)',
      '#1 dead-lettered producer [jobs → dlx → dead] expired in queue jobs',
      '#1 delivered undertaker [dead]',
    ]);
    // It is no longer expected in the queue that it left.
    undertaker.client(ack(1));
    expect(story.end().account).toMatchObject({ published: 1, reached: 1 });
  });

  test('one that dies twice counts by how it ended at last', () => {
    const peer = queue(connect(story, 'me'), 'one', {
      'x-message-ttl': 10,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'two',
    });
    queue(peer, 'two', { 'x-message-ttl': 20 });
    answered(publish(peer, '', 'one', 'a'));
    for (story.at of [1_000, 2_000]) answered(peer);
    const reason = { code: 'EXPIRED_IN_QUEUE', values: { queue: 'two', ttlMs: 20 } };
    expect(story.messages().at(-1)).toMatchObject({ stage: 'expired', reason });
    expect(story.end().account.ended).toEqual([{ count: 1, stage: 'expired', reason }]);
  });

  test('equal bodies: the copy that died is the one that is followed', () => {
    const { producer, worker, undertaker } = withDeadLetters();
    publish(producer, '', 'jobs', 'same');
    publish(producer, '', 'jobs', 'same');
    deliver(deliver(worker, 1, 'same'), 2, 'same');
    worker.client(method('basic.reject', { deliveryTag: 1 }), ack(2));
    story.steps();
    deliver(undertaker, 1, 'same', { exchange: 'dlx' }, death('rejected'));
    expect(story.steps().at(-1)).toBe('#1 delivered undertaker [dead]');
  });
});

describe('other ways out of a queue', () => {
  test('basic.get takes one, or finds nothing', () => {
    const peer = queue(connect(story, 'me'), 'jobs');
    peer.client(method('basic.get', { queue: 'jobs' })).server(method('basic.get-empty'));
    publish(peer, '', 'jobs', 'a').client(method('basic.get', { queue: 'jobs' }));
    peer.server(encodeContent(1, 'basic.get-ok', { deliveryTag: 1, routingKey: 'jobs' }, {}, Buffer.from('a')));
    peer.client(ack(1));
    expect(story.messages().map(({ verb }) => verb)).toEqual(['publish', 'get', 'ack']);
    expect(story.steps()).toEqual(['#1 published me [jobs]', '#1 delivered me [jobs]', '#1 acked me [jobs]']);
  });

  test.each([
    ['its oldest message', {}, '#1'],
    ['the oldest of its highest priority', { 'x-max-priority': 5 }, '#2'],
    ['the message that stood first in it', { 'x-queue-type': 'quorum' }, '#1'],
  ])('a full queue drops its head: %s', (head, args, id) => {
    const peer = queue(connect(story, 'me'), 'jobs', { 'x-max-length': 1, ...args });
    publish(peer, '', 'jobs', 'low', { priority: 1 });
    story.steps();
    answered(publish(peer, '', 'jobs', 'high', { priority: 4 }));
    expect(story.steps()).toEqual([
      '#2 published me [jobs]',
      `${id} dropped me [jobs] queue jobs was full (x-max-length 1), so ${head} went`,
    ]);
    const reason = { code: 'DROPPED_MAX_LENGTH' };
    expect(story.end().account).toMatchObject({ ended: [{ count: 1, reason }], waiting: [{ count: 1 }] });
  });

  test.each(['purge', 'delete'] as const)('%s with messages inside drops them, and says so', (verb) => {
    const peer = queue(connect(story, 'me'), 'jobs');
    publish(publish(peer, '', 'jobs', 'a'), '', 'jobs', 'b');
    story.steps();
    const name = `queue.${verb}` as const;
    peer.client(method(name, { queue: 'jobs' })).server(method(`${name}-ok` as 'queue.purge-ok', { messageCount: 2 }));
    expect(story.steps()).toEqual(
      ['#1', '#2'].map((id) => `${id} dropped me [jobs] queue jobs was ${verb}d with it inside`),
    );
    expect(story.end().account).toMatchObject({ published: 2, ended: [{ count: 2, stage: 'dropped' }] });
  });

  test('what nobody took waits, and is told at the end', () => {
    const peer = queue(connect(story, 'me'), 'jobs');
    for (const body of ['a', 'b']) publish(peer, '', 'jobs', body);
    answered(peer);
    expect(story.end().account).toMatchObject({ published: 2, waiting: [{ place: 'jobs', count: 2 }] });
  });

  test('what the server was not seen to read is not known', () => {
    publish(queue(connect(story, 'me'), 'jobs'), '', 'jobs', 'x').gone();
    const unknown = [{ count: 1, reason: { code: 'UNREAD', values: {} } }];
    expect(story.end().account).toMatchObject({ published: 1, unknown });
  });

  test('nor is what became of a message whose reject, or ack in a transaction, it was not seen to read', () => {
    for (const name of ['rejects', 'acks']) publish(queue(connect(story, 'me'), name), '', name, name);
    deliver(consume(connect(story, 'one'), 'rejects'), 1, 'rejects')
      .client(method('basic.reject', { deliveryTag: 1 }))
      .gone();
    const two = connect(story, 'two').client(method('tx.select')).server(method('tx.select-ok'));
    deliver(consume(two, 'acks'), 1, 'acks').client(ack(1)).client(method('tx.commit')).gone();
    expect(story.end().account).toMatchObject({
      published: 2,
      reached: 0,
      unknown: [
        { count: 1, reason: { code: 'REJECT_MAY_BE_UNREAD', values: { queue: 'rejects' } } },
        { count: 1, reason: { code: 'ACK_MAY_BE_UNREAD', values: { queue: 'acks' } } },
      ],
    });
  });
});

describe('queues that go by themselves', () => {
  test('an exclusive queue goes with its connection, and with it what it holds', () => {
    const owner = connect(story, 'owner');
    owner.client(method('queue.declare', { queue: 'mine', exclusive: true }));
    owner.server(method('queue.declare-ok', { queue: 'mine' }));
    answered(publish(connect(story, 'other'), '', 'mine', 'a'));
    story.steps();
    owner.gone();
    expect(story.steps()).toEqual(['#1 dropped other [mine] queue mine was exclusive to owner and went with it']);
    answered(publish(connect(story, 'other'), '', 'mine', 'b'));
    // Whether the server had noticed by then that the owner is gone, no answer tells.
    expect(story.steps()).toEqual(['#2 published other [mine]']);
  });

  test('an auto-delete queue goes with its last consumer', () => {
    const owner = exchange(connect(story, 'owner'), 'events', 'fanout');
    owner.client(method('queue.declare', { queue: 'q', autoDelete: true }));
    owner.server(method('queue.declare-ok', { queue: 'q' }));
    consume(bind(owner, 'q', 'events'), 'q');
    const other = consume(connect(story, 'other'), 'q');
    owner
      .client(method('basic.cancel', { consumerTag: 'tag' }))
      .server(method('basic.cancel-ok', { consumerTag: 'tag' }));
    answered(publish(owner, 'events', '', 'a'));
    expect(story.steps().at(-1)).toContain('#1 routed');
    other.client(method('channel.close')).server(method('channel.close-ok'));
    expect(story.steps()).toEqual(['#1 dropped owner [q] queue q was auto-delete and went with its last consumer']);
    answered(publish(owner, 'events', '', 'b'));
    expect(story.steps().at(-1)).toContain('#2 unroutable');
  });

  test('what outlives its time is told so, in the order in which it comes to the head', () => {
    const peer = queue(connect(story, 'me'), 'jobs', { 'x-message-ttl': 100 });
    publish(peer, '', 'jobs', 'a', { expiration: '10' });
    answered(publish(peer, '', 'jobs', 'b'));
    story.steps();
    story.at = 50;
    answered(publish(peer, '', 'jobs', 'c', { expiration: '10' }));
    expect(story.steps()).toEqual([
      '#1 expired me [jobs] it waited in queue jobs for longer than it may live (10 ms)',
      '#3 published me [jobs]',
    ]);
    story.at = 70;
    // The third is over as well, but stands behind the second; and the second's time is not over yet.
    expect(story.end().account).toMatchObject({
      published: 3,
      waiting: [{ place: 'jobs', count: 1 }],
      ended: [{ count: 1, stage: 'expired' }],
      unknown: [{ count: 1, reason: { code: 'MAY_BE_EXPIRED', values: { queue: 'jobs' } } }],
    });
  });
});

test('what expired before a queue had too many is not said to have been dropped, perhaps', () => {
  const app = queue(connect(story, 'app'), 'q', { 'x-message-ttl': 50, 'x-max-length': 1 });
  answered(publish(app, '', 'q', 'a'));
  story.at = 40;
  publish(app, '', 'q', 'b');
  story.at = 60;
  answered(app);
  // Of the first it can't be told: the second came before its time was surely over.
  expect(story.steps()).toEqual(['#1 published app [q]', '#2 published app [q]']);
  story.at = 120;
  answered(publish(app, '', 'q', 'c'));
  expect(story.steps()).toContain('#2 expired app [q] it waited in queue q for longer than it may live (50 ms)');
});

test('a message that waits in several queues is counted once, and each of them is named', () => {
  const app = queue(queue(exchange(connect(story, 'app'), 'all', 'fanout'), 'mail'), 'audit');
  for (const name of ['mail', 'audit']) bind(app, name, 'all');
  publish(app, 'all', '', 'a');
  publish(app, '', 'mail', 'b');
  queue(app, 'after');
  expect(story.end().account).toMatchObject({
    published: 2,
    waiting: [
      { place: 'mail', count: 1 },
      { place: 'audit + mail', count: 1 },
    ],
  });
});

test('what a full queue does not take is nacked only where somebody asked for confirms', () => {
  const app = queue(connect(story, 'app'), 'full', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
  app.client(method('confirm.select')).server(method('confirm.select-ok'));
  publish(app, '', 'full', 'a').server(method('basic.ack', { deliveryTag: 1 }));
  publish(app, '', 'full', 'b').server(method('basic.nack', { deliveryTag: 2 }));
  const other = publish(connect(story, 'other'), '', 'full', 'c');
  other.client(method('queue.declare', { queue: 'full', passive: true }));
  other.server(method('queue.declare-ok', { queue: 'full', messageCount: 1 }));
  const { account } = story.end();
  expect(account.ended.map(({ stage, count }) => [stage, count])).toEqual([
    ['nacked', 1],
    ['dropped', 1],
  ]);
});

test('for how long nobody used a queue counts anew from a restart', () => {
  const me = queue(connect(story, 'me'), 'rare', { 'x-expires': 1_000 }, true);
  answered(publish(me, '', 'rare', 'a', { deliveryMode: 2 }));
  me.gone('server');
  story.at = 5_000;
  story.restarted();
  story.at = 5_500;
  const other = connect(story, 'other').client(method('queue.declare', { queue: 'rare', passive: true }));
  other.server(method('queue.declare-ok', { queue: 'rare', messageCount: 1 }));
  expect(story.steps()).toEqual(['#1 published me [rare]']);
  expect(story.end().account).toMatchObject({ waiting: [{ place: 'rare', count: 1 }], unknown: [] });
});

test('a dead letter that a full queue does not take is told to be dropped there', () => {
  const app = queue(connect(story, 'app'), 'full', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
  queue(app, 'short', { 'x-message-ttl': 10, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'full' });
  for (const body of ['a', 'b']) publish(app, '', 'short', body);
  queue(app, 'after');
  story.at = 500;
  queue(app, 'later');
  const { account } = story.end();
  expect(story.steps().at(-1)).toBe(
    '#2 dropped app [full] queue full is full (x-max-length 1) and takes no more (x-overflow)',
  );
  expect(account).toMatchObject({ published: 2, waiting: [{ place: 'full', count: 1 }] });
});

describe('a classic queue overlooks what comes in front of others by its priority', () => {
  function overtaken(ms: number): Speaker {
    const me = queue(connect(story, 'me'), 'jobs', { 'x-max-priority': 5 });
    publish(me, '', 'jobs', 'low');
    answered(publish(me, '', 'jobs', 'high', { priority: 3, expiration: '50' }));
    story.at += ms;
    return me;
  }

  test('so that it may be handed out although its time is over', () => {
    const me = overtaken(200);
    deliver(consume(me, 'jobs', { noAck: true }), 1, 'high', {}, { priority: 3, expiration: '50' });
    expect(story.end().account).toMatchObject({ reached: 1, waiting: [{ place: 'jobs', count: 1 }], ended: [] });
  });

  test('until it looks: what stands first once another one was handed out has expired', () => {
    const me = overtaken(0);
    answered(publish(me, '', 'jobs', 'highest', { priority: 4 }));
    deliver(consume(me, 'jobs', { noAck: true }), 1, 'highest', {}, { priority: 4 });
    me.client(method('basic.cancel', { consumerTag: 'tag' })).server(method('basic.cancel-ok'));
    story.at += 200;
    const { ended, unknown } = story.end().account;
    expect([ended.map(({ stage }) => stage), unknown]).toEqual([['expired'], []]);
  });
});
