/**
 * The tap: a loopback proxy that forwards bytes first and then decodes its own copy.
 *
 * It never alters a byte and never throws: what it can't decode becomes a fault that is reported once, and the
 * forwarding goes on. Backpressure and half-close pass through it as they would through a wire.
 */
import net from 'node:net';
import tls from 'node:tls';
import type { Side } from '../core/events.ts';
import { Pressure } from '../core/time/pressure.ts';
import type { Conversation } from '../protocols/protocol.ts';
import { type Conditions, Line } from './line.ts';

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
  /** The server can't be reached, so that nothing of what the client says goes anywhere. The client is about to hear of it. */
  unreachable?(error: Error): void;
  /** One side has ended the connection, and the other is about to hear of it. */
  ending?(): void;
  /** The side that ends the connection first will say nothing more: all of it is read. The other has not heard of it yet. */
  ended?(by: Side): void;
  /** Both ends are closed. `by` is the side that ended the connection first, or `cut` where the tap did. */
  closed(by: Side | 'cut'): void;
}

/** One connection through a tap, for whoever has power over it. */
export interface Link {
  /** Ends it as a crash would: both ends see a reset. */
  cut(): void;
  /** Makes the way slow, blocks it, or makes it as it was with `{}`. */
  set conditions(conditions: Conditions);
  /** Whether something that came in is being handed on. */
  readonly isBusy: boolean;
  /** Whether something that came in is held back. */
  readonly isHolding: boolean;
}

