/** What is not known of a stream: any answer that shows whether it is there, or what is in it, settles that. */
import { describe, expect, test } from 'vitest';
import { Narration } from '../../helpers/narrate.ts';
import { ask, type Reply, reply } from '../../helpers/resp-speech.ts';

type Asked = [Reply, ...(string | number)[]];

const ENTRY: Reply = ['1-1', ['n', '1']];

/** A stream whose time to live may be over. */
async function expiring() {
  const story = await Narration.of('redis', 'resp');
  const peer = ask(story.peer('me'), ['XADD', 's', '*', 'n', 1], '1-1');
  ask(peer, ['PEXPIRE', 's', 40], 1);
  story.at = 100;
  return { story, peer };
}

const GONE: Asked[] = [
  [0, 'EXISTS', 's'],
  [0, 'EXISTS', 'p', 's'],
  [0, 'TOUCH', 's', 's'],
  ['+none', 'TYPE', 's'],
  [-2, 'TTL', 's'],
  [null, 'OBJECT', 'ENCODING', 's'],
  [[], 'KEYS', '*'],
  [['other'], 'KEYS', '?'],
  [['0', []], 'SCAN', 0],
  [0, 'DBSIZE'],
  [null, 'RANDOMKEY'],
  [0, 'DEL', 's'],
  [0, 'EXPIRE', 's', 10],
  ['-ERR no such key', 'RENAME', 's', 'p'],
  [0, 'XLEN', 's'],
  [[], 'XRANGE', 's', '-', '+'],
  [[], 'XREVRANGE', 's', '+', '-'],
  ['-ERR no such key', 'XINFO', 'STREAM', 's'],
];

const OPEN: Asked[] = [
  [1, 'EXISTS', 's'],
  [1, 'EXISTS', 's', 'p'],
  ['+stream', 'TYPE', 's'],
  [[], 'KEYS', 'p*'],
  [1, 'DBSIZE'],
  ['s', 'RANDOMKEY'],
  [1, 'XLEN', 's'],
  [[ENTRY], 'XRANGE', 's', '-', '+'],
  [[], 'XRANGE', 's', '2', '+'],
  [[], 'XRANGE', 's', '-', '+', 'COUNT', 0],
  ['-LOADING Redis is loading the dataset in memory', 'XLEN', 's'],
];

const ALIVE: Asked[] = [
  [60, 'TTL', 's'],
  [-1, 'TTL', 's'],
  [1, 'PERSIST', 's'],
  [1, 'EXPIRE', 's', 100],
];

