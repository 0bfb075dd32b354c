/** What knocks at WebSocket servers have in common. */
import type { WebSocket } from 'ws';
import { Refused } from './knock.ts';

/** Tells why a WebSocket did not open, and ends it when nobody waits any more. */
export function guard(peer: WebSocket, url: URL, signal: AbortSignal, reject: (error: unknown) => void): void {
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
