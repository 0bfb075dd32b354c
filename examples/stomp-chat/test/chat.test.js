import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { afterEach, test } from 'node:test';
import { lab } from 'msgplay/test/node';
import { enter } from '../src/chat.js';

const users = [];
afterEach(() => Promise.all(users.splice(0).map((user) => user.leave())));

async function user(name) {
  const heard = [];
  const inbox = new EventEmitter();
  const entered = await enter({
    url: await lab.url('stomp', name),
    user: name,
    onMessage: (message) => {
      heard.push(message);
      inbox.emit('message');
    },
  });
  users.push(entered);
  /** Resolves when the client has read something: it was on the wire a moment before. */
  const hears = async () => {
    if (heard.length === 0) await once(inbox, 'message', { signal: AbortSignal.timeout(10_000) });
    return heard;
  };
  return { ...entered, heard, hears };
}

test('whoever is in a room hears what is said there', async () => {
  const [ann, bob, eve] = [await user('ann'), await user('bob'), await user('eve')];
  await Promise.all([ann.join('lobby'), bob.join('lobby'), eve.join('kitchen')]);
  ann.say('lobby', 'hello');
  await lab.story.message({ destination: '/topic/lobby' }).wasDelivered({ to: 'bob' });
  await lab.story.message({ destination: '/topic/lobby' }).not.wasDelivered({ to: 'eve' });
  assert.deepEqual(await bob.hears(), [{ from: 'ann', text: 'hello' }]);
});

test('a whisper reaches one user alone', async () => {
  const [ann, bob, eve] = [await user('ann'), await user('bob'), await user('eve')];
  ann.whisper('bob', 'psst');
  await lab.story.message({ body: { text: 'psst' } }).wasDelivered({ to: 'bob' });
  await lab.story.message({ body: { text: 'psst' } }).not.wasDelivered({ to: 'eve' });
  assert.deepEqual([await bob.hears(), eve.heard], [[{ from: 'ann', text: 'psst' }], []]);
});

test('what is said in an empty room reaches nobody', async () => {
  const ann = await user('ann');
  ann.say('attic', 'anybody?');
  await lab.story.message({ destination: '/topic/attic' }).wasUnroutable();
});

test('a user whose connection is lost comes back, and misses nothing', async () => {
  const [ann, bob] = [await user('ann'), await user('bob')];
  lab.cut('bob');
  ann.whisper('bob', 'are you there?');
  await lab.story
    .message({ body: { text: 'are you there?' } })
    .within(20_000)
    .wasDelivered({ to: 'bob' });
  assert.deepEqual(await bob.hears(), [{ from: 'ann', text: 'are you there?' }]);
});
