import { beforeEach, describe, expect, test } from 'vitest';
import { heapUsed } from '../../helpers/memory.ts';
import { Narration } from '../../helpers/narrate.ts';
import { ask, type Reply, reply, subscribe } from '../../helpers/resp-speech.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('redis', 'resp');
});

describe('the end of a connection', () => {
  test('is told where the client did not choose it', () => {
    for (const by of ['client', 'server', 'cut'] as const) {
      const peer = story.peer(by);
      ask(peer, ['PING'], 'PONG');
      peer.gone(by);
    }
    const ends = story.notes().filter((told) => !told.includes('PING'));
    expect(ends).toEqual(['server: Redis ended the connection', 'cut: connection lost']);
  });

  test('is told once where the client said goodbye', () => {
    const peer = story.peer('me');
    ask(peer, ['QUIT'], 'OK');
    peer.gone('server');
    expect(story.notes()).toEqual(['me: closes its connection']);
  });
});

describe('lists as queues', () => {
  test('pushed at one end, popped at the other', () => {
    const peer = story.peer('me');
    ask(peer, ['RPUSH', 'jobs', 'a', 'b'], 2);
    ask(peer, ['LPOP', 'jobs'], 'a');
    ask(peer, ['RPOP', 'jobs', 5], ['b']);
    ask(peer, ['LPOP', 'jobs'], null);
    expect(story.messages().map(({ verb }) => verb)).toEqual([
      'RPUSH',
      'RPUSH',
      'length 2',
      'length 2',
      'LPOP',
      'RPOP',
    ]);
    expect(story.steps()).toEqual([
      '#1 published me [jobs]',
      '#2 published me [jobs]',
      '#1 queued me [jobs]',
      '#2 queued me [jobs]',
      '#1 delivered me [jobs]',
      '#2 delivered me [jobs]',
    ]);
  });

  test('a worker that blocks gets it as soon as it is there', () => {
    const worker = ask(story.peer('worker'), ['BLPOP', 'other', 'jobs', 0]);
    ask(story.peer('producer'), ['LPUSH', 'jobs', 'a'], 1);
    worker.server(reply(['jobs', 'a']));
    expect(story.steps()).toEqual([
      '#1 published producer [jobs]',
      '#1 queued producer [jobs]',
      '#1 delivered worker [jobs]',
    ]);
  });

  test('several at once, and a wait that ends with nothing', () => {
    const peer = story.peer('me');
    ask(peer, ['RPUSH', 'jobs', 'a', 'b'], 2);
    ask(peer, ['LMPOP', 2, 'none', 'jobs', 'LEFT', 'COUNT', 2], ['jobs', ['a', 'b']]);
    ask(peer, ['BLPOP', 'jobs', 1], null);
    expect(
      story
        .messages()
        .filter(({ stage }) => stage === 'delivered')
        .map(({ id, route }) => [id, route]),
    ).toEqual([
      ['#1', 'jobs'],
      ['#2', 'jobs'],
    ]);
  });

  test('a reliable queue: moved aside, and acknowledged by its removal there', () => {
    const peer = story.peer('me');
    ask(peer, ['LPUSH', 'jobs', 'a'], 1);
    ask(peer, ['LMOVE', 'jobs', 'doing', 'RIGHT', 'LEFT'], 'a');
    ask(peer, ['LREM', 'doing', 1, 'a'], 1);
    ask(peer, ['BRPOPLPUSH', 'jobs', 'doing', 1], null);
    expect(story.steps().slice(2)).toEqual(['#1 delivered me [jobs → doing]', '#1 acked me [doing]']);
  });

  test('a push that is refused', () => {
    ask(story.peer('me'), ['LPUSH', 'text', 'a'], '-WRONGTYPE Operation against a key holding the wrong kind of value');
    expect(story.steps()).toEqual([
      '#1 published me [text]',
      '#1 rejected me WRONGTYPE Operation against a key holding the wrong kind of value',
    ]);
    expect(story.contradictions()).toEqual([]);
  });

  test('LPUSHX on a list that is not there keeps nothing', () => {
    ask(story.peer('me'), ['LPUSHX', 'jobs', 'a'], 0);
    expect(story.steps().at(-1)).toBe('#1 dropped me [jobs] there is no list jobs, and LPUSHX makes none');
  });

  test('a list that is deleted takes its elements along', () => {
    const peer = ask(story.peer('me'), ['RPUSH', 'jobs', 'a', 'b'], 2);
    story.steps();
    ask(peer, ['DEL', 'other', 'jobs'], 1);
    expect(story.steps()).toEqual([
      '#1 dropped me [jobs] it was in jobs, which DEL removed',
      '#2 dropped me [jobs] it was in jobs, which DEL removed',
    ]);
  });
});

