/** Reads sockets into one buffer, instead of making a buffer for every chunk, which takes as long as a command does. */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

const BUFFER_BYTES = 64 * 1024;

/** What a socket of Node reads from and writes to: the types of Node do not tell. */
interface WithHandle {
  _handle?: object | null;
}

interface HandedOver extends SocketConstructorOpts {
  readonly handle: object;
  readonly onread: OnReadOpts;
}

/**
 * Makes a function that answers a socket for each accepted one, whose `data` holds only until the listener returns:
 * then the next chunk, of whichever socket, takes its place. Sockets must have been paused when they were accepted.
 *
 * Reading into a buffer of one's own is an option of `new Socket` (https://nodejs.org/docs/latest-v20.x/api/net.html#new-netsocketoptions),
 * but not of servers: so the connection is handed over from the socket that was accepted.
 */
export function readerInPlace(): (accepted: Socket) => Socket {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  return (accepted) => {
    const { _handle: handle } = accepted as WithHandle;
    if (!handle) return accepted.resume(); // a runtime that has none makes a buffer for every chunk
    (accepted as WithHandle)._handle = null;
    const options: HandedOver = {
      handle,
      onread: {
        buffer,
        callback(count) {
          socket.emit('data', buffer.subarray(0, count));
          return true;
        },
      },
    };
    const socket = new Socket(options);
    // The server counts the sockets that it accepted.
    socket.once('close', () => accepted.destroy());
    // Whoever accepted it goes on counting what passes.
    Object.defineProperties(accepted, {
      bytesRead: { get: () => socket.bytesRead },
      bytesWritten: { get: () => socket.bytesWritten },
    });
    return socket;
  };
}
