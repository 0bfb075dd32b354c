/** Commands that carry no message, or whose messages never come to be: each is told and counted. */
import { beforeEach, describe, expect, test } from 'vitest';
import { worded } from '../../../src/core/statements/index.ts';
import { Narration } from '../../helpers/narrate.ts';
import { ask, reply, subscribe } from '../../helpers/resp-speech.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('redis', 'resp');
});

const notes = (): string[] =>
  story.told.flatMap((event) => (event.type === 'note' && event.statement ? worded(event.statement) : []));

describe('plain commands', () => {
  test('are told with their replies', () => {
    const peer = story.peer('me');
    ask(peer, ['SET', 'key', 'value'], '+OK');
    ask(peer, ['GET', 'key'], 'value');
    ask(peer, ['GET', 'nothing'], null);
    ask(peer, ['INCR', 'n'], 7);
    ask(peer, ['KEYS', '*'], ['key', 'n']);
    ask(peer, ['MGET', 'a', 'b', 'c', 'd', 'e', 'f', 'g'], ['1']);
    expect(story.notes()).toEqual([
      'me: SET key value → OK',
      'me: GET key → "value"',
      'me: GET nothing → nil',
      'me: INCR n → 7',
      'me: KEYS * → key, n',
      'me: MGET a b c d e … → 1',
    ]);
  });

  test('of a reply its items are told where they are few and short, and how many there are where they are not', () => {
    const peer = story.peer('me');
    const range = ['ZRANGE', 'scores', '0', '-1', 'WITHSCORES'];
    ask(peer, range, [
      ['tea', 2],
      ['milk', 3],
    ]);
    ask(peer, range, []);
    ask(peer, range, Array(9).fill('a'));
    ask(peer, range, [
      ['a', ['b', 1]],
      ['c', ['d', 2]],
    ]);
    ask(peer, ['KEYS', '*'], ['x'.repeat(61)]);
    ask(peer, ['SET', 'long', 'x'.repeat(41)], '+OK');
    expect(story.notes().map((note) => note.replace(/^me: (ZRANGE scores 0 -1 WITHSCORES|KEYS \*) /, ''))).toEqual([
      ...['→ tea 2, milk 3', '→ 0 items', '→ 9 items', '→ 2 items', `→ ${'x'.repeat(59)}…`],
      `me: SET long ${'x'.repeat(39)}… → OK`,
    ]);
  });

  test('errors are told', () => {
    ask(story.peer('me'), ['INCR', 'text'], '-ERR value is not an integer or out of range');
    expect(story.notes()).toEqual(['me: INCR text → ERR value is not an integer or out of range']);
  });

  test('no secret is told, neither asked nor answered', () => {
    const peer = story.peer('me');
    ask(peer, ['CONFIG', 'SET', 'requirepass', 'hush'], '+OK');
    ask(peer, ['AUTH', 'hush'], '+OK');
    ask(peer, ['ACL', 'GENPASS'], 'hush');
    ask(peer, ['GET', 'after'], 'plain');
    expect(JSON.stringify(story.told)).not.toContain('hush');
    expect(story.notes()).toContain('me: GET after → "plain"');
  });
});

