/** STOMP over WebSocket. */
import { credentialsOf, withoutCredentials } from '../core/urls.ts';
import { serverOf } from './_told.ts';
import { guard } from './_websocket.ts';
import { type Knock, Refused } from './knock.ts';
import { stompLeftovers } from './leftovers/stomp.ts';
import type { ServiceDefinition } from './service.ts';

const SUBPROTOCOLS = ['v12.stomp', 'v11.stomp', 'v10.stomp'];

/** Connects with STOMP, so that host, path and credentials are all known to be right. */
const knock: Knock = async (url, signal) => {
  const [{ WebSocket }, { Client }] = await Promise.all([import('ws'), import('@stomp/stompjs')]);
  const { user, password } = credentialsOf(url);
  const login = user === undefined ? {} : { login: user };
  const passcode = password === undefined ? {} : { passcode: password };
  const client = new Client({ reconnectDelay: 0, connectHeaders: { ...login, ...passcode, host: '/' } });
  try {
    return await new Promise<string>((resolve, reject) => {
      client.webSocketFactory = () => {
        // As from a browser: with STOMP, credentials travel in the CONNECT frame and not in the handshake.
        const peer = new WebSocket(withoutCredentials(url), SUBPROTOCOLS);
        guard(peer, url, signal, reject);
        return peer as never;
      };
      client.onConnect = ({ headers }) => resolve(serverOf(headers.server, `STOMP ${headers.version ?? '1.0'}`));
      client.onStompError = ({ headers, body }) => reject(refusal(`${headers.message ?? ''} ${body}`));
      // An echo, or a server of something else.
      client.onUnhandledFrame = () =>
        reject(new Refused('protocol', 'a WebSocket server answers there, and not in STOMP'));
      client.onWebSocketClose = () => reject(new Refused('protocol', 'the connection ended without a CONNECTED frame'));
      client.activate();
    });
  } finally {
    client.onWebSocketClose = () => {};
    await client.deactivate({ force: true });
  }
};

function refusal(told: string): Refused {
  const line = told.replace(/\s+/g, ' ').trim();
  const login = /access.refused|bad connect|auth|login|password/i.test(line);
  return new Refused(login ? 'login' : 'other', line === '' ? 'an ERROR frame' : line.slice(0, 160));
}

const stomp: ServiceDefinition = {
  name: 'stomp',
  protocols: ['http', 'websocket', 'stomp'],
  knock,
  clients: ['@stomp/stompjs', 'ws'],
  leftovers: stompLeftovers,
};
export default stomp;
