/** WebSocket; the embedded server is an echo. */

import { serverOf } from './_told.ts';
import { guard } from './_websocket.ts';
import type { Knock } from './knock.ts';
import { stompLeftovers } from './leftovers/stomp.ts';
import type { ServiceDefinition } from './service.ts';

/** Opens a WebSocket and closes it again; the version is what the server calls itself in its answer. */
const knock: Knock = async (url, signal) => {
  const { WebSocket } = await import('ws');
  const peer = new WebSocket(url);
  return new Promise<string>((resolve, reject) => {
    let version = 'WebSocket 13';
    guard(peer, url, signal, reject);
    peer.once('upgrade', ({ headers }) => {
      version = serverOf(headers.server, version);
    });
    peer.once('open', () => peer.close(1000));
    peer.once('close', () => resolve(version));
  });
};

const ws: ServiceDefinition = {
  name: 'ws',
  protocols: ['http', 'websocket', 'stomp'],
  knock,
  clients: ['ws'],
  leftovers: stompLeftovers,
};
export default ws;