describe('commands whose replies are switched off', () => {
  test('are told when they are sent, and counted', () => {
    const app = story.peer('app');
    for (const words of ['CLIENT REPLY OFF', 'SET a 1', 'RPUSH q x', 'DEL q a']) ask(app, words.split(' '));
    app.gone();
    expect(notes()).toEqual([
      'CLIENT REPLY OFF (its reply is switched off)',
      'SET a 1 (its reply is switched off)',
      'DEL q a (its reply is switched off)',
    ]);
    expect(story.end().commands).toBe(3);
  });

  test('a transaction with all that is in it', () => {
    const app = story.peer('app');
    for (const words of ['CLIENT REPLY OFF', 'MULTI', 'SET a 1', 'LPUSH q x', 'EXEC']) ask(app, words.split(' '));
    expect(notes().slice(1)).toEqual([
      'MULTI',
      'SET a 1 (its reply is switched off)',
      'EXEC (its reply is switched off)',
    ]);
    expect(story.end().commands).toBe(4);
  });

  test('one that is skipped, and one that is refused to a subscriber', () => {
    const app = ask(story.peer('app'), ['CLIENT', 'REPLY', 'SKIP']);
    ask(app, ['SET', 'a', 1]);
    ask(app, ['GET', 'a'], '1');
    expect(notes()).toEqual([
      'CLIENT REPLY SKIP (its reply is switched off)',
      'SET a 1 (its reply is switched off)',
      'GET a → "1"',
    ]);
    const listener = ask(story.peer('listener'), ['CLIENT', 'REPLY', 'OFF']);
    ask(subscribe(listener, 'news'), ['RPUSH', 'q', 'x']);
    expect(notes().at(-1)).toBe('RPUSH q x (its reply is switched off)');
    expect(story.end()).toMatchObject({ commands: 5, account: { published: 0 } });
  });
});

describe('commands in a transaction that does nothing', () => {
  const QUEUED = '+QUEUED';

  test('DISCARD and RESET say how many there were, and what they held was never published', () => {
    const app = ask(story.peer('app'), ['MULTI'], '+OK');
    ask(app, ['RPUSH', 'jobs', 'a'], QUEUED);
    ask(app, ['PUBLISH', 'news', 'b'], QUEUED);
    ask(app, ['NOSUCH'], '-ERR unknown command');
    ask(app, ['DISCARD'], '+OK');
    ask(app, ['MULTI'], '+OK');
    ask(app, ['SET', 'a', 1], QUEUED);
    ask(app, ['RESET'], '+RESET');
    ask(app, ['DISCARD'], '-ERR DISCARD without MULTI');
    expect(notes()).toEqual([
      'MULTI',
      'NOSUCH → ERR unknown command',
      'DISCARD → OK (2 queued commands were not carried out)',
      'MULTI',
      'RESET → RESET (1 queued command was not carried out)',
      'DISCARD → ERR DISCARD without MULTI',
    ]);
    expect(story.end().account).toMatchObject({ published: 0 });
  });

  test('EXEC that is aborted, or whose watched key has changed', () => {
    const app = ask(story.peer('app'), ['MULTI'], '+OK');
    ask(app, ['SET', 'a', 1], QUEUED);
    ask(app, ['NOSUCH'], '-ERR unknown command');
    ask(app, ['EXEC'], '-EXECABORT Transaction discarded because of previous errors.');
    ask(app, ['MULTI'], '+OK');
    ask(app, ['SET', 'a', 1], QUEUED);
    ask(app, ['SET', 'a', 2], QUEUED);
    ask(app, ['EXEC'], null);
    expect(notes().filter((text) => text.startsWith('EXEC'))).toEqual([
      'EXEC → EXECABORT Transaction discarded because of previous errors. (1 queued command was not carried out)',
      'EXEC → nil (2 queued commands were not carried out)',
    ]);
  });

  test('a connection that is gone before EXEC, but not one whose EXEC was sent', () => {
    const app = ask(story.peer('app'), ['MULTI'], '+OK');
    ask(app, ['SET', 'a', 1], QUEUED);
    app.gone();
    const other = ask(story.peer('other'), ['MULTI'], '+OK');
    ask(ask(other, ['SET', 'a', 1], QUEUED), ['EXEC']);
    other.gone();
    expect(notes()).toEqual(['MULTI', 'is gone without EXEC: 1 queued command was not carried out', 'MULTI']);
  });
});

