/** What is read from a list while others are at work there: it shows what they had done by then. */
import { expect, test } from 'vitest';
import { Narration } from '../../helpers/narrate.ts';
import { ask, type Reply, reply } from '../../helpers/resp-speech.ts';

/** Two elements are pushed, and nobody answers that; meanwhile somebody else looks. */
async function account(words: readonly (string | number)[], answer: Reply) {
  const story = await Narration.of('redis', 'resp');
  const mute = ask(story.peer('mute'), ['CLIENT', 'REPLY', 'OFF']);
  for (const element of ['a', 'b']) ask(mute, ['RPUSH', 'q', element]);
  ask(story.peer('other'), [...words], answer);
  mute.gone('cut');
  const told = story.end().account;
  expect(story.contradictions()).toEqual([]);
  return { waiting: told.waiting.map(({ count }) => count), unknown: told.unknown.map(({ count }) => count) };
}

test.each<[string, readonly (string | number)[], Reply, object]>([
  ['both', ['LRANGE', 'q', 0, -1], ['a', 'b'], { waiting: [2], unknown: [] }],
  ['how many', ['LLEN', 'q'], 2, { waiting: [2], unknown: [] }],
  ['the first', ['LINDEX', 'q', 0], 'a', { waiting: [1], unknown: [1] }],
  ['that there is something', ['EXISTS', 'q'], 1, { waiting: [1], unknown: [1] }],
  ['nothing', ['LRANGE', 'q', 0, -1], [], { waiting: [], unknown: [2] }],
])('%s', async (_, words, answer, expected) => {
  expect(await account(words, answer)).toEqual(expected);
});

test('what may have been read before something was answered proves nothing of what others did', async () => {
  const story = await Narration.of('redis', 'resp');
  const [pushing, taking] = [story.peer('pushing'), story.peer('taking')];
  ask(pushing, ['RPUSH', 'q', 'a']);
  ask(taking, ['LLEN', 'q']);
  ask(taking, ['DEL', 'q']);
  pushing.server(reply(1));
  taking.server(reply(0), reply(0));
  const { waiting, ended } = story.end().account;
  expect([waiting, ended]).toEqual([[{ place: 'q', count: 1 }], []]);
});