test('a list whose time is over: told as soon as an answer shows it', () => {
  const app = ask(story.peer('app'), ['RPUSH', 'jobs', 'a'], 1);
  ask(app, ['PEXPIRE', 'jobs', 20], 1);
  story.at = 100;
  ask(app, ['LLEN', 'jobs'], 0);
  expect(story.messages().at(-1)).toMatchObject({
    id: '#1',
    stage: 'dropped',
    basis: 'concluded',
    from: 'server',
    reason: { code: 'KEY_EXPIRED', values: { key: 'jobs' } },
  });
});

test('what a server may evict is not told to wait, nor to be dropped', () => {
  const app = ask(story.peer('app'), ['RPUSH', 'jobs', 'a'], 1);
  ask(app, ['CONFIG', 'SET', 'maxmemory', '1mb', 'maxmemory-policy', 'allkeys-lru'], '+OK');
  for (const key of ['late', 'deleted', 'taken']) ask(app, ['RPUSH', key, 'a'], 1);
  ask(app, ['XADD', 's', '*', 'k', 'v'], '1-0');
  ask(app, ['FLUSHDB'], '+OK');
  ask(app, ['RPUSH', 'taken', 'b'], 1);
  ask(app, ['LPOP', 'taken'], 'b');
  const { account } = story.end();
  expect(account).toMatchObject({ published: 6, reached: 1, waiting: [], ended: [] });
  expect(account.unknown.map(({ reason }) => reason.code)).toContain('MAY_BE_EVICTED');
});