export interface ProxyOptions {
  /** While it is high the tap forwards nothing, as a wire does whose ends are slow. */
  readonly pressure?: Pressure | undefined;
  /** Whether the process may end while the tap is open. Default: it keeps it alive. */
  readonly background?: boolean | undefined;
  /** Where it listens. Default: a free port. */
  readonly port?: number | undefined;
  /**
   * Asked for each connection: whether the server is known to be down. Then it is refused, and not looked for at its
   * address: the port of a server that is down is free, and whoever got it since may never answer.
   */
  readonly isAway?: (() => boolean) | undefined;
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
 * Opens a tap on a loopback port; `read` is asked for a reader for each connection that comes. Rejects with the system's
 * error for a port that can't be had.
 */
export async function openTap(
  target: TapTarget,
  read: (link: Link) => Reader,
  { pressure = new Pressure(), background = false, port = 0, isAway = () => false }: ProxyOptions = {},
): Promise<Tap> {
  const traffic: Traffic = { connections: 0, openConnections: 0, fromClientBytes: 0, fromServerBytes: 0 };
  const open = new Set<Relay>();
  let whenAllClosed = (): void => {};

  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    traffic.connections++;
    traffic.openConnections++;
    const relay = new Relay(client, isAway() ? refused(target) : connect(target), traffic, pressure);
    if (background) relay.unref();
    open.add(relay);
    const reader = read(relay);
    relay.begin(reader);
    relay.whenClosed(() => {
      open.delete(relay);
      relay.broke();
      traffic.openConnections--;
      try {
        reader.closed(relay.endedBy);
      } finally {
        // Whoever waits for the end of all need not wait for ever, whatever went wrong with this one.
        if (open.size === 0) whenAllClosed();
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  if (background) server.unref();

  return {
    port: (server.address() as net.AddressInfo).port,
    traffic,
    cut: () => {
      for (const relay of open) relay.cut();
    },
    async close() {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      const closed = new Promise<void>((resolve) => {
        whenAllClosed = resolve;
        if (open.size === 0) resolve();
      });
      for (const relay of open) relay.cut();
      await Promise.all([stopped, closed]);
    },
  };
}

/** One client connection and its counterpart at the server. */
class Relay implements Link {
  readonly #client: net.Socket;
  readonly #upstream: net.Socket;
  readonly #traffic: Traffic;
  readonly #lines: Line[] = [];
  /** Directions that broke their protocol; they are forwarded unread. */
  readonly #unread = new Set<Side>();
  readonly #pressure: Pressure;
  #reader: Reader | undefined;
  #endedBy: Side | 'cut' | undefined;
  /** The server has been reached. */
  #isConnected = false;
  readonly #goOns: (() => void)[] = [];

  constructor(client: net.Socket, upstream: net.Socket, traffic: Traffic, pressure: Pressure) {
    this.#pressure = pressure;
    this.#client = client;
    this.#traffic = traffic;
    this.#upstream = upstream;
    this.#forward('client', client, this.#upstream);
    this.#forward('server', this.#upstream, client);
    // What the client says is read when there is somebody to whom it can be forwarded.
    client.pause();
    upstream.once(upstream instanceof tls.TLSSocket ? 'secureConnect' : 'connect', () => {
      this.#isConnected = true;
      for (const goOn of this.#goOns) goOn();
    });
  }

  /** From here on what passes is read. */
  begin(reader: Reader): void {
    this.#reader = reader;
  }

  unref(): void {
    this.#client.unref();
    this.#upstream.unref();
  }

  set conditions(conditions: Conditions) {
    for (const line of this.#lines) line.conditions = conditions;
  }

  get isBusy(): boolean {
    const sockets = [this.#client, this.#upstream];
    return this.#lines.some((line) => line.isMoving) || sockets.some(({ writableLength }) => writableLength > 0);
  }

  get isHolding(): boolean {
    return this.#lines.some((line) => !line.isEmpty);
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
    this.#reader?.ending?.();
  }

  /** Neither side sends more: what is not complete stays so. */
  broke(): void {
    this.#broke('client');
    this.#broke('server');
  }

  #broke(from: Side): void {
    if (!this.#unread.has(from)) this.#reader?.conversation.cut?.(from);
  }

  cut(): void {
    this.#ended('cut');
    for (const line of this.#lines) line.drop();
    hangUp(this.#client);
    hangUp(this.#upstream);
  }

  #forward(from: Side, source: net.Socket, sink: net.Socket): void {
    const pass = (chunk: Buffer): void => {
      if (!sink.write(chunk)) source.pause();
      if (from === 'client') this.#traffic.fromClientBytes += chunk.length;
      else this.#traffic.fromServerBytes += chunk.length;
      this.#read(from, chunk);
      if (this.#pressure.isHigh) {
        source.pause();
        this.#pressure.whenLow(goOn);
      }
    };
    const end = (): void => {
      this.#ended(from);
      sink.end();
      this.#read(from, undefined);
      if (this.#endedBy === from) this.#reader?.ended?.(from);
    };
    const goOn = (): void => {
      const hasRoom = !this.#pressure.isHigh && !sink.writableNeedDrain && !line.isFull;
      if (hasRoom && this.#isConnected) source.resume();
    };
    this.#goOns.push(goOn);
    const line = new Line((chunk) => (chunk ? pass(chunk) : end()), goOn);
    this.#lines.push(line);
    source.on('data', (chunk: Buffer) => {
      if (!line.holds) return pass(chunk);
      line.hold(chunk);
      if (line.isFull) source.pause();
    });
    sink.on('drain', goOn);
    source.on('end', () => (line.holds ? line.hold(undefined) : end()));
    source.on('error', (error) => {
      if (from === 'server' && !this.#isConnected) this.#reader?.unreachable?.(error);
      this.#ended(from);
      this.#broke(from);
      if (this.#endedBy === from) this.#reader?.ended?.(from);
      hangUp(sink);
    });
    // Destroyed without an end: the other side must not wait for more.
    source.on('close', () => (source.readableEnded ? undefined : hangUp(sink)));
  }

  /** Reads a chunk, or the end where there is none. */
  #read(from: Side, chunk: Buffer | undefined): void {
    if (this.#unread.has(from) || !this.#reader) return;
    const { conversation } = this.#reader;
    try {
      if (chunk) conversation.push(from, chunk);
      else conversation.end(from);
    } catch (error) {
      this.#unread.add(from);
      this.#reader?.fault(from, error);
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

/** A connection that fails, as one does where nobody listens. */
function refused({ host, port }: TapTarget): net.Socket {
  const socket = new net.Socket({ allowHalfOpen: true });
  const error = new Error(`connect ECONNREFUSED ${host}:${port}`);
  setImmediate(() => socket.destroy(Object.assign(error, { code: 'ECONNREFUSED' })));
  return socket;
}

/** Ends a connection the way a crash does, so that neither side takes it for an orderly end. */
function hangUp(socket: net.Socket): void {
  if (socket.destroyed) return;
  // A reset is refused, and its handle leaks, once the socket has begun to shut down.
  if (socket instanceof tls.TLSSocket || socket.connecting || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
