/** A list whose time to live may be over: any answer that shows whether it is there settles that. */
import { describe, expect, test } from 'vitest';
import { Narration } from '../../helpers/narrate.ts';
import { ask, type Reply } from '../../helpers/resp-speech.ts';

const EXPIRED = { code: 'KEY_EXPIRED', values: { key: 'q' } };
const MAY_HAVE_EXPIRED = { code: 'MAY_HAVE_EXPIRED', values: { key: 'q' } };

/** What became of the one message in a list that may have expired, once this was asked and answered. */
async function fate(words: readonly (string | number)[], answer: Reply) {
  const story = await Narration.of('redis', 'resp');
  const peer = ask(story.peer('me'), ['RPUSH', 'q', 'a'], 1);
  ask(peer, ['PEXPIRE', 'q', 40], 1);
  story.at = 100;
  ask(peer, [...words], answer);
  const { account } = story.end();
  expect(story.contradictions()).toEqual([]);
  return [...account.ended, ...account.unknown].map(({ reason }) => reason);
}

const GONE: [Reply, ...(string | number)[]][] = [
  [0, 'EXISTS', 'q'],
  [0, 'EXISTS', 'p', 'q'],
  [0, 'TOUCH', 'q', 'q'],
  ['+none', 'TYPE', 'q'],
  [-2, 'PTTL', 'q'],
  [null, 'OBJECT', 'ENCODING', 'q'],
  [null, 'DUMP', 'q'],
  [[], 'SORT', 'q'],
  [[], 'SORT_RO', 'q', 'ALPHA'],
  [[], 'KEYS', '*'],
  [['other'], 'KEYS', '?'],
  [['0', []], 'SCAN', 0],
  [['0', ['p']], 'SCAN', 0, 'MATCH', '[pq]', 'COUNT', 100],
  [0, 'DBSIZE'],
  [null, 'RANDOMKEY'],
  [0, 'COPY', 'q', 'p'],
  [0, 'MOVE', 'q', 1],
  ['-ERR no such key', 'RENAMENX', 'q', 'p'],
  ['-ERR no such key', 'RENAME', 'q', 'p'],
  ['-ERR no such key', 'LSET', 'q', 0, 'b'],
  [null, 'GET', 'q'],
  [0, 'SCARD', 'q'],
  [1, 'HSET', 'q', 'field', 'b'],
];
const THERE: [Reply, ...(string | number)[]][] = [
  [1, 'EXISTS', 'q'],
  [1, 'EXISTS', 'p', 'q'],
  [2, 'TOUCH', 'q', 'q'],
  ['quicklist', 'OBJECT', 'ENCODING', 'q'],
  [['a'], 'SORT', 'q', 'ALPHA'],
  [['p', 'q'], 'KEYS', '*'],
  [['0', ['q']], 'SCAN', 0],
  [['3', ['q']], 'SCAN', 0, 'COUNT', 1],
];
const OPEN: [Reply, ...(string | number)[]][] = [
  [[], 'KEYS', 'p*'],
  [['3', ['p']], 'SCAN', 0],
  [['0', []], 'SCAN', 3],
  [['0', []], 'SCAN', 0, 'TYPE', 'string'],
  [1, 'DBSIZE'],
  ['p', 'RANDOMKEY'],
  [0, 'EXISTS', 'p'],
  ['-ERR index out of range', 'LSET', 'q', 5, 'b'],
];

test('a moment of the server’s clock is known by how much time is left', async () => {
  const story = await Narration.of('redis', 'resp');
  const peer = ask(ask(story.peer('me'), ['RPUSH', 'q', 'a'], 1), ['EXPIREAT', 'q', 99_999_999_999], 1);
  ask(peer, ['TTL', 'q'], 3_599);
  story.at = 3_590_000;
  ask(peer, ['PING'], '+PONG');
  expect(story.end().account).toMatchObject({ waiting: [{ place: 'q', count: 1 }], unknown: [] });
});

describe('a list whose time to live may be over', () => {
  test.each(GONE)('is gone where %j answers %s %s', async (answer, ...words) => {
    const told = await fate(words, answer);
    expect(told.filter(({ code }) => code !== 'REDIS_REFUSED')).toEqual([EXPIRED]);
  });

  test.each(THERE)('was there where %j answers %s %s', async (answer, ...words) => {
    // It may have gone since.
    expect(await fate(words, answer)).toEqual([MAY_HAVE_EXPIRED]);
  });

  test.each(OPEN)('may be there where %j answers %s %s', async (answer, ...words) => {
    expect(await fate(words, answer)).toContainEqual(MAY_HAVE_EXPIRED);
  });
});
