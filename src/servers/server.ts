/** The contract of an embedded server. */
import type { Duplex } from 'node:stream';
import type { Service } from '../core/services.ts';
import type { Clock } from '../core/time/clock.ts';

/** What is started, where it listens, and by which clock. */
export interface ServerOptions {
  /** What to start of `provides`; a server that offers several services meets them in one engine. */
  readonly services: readonly Service[];
  /** The version of the real thing to follow, per service: `4.0`, `valkey`. Default: the newest that there is. */
  readonly versions?: Partial<Record<Service, string>>;
  /** A port per service; a free one is taken for those that are not named. */
  readonly ports?: Partial<Record<Service, number>>;
  /** Addresses to listen on. Default: 127.0.0.1, and ::1 where the machine has it. */
  readonly hosts?: readonly string[] | undefined;
  /** Origins of browsers' pages that may come beside those of this machine, like `https://example.org`; `*` is any. */
  readonly allowOrigins?: readonly string[] | undefined;
  /**
   * What clients have to know: RabbitMQ lets in a user `msgplay` with it, and Redis asks for it. Without one, whoever
   * does not come from this machine is refused, as by the real ones.
   */
  readonly password?: string | undefined;
  /** Time for expiry, heartbeats and delays. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Whether the process may end while they listen. Default: they keep it alive. */
  readonly background?: boolean | undefined;
}

/** Servers that listen. */
export interface RunningServer {
  /** One URL for each service that was asked for. */
  readonly urls: Partial<Record<Service, string>>;
  /** Closes every connection and listener; resolves when the ports are free again. */
  close(): Promise<void>;
  /** Stops and starts again on the same ports, keeping only what the real server would keep. */
  restart?(): Promise<void>;
}

/** A server without ports: whoever made it hands it its connections. */
export interface PortlessServer {
  /** Serves the client at the other end of a stream, which is the server's from now on. */
  accept(service: Service, stream: Duplex): void;
  /** Ends every connection that it accepted. */
  close(): Promise<void>;
}

/** The default export of `servers/<name>/index.ts`. */
export interface EmbeddedServer {
  readonly name: string;
  readonly provides: readonly Service[];
  /**
   * Whose behaviour it follows, for people to read: `3.10 behaviour`. Throws a BackendError where it can't follow the
   * version that is asked for.
   */
  version(asked?: string): string;
  /** Throws a BackendError when a port is taken, or a version can't be followed. */
  start(options: ServerOptions): Promise<RunningServer>;
  /** Starts one engine for all of `provides`, without ports. */
  embed(options: Pick<ServerOptions, 'clock' | 'versions'>): Promise<PortlessServer>;
}
