/** Who ended a connection: whoever said goodbye first, or hung up where nobody did. */

import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { defineScenario, type Lab } from '../../../src/lab/scenario/scenario.ts';
import { ofType, play } from '../../helpers/play.ts';

/** The notes that are told of a socket's end, and who ended its connection. */
async function ends(act: (socket: WebSocket) => void): Promise<unknown[]> {
  const one = defineScenario({
    ...{ name: 'ends', title: 'It ends', options: {}, needs: ['ws'], about: () => '' },
    async run(lab: Lab) {
      const socket = lab.using(new WebSocket(await lab.url('ws', 'ann')));
      await once(socket, 'open');
      act(socket);
      await once(socket, 'close');
      await lab.until('it is told', () => lab.traffic('ann').openConnections === 0);
    },
  });
  const { events } = await play(one);
  const told = ofType(events, 'note').filter(({ phase = 'open' }) => phase === 'open');
  const closed = ofType(events, 'connection').filter(({ state }) => state === 'closed');
  return [...told.map(({ statement }) => statement), ...closed.map(({ by }) => by)];
}

const close = (by: string, code: number): unknown => ({
  code: 'WEBSOCKET_CLOSE',
  values: { by, peer: 'ann', code, reason: '' },
});

test('a client that says goodbye has ended it, though its server hangs up first', async () => {
  expect(await ends((socket) => socket.close(4001))).toEqual([close('client', 4001), 'client']);
});

test('a server that says goodbye has ended it', async () => {
  const notUtf8 = Buffer.from([0xff, 0xfe]);
  const [fault, ...told] = await ends((socket) => socket.send(notUtf8, { binary: false }));
  expect(fault).toMatchObject({ code: 'UNDECODABLE' });
  expect(told).toEqual([close('server', 1007), 'server']);
});

test('where nobody says goodbye, it is whoever hangs up', async () => {
  const told = await ends((socket) => {
    socket.send('x', () => socket.terminate());
  });
  expect(told).toEqual([{ code: 'WEBSOCKET_BROKEN', values: { by: 'client', peer: 'ann' } }, 'client']);
});
