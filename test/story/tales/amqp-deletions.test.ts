import { beforeEach, describe, expect, test } from 'vitest';
import {
  ack,
  answered,
  connect,
  consume,
  deliver,
  exchange,
  method,
  publish,
  queue,
} from '../../helpers/amqp-speech.ts';
import { Narration, type Speaker } from '../../helpers/narrate.ts';

test('a purge and a deletion are told with how many messages waited, as the server says', async () => {
  const story = await Narration.of('rabbitmq', 'amqp');
  const peer = queue(connect(story, 'me'), 'q');
  publish(publish(peer, '', 'q', 'a'), '', 'q', 'b');
  peer.client(method('queue.purge', { queue: 'q' })).server(method('queue.purge-ok', { messageCount: 2 }));
  publish(peer, '', 'q', 'c');
  peer.client(method('queue.delete', { queue: 'q' })).server(method('queue.delete-ok', { messageCount: 1 }));
  expect(story.notes()).toEqual([
    'me: purges queue q, in which 2 messages waited',
    'me: deletes queue q, in which 1 message waited',
  ]);
  queue(peer, 'q')
    .client(method('queue.purge', { queue: 'q' }))
    .server(method('queue.purge-ok', { messageCount: 0 }));
  expect(story.notes().at(-1)).toBe('me: purges queue q, in which no message waited');
});

test('what is deleted and is not there is told so, unless others may have made it', async () => {
  const deleteBoth = (story: Narration): string[] => {
    const peer = exchange(queue(connect(story, 'me'), 'q'), 'x', 'fanout');
    for (let times = 0; times < 2; times++) {
      peer.client(method('queue.delete', { queue: 'q' })).server(method('queue.delete-ok', { messageCount: 0 }));
      peer.client(method('exchange.delete', { exchange: 'x' })).server(method('exchange.delete-ok'));
    }
    return story.notes();
  };
  const first = ['me: deletes queue q, in which no message waited', 'me: deletes exchange x'];
  const again = ['me: deletes queue q, which is not there', 'me: deletes exchange x, which is not there'];
  expect(deleteBoth(await Narration.of('rabbitmq', 'amqp'))).toEqual([...first, ...again]);
  expect(deleteBoth(await Narration.of('rabbitmq', 'amqp', { own: false }))).toEqual([...first, ...first]);
});

test('a request that nobody answers is told once it is proven, and not at all where an error stood before it', async () => {
  const story = await Narration.of('rabbitmq', 'amqp');
  const peer = exchange(queue(connect(story, 'me'), 'q'), 'x', 'fanout');
  const ask = (): void => {
    peer.client(method('queue.bind', { queue: 'q', exchange: 'x', noWait: true }));
    peer.client(method('queue.purge', { queue: 'q', noWait: true }));
    peer.client(method('queue.delete', { queue: 'q', noWait: true }));
    peer.client(method('exchange.delete', { exchange: 'x', noWait: true }));
  };
  const told = ['is bound to exchange x (fanout)', 'purges queue q', 'deletes queue q', 'deletes exchange x'];
  ask();
  expect(story.notes()).toEqual([]);
  answered(peer);
  expect(story.notes()).toEqual(told.map((what, index) => (index === 0 ? `me: queue q ${what}` : `me: ${what}`)));
  exchange(queue(peer, 'q'), 'x', 'fanout');
  publish(peer, 'nowhere', '', 'a');
  ask();
  const text = "NOT_FOUND - no exchange 'nowhere' in vhost '/'";
  peer.server(method('channel.close', { replyCode: 404, replyText: text, classId: 60, methodId: 40 }));
  expect(story.notes().slice(told.length)).toEqual([`me: the channel is closed: 404 ${text}`]);
});

test('a transaction is told with what counts, or does not, unless nothing is in it', async () => {
  const story = await Narration.of('rabbitmq', 'amqp');
  const peer = consume(queue(connect(story, 'me'), 'q'), 'q');
  for (let times = 0; times < 2; times++) peer.client(method('tx.select')).server(method('tx.select-ok'));
  publish(peer, '', 'q', 'a');
  peer.client(method('tx.commit')).server(method('tx.commit-ok'));
  peer.client(method('tx.commit')).server(method('tx.commit-ok'));
  publish(deliver(peer, 1, 'a').client(ack(1)), '', 'q', 'b');
  peer.client(method('tx.rollback')).server(method('tx.rollback-ok'));
  peer.client(method('tx.rollback')).server(method('tx.rollback-ok'));
  expect(story.notes().slice(1)).toEqual([
    'me: publishes and acks in transactions from here on: they count at the commit (tx.select)',
    'me: commits the transaction: 1 message and 0 acks in it count',
    'me: the transaction did not happen: 1 message and 1 ack in it count for nothing',
  ]);
});

