import { beforeEach, describe, expect, test } from 'vitest';
import { heapUsed } from '../../helpers/memory.ts';
import { Narration, type Speaker } from '../../helpers/narrate.ts';
import { call, frame, connect as greet, message, send, subscribe } from '../../helpers/stomp-speech.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('stomp', 'stomp');
});

const connect = (name: string): Speaker => greet(story, name);

test('a topic reaches its subscribers, the sender included', () => {
  const [alice, bob] = ['alice', 'bob'].map((name) => subscribe(connect(name), '/topic/lobby')) as [Speaker, Speaker];
  connect('carol');
  send(alice, '/topic/lobby', 'hello');
  for (const one of [alice, bob]) message(one, '/topic/lobby', 'hello');
  expect(story.steps()).toEqual([
    '#1 published alice [/topic/lobby]',
    "#1 routed alice [/topic/lobby → alice's subscription to /topic/lobby, bob's subscription to /topic/lobby]",
    '#1 delivered alice [/topic/lobby]',
    '#1 delivered bob [/topic/lobby]',
  ]);
  expect(story.end().account).toMatchObject({ published: 1, reached: 1 });
});

test.each([
  ['auto', {}, { reached: 1, waiting: [] }],
  ['client', { ack: 'a1' }, { reached: 0, waiting: [{ place: 'q', count: 1 }] }],
])('of two subscriptions of one id the header ack tells which it comes to: %s', (_, header, expected) => {
  const alice = connect('alice');
  const id = 'alice-/amq/queue/q';
  send(alice, '/queue/q', 'first', { receipt: 'made' }).server(frame('RECEIPT', { 'receipt-id': 'made' }));
  alice.client(frame('SUBSCRIBE', { id, destination: '/amq/queue/q', ack: 'client' }));
  message(alice, '/queue/q', 'first', { ack: 'a0' }, '/amq/queue/q').client(frame('ACK', { id: 'a0' }));
  alice.client(frame('UNSUBSCRIBE', { id }), frame('SUBSCRIBE', { id, destination: '/amq/queue/q' }));
  send(alice, '/queue/q', 'second');
  message(alice, '/queue/q', 'second', { ...header, 'message-id': 'n' }, '/amq/queue/q').gone();
  const { account } = story.end();
  expect(account).toMatchObject({ ...expected, reached: expected.reached + 1, unknown: [] });
});

test('of sessions of which each may end the queue of the others no end is asked for without end', () => {
  const sessions = Array.from({ length: 30 }, (_, index) => connect(`session-${index}`));
  const [first, ...others] = sessions as [Speaker, ...Speaker[]];
  // Its last consumer may have ended it, and somebody have declared it as another queue then.
  subscribe(first, '/queue/mail', { durable: 'false', exclusive: 'false', 'auto-delete': 'true' });
  for (const other of others) subscribe(other, '/amq/queue/mail');
  for (const session of sessions) send(session, '/queue/mail', session.peer);
  for (const one of others) one.client(frame('UNSUBSCRIBE', { id: `${one.peer}-/amq/queue/mail` }));
  for (const session of others) message(session, '/queue/mail', session.peer, {}, '/amq/queue/mail');
  for (const session of sessions) session.gone();
  const { published, reached, unknown } = story.end().account;
  expect({ published, reached, unknown: unknown.map(({ count }) => count) }).toEqual({
    ...{ published: 30, reached: 29, unknown: [1] },
  });
});

test('what is read from a stream waits there until it is acknowledged', () => {
  const alice = subscribe(connect('alice'), '/queue/log', { 'x-queue-type': 'stream', ack: 'client-individual' });
  for (const [index, body] of ['a', 'b'].entries()) {
    send(alice, '/queue/log', body);
    message(alice, '/queue/log', body, { ack: `ack-${index}`, 'x-stream-offset': `${index}` });
  }
  call(alice, 'ACK', { id: 'ack-0' });
  expect(story.steps()).toContain('#1 acked alice [/queue/log]');
  const waiting = [{ place: 'log', count: 1 }];
  expect(story.end().account).toMatchObject({ published: 2, reached: 1, waiting });
});

test('each of two subscriptions of a session to one topic has its copy', () => {
  const alice = subscribe(connect('alice'), '/topic/lobby');
  subscribe(alice, '/topic/lobby', { id: 'second' });
  send(alice, '/topic/lobby', 'hello');
  message(alice, '/topic/lobby', 'hello');
  message(alice, '/topic/lobby', 'hello', { subscription: 'second', 'message-id': 'n' });
  expect(story.steps().filter((step) => step.includes('delivered'))).toEqual([
    '#1 delivered alice [/topic/lobby]',
    '#1 delivered alice [/topic/lobby]',
  ]);
  expect(story.end().account).toMatchObject({ published: 1, reached: 1, foreign: 0 });
});

