/** A URL of STOMP, as stompjs takes it. */
import { Client } from '@stomp/stompjs';
import { expect, test } from 'vitest';
import { defineScenario } from '../../src/lab/scenario/scenario.ts';
import { stompConfig } from '../../src/lab/stomp-config.ts';
import { ofType, play } from '../helpers/play.ts';

test('user and password go into CONNECT, as they are', async () => {
  const { connectHeaders, reconnectDelay } = await stompConfig('ws://a%40b:p%3Aw@127.0.0.1:1/ws');
  expect([connectHeaders, reconnectDelay]).toEqual([{ login: 'a@b', passcode: 'p:w' }, 0]);
});

test('a client that gets it from its lab is in, under its own name', async () => {
  const { events, error } = await play(
    defineScenario({
      name: 'stomping',
      title: 'It connects',
      options: {},
      needs: ['stomp'],
      about: () => '',
      async run(lab) {
        const client = lab.using(new Client(await lab.stomp('alice')));
        await new Promise<unknown>((resolve) => {
          client.onConnect = resolve;
          client.activate();
        });
      },
    }),
  );
  expect(error).toBeUndefined();
  const frames = ofType(events, 'frame').filter(({ protocol }) => protocol === 'stomp');
  expect(frames.slice(0, 2).map(({ peer, name }) => [peer, name])).toEqual([
    ['alice', 'CONNECT'],
    ['alice', 'CONNECTED'],
  ]);
});
