/** Knocking at WebSocket, STOMP over WebSocket, and HTTP servers. */
import type { WebSocket } from 'ws';
import { credentialsOf, withoutCredentials } from '../core/urls.ts';
import { KNOCK_MS, type Knock, Refused } from './_knock.ts';

const STOMP_SUBPROTOCOLS = ['v12.stomp', 'v11.stomp', 'v10.stomp'];

/** Opens a WebSocket and closes it again; the version is what the server calls itself in its answer. */
export const knockWebSocket: Knock = async (url, signal) => {
  const { WebSocket } = await import('ws');
  const peer = new WebSocket(url, { handshakeTimeout: KNOCK_MS });
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

/** Connects with STOMP, so that host, path and credentials are all known to be right. */
export const knockStomp: Knock = async (url, signal) => {
  const [{ WebSocket }, { Client }] = await Promise.all([import('ws'), import('@stomp/stompjs')]);
  const { user, password } = credentialsOf(url);
  const login = user === undefined ? {} : { login: user };
  const passcode = password === undefined ? {} : { passcode: password };
  const client = new Client({ reconnectDelay: 0, connectHeaders: { ...login, ...passcode, host: '/' } });
  try {
    return await new Promise<string>((resolve, reject) => {
      client.webSocketFactory = () => {
        // As from a browser: with STOMP, credentials travel in the CONNECT frame and not in the handshake.
        const peer = new WebSocket(withoutCredentials(url), STOMP_SUBPROTOCOLS, { handshakeTimeout: KNOCK_MS });
        guard(peer, url, signal, reject);
        return peer as never;
      };
      client.onConnect = ({ headers }) => resolve(serverOf(headers.server, `STOMP ${headers.version ?? '1.0'}`));
      client.onStompError = ({ headers, body }) => reject(stompRefusal(`${headers.message ?? ''} ${body}`));
      client.onWebSocketClose = () => reject(new Refused('protocol', 'the connection ended without a CONNECTED frame'));
      client.activate();
    });
  } finally {
    client.onWebSocketClose = () => {};
    await client.deactivate({ force: true });
  }
};

/** Sends one request; whatever answers in HTTP is an HTTP server. */
export const knockHttp: Knock = async (url, signal) => {
  const { user, password } = credentialsOf(url);
  const login = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64');
  const headers = user === undefined && password === undefined ? {} : { Authorization: `Basic ${login}` };
  const response = await fetch(withoutCredentials(url), { headers, redirect: 'manual', signal }).catch(
    (error: unknown) => {
      const { code = '' } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      const notHttp = code.startsWith('HPE_') || (code === 'UND_ERR_SOCKET' && url.protocol === 'http:');
      throw notHttp ? new Refused('protocol', 'its answer is not HTTP', error) : error;
    },
  );
  await response.body?.cancel();
  if (response.status === 401 || response.status === 407) throw new Refused('login', `status ${response.status}`);
  return serverOf(response.headers.get('server') ?? undefined, 'HTTP/1.1');
};

/** Tells why a WebSocket did not open, and ends it when nobody waits any more. */
function guard(peer: WebSocket, url: URL, signal: AbortSignal, reject: (error: unknown) => void): void {
  signal.addEventListener('abort', () => peer.terminate(), { once: true });
  peer.once('unexpected-response', (_request, { statusCode: status }) => {
    const reason = status === 401 || status === 403 ? 'login' : 'protocol';
    reject(new Refused(reason, `the handshake is answered with ${status} instead of 101`));
    peer.terminate();
  });
  peer.on('error', (error: NodeJS.ErrnoException) => {
    const notHttp =
      error.code?.startsWith('HPE_') || /socket hang up|Sec-WebSocket-Accept|Parse Error/.test(error.message);
    const plain = url.protocol === 'ws:';
    reject(notHttp && plain ? new Refused('protocol', 'its answer to the handshake is not HTTP', error) : error);
  });
}

function stompRefusal(told: string): Refused {
  const line = told.replace(/\s+/g, ' ').trim();
  const login = /access.refused|bad connect|auth|login|password/i.test(line);
  return new Refused(login ? 'login' : 'other', line === '' ? 'an ERROR frame' : line.slice(0, 160));
}

function serverOf(header: string | string[] | undefined, otherwise: string): string {
  return String(header ?? '').trim() || otherwise;
}
