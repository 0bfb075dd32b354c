/**
 * Connections between sockets of this process, both ends of which are known: what one end has written and the other has
 * not read is still on its way, however long that takes.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#built-in-channels */
const CLIENTS = 'net.client.socket';
const SERVERS = 'net.server.socket';

interface End {
  readonly socket: Socket;
  readonly localPort: number;
  readonly remotePort: number;
  isClosed: boolean;
}

export class Wires {
  readonly #ends = new Map<string, End>();

  constructor() {
    subscribe(CLIENTS, this.#client);
    subscribe(SERVERS, this.#server);
  }

  stop(): void {
    unsubscribe(CLIENTS, this.#client);
    unsubscribe(SERVERS, this.#server);
    this.#ends.clear();
  }

  /** Whether nothing is on its way to or from one of these ports. */
  isQuiet(ports: ReadonlySet<number>): boolean {
    for (const end of this.#ends.values()) {
      if (!ports.has(end.localPort) && !ports.has(end.remotePort)) continue;
      const other = this.#otherOf(end);
      if (!other) continue;
      if (end.isClosed !== other.isClosed) return false;
      if (!end.isClosed && end.socket.bytesWritten !== other.socket.bytesRead) return false;
    }
    return true;
  }

  readonly #client = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    socket.once('connect', () => this.#add(socket));
  };

  readonly #server = (message: unknown): void => {
    this.#add((message as { readonly socket: Socket }).socket);
  };

  #add(socket: Socket): void {
    const { localPort, remotePort } = socket;
    // A socket of a file system, or one that is gone already.
    if (localPort === undefined || remotePort === undefined) return;
    const end: End = { socket, localPort, remotePort, isClosed: false };
    this.#ends.set(nameOf(localPort, remotePort), end);
    socket.once('close', () => this.#closed(end));
  }

  /** The other end may not have heard of it yet. */
  #closed(end: End): void {
    end.isClosed = true;
    const other = this.#otherOf(end);
    if (other && !other.isClosed) return;
    for (const one of [end, other]) {
      const name = one && nameOf(one.localPort, one.remotePort);
      if (name !== undefined && this.#ends.get(name) === one) this.#ends.delete(name);
    }
  }

  #otherOf({ localPort, remotePort }: End): End | undefined {
    return this.#ends.get(nameOf(remotePort, localPort));
  }
}

function nameOf(from: number, to: number): string {
  return `${from} ${to}`;
}
