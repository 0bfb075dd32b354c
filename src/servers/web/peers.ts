import type { RawData, WebSocket } from 'ws';
import { contained, tellFault } from '../contain.ts';

/** Listens to the messages of a WebSocket client; a fault of ours closes its connection with 1011 (RFC 6455 §7.4.1). */
export function onMessage(peer: WebSocket, listener: (data: RawData, isBinary: boolean) => void): void {
  const failed = (error: unknown) => {
    tellFault('The embedded web server ends a WebSocket over an error', error);
    peer.close(1011);
  };
  // An error is followed by the close frame that answers it and by the event that ends the connection.
  peer.on('error', () => {});
  peer.on('message', contained(listener, failed));
}