test('of what came at the same time as a purge, its count tells what was there, if that came in a known order', async () => {
  const story = await Narration.of('rabbitmq', 'amqp');
  const [one, other] = [queue(connect(story, 'one'), 'q'), connect(story, 'other')];
  publish(publish(one, '', 'q', 'a'), '', 'q', 'b');
  other.client(method('queue.purge', { queue: 'q' }));
  answered(publish(one, '', 'q', 'c'));
  other.server(method('queue.purge-ok', { messageCount: 2 }));
  expect(story.steps().slice(3)).toEqual(
    ['#1', '#2'].map((id) => `${id} dropped other [q] queue q was purged with it inside`),
  );
  expect(story.end().account).toMatchObject({ published: 3, waiting: [{ place: 'q', count: 1 }], unknown: [] });
});

test('what a purge took, or a queue that was full dropped after it, is gone', async () => {
  const story = await Narration.of('rabbitmq', 'amqp');
  const [one, other] = [queue(connect(story, 'one'), 'q', { 'x-max-length': 1 }), connect(story, 'other')];
  answered(publish(one, '', 'q', 'a'));
  other.client(method('queue.purge', { queue: 'q' }));
  answered(publish(one, '', 'q', 'b'));
  other.server(method('queue.purge-ok', { messageCount: 1 }));
  answered(publish(one, '', 'q', 'c'));
  const { account } = story.end();
  expect(account).toMatchObject({ published: 3, waiting: [{ place: 'q', count: 1 }], unknown: [] });
});

describe('where what dies is sent on to a queue that goes, or is emptied', () => {
  let story: Narration;
  let peer: Speaker;
  beforeEach(async () => {
    story = await Narration.of('rabbitmq', 'amqp');
    const sends = { 'x-message-ttl': 100, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'd' };
    peer = queue(queue(connect(story, 'me'), 'd'), 'q', sends);
    for (const body of ['a', 'b', 'c']) publish(peer, '', 'q', body);
    answered(peer);
  });
  const [noQueue, deleted, purged] = ['DEAD_LETTER_NO_QUEUE', 'QUEUE_DELETED', 'QUEUE_PURGED'];

  test.each([
    ['queue.delete', 50, 0, { [noQueue]: 3 }],
    ['queue.delete', 99, 0, { [noQueue]: 3 }],
    ['queue.delete', 99, 2, { [deleted]: 2, [noQueue]: 1 }],
    ['queue.delete', 104, 3, { [deleted]: 3 }],
    ['queue.purge', 50, 0, { d: 3 }],
    ['queue.purge', 99, 0, { d: 3 }],
    ['queue.purge', 99, 2, { [purged]: 2, d: 1 }],
    ['queue.purge', 104, 3, { [purged]: 3 }],
  ] as const)('%s after %d ms, counting %d', (name, atMs, messageCount, expected) => {
    story.at = atMs;
    peer.client(method(name, { queue: 'd' }));
    story.at += 2;
    peer.server(method(`${name}-ok`, { messageCount }));
    story.at = 300;
    const { account } = answered(peer) && story.end();
    const ends = account.ended.map(({ reason, count }) => [reason?.code, count]);
    const waiting = account.waiting.map(({ place, count }) => [place, count]);
    expect(Object.fromEntries([...ends, ...waiting])).toEqual(expected);
    expect(account.unknown).toEqual([]);
  });
});

test('who may declare an exclusive queue that somebody else had shows that it has gone', async () => {
  const story = await Narration.of('rabbitmq', 'amqp');
  const [producer, first, second] = ['producer', 'first', 'second'].map((name) => connect(story, name)) as [
    Speaker,
    Speaker,
    Speaker,
  ];
  const declared = method('queue.declare', { queue: 'mine', exclusive: true });
  first
    .client(declared)
    .server(method('queue.declare-ok', { queue: 'mine' }))
    .gone('cut');
  second.client(declared).server(method('queue.declare-ok', { queue: 'mine' }));
  answered(publish(producer, '', 'mine', 'a'));
  expect(story.end().account).toMatchObject({ published: 1, waiting: [{ place: 'mine', count: 1 }], unknown: [] });
});
