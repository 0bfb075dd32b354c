/** WebSocket servers: what one client sends harms no other. */
import type { IncomingMessage } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { contained, tellFault } from './contain.ts';

/** Answers the opening handshake of a client (RFC 6455 §4.2); `opened` gets its WebSocket, if it is one. */
export function acceptWebSocket(
  server: WebSocketServer,
  request: IncomingMessage,
  stream: Duplex,
  head: Buffer,
  opened: (socket: WebSocket) => void,
): void {
  server.handleUpgrade(request, stream, head, (socket) => {
    readNothingBehindAnError(socket);
    opened(socket);
  });
}

/**
 * While ws inflates a message, what follows is kept by its receiver, a Writable. Node hands a Writable what it keeps even
 * behind an error, and ws (8.23) reads that from where the error left it, and throws where nobody catches it.
 */
function readNothingBehindAnError(socket: WebSocket): void {
  const receiver = Reflect.get(socket, '_receiver') as Writable;
  const failed = (error: unknown) => {
    tellFault('A WebSocket is ended over an error', error);
    socket.terminate();
  };
  const write = contained(receiver._write.bind(receiver), failed);
  receiver._write = (chunk, encoding, done) => {
    if (receiver.errored) done();
    else write(chunk, encoding, done);
  };
}
