/** Taps in front of servers that run already: what any client sends and gets through them is told as a trace. */
import type { Endpoint } from '../../backends/backend.ts';
import { UsageError } from '../../core/errors.ts';
import type { TraceEvent } from '../../core/events.ts';
import { SERVICES, type Service } from '../../core/services.ts';
import { systemClock } from '../../core/time/clock.ts';
import { parseServiceUrl } from '../../core/urls.ts';
import type { FrameDetail } from '../../reporters/reporter.ts';
import type { Traffic } from '../../tap/tap.ts';
import { serverOf } from '../servers/server-identity.ts';
import type { Peers } from './peers.ts';
import type { Trace } from './trace.ts';

/** What is tapped, and what is told of it. */
export interface TapOptions {
  /** The servers, by service. */
  readonly urls: Partial<Record<Service, string>>;
  /** Whether frames are told, beside messages and notes. Default: `yes`. */
  readonly frames?: FrameDetail;
  /** Gets every event as it becomes known, in order. */
  readonly onEvent: (event: TraceEvent) => void;
}

/** Taps that listen on loopback until they are closed. */
export interface Taps {
  /**
   * The URL by which the named peer reaches a service through a tap of its own; asking twice gives the same URL. It
   * carries user and password where the server's URL does. Rejects for a service that has no URL.
   */
  url(service: Service, peer: string): Promise<string>;
  /** Connections and bytes so far, of one peer or of all. */
  traffic(peer?: string): Readonly<Traffic>;
  /** Cuts the peer's connections as a crash would; resolves when they have ended. It may connect again. */
  cut(peer: string): Promise<void>;
  /** Cuts what is open, ends the story and closes the taps. */
  close(): Promise<void>;
}

/**
 * Opens taps in front of running servers. A tap forwards every byte unchanged and reads a copy of it.
 *
 * Throws a UsageError for a URL that can't name its service.
 *
 * @example
 * const taps = await openTaps({ urls: { redis: 'redis://127.0.0.1:6379' }, onEvent: (event) => events.push(event) });
 * const client = new Redis(await taps.url('redis', 'my-app'));
 */
export async function openTaps({ urls, frames = 'yes', onEvent }: TapOptions): Promise<Taps> {
  const endpoints = new Map<Service, Endpoint>();
  for (const service of SERVICES) {
    const url = urls[service];
    if (url === undefined) continue;
    parseServiceUrl(service, url, `urls.${service}`);
    endpoints.set(service, { service, url, backend: 'url', version: '', shared: true });
  }
  const tapped = await tapEndpoints({ endpoints, frames, onEvent });
  const { peers } = tapped;
  return {
    async url(service, peer) {
      if (!endpoints.has(service)) throw new UsageError(`no URL of ${service} was given to tap`);
      return peers.url(service, peer);
    },
    traffic: (peer) => peers.traffic(peer),
    cut: (peer) => peers.cut(peer),
    close: () => tapped.close(),
  };
}

/** What is told of servers by taps in front of them. */
export interface Tapped {
  readonly peers: Peers;
  readonly trace: Trace;
  /** Cuts what is open, ends the story and closes the taps. */
  close(): Promise<void>;
}

/** Reads along with servers that run already; who listens where is for `peers.url` to say. */
export async function tapEndpoints({
  endpoints,
  frames,
  onEvent,
}: {
  readonly endpoints: ReadonlyMap<Service, Endpoint>;
  readonly frames: FrameDetail;
  readonly onEvent: (event: TraceEvent) => void;
}): Promise<Tapped> {
  // Scenarios load the public face for what they declare; few need what taps are made of.
  const [{ loadServices }, { Story }, { Peers }, { Trace }] = await Promise.all([
    import('../../services/service.ts'),
    import('../../story/story.ts'),
    import('./peers.ts'),
    import('./trace.ts'),
  ]);
  const services = await loadServices([...endpoints.keys()]);
  const protocols = new Set([...services.values()].flatMap((service) => service.protocols));
  const trace = new Trace(systemClock, onEvent);
  const story = await Story.begin({
    protocols,
    serverOf: (service) => serverOf(service, endpoints),
    tell: (event) => trace.pass(event),
    number: () => trace.number(),
  });
  const peers = new Peers({ endpoints, services, trace, story, tellFrames: frames, watch: () => {} });
  await peers.load(protocols);
  return {
    peers,
    trace,
    async close() {
      peers.ending = true;
      await peers.close();
      story.end({ seq: trace.number(), at: trace.now() });
    },
  };
}
