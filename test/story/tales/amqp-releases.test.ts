/** What depends on the kind of queue and the release of RabbitMQ. */
import { beforeEach, describe, expect, test } from 'vitest';
import { encodeContent, PROTOCOL_HEADER } from '../../../src/protocols/amqp/index.ts';
import { Typed } from '../../../src/protocols/amqp/table.ts';
import { ack, answered, connect, consume, deliver, method, publish, queue } from '../../helpers/amqp-speech.ts';
import { Narration } from '../../helpers/narrate.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('rabbitmq', 'amqp');
});

test('a stream is read by many, and again, and nothing goes back to it', () => {
  const writer = queue(connect(story, 'writer'), 'log', { 'x-queue-type': 'stream' });
  publish(writer, '', 'log', 'a');
  const offset = { headers: { 'x-stream-offset': new Typed('long', 0) } };
  deliver(consume(connect(story, 'one'), 'log'), 1, 'a', {}, offset)
    .client(ack(1))
    .gone();
  deliver(consume(connect(story, 'other'), 'log'), 1, 'a', {}, offset).gone();
  expect(story.steps()).toEqual([
    '#1 published writer [log]',
    '#1 delivered one [log]',
    '#1 acked one [log]',
    '#1 delivered other [log]',
  ]);
  expect(story.end().account).toMatchObject({ published: 1, reached: 1, waiting: [], unknown: [] });
});

test('a stream keeps what is not persistent, or asks to expire', () => {
  const writer = queue(connect(story, 'writer'), 'log', { 'x-queue-type': 'stream' }, true);
  answered(publish(writer, '', 'log', 'short', { expiration: '20' }));
  story.at = 100;
  answered(publish(writer, '', 'log', 'kept'));
  writer.gone('server');
  story.restarted();
  expect(story.steps()).toEqual(['#1 published writer [log]', '#2 published writer [log]']);
  const offset = { 'x-stream-offset': new Typed('long', 0) };
  deliver(consume(connect(story, 'reader'), 'log'), 1, 'short', {}, { expiration: '20', headers: offset });
  expect(story.steps()).toEqual(['#1 delivered reader [log]']);
  expect(story.end().account).toMatchObject({ published: 2, waiting: [{ place: 'log', count: 2 }], ended: [] });
});

test.each([{}, { ifEmpty: true }, { ifUnused: true }])('a stream goes with what it holds, uncounted: %o', (how) => {
  const writer = queue(connect(story, 'writer'), 'log', { 'x-queue-type': 'stream' });
  consume(connect(story, 'reader'), 'log');
  for (const body of ['a', 'b']) answered(publish(writer, '', 'log', body));
  writer
    .client(method('queue.delete', { queue: 'log', ...how }))
    .server(method('queue.delete-ok', { messageCount: 0 }));
  expect(story.notes().at(-1)).toBe('writer: deletes queue log');
  expect(story.steps().slice(2)).toEqual([
    '#1 dropped writer [log] queue log was deleted with it inside',
    '#2 dropped writer [log] queue log was deleted with it inside',
  ]);
});

test('of equal messages in a stream the offset tells which is read', () => {
  const writer = queue(connect(story, 'writer'), 'log', { 'x-queue-type': 'stream' });
  for (const body of ['same', 'other', 'same', 'same']) answered(publish(writer, '', 'log', body));
  const one = consume(connect(story, 'one'), 'log');
  for (const [index, offset] of [3, 2].entries())
    deliver(one, index + 1, 'same', {}, { headers: { 'x-stream-offset': new Typed('long', offset) } });
  expect(story.steps().slice(4)).toEqual(['#4 delivered one [log]', '#3 delivered one [log]']);
});

test('what was read from a stream and never acknowledged waits there', () => {
  const writer = queue(connect(story, 'writer'), 'log', { 'x-queue-type': 'stream' });
  const one = consume(connect(story, 'one'), 'log');
  const bodies = ['a', 'same', 'same', 'd'];
  for (const body of bodies) publish(writer, '', 'log', body);
  for (const [index, body] of bodies.entries()) {
    deliver(one, index + 1, body, {}, { headers: { 'x-stream-offset': new Typed('long', index) } });
  }
  one.client(ack(1), method('basic.nack', { deliveryTag: 2 })).gone();
  expect(story.steps().filter((step) => step.includes('delivered'))).toEqual(
    ['#1', '#2', '#3', '#4'].map((id) => `${id} delivered one [log]`),
  );
  const waiting = [{ place: 'log', count: 3 }];
  expect(story.end().account).toMatchObject({ published: 4, reached: 1, waiting, unknown: [], foreign: 0 });
});

test('what a stream with a limit still has is not known, unless somebody acknowledged it', () => {
  const writer = queue(connect(story, 'writer'), 'log', { 'x-queue-type': 'stream', 'x-max-length-bytes': 1 });
  publish(publish(writer, '', 'log', 'a'), '', 'log', 'b');
  writer.client(method('basic.qos')).server(method('basic.qos-ok'));
  const offset = { headers: { 'x-stream-offset': new Typed('long', 0) } };
  deliver(consume(connect(story, 'one'), 'log'), 1, 'a', {}, offset)
    .client(ack(1))
    .gone();
  const { account } = story.end();
  expect(account).toMatchObject({ published: 2, reached: 1, waiting: [], ended: [] });
  expect(account.unknown).toEqual([
    { reason: { code: 'MAY_BE_TRIMMED', values: { queue: 'log', limit: 'x-max-length-bytes 1' } }, count: 1 },
  ]);
});