test.each([
  ['XCLAIM', ['XCLAIM', 's', 'g', 'me', 0, '1-0', 'JUSTID'], ['1-0'], 'XCLAIM s g me 0 1-0 … → 1-0'],
  ['XAUTOCLAIM', ['XAUTOCLAIM', 's', 'g', 'me', 0, 0, 'JUSTID'], ['0-0', ['1-0'], []], undefined],
])('%s of ids alone delivers nothing, so that nobody got what is acknowledged then', (name, words, answer, said) => {
  const app = ask(story.peer('app'), ['XADD', 's', '1-0', 'k', 'v'], '1-0');
  ask(app, ['XGROUP', 'CREATE', 's', 'g', '$'], '+OK');
  ask(app, [...words, ...(name === 'XCLAIM' ? ['FORCE'] : [])], answer);
  ask(app, ['XDEL', 's', '1-0'], 1);
  ask(app, ['XACK', 's', 'g', '1-0', '7-0'], 1);
  expect(notes().at(-1)).toMatch(said ?? /^XAUTOCLAIM s g me 0 0 …/);
  expect(story.steps().slice(-2)).toEqual([expect.stringContaining('#1 dropped'), '#1 acked app [s (group g)]']);
  expect(story.end()).toMatchObject({ commands: 2, account: { reached: 0, ended: [{ count: 1, stage: 'dropped' }] } });
});

test('a client that can no longer be read says nothing that is told', () => {
  const app = ask(story.peer('app'), ['PING'], '+PONG');
  app.unreadable('client');
  expect(notes()).toEqual(['PING → PONG']);
  app.server(reply('+PONG'));
  expect(story.end().commands).toBe(1);
});

describe('what is taken with its reply switched off', () => {
  const off: string[][] = [['CLIENT', 'REPLY', 'OFF']];
  const skip: string[][] = [['CLIENT', 'REPLY', 'SKIP']];
  test.each<[string, string[][]]>([
    ['LPOP', [...off, ['LPOP', 'q']]],
    ['RPOP', [...skip, ['RPOP', 'q']]],
    ['LMPOP', [...off, ['LMPOP', '1', 'q', 'LEFT']]],
    ['LPOP', [...off, ['MULTI'], ['LPOP', 'q'], ['EXEC']]],
    ['RPOP', [...off, ['LMOVE', 'q', 'q', 'LEFT', 'LEFT'], ['RPOP', 'q']]],
  ])('%s reaches nobody: %j', (name, words) => {
    ask(story.peer('app'), ['RPUSH', 'q', 'a'], 1);
    const app = story.peer('taker');
    for (const each of [...words, ['CLIENT', 'REPLY', 'ON']]) ask(app, each);
    app.server(reply('+OK'));
    const reason = { code: 'TAKEN_UNANSWERED', values: { command: name, key: 'q' } };
    expect(story.end().account).toMatchObject({ published: 1, reached: 0, ended: [{ count: 1, reason }] });
  });

  test('LMOVE leaves it there', () => {
    ask(story.peer('app'), ['RPUSH', 'q', 'a'], 1);
    const app = story.peer('taker');
    for (const each of [...off, ['LMOVE', 'q', 'r', 'LEFT', 'LEFT'], ['CLIENT', 'REPLY', 'ON']]) ask(app, each);
    app.server(reply('+OK'));
    expect(story.end().account).toMatchObject({ reached: 0, ended: [], waiting: [{ place: 'r', count: 1 }] });
  });
});

test('commands that find nothing are told', () => {
  const app = story.peer('app');
  ask(app, ['LPOP', 'q'], null);
  ask(app, ['LREM', 'q', 0, 'x'], 0);
  ask(app, ['XREADGROUP', 'GROUP', 'g', 'me', 'STREAMS', 's', '0'], [['s', []]]);
  ask(app, ['XAUTOCLAIM', 's', 'g', 'me', 0, '0'], ['0-0', [], []]);
  ask(app, ['RPUSH', 'q', 'x'], 1);
  ask(app, ['LPOP', 'q'], 'x');
  expect(notes()).toEqual([
    'LPOP q → nil',
    'LREM q 0 x → 0',
    'XREADGROUP GROUP g me STREAMS s … → 0 items',
    'XAUTOCLAIM s g me 0 0 → 0 items',
  ]);
  expect(story.end().commands).toBe(4);
});