describe('a stream whose time to live may be over', () => {
  test.each(GONE)('is gone where %j answers %s %s %s, and the next is another', async (answer, ...words) => {
    const { story, peer } = await expiring();
    ask(peer, words, answer);
    ask(peer, ['XADD', 's', '*', 'n', 2], '2-1');
    const { account } = story.end();
    expect(account.ended).toMatchObject([{ reason: { code: 'KEY_EXPIRED', values: { key: 's' } }, count: 1 }]);
    expect(account).toMatchObject({ waiting: [{ place: 's', count: 1 }], unknown: [] });
  });

  test.each(OPEN)('may have gone since %j answered %s %s %s', async (answer, ...words) => {
    const { story, peer } = await expiring();
    ask(peer, words, answer);
    expect(story.end().account.unknown).toMatchObject([{ reason: { code: 'MAY_HAVE_EXPIRED' } }]);
  });

  test.each(ALIVE)('is there where %j answers %s %s', async (answer, ...words) => {
    const { story, peer } = await expiring();
    ask(peer, words, answer);
    expect(story.end().account).toMatchObject({ waiting: [{ place: 's', count: 1 }], unknown: [] });
  });

  test('what comes later may be in it or in the next, until its length tells', async () => {
    const { story, peer } = await expiring();
    ask(peer, ['XADD', 's', '*', 'n', 2], '2-1');
    expect((await before(1)).unknown).toMatchObject([{ count: 2 }]);
    ask(peer, ['XLEN', 's'], 1);
    expect(story.end().account).toMatchObject({
      ended: [{ reason: { code: 'KEY_EXPIRED' }, count: 1 }],
      waiting: [{ place: 's', count: 1 }],
    });
  });

  /** The account where `EXISTS` is all that is asked behind an entry that came late. */
  async function before(answer: number) {
    const { story, peer } = await expiring();
    ask(peer, ['XADD', 's', '*', 'n', 2], '2-1');
    ask(peer, ['EXISTS', 's'], answer);
    return story.end().account;
  }

  test('one of two that are asked for together is there where the other is', async () => {
    const { story, peer } = await expiring();
    ask(peer, ['XADD', 'u', '*', 'n', 2], '2-1');
    ask(peer, ['EXISTS', 's', 'u'], 1);
    const { account } = story.end();
    expect(account.ended).toMatchObject([{ reason: { code: 'KEY_EXPIRED' } }]);
  });

  test('its list neighbours are not what is counted', async () => {
    const { story, peer } = await expiring();
    ask(peer, ['RPUSH', 'q', 'a'], 1);
    ask(peer, ['EXISTS', 's', 'q'], 2);
    expect(story.end().account).toMatchObject({ ended: [], unknown: [{ count: 1 }] });
  });

  test('who else removes it at the same time may have done so', async () => {
    const { story, peer } = await expiring();
    const other = ask(story.peer('other'), ['UNLINK', 's']);
    ask(peer, ['EXISTS', 's'], 0);
    other.server(reply(1));
    expect(story.end().account).toMatchObject({ ended: [], unknown: [{ count: 1 }] });
  });

  test('a server that evicts may have done so', async () => {
    const { story, peer } = await expiring();
    ask(peer, ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'], '+OK');
    ask(peer, ['EXISTS', 's'], 0);
    expect(story.end().account).toMatchObject({ ended: [], unknown: [{ count: 1 }] });
  });
});

/** A stream of four entries, of which a trim may have kept more than two. */
async function trimmed() {
  const story = await Narration.of('redis', 'resp');
  const peer = story.peer('me');
  for (const n of [1, 2, 3]) ask(peer, ['XADD', 's', '*', 'n', n], `${n}-1`);
  ask(peer, ['XADD', 's', 'MAXLEN', '~', 2, '*', 'n', 4], '4-1');
  return { story, peer };
}

const ABOUT = { code: 'TRIMS_ABOUT', values: { command: 'XADD', key: 's' } };
const info = (length: number): Reply => ['length', length, 'radix-tree-keys', 1];
const four = [1, 2, 3, 4].map((n): Reply => [`${n}-1`, ['n', `${n}`]]);

describe('what a trim that is not exact cut off', () => {
  test('is not known by itself', async () => {
    const { story } = await trimmed();
    expect(story.end().account).toMatchObject({ waiting: [{ count: 2 }], unknown: [{ reason: ABOUT, count: 2 }] });
  });

  test.each<Asked>([
    [4, 'XLEN', 's'],
    [four, 'XRANGE', 's', '-', '+'],
    [[...four].reverse(), 'XREVRANGE', 's', '+', '-'],
    [four.slice(0, 2), 'XRANGE', 's', '-', '+', 'COUNT', 2],
    [info(4), 'XINFO', 'STREAM', 's'],
  ])('is nothing where %j answers %s', async (answer, ...words) => {
    const { story, peer } = await trimmed();
    ask(peer, words, answer);
    expect(story.end().account).toMatchObject({ waiting: [{ place: 's', count: 4 }], unknown: [] });
  });

  test.each<Asked>([
    [3, 'XLEN', 's'],
    [four.slice(1), 'XRANGE', 's', '-', '+'],
    [info(3), 'XINFO', 'STREAM', 's'],
  ])('is the oldest where %j answers %s', async (answer, ...words) => {
    const { story, peer } = await trimmed();
    ask(peer, words, answer);
    expect(story.end().account).toMatchObject({
      waiting: [{ place: 's', count: 3 }],
      ended: [{ reason: { code: 'STREAM_TRIMMED' }, count: 1 }],
      unknown: [],
    });
  });

  test('is not told by who looks while others are at work', async () => {
    const { story, peer } = await trimmed();
    const other = ask(story.peer('other'), ['XDEL', 's', '1-1']);
    ask(peer, ['XLEN', 's'], 3);
    other.server(reply(0));
    expect(story.end().account.ended).toEqual([]);
  });

  test('is not told by who looks before others have done their work', async () => {
    const { story, peer } = await trimmed();
    ask(peer, ['XLEN', 's']);
    ask(story.peer('other'), ['XADD', 's', '*', 'n', 5], '5-1');
    peer.server(reply(4));
    expect(story.end().account).toMatchObject({ ended: [], unknown: [{ count: 2 }] });
  });

  test('is not told by a number where a script may have added some', async () => {
    const story = await Narration.of('redis', 'resp');
    const peer = ask(story.peer('me'), ['EVAL', 'return 1', 0], 1);
    for (const n of [1, 2]) ask(peer, ['XADD', 's', 'MAXLEN', '~', 1, '*', 'n', n], `${n}-1`);
    ask(peer, ['XLEN', 's'], 2);
    expect(story.end().account).toMatchObject({ waiting: [{ count: 1 }], unknown: [{ count: 1 }] });
  });
});
