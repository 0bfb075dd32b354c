/**
 * The tap: a loopback proxy that forwards bytes first and then decodes its own copy.
 *
 * It never alters a byte and never throws: what it can't decode becomes a fault that is reported once, and the
 * forwarding goes on. Backpressure and half-close pass through it as they would through a wire.
 */
import net from 'node:net';
import tls from 'node:tls';
import type { Side } from '../core/events.ts';
import { Pressure } from '../core/pressure.ts';
import type { Conversation } from '../protocols/protocol.ts';

export interface TapTarget {
  readonly host: string;
  readonly port: number;
  /** Speak TLS to the server; the client's side stays plain, it never leaves the machine. */
  readonly tls: boolean;
}

/** Who reads along with one connection. */
export interface Reader {
  readonly conversation: Conversation;
  /** Bytes that could not be decoded; that direction is forwarded unread from here on. */
  fault(from: Side, error: unknown): void;
  /** One side has ended the connection, and the other is about to hear of it. */
  ending?(): void;
  /** Both ends are closed. `by` is the side that ended the connection first, or `cut` where the tap did. */
  closed(by: Side | 'cut'): void;
}

/** Connections and bytes on the wire since the tap was opened. */
export interface Traffic {
  connections: number;
  /** Those of them that neither end has closed yet, or only one. */
  openConnections: number;
  fromClientBytes: number;
  fromServerBytes: number;
}

export interface Tap {
  readonly port: number;
  readonly traffic: Readonly<Traffic>;
  /** Cuts every connection that is open now, as a crash would: both ends see a reset. New ones are accepted. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * Opens a tap on a free loopback port; `read` is asked for a reader for each connection that comes. While `pressure` is
 * high the tap forwards nothing, as a wire does whose ends are slow.
 */
export async function openTap(target: TapTarget, read: () => Reader, pressure = new Pressure()): Promise<Tap> {
  const traffic: Traffic = { connections: 0, openConnections: 0, fromClientBytes: 0, fromServerBytes: 0 };
  const open = new Set<Relay>();
  let whenAllClosed = (): void => {};

  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    traffic.connections++;
    traffic.openConnections++;
    const reader = read();
    const relay = new Relay(client, target, traffic, reader, pressure);
    open.add(relay);
    relay.whenClosed(() => {
      open.delete(relay);
      reader.closed(relay.endedBy);
      traffic.openConnections--;
      if (open.size === 0) whenAllClosed();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as net.AddressInfo).port,
    traffic,
    cut: () => {
      for (const relay of open) relay.reset();
    },
    async close() {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      const closed = new Promise<void>((resolve) => {
        whenAllClosed = resolve;
        if (open.size === 0) resolve();
      });
      for (const relay of open) relay.reset();
      await Promise.all([stopped, closed]);
    },
  };
}

/** One client connection and its counterpart at the server. */
class Relay {
  readonly #client: net.Socket;
  readonly #upstream: net.Socket;
  readonly #traffic: Traffic;
  readonly #reader: Reader;
  /** Directions that broke their protocol; they are forwarded unread. */
  readonly #unread = new Set<Side>();
  readonly #pressure: Pressure;
  #endedBy: Side | 'cut' | undefined;

  constructor(client: net.Socket, target: TapTarget, traffic: Traffic, reader: Reader, pressure: Pressure) {
    this.#pressure = pressure;
    this.#client = client;
    this.#traffic = traffic;
    this.#reader = reader;
    this.#upstream = connect(target);
    this.#forward('client', client, this.#upstream);
    this.#forward('server', this.#upstream, client);
  }

  whenClosed(action: () => void): void {
    let left = 2;
    for (const socket of [this.#client, this.#upstream]) socket.once('close', () => --left === 0 && action());
  }

  /** Who ended the connection first. */
  get endedBy(): Side | 'cut' {
    return this.#endedBy ?? 'cut';
  }

  #ended(by: Side | 'cut'): void {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = by;
    this.#reader.ending?.();
  }

  reset(): void {
    this.#ended('cut');
    hangUp(this.#client);
    hangUp(this.#upstream);
  }

  #forward(from: Side, source: net.Socket, sink: net.Socket): void {
    source.on('data', (chunk: Buffer) => {
      if (!sink.write(chunk)) source.pause();
      if (from === 'client') this.#traffic.fromClientBytes += chunk.length;
      else this.#traffic.fromServerBytes += chunk.length;
      this.#read(from, chunk);
      if (this.#pressure.isHigh) {
        source.pause();
        this.#pressure.whenLow(goOn);
      }
    });
    const goOn = (): void => {
      if (!this.#pressure.isHigh && !sink.writableNeedDrain) source.resume();
    };
    sink.on('drain', goOn);
    source.on('end', () => {
      this.#ended(from);
      sink.end();
      this.#read(from, undefined);
    });
    source.on('error', () => {
      this.#ended(from);
      hangUp(sink);
    });
    // Destroyed without an end: the other side must not wait for more.
    source.on('close', () => (source.readableEnded ? undefined : hangUp(sink)));
  }

  /** Reads a chunk, or the end where there is none. */
  #read(from: Side, chunk: Buffer | undefined): void {
    if (this.#unread.has(from)) return;
    const { conversation } = this.#reader;
    try {
      if (chunk) conversation.push(from, chunk);
      else conversation.end(from);
    } catch (error) {
      this.#unread.add(from);
      this.#reader.fault(from, error);
    }
  }
}

function connect({ host, port, tls: secure }: TapTarget): net.Socket {
  const common = { host, port, allowHalfOpen: true } as const;
  if (!secure) return net.connect({ ...common, noDelay: true });
  // A server name is for host names only. RFC 6066 §3
  const socket = tls.connect({ ...common, ...(net.isIP(host) ? {} : { servername: host }) });
  socket.setNoDelay(true);
  return socket;
}

/** Ends a connection the way a crash does, so that neither side takes it for an orderly end. */
function hangUp(socket: net.Socket): void {
  if (socket.destroyed) return;
  // A reset is refused, and its handle leaks, once the socket has begun to shut down.
  if (socket instanceof tls.TLSSocket || socket.connecting || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
