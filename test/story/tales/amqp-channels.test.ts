import { beforeEach, describe, expect, test } from 'vitest';
import { ack, answered, connect, consume, deliver, method, publish, queue } from '../../helpers/amqp-speech.ts';
import { heapUsed } from '../../helpers/memory.ts';
import { Narration, type Speaker } from '../../helpers/narrate.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('rabbitmq', 'amqp');
});

describe('confirms', () => {
  test('one by one, several at once, and refused', () => {
    const peer = queue(connect(story, 'me'), 'jobs')
      .client(method('confirm.select'))
      .server(method('confirm.select-ok'));
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

  test('what the broker does not take ends so, also where a policy has its queue refuse it', () => {
    const peer = queue(connect(story, 'me'), 'jobs')
      .client(method('confirm.select'))
      .server(method('confirm.select-ok'));
    publish(peer, '', 'jobs', 'a').server(method('basic.nack', { deliveryTag: 1 }));
    const reason = { code: 'NOT_TAKEN', values: {} };
    expect(story.end().account).toMatchObject({
      published: 1,
      waiting: [],
      ended: [{ count: 1, stage: 'nacked', reason }],
    });
  });

  test('without confirm.select there is nothing to confirm', () => {
    const peer = publish(queue(connect(story, 'me'), 'jobs'), '', 'jobs', 'a');
    story.steps();
    peer.server(ack(1));
    expect(story.steps()).toEqual([]);
  });
});

describe('what a consumer says', () => {
  const EITHER = 'the channel or the connection of worker ended before its ack';

  function delivered(...bodies: string[]): Speaker {
    const producer = queue(connect(story, 'producer'), 'jobs');
    const worker = consume(connect(story, 'worker'), 'jobs');
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
      '#3 rejected worker [jobs] queue jobs has no dead-letter exchange: what is rejected there is gone',
      '#1 redelivered worker [jobs]',
    ]);
  });

  test('nothing, and its connection is lost: what it held goes to somebody else', () => {
    const worker = delivered('a', 'b');
    worker.client(ack(1));
    story.steps();
    worker.gone();
    expect(story.notes()).toEqual(['worker: connection lost']);
    const other = consume(connect(story, 'other'), 'jobs');
    deliver(other, 1, 'b', { redelivered: true });
    expect(story.steps()).toEqual([
      '#2 requeued worker [jobs] worker was gone before its ack',
      '#2 redelivered other [jobs]',
    ]);
    const account = { published: 2, reached: 1, waiting: [{ place: 'jobs', count: 1 }] };
    expect(story.end()).toMatchObject({ stages: { delivered: 2, redelivered: 1, requeued: 1 }, account });
  });

  test('of several that look alike and come back together, the first is the first to be delivered again', () => {
    const worker = delivered('a', 'a');
    worker.gone();
    const other = consume(connect(story, 'other'), 'jobs');
    story.steps();
    deliver(other, 1, 'a', { redelivered: true });
    deliver(other, 2, 'a', { redelivered: true });
    // The server may hear late that a connection is lost: what was held is told to be back once something shows it.
    expect(story.steps()).toEqual([
      '#1 requeued worker [jobs] worker was gone before its ack',
      '#2 requeued worker [jobs] worker was gone before its ack',
      '#1 redelivered other [jobs]',
      '#2 redelivered other [jobs]',
    ]);
  });

  test.each([
    [
      'the client closes its channel',
      [method('channel.close', { replyCode: 200 })],
      'worker closed the channel before the ack',
    ],
    [
      'the client closes its connection',
      [method('connection.close', { replyCode: 200 }, 0)],
      'worker was gone before its ack',
    ],
    ['it asks for all that it holds', [method('basic.recover', { requeue: true })], undefined],
    ['what the server may refuse', [method('queue.declare', { queue: 'none', passive: true })], EITHER],
    ['nothing', [], EITHER],
  ])('%s, and somebody else has it before anything else is seen', (_what, said, why) => {
    const worker = delivered('a');
    story.steps();
    worker.client(...said);
    deliver(consume(connect(story, 'other'), 'jobs'), 1, 'a', { redelivered: true });
    expect(story.steps()).toEqual([
      `#1 requeued worker [jobs]${why === undefined ? '' : ` ${why}`}`,
      '#1 redelivered other [jobs]',
    ]);
  });

  test('goodbye: nothing is lost in an orderly end', () => {
    const worker = delivered('a');
    worker.client(ack(1), method('connection.close', { replyCode: 200, replyText: 'bye' }, 0));
    // It is told when it is said, not when the socket ends.
    expect(story.notes()).toEqual(['worker: closes its connection']);
    worker.server(method('connection.close-ok', {}, 0)).gone();
    expect(story.notes()).toEqual(['worker: closes its connection']);
    expect(story.end().account).toMatchObject({ published: 1, reached: 1 });
  });

  test.each(['connection', 'channel'] as const)(
    'what is published after the goodbye to its %s is not read',
    (ended) => {
      const me = queue(connect(story, 'me'), 'jobs');
      const goodbye = ended === 'connection' ? method('connection.close', {}, 0) : method('channel.close');
      publish(me, '', 'jobs', 'in time').client(goodbye);
      publish(me, '', 'jobs', 'late');
      me.server(ended === 'connection' ? method('connection.close-ok', {}, 0) : method('channel.close-ok'));
      const reason = { code: 'BEHIND_GOODBYE', values: { ended } };
      expect(story.steps().at(-1)).toBe(
        `#2 discarded me [jobs] it was sent after the goodbye to its ${ended}, so the server did not read it`,
      );
      expect(story.end().account).toMatchObject({
        published: 2,
        waiting: [{ place: 'jobs', count: 1 }],
        ended: [{ count: 1, stage: 'discarded', reason }],
      });
    },
  );

  test('cancel: what comes for another consumer is not mixed up', () => {
    const worker = delivered('a');
    worker
      .client(method('basic.cancel', { consumerTag: 'tag' }))
      .server(method('basic.cancel-ok', { consumerTag: 'tag' }));
    worker.gone();
    story.end();
    expect(story.steps()).toEqual(['#1 requeued worker [jobs] worker was gone before its ack']);
  });

  test('without acks a delivery is done with', () => {
    const producer = queue(connect(story, 'producer'), 'jobs');
    const worker = consume(connect(story, 'worker'), 'jobs', { noAck: true });
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
    const worker = consume(queue(connect(story, 'worker'), 'jobs'), 'jobs');
    deliver(publish(worker, '', 'jobs', 'a'), 1, 'a');
    story.steps();
    worker.client(
      method('queue.declare', { queue: replyCode === 404 ? 'q' : 'jobs', durable: true, passive: replyCode === 404 }),
    );
    worker.server(method('channel.close', { replyCode, replyText, classId: 50, methodId: 10 }));
    expect(story.notes()).toEqual([`worker: the channel is closed: ${replyCode} ${replyText}`]);
    expect(story.steps()).toEqual(['#1 requeued worker [jobs] RabbitMQ closed the channel before the ack']);
    // What was refused was not declared.
    worker.client(method('channel.close-ok'), method('channel.open')).server(method('channel.open-ok'));
    answered(publish(worker, '', 'q', 'b'));
    expect(story.steps()).toEqual(['#2 published worker [q]', '#2 unroutable worker [q] there is no queue q']);
  });

  test('a connection that is closed with an error', () => {
    const worker = consume(queue(connect(story, 'worker'), 'jobs'), 'jobs');
    deliver(publish(worker, '', 'jobs', 'a'), 1, 'a');
    story.steps();
    worker.server(method('connection.close', { replyCode: 320, replyText: 'CONNECTION_FORCED - shutdown' }, 0));
    worker.gone('server');
    expect(story.notes()[0]).toBe('worker: the connection is closed: 320 CONNECTION_FORCED - shutdown');
    expect(story.steps()).toEqual(['#1 requeued worker [jobs] RabbitMQ closed the connection before the ack']);
  });

  test('publishers that are blocked are told why, and when they may go on', () => {
    const peer = connect(story, 'me').server(method('connection.blocked', { reason: 'low on memory' }, 0));
    expect(story.notes()).toEqual(['me: RabbitMQ blocks publishers: low on memory']);
    peer.server(method('connection.unblocked', {}, 0));
    expect(story.notes().at(-1)).toBe('me: RabbitMQ lets publishers go on');
  });
});