test('what groups have not acknowledged, and ids that were taken over', () => {
  const app = story.peer('app');
  ask(
    app,
    ['XPENDING', 's', 'g'],
    [
      3,
      '1-1',
      '3-1',
      [
        ['a', '2'],
        ['b', '1'],
      ],
    ],
  );
  ask(app, ['XPENDING', 's', 'h'], [0, null, null, null]);
  ask(app, ['XAUTOCLAIM', 's', 'g', 'me', 0, '0', 'JUSTID'], ['0-0', ['1-1', '2-1'], []]);
  ask(app, ['MGET', 'a', 'b'], ['x', '']);
  expect(notes()).toEqual([
    'XPENDING s g → 3 (a 2, b 1)',
    'XPENDING s h → 0',
    'XAUTOCLAIM s g me 0 0 … → 1-1, 2-1',
    'MGET a b → x, ""',
  ]);
});

test('the database is told where it is not the first', () => {
  const app = story.peer('app');
  ask(app, ['SET', 'k', 'v'], '+OK');
  for (const words of [['SELECT', 1], ['RPUSH', 'q', 'x'], ['GET', 'k'], ['PING']]) ask(app, words);
  app.server(...['+OK', 1, null, '+PONG'].map(reply));
  ask(app, ['RPUSH', 'q', 'y'], 2);
  expect(notes()).toEqual(['SET k v → OK', 'SELECT 1 → OK', 'GET k (db 1) → nil', 'PING → PONG']);
  const routes = story.told.flatMap((event) => (event.type === 'message' ? `${event.stage} ${event.route}` : []));
  // Until the choice of the database is answered, it may be refused.
  expect(routes).toEqual(['published q (db 0/1)', 'queued q (db 1)', 'published q (db 1)', 'queued q (db 1)']);
});

test('what became of the entries of a stream names its key', () => {
  const app = story.peer('app');
  ask(app, ['XADD', 's', '*', 'k', 'a'], '1-1');
  ask(app, ['DEL', 'other', 's'], 1);
  ask(app, ['XADD', 's', '*', 'k', 'b'], '2-1');
  ask(app, ['SET', 's', 'text'], '+OK');
  const reasons = story.told.flatMap((event) => (event.type === 'message' && event.reason ? worded(event.reason) : []));
  expect(reasons).toEqual(['it was in s, which DEL removed', 'it was in s, in place of which SET put something else']);
});

test.each([
  [['SAVE'], '+OK'],
  [['BGSAVE'], '+Background saving started'],
  [['CONFIG', 'SET', 'appendonly', 'yes'], '+OK'],
])('after %j a restart need not have lost anything', (words, answer) => {
  const app = story.peer('app');
  ask(app, ['RPUSH', 'jobs', 'a', 'b'], 2);
  ask(app, ['XADD', 's', '1-1', 'k', 'v'], '1-1');
  ask(app, words, answer);
  app.gone('server');
  story.restarted();
  ask(story.peer('other'), ['LPOP', 'jobs'], 'a');
  expect(story.steps().slice(-1)).toEqual(['#1 delivered other [jobs]']);
  const reason = { code: 'MAY_BE_SAVED', values: {} };
  expect(story.end().account).toMatchObject({ reached: 1, ended: [], unknown: [{ count: 2, reason }], foreign: 0 });
});

