/** An ack says that an entry has reached somebody where somebody was given it. */
import { expect, test } from 'vitest';
import { Narration } from '../../helpers/narrate.ts';
import { ask } from '../../helpers/resp-speech.ts';

/** Two entries of a stream, the first of which is read by a group. */
async function group(kind: 'own' | 'shared' = 'own') {
  const story = await Narration.of('redis', 'resp', { own: kind === 'own' });
  const peer = ask(story.peer('me'), ['XGROUP', 'CREATE', 's', 'g', 0, 'MKSTREAM'], '+OK');
  for (const n of [1, 2]) ask(peer, ['XADD', 's', '*', 'n', n], `${n}-1`);
  const read = ['XREADGROUP', 'GROUP', 'g', 'me', 'COUNT', 1, 'STREAMS', 's', '>'];
  ask(peer, read, [['s', [['1-1', ['n', '1']]]]]);
  return { story, peer };
}

test('what was claimed by its id and acknowledged has reached nobody, and stays', async () => {
  const { story, peer } = await group();
  ask(peer, ['XCLAIM', 's', 'g', 'me', 0, '2-1', 'FORCE', 'JUSTID'], ['2-1']);
  ask(peer, ['XACK', 's', 'g', '1-1', '2-1'], 2);
  expect(story.messages().at(-1)).toMatchObject({ stage: 'acked', verb: 'XACK' });
  expect(story.end().account).toMatchObject({ reached: 1, waiting: [{ place: 's', count: 1 }] });
});

test('what was given before it was claimed by its id has reached somebody', async () => {
  const { story, peer } = await group();
  ask(peer, ['XCLAIM', 's', 'g', 'other', 0, '1-1', 'JUSTID'], ['1-1']);
  ask(peer, ['XACK', 's', 'g', '1-1'], 1);
  expect(story.end().account).toMatchObject({ reached: 1, waiting: [{ place: 's', count: 1 }] });
});

test('what was deleted while somebody held it has reached whoever acknowledges it', async () => {
  const { story, peer } = await group();
  ask(peer, ['XDEL', 's', '1-1'], 1);
  ask(peer, ['XACK', 's', 'g', '1-1'], 1);
  expect(story.end().account).toMatchObject({ reached: 1, ended: [] });
});

test('on a server that others share, somebody else may have been given it', async () => {
  const { story, peer } = await group('shared');
  ask(peer, ['XCLAIM', 's', 'g', 'me', 0, '2-1', 'FORCE', 'JUSTID'], ['2-1']);
  ask(peer, ['XACK', 's', 'g', '2-1'], 1);
  expect(story.end().account).toMatchObject({ reached: 1 });
});