test('channels do not mix', () => {
  const peer = queue(connect(story, 'me'), 'jobs')
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
  const peer = consume(queue(connect(story, 'me'), 'jobs'), 'jobs');
  deliver(publish(peer, '', 'jobs', 'a'), 1, 'a').client(ack(1));
  expect(story.steps()).toEqual(['#1 published me [jobs]', '#1 delivered me [jobs]', '#1 acked me [jobs]']);
});

test('endless traffic is followed in bounded memory', async () => {
  story = await Narration.of('rabbitmq', ['amqp'], { followed: 5_000 });
  const peer = consume(queue(queue(connect(story, 'me'), 'jobs'), 'kept'), 'jobs').client(method('confirm.select'));
  const round = (from: number): void => {
    for (let i = from; i < from + 12_000; i++) {
      const body = `message ${i} ${'x'.repeat(200)}`;
      // Confirms that never come, and every second one stays in its queue for ever.
      publish(peer, '', i % 2 === 0 ? 'jobs' : 'kept', body);
      if (i % 2 === 0) deliver(peer, i + 1, body).client(ack(i + 1));
    }
    story.told.length = 0;
  };
  for (const from of [0, 12_000]) round(from);
  const before = heapUsed();
  for (const from of [24_000, 36_000]) round(from);
  expect(heapUsed() - before).toBeLessThan(8 * 1024 * 1024);
  const { account } = story.end();
  expect(account).toMatchObject({ published: 48_000, reached: 24_000 });
  const waiting = account.waiting.reduce((count, one) => count + one.count, 0);
  const unknown = account.unknown.reduce((count, one) => count + one.count, 0);
  expect(waiting + unknown).toBe(24_000);
  expect(account.unknown.map(({ reason }) => reason.code)).toContain('NO_LONGER_FOLLOWED');
});

test('a client that can no longer be read may do anything: what it held is not told to come back', () => {
  const producer = queue(connect(story, 'producer'), 'jobs');
  const worker = consume(connect(story, 'worker'), 'jobs');
  publish(producer, '', 'jobs', 'a');
  deliver(worker, 1, 'a');
  publish(producer, '', 'jobs', 'b');
  story.steps();
  worker.unreadable('client').gone();
  expect(story.steps()).toEqual([]);
  const { unknown, waiting } = story.end().account;
  expect(waiting).toEqual([]);
  expect(unknown.map(({ reason }) => reason.code)).toEqual(['HELD_OUT_OF_SIGHT', 'OUT_OF_SIGHT_QUEUE']);
});
