/** A broker that others use, too: they may be handed what the run publishes, and policies may send it on. */
import { beforeEach, expect, test } from 'vitest';
import { worded } from '../../../src/core/statements/index.ts';
import { type AmqpProperties, encodeContent } from '../../../src/protocols/amqp/index.ts';
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
let app: Speaker;
beforeEach(async () => {
  story = await Narration.of('rabbitmq', ['amqp'], { own: false });
  app = connect(story, 'app');
});

const died = (name: string, reason: string): AmqpProperties => ({
  headers: { 'x-death': [{ queue: name, reason, count: 1n, exchange: '', 'routing-keys': [name] }] },
});

/** Everything that reached somebody was seen to be published. */
function expectNobodyElse(): void {
  const { account } = story.end();
  expect(account).toMatchObject({ foreign: 0, unknown: [], reached: account.published });
}

test('what somebody else was handed and gave back is the message that it was', () => {
  consume(queue(app, 'jobs'), 'jobs');
  answered(publish(publish(app, '', 'jobs', 'a'), '', 'jobs', 'b'));
  deliver(app, 1, 'b');
  deliver(app.client(ack(1)), 2, 'a', { redelivered: true });
  answered(app.client(ack(2)));
  expect(story.steps().slice(2)).toEqual([
    '#2 delivered app [jobs]',
    '#2 acked app [jobs]',
    '#1 redelivered app [jobs]',
    '#1 acked app [jobs]',
  ]);
  expectNobodyElse();
});

test('of messages that look alike others may have taken the first, so any of them may be delivered', () => {
  answered(publish(publish(publish(queue(app, 'jobs'), '', 'jobs', 'a'), '', 'jobs', 'a'), '', 'jobs', 'a'));
  consume(app, 'jobs', { noAck: true });
  deliver(deliver(app, 1, 'a'), 2, 'a');
  expect(story.steps().slice(3)).toEqual(['#1|#2|#3 delivered app [jobs]', '#2|#1|#3 delivered app [jobs]']);
  const { account } = story.end();
  expect(account).toMatchObject({ published: 3, reached: 2, foreign: 0, unknown: [{ count: 1 }] });
});

test('nobody else takes from a queue that is exclusive to the run', () => {
  app
    .client(method('queue.declare', { queue: 'mine', exclusive: true }))
    .server(method('queue.declare-ok', { queue: 'mine' }));
  consume(app, 'mine', { noAck: true });
  answered(publish(publish(app, '', 'mine', 'a'), '', 'mine', 'a'));
  deliver(deliver(app, 1, 'a'), 2, 'a');
  expect(story.steps().slice(2)).toEqual(['#1 delivered app [mine]', '#2 delivered app [mine]']);
});