test('what Redis has again after a restart is known once an answer shows all of it', () => {
  const app = ask(story.peer('app'), ['RPUSH', 'jobs', 'a', 'b', 'c'], 3);
  ask(app, ['SAVE'], '+OK');
  ask(app, ['LPOP', 'jobs'], 'a');
  app.gone('server');
  story.restarted();
  const other = ask(story.peer('other'), ['LRANGE', 'jobs', 0, -1], ['b']);
  ask(other, ['RPUSH', 'more', 'd'], 1);
  ask(other, ['LPOP', 'jobs'], 'b');
  expect(story.steps().at(-1)).toBe('#2 delivered other [jobs]');
  const reason = { code: 'MAY_BE_SAVED', values: {} };
  expect(story.end().account).toMatchObject({
    ...{ published: 4, reached: 2, waiting: [{ place: 'more', count: 1 }] },
    ...{ unknown: [{ count: 1, reason }], foreign: 0 },
  });
});

test('what Redis has again may be what had left by then, where that looks the same', () => {
  const app = ask(story.peer('app'), ['RPUSH', 'jobs', 'a', 'b'], 2);
  ask(app, ['SAVE'], '+OK');
  ask(app, ['LPOP', 'jobs'], 'a');
  ask(app, ['RPUSH', 'jobs', 'a'], 2);
  app.gone('server');
  story.restarted();
  ask(story.peer('other'), ['LPOP', 'jobs'], 'a');
  const [delivered] = story.messages().slice(-1);
  expect(delivered).toMatchObject({ stage: 'delivered', id: '#3', among: [expect.any(String)] });
  expect(story.end().account).toMatchObject({ reached: 1, foreign: 0 });
});

test('without that a restart has lost all', () => {
  const app = ask(story.peer('app'), ['RPUSH', 'jobs', 'a'], 1);
  ask(app, ['SAVE'], '-ERR Background save already in progress');
  app.gone('server');
  story.restarted();
  expect(story.end().account).toMatchObject({ ended: [{ count: 1, reason: { code: 'REDIS_RESTARTED' } }] });
});

test('a server that hangs up on who waits serves them no more, so that a look tells', () => {
  const waiting = ask(story.peer('waiting'), ['BLPOP', 'jobs', 0]);
  const app = ask(story.peer('app'), ['RPUSH', 'jobs', 'a']);
  waiting.gone('server');
  app.server(reply(1));
  ask(story.peer('other'), ['LRANGE', 'jobs', 0, -1], ['a']);
  expect(story.end().account).toMatchObject({ waiting: [{ place: 'jobs', count: 1 }], unknown: [] });
});

test('who waits is served by what stands behind a command that was refused, which is seen later', () => {
  const waiting = ask(story.peer('waiting'), ['BLPOP', 'jobs', 0]);
  const app = ask(ask(story.peer('app'), ['RPUSH', 'jobs', 'big']), ['RPUSH', 'jobs', 'small']);
  waiting.server(reply(['jobs', 'small']));
  app.server(reply("-OOM command not allowed when used memory > 'maxmemory'."), reply(1));
  ask(app, ['RPUSH', 'jobs', 'behind'], 1);
  expect(story.contradictions()).toEqual([]);
  const { account } = story.end();
  expect(account).toMatchObject({ reached: 1, waiting: [{ place: 'jobs', count: 1 }], unknown: [] });
  expect(account.ended).toMatchObject([{ stage: 'rejected', count: 1 }]);
});

test('what is moved from list to list waits there until it is removed', () => {
  const app = story.peer('app');
  ask(app, ['RPUSH', 'jobs', 'a', 'b', 'c'], 3);
  for (const job of ['a', 'b', 'c']) ask(app, ['LMOVE', 'jobs', 'work', 'LEFT', 'RIGHT'], job);
  ask(app, ['LREM', 'work', 1, 'a'], 1);
  ask(app, ['LMOVE', 'work', 'jobs', 'LEFT', 'RIGHT'], 'b');
  ask(app, ['DEL', 'work'], 1);
  expect(story.end().account).toMatchObject({ reached: 2, waiting: [{ place: 'jobs', count: 1 }], ended: [] });
});