test('what a server may evict is not told to wait either where somebody has been given it', () => {
  const app = ask(story.peer('app'), ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random'], '+OK');
  ask(app, ['XADD', 's', '*', 'k', 'v'], '1-0');
  ask(app, ['XGROUP', 'CREATE', 's', 'g', '0'], '+OK');
  ask(app, ['XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>'], [['s', [['1-0', ['k', 'v']]]]]);
  const { account } = story.end();
  expect(account).toMatchObject({ published: 1, waiting: [], unknown: [{ reason: { code: 'MAY_BE_EVICTED' } }] });
});

test('what a script may have taken and put back is not known because of the script', () => {
  const app = ask(story.peer('app'), ['RPUSH', 'jobs', 'a'], 1);
  ask(app, ['EVAL', 'return 1', 0], 1);
  ask(app, ['LPOP', 'jobs'], 'a');
  expect(story.messages().at(-1)).toMatchObject({ id: '#1', among: ['#2'] });
  const { account } = story.end();
  expect(account.unknown).toEqual([{ count: 1, reason: { code: 'SCRIPT_MAY_TOUCH', values: {} } }]);
  expect(account.foreign).toBe(0);
});

describe('streams', () => {
  test('are read by whoever asks, again and again', () => {
    const peer = story.peer('me');
    ask(peer, ['XADD', 'log', 'MAXLEN', '~', 100, '*', 'k', 'v'], '1-0');
    for (const name of ['one', 'other'])
      ask(story.peer(name), ['XREAD', 'STREAMS', 'log', 0], [['log', [['1-0', ['k', 'v']]]]]);
    expect(story.messages().map(({ body }) => body)).toEqual(['k v', undefined, 'k v', 'k v']);
    expect(story.steps()).toEqual([
      '#1 published me [log]',
      '#1 queued me [log]',
      '#1 delivered one [log]',
      '#1 delivered other [log]',
    ]);
  });

  test('a group: each entry to one consumer, acked, or claimed by another', () => {
    const peer = story.peer('me');
    for (const id of ['1-0', '2-0']) ask(peer, ['XADD', 'log', '*', 'k', id], id);
    story.steps();
    const entries: Reply = [
      ['1-0', ['k', '1-0']],
      ['2-0', ['k', '2-0']],
    ];
    ask(story.peer('one'), ['XREADGROUP', 'GROUP', 'g', 'one', 'STREAMS', 'log', '>'], [['log', entries]]);
    ask(story.peer('one'), ['XACK', 'log', 'g', '1-0'], 1);
    const other = story.peer('other');
    ask(other, ['XCLAIM', 'log', 'g', 'other', 0, '2-0'], [['2-0', ['k', '2-0']]]);
    ask(other, ['XAUTOCLAIM', 'log', 'g', 'third', 0, 0], ['0-0', [['2-0', ['k', '2-0']]], []]);
    expect(story.steps()).toEqual([
      '#1 delivered one [log (group g)]',
      '#2 delivered one [log (group g)]',
      '#1 acked one [log (group g)]',
      '#2 redelivered other [log (group g)]',
      '#2 redelivered other [log (group g)]',
    ]);
  });

  test('an ack that acknowledges nothing is none', () => {
    const peer = ask(story.peer('me'), ['XADD', 'log', '*', 'k', 'v'], '1-0');
    story.steps();
    ask(peer, ['XACK', 'log', 'g', '1-0'], 0);
    expect(story.steps()).toEqual([]);
  });

  test('who holds an entry that was cut off has taken it once it is acked', () => {
    const app = story.peer('app');
    for (const id of ['1-0', '2-0', '3-0']) ask(app, ['XADD', 's', '*', 'k', 'v'], id);
    ask(app, ['XGROUP', 'CREATE', 's', 'g', '0'], '+OK');
    const entries: Reply = ['1-0', '2-0', '3-0'].map((id) => [id, ['k', 'v']]);
    ask(app, ['XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>'], [['s', entries]]);
    ask(app, ['XDEL', 's', '1-0'], 1);
    ask(app, ['XAUTOCLAIM', 's', 'g', 'd', 0, '0'], ['0-0', entries.slice(1), ['1-0']]);
    ask(app, ['XTRIM', 's', 'MAXLEN', 0], 2);
    // XAUTOCLAIM has let go of the first: it is not one of the two.
    ask(app, ['XACK', 's', 'g', '1-0', '2-0', '3-0'], 2);
    expect(story.steps().filter((step) => / acked /.test(step))).toEqual([
      '#2 acked app [s (group g)]',
      '#3 acked app [s (group g)]',
    ]);
    const { account } = story.end();
    expect(account).toMatchObject({ published: 3, reached: 2 });
    expect(account.ended).toMatchObject([{ count: 1, reason: { code: 'ENTRY_DELETED' } }]);
  });

  test('an entry that is deleted', () => {
    const peer = ask(story.peer('me'), ['XADD', 'log', '*', 'k', 'v'], '1-0');
    story.steps();
    ask(peer, ['XDEL', 'log', '1-0'], 1);
    expect(story.steps()).toEqual(['#1 dropped me [log] XDEL deleted it from stream log']);
  });
});

describe('transactions', () => {
  test('what is queued happens at EXEC, and its replies are its own', () => {
    const subscriber = subscribe(story.peer('subscriber'), 'news');
    const peer = story.peer('me');
    ask(peer, ['MULTI'], '+OK');
    ask(peer, ['LPUSH', 'jobs', 'a'], '+QUEUED');
    ask(peer, ['PUBLISH', 'news', 'b'], '+QUEUED');
    ask(peer, ['SET', 'k', 'v'], '+QUEUED');
    expect(story.messages()).toEqual([]);
    expect(story.notes()).toContain('me: MULTI');
    ask(peer, ['EXEC']);
    subscriber.server(reply(['message', 'news', 'b']));
    peer.server(reply([1, 1, '+OK']));
    const values = { command: 'SET k v', reply: 'OK', within: 'EXEC' };
    expect(story.told).toContainEqual(expect.objectContaining({ statement: { code: 'REDIS_COMMAND', values } }));
    expect(story.steps()).toEqual([
      '#1 published me [jobs]',
      '#2 published me [news]',
      '#2 delivered subscriber [news]',
      '#1 queued me [jobs]',
    ]);
  });

  test('DISCARD and a failed WATCH: nothing happened', () => {
    const peer = story.peer('me');
    for (const [end, answer] of [
      ['DISCARD', '+OK'],
      ['EXEC', null],
    ] as const) {
      ask(peer, ['MULTI'], '+OK');
      ask(peer, ['LPUSH', 'jobs', 'a'], '+QUEUED');
      ask(peer, [end], answer);
    }
    expect(story.end().account).toMatchObject({
      published: 1,
      ended: [{ count: 1, stage: 'dropped', reason: { code: 'WATCHED_KEY_CHANGED' } }],
    });
    expect(story.messages().filter(({ stage }) => stage === 'queued' || stage === 'delivered')).toEqual([]);
  });
});

test('one byte at a time tells the same', () => {
  story.bytewise = true;
  const peer = subscribe(story.peer('me'), 'news');
  ask(story.peer('publisher'), ['PUBLISH', 'news', 'x'], 1);
  peer.server(reply(['message', 'news', 'x']));
  expect(story.steps()).toEqual(['#1 published publisher [news]', '#1 delivered me [news]']);
});

test('endless traffic is followed in bounded memory', () => {
  const peer = subscribe(story.peer('me'), 'news');
  const publisher = story.peer('publisher');
  const round = (from: number): void => {
    for (let i = from; i < from + 3_000; i++) {
      const body = `message ${i} ${'x'.repeat(200)}`;
      ask(publisher, ['PUBLISH', 'news', body], 1);
      peer.server(reply(['message', 'news', body]));
      ask(publisher, ['RPUSH', 'jobs', body], 1);
      ask(peer, ['LPOP', 'jobs'], body);
      ask(publisher, ['XADD', 'log', 'MAXLEN', 100, '*', 'k', body], `${i}-0`);
      ask(peer, ['XREADGROUP', 'GROUP', 'g', 'me', 'STREAMS', 'log', '>'], [['log', [[`${i}-0`, ['k', body]]]]]);
      ask(peer, ['XACK', 'log', 'g', `${i}-0`], 1);
    }
    story.told.length = 0;
  };
  round(0);
  round(3_000);
  const before = heapUsed();
  round(6_000);
  round(9_000);
  expect(heapUsed() - before).toBeLessThan(4 * 1024 * 1024);
});

test('what the server can’t read, either, it has not carried out', () => {
  const writer = ask(story.peer('writer'), ['RPUSH', 'jobs', 'a'], 1);
  const other = ask(story.peer('other'), ['PING'], '+PONG');
  other.unreadable('client');
  other.server(reply('-ERR Protocol error: unbalanced quotes in request')).gone('server');
  ask(writer, ['LLEN', 'jobs'], 1);
  const { account, commands } = story.end();
  expect({ waiting: account.waiting, unknown: account.unknown, commands }).toEqual({
    waiting: [{ place: 'jobs', count: 1 }],
    unknown: [],
    commands: 2,
  });
});

test('what can’t be read is no script', () => {
  ask(story.peer('writer'), ['RPUSH', 'jobs', 'a'], 1);
  ask(story.peer('writer'), ['XADD', 'log', '*', 'k', 'v'], '1-1');
  const other = ask(story.peer('other'), ['PING'], '+PONG');
  other.unreadable('client');
  other.server(reply('+OK'));
  ask(story.peer('writer'), ['LLEN', 'jobs'], 1);
  const codes = story.end().account.unknown.map(({ reason }) => reason.code);
  expect(codes).not.toContain('SCRIPT_MAY_TOUCH');
  expect(codes).toContain('UNDECODABLE_MAY_TOUCH');
});

test('what can’t be read within a transaction may do anything, too', () => {
  ask(story.peer('writer'), ['RPUSH', 'jobs', 'a'], 1);
  const other = ask(ask(story.peer('other'), ['MULTI'], '+OK'), ['GET', 'k'], '+QUEUED');
  other.unreadable('client');
  expect(story.end().account.unknown.map(({ reason }) => reason.code)).toEqual(['UNDECODABLE_MAY_TOUCH']);
});

test.each(['client', 'server'] as const)(
  'a connection of which the %s can no longer be read may do anything',
  (from) => {
    const writer = ask(story.peer('writer'), ['RPUSH', 'jobs', 'a'], 1);
    const other = ask(story.peer('other'), ['PING'], '+PONG');
    other.unreadable(from);
    ask(writer, ['RPUSH', 'jobs', 'b'], 1);
    other.gone();
    ask(writer, ['LLEN', 'jobs'], 1);
    expect(story.contradictions()).toEqual([]);
    const { published, waiting, unknown } = story.end().account;
    expect({ published, waiting, unknown: unknown.length > 0 }).toEqual({ published: 2, waiting: [], unknown: true });
  },
);
