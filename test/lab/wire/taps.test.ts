import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/core/errors.ts';
import type { TraceEvent } from '../../../src/core/events.ts';
import { openTaps, type TapOptions } from '../../../src/lab/wire/taps.ts';
import { startServers } from '../../../src/servers/embedded.ts';
import { eventually } from '../../helpers/eventually.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function open(options: Partial<TapOptions> = {}) {
  const servers = await startServers({ services: ['redis'] });
  const events: TraceEvent[] = [];
  const taps = await openTaps({ urls: servers.urls, onEvent: (event) => events.push(event), ...options });
  opened.push(servers, taps);
  const dial = async (peer: string): Promise<Socket> => {
    const socket = connect(Number(new URL(await taps.url('redis', peer)).port), '127.0.0.1');
    socket.on('error', () => {});
    opened.push({ close: () => socket.destroy() });
    await once(socket, 'connect');
    return socket;
  };
  return { taps, events, dial };
}

/** A reset is one way to end. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

describe('taps in front of a running server', () => {
  it('tell what passes, under the name of who sent it', async () => {
    const { events, dial, taps } = await open();
    const socket = await dial('me');
    socket.write('PING\r\n');
    expect(String(await once(socket, 'data'))).toBe('+PONG\r\n');
    await eventually(() => expect(events.filter(({ type }) => type === 'frame')).toHaveLength(2));
    expect(events[0]).toMatchObject({ seq: 1, type: 'peer', peer: 'me', service: 'redis' });
    expect(events.find(({ type }) => type === 'frame')).toMatchObject({
      type: 'frame',
      peer: 'me',
      from: 'client',
      name: 'PING',
    });
    expect(taps.traffic('me')).toMatchObject({ connections: 1, fromClientBytes: 6, fromServerBytes: 7 });
    expect(taps.traffic('you').connections).toBe(0);
  });

  it('tell no frames where nobody wants them', async () => {
    const { events, dial } = await open({ frames: 'no' });
    const socket = await dial('me');
    socket.write('PING\r\n');
    await once(socket, 'data');
    expect(events.filter(({ type }) => type === 'frame')).toEqual([]);
  });

  it('cut a peer and let it in again, and end when they are closed', async () => {
    const { dial, taps } = await open();
    const socket = await dial('me');
    socket.write('PING\r\n');
    await once(socket, 'data');
    taps.cut('me');
    await closed(socket);
    const again = await dial('me');
    again.write('PING\r\n');
    await once(again, 'data');
    const gone = closed(again);
    await taps.close();
    await gone;
  });

  it('refuse what can’t be tapped', async () => {
    await expect(openTaps({ urls: { redis: 'http://here' }, onEvent: () => {} })).rejects.toThrow(UsageError);
    const { taps } = await open();
    await expect(taps.url('rabbitmq', 'me')).rejects.toThrow('no URL of rabbitmq was given to tap');
  });
});