describe.each([
  ['4.0.5', ['#1 dropped worker [jobs] it came back to queue jobs more than 20 times, which is its delivery limit']],
  ['3.10.8', []],
])('a quorum queue without a limit, of RabbitMQ %s', (version, died) => {
  test('and a message that comes back again and again', () => {
    const worker = story.peer('worker').client(PROTOCOL_HEADER);
    worker.server(method('connection.start', { serverProperties: { version } }, 0));
    worker.client(method('channel.open')).server(method('channel.open-ok'));
    queue(worker, 'jobs', { 'x-queue-type': 'quorum' });
    publish(worker, '', 'jobs', 'a');
    consume(worker, 'jobs');
    for (let count = 1; count <= 21; count += 1) {
      deliver(worker, count, 'a', { redelivered: count > 1 }).client(
        method('basic.nack', { deliveryTag: count, requeue: true }),
      );
    }
    worker.client(method('basic.qos')).server(method('basic.qos-ok'));
    const ends = story.steps().filter((step) => / (dropped|discarded|rejected) /.test(step));
    expect(ends).toEqual(died);
  });
});

test.each([
  ['4.0.5', '#1'],
  ['3.10.8', '#2'],
])('what is given back to a full quorum queue, of RabbitMQ %s', (version, first) => {
  const me = story.peer('me').client(PROTOCOL_HEADER);
  me.server(method('connection.start', { serverProperties: { version } }, 0));
  me.client(method('channel.open')).server(method('channel.open-ok'));
  queue(me, 'q', { 'x-queue-type': 'quorum', 'x-max-length': 2 });
  publish(me, '', 'q', '1');
  me.client(method('basic.get', { queue: 'q' })).server(
    encodeContent(1, 'basic.get-ok', { deliveryTag: 1, routingKey: 'q' }, {}, Buffer.from('1')),
  );
  for (const body of ['2', '3']) answered(publish(me, '', 'q', body));
  answered(me.client(method('basic.nack', { deliveryTag: 1, requeue: true })));
  const dropped = story.steps().filter((step) => step.includes(' dropped '));
  expect(dropped).toEqual([expect.stringMatching(`^${first} dropped .*x-max-length 2`)]);
});

test('a quorum queue refuses what comes only once it holds more than its limit', () => {
  const limits = { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'reject-publish' };
  const peer = queue(connect(story, 'me'), 'q', limits);
  for (const body of ['a', 'b', 'c']) answered(publish(peer, '', 'q', body));
  expect(story.steps().slice(3)).toEqual([
    '#3 dropped me [q] queue q is full (x-max-length 1) and takes no more (x-overflow)',
  ]);
  expect(story.end().account).toMatchObject({ waiting: [{ place: 'q', count: 2 }], unknown: [] });
});

test.each([
  ['3.10.8', false],
  ['4.0.5', true],
])(
  'what is rejected in a quorum queue of RabbitMQ %s comes to the next one as delivered before: %s',
  (version, redelivered) => {
    const quorum = { 'x-queue-type': 'quorum' };
    const me = connect(story, 'me').server(method('connection.start', { serverProperties: { version } }, 0));
    const onward = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    queue(queue(me, 'dead', quorum), 'jobs', { ...quorum, ...onward });
    const worker = consume(connect(story, 'worker'), 'jobs');
    for (const tag of [1, 2]) {
      publish(me, '', 'jobs', 'a');
      deliver(worker, tag, 'a').client(method('basic.reject', { deliveryTag: tag }));
    }
    answered(worker);
    const died = { headers: { 'x-death': [{ queue: 'jobs', reason: 'rejected', count: new Typed('long', 1) }] } };
    const other = consume(connect(story, 'other'), 'dead');
    for (const tag of [1, 2]) deliver(other, tag, 'a', { routingKey: 'dead', redelivered }, died);
    const stage = redelivered ? 'redelivered' : 'delivered';
    expect(story.steps().slice(-2)).toEqual([`#1 ${stage} other [dead]`, `#2 ${stage} other [dead]`]);
  },
);

test.each(['3.13.7', '4.0.5'])(
  'what is published with the x-death of a former life is that message, in RabbitMQ %s',
  (version) => {
    const me = connect(story, 'me').server(method('connection.start', { serverProperties: { version } }, 0));
    consume(queue(me, 'jobs'), 'jobs');
    const died = {
      headers: { 'x-death': [{ queue: 'jobs', reason: 'rejected', exchange: '', 'routing-keys': ['jobs'] }] },
    };
    publish(me, '', 'jobs', 'again', died);
    deliver(me, 1, 'again', {}, died).client(ack(1));
    expect(story.end().account).toMatchObject({ published: 1, reached: 1, foreign: 0 });
  },
);
