/** Redis: many commands of many connections under way at a time. */
import { expect, test } from 'vitest';
import { Narration } from '../../helpers/narrate.ts';
import { ask, reply } from '../../helpers/resp-speech.ts';

test('many who push to one list at once are followed without trying every order', async () => {
  const story = await Narration.of('redis', 'resp');
  const peers = Array.from({ length: 40 }, (_, index) => story.peer(`writer-${index}`));
  let length = 0;
  for (let round = 0; round < 2; round++) {
    for (const peer of peers) for (let i = 0; i < 16; i++) ask(peer, ['LPUSH', 'jobs', 'a']);
    for (const peer of peers) for (let i = 0; i < 16; i++) peer.server(reply(++length));
  }
  const { account } = story.end();
  expect(account).toMatchObject({ published: length, reached: 0, ended: [], foreign: 0 });
});

test('a transaction begins where its turn is: at once, or when what was asked for before it is answered', async () => {
  const story = await Narration.of('redis', 'resp');
  const app = story.peer('app');
  ask(app, ['MULTI']);
  expect(story.notes()).toEqual(['app: MULTI']);
  ask(app, ['PING']);
  ask(app, ['EXEC']);
  app.server(reply('+OK'), reply('+QUEUED'), reply(['PONG']));
  ask(app, ['SUBSCRIBE', 'news']);
  ask(app, ['MULTI']);
  ask(app, ['UNSUBSCRIBE', 'news']);
  ask(app, ['EXEC']);
  expect(story.notes().slice(3)).toEqual([]);
  app.server(reply(['subscribe', 'news', 1]), reply('+OK'));
  expect(story.notes().slice(3)).toEqual(['app: SUBSCRIBE news', 'app: MULTI']);
});