test('what is sent without a destination is refused', () => {
  const alice = connect('alice').client(frame('SEND', {}, 'x'));
  alice.server(frame('ERROR', { message: 'Missing destination' }));
  expect(story.steps().at(-1)).toMatch(/^#1 discarded alice the server refused it/);
});

test('whether a durable subscription was forgotten is open where its client is lost before an answer', () => {
  const more = { durable: 'true', 'auto-delete': 'false', id: 'd' };
  const alice = subscribe(connect('alice'), '/topic/news', { ...more, ack: 'client' });
  call(connect('bob'), 'SEND', { destination: '/topic/news' }, 'x');
  message(alice, '/topic/news', 'x', { subscription: 'd', ack: 'a1' });
  alice.client(frame('UNSUBSCRIBE', more));
  story.steps();
  alice.gone();
  expect(story.steps().filter((step) => step.includes('requeued'))).toEqual([]);
  expect(story.end().account).toMatchObject({ waiting: [], unknown: [{ count: 1 }] });
});

test('a pattern takes what matches it', () => {
  const alice = subscribe(connect('alice'), '/topic/news.*');
  send(connect('bob'), '/topic/news.tech', 'x');
  message(alice, '/topic/news.tech', 'x', {}, '/topic/news.*');
  expect(story.steps()).toEqual([
    '#1 published bob [/topic/news.tech]',
    "#1 routed bob [/topic/news.tech → alice's subscription to /topic/news.*]",
    '#1 delivered alice [/topic/news.tech]',
  ]);
});

test('a topic that nobody subscribes to keeps nothing', () => {
  const bob = subscribe(connect('bob'), '/topic/lobby');
  call(bob, 'UNSUBSCRIBE', { id: 'bob-/topic/lobby' });
  call(bob, 'SEND', { destination: '/topic/lobby' }, 'x');
  expect(story.steps()).toEqual([
    '#1 published bob [/topic/lobby]',
    '#1 unroutable bob [/topic/lobby] nobody subscribes to /topic/lobby, and a topic keeps nothing',
    '#1 confirmed bob [/topic/lobby]',
  ]);
  expect(story.end().account).toMatchObject({ published: 1, ended: [{ count: 1, stage: 'unroutable' }] });
});

test('a queue keeps, and gives each message to one of its consumers', () => {
  const sender = connect('sender');
  call(sender, 'SEND', { destination: '/queue/jobs' }, 'a');
  const workers = ['one', 'other'].map((name) => subscribe(connect(name), '/queue/jobs'));
  message(workers[1]!, '/queue/jobs', 'a');
  for (const worker of workers) worker.gone();
  // By then the server has heard of it, and gives them nothing more.
  story.at = 2_000;
  call(sender, 'SEND', { destination: '/queue/jobs' }, 'b');
  expect(story.steps()).toEqual([
    '#1 published sender [/queue/jobs]',
    '#1 confirmed sender [/queue/jobs]',
    '#1 delivered other [/queue/jobs]',
    '#2 published sender [/queue/jobs]',
    '#2 confirmed sender [/queue/jobs]',
  ]);
  expect(story.end().account).toMatchObject({ published: 2, reached: 1, waiting: [{ place: 'jobs', count: 1 }] });
});

test('a connection that is lost subscribes to nothing any more', () => {
  call(subscribe(connect('bob'), '/topic/lobby'), 'DISCONNECT', {}).gone('server');
  call(connect('alice'), 'SEND', { destination: '/topic/lobby' }, 'x');
  expect(story.steps()[1]).toContain('unroutable');
});

describe('acks', () => {
  function three(mode: string): Speaker {
    const worker = subscribe(connect('worker'), '/queue/jobs', { ack: mode });
    const sender = connect('sender');
    for (const body of ['a', 'b', 'c']) {
      send(sender, '/queue/jobs', body);
      message(worker, '/queue/jobs', body, { ack: body, 'message-id': body });
    }
    story.steps();
    return worker;
  }

  test('client: all up to it', () => {
    three('client').client(frame('ACK', { id: 'b' }));
    expect(story.steps()).toEqual(['#1 acked worker [/queue/jobs]', '#2 acked worker [/queue/jobs]']);
  });

  test('client-individual: just that one, or its refusal', () => {
    three('client-individual').client(frame('ACK', { id: 'b' }), frame('NACK', { id: 'c' }));
    expect(story.steps()).toEqual(['#2 acked worker [/queue/jobs]', '#3 requeued worker [/queue/jobs]']);
  });

  test('auto: there is nothing to ack', () => {
    three('auto').gone();
    expect(story.steps()).toEqual([]);
  });

  test('what was not acked goes to somebody else when the connection is lost', () => {
    three('client-individual')
      .client(frame('ACK', { id: 'a' }))
      .gone();
    const other = subscribe(connect('other'), '/queue/jobs');
    message(other, '/queue/jobs', 'b', { redelivered: 'true' });
    expect(story.steps()).toEqual([
      '#1 acked worker [/queue/jobs]',
      '#2 requeued worker [jobs] worker was gone before its ack',
      '#3 requeued worker [jobs] worker was gone before its ack',
      '#2 redelivered other [/queue/jobs]',
    ]);
    other.gone();
    // The third may have been on its way to the second worker, too, when that was gone.
    const reason = { code: 'MAY_BE_HANDED_OUT', values: { queue: 'jobs', peer: 'other' } };
    expect(story.end().account).toMatchObject({ published: 3, reached: 2, unknown: [{ count: 1, reason }] });
  });
});

describe('what comes to a subscription that has just ended is not sent on', () => {
  // As RabbitMQ says it, once for each of them.
  const inVain = frame(
    'ERROR',
    { message: 'Subscription not found' },
    "There is no current subscription with tag 'T_worker-/queue/jobs'.\n",
  );

  function threeBehind(ack: string, one: (worker: Speaker) => Speaker): Speaker {
    const worker = subscribe(connect('worker'), '/queue/jobs', { ack });
    for (const body of ['a', 'b', 'c']) call(worker, 'SEND', { destination: '/queue/jobs' }, body);
    return one(worker.client(frame('UNSUBSCRIBE', { id: 'worker-/queue/jobs' })));
  }

  test('auto: it is gone, the first of its queue first', () => {
    threeBehind('auto', (worker) => worker.server(inVain, inVain));
    const reason = { code: 'GIVEN_IN_VAIN', values: { peer: 'worker' } };
    const dropped = [{ count: 2, stage: 'dropped', reason }];
    expect(story.end().account).toMatchObject({ published: 3, waiting: [{ place: 'jobs', count: 1 }], ended: dropped });
  });

  test('with acks it is held until the session ends', () => {
    const worker = threeBehind('client-individual', (speaker) => speaker.server(inVain));
    const other = subscribe(connect('other'), '/queue/jobs');
    for (const body of ['b', 'c']) message(other, '/queue/jobs', body);
    worker.client(frame('DISCONNECT')).gone('server');
    message(other, '/queue/jobs', 'a', { redelivered: 'true' });
    expect(story.steps().slice(-2)).toEqual([
      '#1 requeued worker [jobs] worker was gone before its ack',
      '#1 redelivered other [/queue/jobs]',
    ]);
    expect(story.end().account).toMatchObject({ published: 3, reached: 3 });
  });

  test('where somebody else may have taken the first, it may be any of them', () => {
    const other = subscribe(connect('other'), '/queue/jobs');
    threeBehind('auto', (worker) => worker.server(inVain));
    message(other, '/queue/jobs', 'b');
    const reason = { code: 'MAY_BE_GIVEN_IN_VAIN', values: { queue: 'jobs', peer: 'worker' } };
    expect(story.end().account).toMatchObject({ published: 3, reached: 1, unknown: [{ count: 2, reason }] });
  });
});

describe('transactions', () => {
  test('what is given back in one is told to be back in its queue when that is so', () => {
    const bob = subscribe(connect('bob'), '/queue/a', { ack: 'client-individual' });
    message(send(bob, '/queue/a', 'x'), '/queue/a', 'x', { ack: '1' }).client(frame('BEGIN', { transaction: 't' }));
    bob.client(frame('NACK', { id: '1', transaction: 't' }));
    story.steps();
    call(bob, 'COMMIT', { transaction: 't' });
    expect(story.steps()).toEqual(['#1 requeued bob [a]']);
  });

  test('what is sent in one counts at its COMMIT, and not after an ABORT', () => {
    const bob = subscribe(connect('bob'), '/topic/a');
    const alice = connect('alice').client(frame('BEGIN', { transaction: 't' }));
    send(alice, '/topic/a', 'x', { transaction: 't' }).client(frame('COMMIT', { transaction: 't' }));
    message(bob, '/topic/a', 'x');
    expect(story.steps()).toEqual([
      '#1 published alice [/topic/a]',
      "#1 routed alice [/topic/a → bob's subscription to /topic/a]",
      '#1 delivered bob [/topic/a]',
    ]);
    alice.client(frame('BEGIN', { transaction: 'u' }));
    call(send(alice, '/topic/a', 'y', { transaction: 'u' }), 'ABORT', { transaction: 'u' });
    expect(story.steps()).toEqual([
      '#2 published alice [/topic/a]',
      '#2 discarded alice [/topic/a] its transaction was rolled back',
    ]);
    expect(story.end().account).toMatchObject({ published: 2, reached: 1, ended: [{ count: 1, stage: 'discarded' }] });
  });
});

test('one byte at a time tells the same', () => {
  story.bytewise = true;
  const alice = subscribe(connect('alice'), '/topic/a');
  message(send(alice, '/topic/a', 'x'), '/topic/a', 'x');
  expect(story.steps().at(-1)).toBe('#1 delivered alice [/topic/a]');
});

test.each([
  ['client', { code: 'NO_SUCH_EXCHANGE', values: { exchange: 'nosuch' } }],
  ['server', { code: 'NO_SUCH_EXCHANGE', values: { exchange: 'nosuch' } }],
  // The server may read it yet, when somebody may have declared the exchange.
  ['cut', { code: 'UNREAD', values: {} }],
] as const)(
  'a SEND to an exchange that is not there, where the ERROR does not come through: ended by %s',
  (by, reason) => {
    const alice = connect('alice');
    send(alice, '/exchange/nosuch/k', 'x').gone(by);
    const { ended, unknown } = story.end().account;
    expect([...ended, ...unknown]).toMatchObject([{ count: 1, reason }]);
  },
);

describe('a durable subscription keeps what comes while its client is away', () => {
  const durable = { durable: 'true', 'auto-delete': 'false' };
  const kept = (name: string): Speaker =>
    subscribe(connect(name), '/topic/news', { id: `${name}-/topic/news`, ...durable });

  test('and is not handed to those who are lost once somebody else was given what had waited', () => {
    kept('alice').gone();
    story.at = 100;
    const [carol, again] = [connect('carol'), connect('alice')];
    call(carol, 'SEND', { destination: '/topic/news' }, 'a');
    subscribe(again, '/topic/news', durable);
    message(again, '/topic/news', 'a');
    call(again, 'UNSUBSCRIBE', { id: 'alice-/topic/news' });
    call(carol, 'SEND', { destination: '/topic/news' }, 'b');
    again.gone();
    expect(story.end().account).toMatchObject({
      reached: 1,
      waiting: [{ place: 'durable subscription alice-/topic/news to /topic/news', count: 1 }],
      unknown: [],
    });
  });

  test('of two that look alike it matters no more which was which once one client has got both', () => {
    kept('alice').gone();
    kept('bob').gone();
    story.at = 5_000;
    for (const name of ['carol', 'dave']) send(connect(name), '/topic/news', 'x');
    const again = subscribe(connect('alice'), '/topic/news', durable);
    for (let i = 0; i < 2; i++) message(again, '/topic/news', 'x');
    expect(story.end().account).toMatchObject({ published: 2, reached: 2, unknown: [] });
  });

  test('where one of them waits, it matters', () => {
    kept('alice').gone();
    kept('bob').gone();
    story.at = 5_000;
    for (const name of ['carol', 'dave']) send(connect(name), '/topic/news', 'x');
    const again = subscribe(connect('alice'), '/topic/news', { ...durable, ack: 'client', 'prefetch-count': '1' });
    message(again, '/topic/news', 'x', { ack: '1' });
    call(again, 'ACK', { id: '1' }).gone();
    expect(story.end().account).toMatchObject({ published: 2, reached: 0 });
  });
});

test('endless traffic is followed in bounded memory', async () => {
  story = await Narration.of('stomp', ['stomp'], { followed: 5_000 });
  const alice = subscribe(connect('alice'), '/topic/a', { ack: 'client-individual' });
  const round = (from: number): void => {
    for (let i = from; i < from + 6_000; i++) {
      const body = `message ${i} ${'x'.repeat(200)}`;
      // Receipts that never come, deliveries that nobody acks, and a queue that nobody reads.
      send(alice, '/topic/a', body, { receipt: `never ${i}` });
      message(alice, '/topic/a', body, { ack: `${i}` });
      send(alice, '/queue/b', body);
    }
    story.told.length = 0;
  };
  for (const from of [0, 6_000]) round(from);
  const before = heapUsed();
  for (const from of [12_000, 18_000]) round(from);
  expect(heapUsed() - before).toBeLessThan(8 * 1024 * 1024);
});