test.each(['maxlen', 'expired', 'delivery_limit'])('what a policy sent on is the message that it was: %s', (reason) => {
  consume(queue(queue(app, 'jobs'), 'dead'), 'jobs', { consumerTag: 'jobs', noAck: true });
  consume(app, 'dead', { consumerTag: 'dead', noAck: true });
  answered(publish(publish(app, '', 'jobs', 'a'), '', 'jobs', 'b'));
  deliver(app, 1, 'b', { consumerTag: 'jobs' });
  deliver(app, 2, 'a', { consumerTag: 'dead', routingKey: 'dead' }, died('jobs', reason));
  expect(story.steps().slice(-2)).toEqual([
    expect.stringMatching(/^#1 dead-lettered app \[jobs → dead\] /),
    '#1 delivered app [dead]',
  ]);
  expectNobodyElse();
});

test.each([
  ['to an exchange', { 'x-dead-letter-exchange': 'x' }, 'to exchange x; others may have bound to that'],
  [
    'to a queue',
    { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' },
    'to queue dead, if that is there; others may use it too',
  ],
])('where a queue sends what dies in it is known by its arguments, whatever policies say: %s', (_to, args, said) => {
  consume(queue(app, 'jobs', args), 'jobs');
  deliver(publish(app, '', 'jobs', 'a'), 1, 'a').client(method('basic.reject', { deliveryTag: 1 }));
  answered(app);
  const [{ reason } = {}] = story.end().account.unknown;
  expect(reason && worded(reason)).toBe(`jobs sends what dies in it ${said}`);
});

test('what a policy lets expire is the message that it was', () => {
  consume(queue(queue(app, 'jobs'), 'dead'), 'dead', { noAck: true });
  answered(publish(app, '', 'jobs', 'a'));
  deliver(app, 1, 'a', { routingKey: 'dead' }, died('jobs', 'expired'));
  expect(story.steps().at(-1)).toBe('#1 delivered app [dead]');
  expectNobodyElse();
});

test('a message that an exchange led to two queues dies in each of them', () => {
  exchange(queue(app, 'dead'), 'events', 'fanout');
  for (const name of ['one', 'two']) {
    const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };
    consume(bind(queue(app, name, args), name, 'events'), name, { consumerTag: name });
  }
  consume(app, 'dead', { consumerTag: 'dead', noAck: true });
  answered(publish(app, 'events', '', 'a'));
  for (const [index, name] of ['one', 'two'].entries()) {
    deliver(app, 2 * index + 1, 'a', { consumerTag: name });
    answered(app.client(method('basic.reject', { deliveryTag: 2 * index + 1, requeue: false })));
    const there = { consumerTag: 'dead', exchange: '', routingKey: 'dead' };
    deliver(app, 2 * index + 2, 'a', there, died(name, 'rejected'));
  }
  expect(new Set(story.steps().map((step) => step.split(' ')[0]))).toEqual(new Set(['#1']));
  expectNobodyElse();
});

test('what others publish is one message in every queue that it comes to', () => {
  for (const name of ['one', 'two']) consume(queue(app, name), name, { consumerTag: name, noAck: true });
  for (const round of [0, 1]) {
    for (const [index, consumerTag] of ['one', 'two'].entries()) {
      deliver(app, 2 * round + index + 1, 'x', { consumerTag, exchange: 'events' });
    }
  }
  expect(story.steps()).toEqual([
    '#1 delivered app [one]',
    '#1 delivered app [two]',
    '#2 delivered app [one]',
    '#2 delivered app [two]',
  ]);
  expect(story.end().account).toMatchObject({ foreign: 2 });
});

test('a message that waits elsewhere between its deaths is still the same', () => {
  consume(queue(app, 'work'), 'work');
  answered(publish(app, '', 'work', 'a'));
  deliver(app, 1, 'a');
  for (const tag of [1, 2]) {
    answered(app.client(method('basic.reject', { deliveryTag: tag, requeue: false })));
    const deaths = [
      { queue: 'later', reason: 'expired' },
      { queue: 'work', reason: 'rejected' },
    ];
    deliver(app, tag + 1, 'a', { exchange: 'back' }, { headers: { 'x-death': deaths } });
  }
  answered(app.client(ack(3)));
  expect(story.steps().filter((step) => step.includes('dead-lettered'))).toEqual([
    expect.stringMatching(/^#1 dead-lettered app \[work → later → work\] rejected/),
    expect.stringMatching(/^#1 dead-lettered app \[work → later → work\] rejected/),
  ]);
  expectNobodyElse();
});

test('what is published to an exchange may arrive before that is confirmed', () => {
  consume(queue(app, 'one'), 'one', { noAck: true });
  app.client(method('confirm.select')).server(method('confirm.select-ok'));
  publish(app, 'elsewhere', 'k', 'a');
  deliver(app, 1, 'a');
  app.server(method('basic.ack', { deliveryTag: 1 }));
  expect(story.steps().slice(0, 2)).toEqual(['#1 published app [elsewhere (k)]', '#1 delivered app [one]']);
  expectNobodyElse();
});

test.each([
  ['purged', 'queue.purge', 'queue.purge-ok'],
  ['deleted', 'queue.delete', 'queue.delete-ok'],
] as const)('others may have taken what was in a queue before it was %s', (_, ask, answer) => {
  answered(publish(queue(app, 'jobs'), '', 'jobs', 'a'));
  app.client(method(ask, { queue: 'jobs' })).server(method(answer, { messageCount: 1 }));
  expect(story.steps()).toEqual(['#1 published app [jobs]']);
  expect(story.end().account.unknown).toEqual([
    { count: 1, reason: { code: 'OUT_OF_SIGHT_QUEUE', values: { queue: 'jobs' } } },
  ]);
});

test('what waits in a queue that the exchange leads to is not told to have found no binding', () => {
  exchange(queue(app, 'one'), 'events', 'fanout');
  answered(publish(bind(app, 'one', 'events'), 'events', '', 'a'));
  expect(story.end().account.unknown).toEqual([
    { count: 1, reason: { code: 'OUT_OF_SIGHT_QUEUE', values: { queue: 'one' } } },
  ]);
});

test.each([
  ['an auto-delete queue whose consumer left', { autoDelete: true }, (): void => void cancel('client')],
  ['a queue whose consumer the server cancelled', {}, (): void => void cancel('server')],
])('nothing goes back to %s', (_, declared, leave) => {
  app
    .client(method('queue.declare', { queue: 'jobs', ...declared }))
    .server(method('queue.declare-ok', { queue: 'jobs' }));
  deliver(answered(publish(consume(app, 'jobs'), '', 'jobs', 'a')), 1, 'a');
  leave();
  story.steps();
  app.gone();
  expect(story.steps()).toEqual([]);
});

function cancel(by: 'client' | 'server'): void {
  if (by === 'server') app.server(method('basic.cancel', { consumerTag: 'tag' }));
  else app.client(method('basic.cancel', { consumerTag: 'tag' })).server(method('basic.cancel-ok'));
}

test('on a server of one’s own a policy shows in what it does, and no more is concluded from there on', async () => {
  story = await Narration.of('rabbitmq', 'amqp');
  const me = queue(queue(connect(story, 'me'), 'jobs'), 'dead');
  answered(publish(me, '', 'jobs', 'a'));
  me.client(method('basic.get', { queue: 'jobs' })).server(method('basic.get-empty'));
  expect(story.notes().at(-1)).toMatch(/^me: this follows from nothing that was seen/);
  const died = { headers: { 'x-death': [{ queue: 'jobs', reason: 'maxlen', count: 1 }] } };
  deliver(consume(me, 'dead'), 1, 'a', { routingKey: 'dead' }, died).client(ack(1));
  expect(story.steps().slice(-2)).toEqual(['#1 delivered me [dead]', '#1 acked me [dead]']);
  answered(publish(me, 'amq.fanout', '', 'b'));
  const account = { published: 2, reached: 1, foreign: 0, ended: [], unknown: [{ count: 1 }] };
  expect(story.end().account).toMatchObject(account);
});

test('an error that names a property tells which message it refused', () => {
  const send = (body: string, properties: AmqpProperties): Buffer =>
    encodeContent(1, 'basic.publish', { exchange: '', routingKey: 'jobs' }, properties, Buffer.from(body));
  app.client(send('a', { userId: 'guest' }), send('b', { userId: 'mallory' }), send('c', {}));
  const replyText = "PRECONDITION_FAILED - user_id property set to 'mallory' but authenticated user was 'guest'";
  app.server(method('channel.close', { replyCode: 406, replyText, classId: 60, methodId: 40 }));
  expect(story.steps().filter((step) => step.includes('discarded'))).toEqual([
    expect.stringMatching(/^#2 discarded app \[jobs\] the server refused it/),
    expect.stringMatching(/^#3 discarded app \[jobs\] it stood behind an error/),
  ]);
});
