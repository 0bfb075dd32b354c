/** Commands that store what they find: where that is nothing, nothing is at their key afterwards. */
import { describe, expect, test } from 'vitest';
import { Narration } from '../../helpers/narrate.ts';
import { ask, type Reply, reply } from '../../helpers/resp-speech.ts';

const STORES = [
  ['SINTERSTORE', 'k', 'one'],
  ['SUNIONSTORE', 'k', 'one'],
  ['SDIFFSTORE', 'k', 'one'],
  ['ZINTERSTORE', 'k', '1', 'one'],
  ['ZRANGESTORE', 'k', 'one', '0', '-1'],
  ['BITOP', 'AND', 'k', 'one'],
  ['GEOSEARCHSTORE', 'k', 'one', 'FROMLONLAT', '0', '0', 'BYRADIUS', '1', 'km'],
  ['GEORADIUS', 'one', '0', '0', '1', 'km', 'STORE', 'k'],
  ['SORT', 'one', 'STORE', 'k'],
];

/** Why what was put there left, once this was asked and answered. */
async function left(put: string[], stored: string[], answer: Reply): Promise<readonly string[]> {
  const story = await Narration.of('redis', 'resp');
  ask(story.peer('other'), ['SADD', 'one', '1'], 1);
  ask(ask(story.peer('me'), put, put[0] === 'XADD' ? '1-1' : 1), stored, answer);
  expect(story.contradictions()).toEqual([]);
  return story.end().account.ended.map(({ reason }) => reason.code);
}

describe.each([[['RPUSH', 'k', 'a']], [['XADD', 'k', '*', 'a', '1']]])('after %j', (put) => {
  test.each(STORES)('%s that finds nothing removes it', async (...words) => {
    expect(await left(put, words, 0)).toEqual(['KEY_REMOVED']);
  });

  test.each(STORES)('%s that finds something replaces it', async (...words) => {
    expect(await left(put, words, 2)).toEqual(['KEY_REPLACED']);
  });
});

test('what is told of one that others are mixed with is true whatever it found', async () => {
  const story = await Narration.of('redis', 'resp');
  const [me, other] = [ask(story.peer('me'), ['RPUSH', 'k', 'a'], 1), story.peer('other')];
  ask(me, ['SINTERSTORE', 'k', 'one']);
  ask(other, ['LPOP', 'k'], null);
  me.server(reply(0));
  expect(story.end().account.ended).toMatchObject([{ reason: { code: 'KEY_REMOVED' } }]);
});
