/** The peers of a run: each reaches its service through a tap of its own, and what passes is read into the trace. */
import type { Endpoint } from '../backends/backend.ts';
import { loadNamed } from '../core/catalogue.ts';
import { within } from '../core/cleanups.ts';
import { messageOf } from '../core/errors.ts';
import { obtain } from '../core/maps.ts';
import type { Pressure } from '../core/pressure.ts';
import type { Service } from '../core/services.ts';
import { addressOf, authorityOf, schemeOf } from '../core/urls.ts';
import type { Conversation, Converse, Frame, Handshake, Protocol } from '../protocols/protocol.ts';
import { loadService, type ServiceDefinition } from '../services/service.ts';
import type { Story } from '../story/story.ts';
import { openTap, type Reader, type Tap, type Traffic } from '../tap/tap.ts';
import { Restart } from './_restart.ts';
import { learnSecretsOf } from './secrets-of.ts';
import { serverOf } from './server-identity.ts';
import type { Trace } from './trace.ts';

const PROTOCOLS = new URL('../protocols/', import.meta.url);

export interface PeersOptions {
  readonly endpoints: ReadonlyMap<Service, Endpoint>;
  readonly services: ReadonlyMap<Service, ServiceDefinition>;
  readonly trace: Trace;
  readonly story: Story;
  /** Which frames are told: none costs least. */
  readonly tellFrames: 'no' | 'yes' | 'with bytes';
  /** Sees every frame, for whoever has to know what was declared. */
  readonly watch: (service: Service, frame: Frame, connection: number) => void;
  /** While it is high nothing is forwarded. */
  readonly pressure?: Pressure | undefined;
}

/** Who connects to what. */
interface Connecting {
  readonly service: Service;
  /** The scenario's own server, where it is one. */
  readonly server?: string;
  readonly name: string;
  /** Spoken from the first byte. */
  readonly protocol: string;
}

interface Peer {
  readonly tap: Tap;
  readonly url: string;
}

/** How long clients may take to notice that their server was restarted, in ms. */
const NOTICE_MS = 3_000;

/** How many bytes of a frame the bytes layer shows. */
const SHOWN_BYTES = 256;

export class Peers {
  readonly #options: PeersOptions;
  readonly #protocols = new Map<string, Protocol>();
  /** Keyed by service and name: the same person may speak with two services. */
  readonly #peers = new Map<string, Promise<Peer>>();
  readonly #open: { readonly name: string; readonly service: Service; readonly tap: Tap }[] = [];
  /** Frames seen so far. */
  frames = 0;
  /** Set when the scenario is over: connections that end from here on belong to the cleanup. */
  ending = false;
  #connections = 0;
  /** Every connection that is open, and the server that it leads to. */
  readonly #servers = new Map<number, string>();
  /** Servers that are being restarted. */
  readonly #restarts = new Map<string, Restart>();

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  async load(protocols: Iterable<string>): Promise<void> {
    for (const name of protocols) this.#protocols.set(name, await loadProtocol(name));
  }

  async url(service: Service, name: string): Promise<string> {
    const { endpoints, services } = this.#options;
    const endpoint = endpoints.get(service);
    const spoken = services.get(service)?.protocols;
    if (!endpoint || !spoken) throw new Error(`the scenario uses ${service} but does not list it under needs`);
    const { url } = endpoint;
    const at = { service, name, protocol: spoken[0] };
    return (await obtain(this.#peers, `${service} ${name}`, () => this.#tap(at, url))).url;
  }

  /** The URL by which a peer reaches a web server of the scenario's own, which is at `url`. */
  async ownUrl(server: string, url: string, name: string): Promise<string> {
    const at = { service: 'http', server, name, protocol: 'http' } as const;
    const tapped = await obtain(this.#peers, `${url} ${name}`, async () => {
      const { protocols } = await loadService('http');
      await this.load(protocols);
      await this.#options.story.load(protocols);
      return this.#tap(at, url);
    });
    return tapped.url;
  }

  /** The bytes of every connection of that peer so far, or of all peers. */
  traffic(name?: string): Traffic {
    const total: Traffic = { connections: 0, openConnections: 0, fromClientBytes: 0, fromServerBytes: 0 };
    for (const peer of this.#open) {
      if (name !== undefined && peer.name !== name) continue;
      total.connections += peer.tap.traffic.connections;
      total.openConnections += peer.tap.traffic.openConnections;
      total.fromClientBytes += peer.tap.traffic.fromClientBytes;
      total.fromServerBytes += peer.tap.traffic.fromServerBytes;
    }
    return total;
  }

  /** The bytes that a service's server has sent to all peers so far. */
  heardBytes(service: Service): number {
    return this.#open.reduce((sum, one) => sum + (one.service === service ? one.tap.traffic.fromServerBytes : 0), 0);
  }

  get isRestarting(): boolean {
    return this.#restarts.size > 0;
  }

  cut(name: string): void {
    for (const peer of this.#open) if (peer.name === name) peer.tap.cut();
  }

  /** Restarts a server by `act`, and lets the story know when. */
  async restart(service: Service, act: () => Promise<void>): Promise<void> {
    const { trace, story, endpoints } = this.#options;
    const { name } = serverOf(service, endpoints);
    const old = [...this.#servers].flatMap(([connection, server]) => (server === name ? [connection] : []));
    const restart = new Restart(old, () =>
      story.restarted({ seq: trace.number(), at: trace.now(), peer: '', service, phase: 'open' }),
    );
    this.#restarts.set(name, restart);
    try {
      await act();
      await within(NOTICE_MS, restart.oldAreGone).catch(() => {});
      restart.tell();
    } finally {
      restart.release();
      this.#restarts.delete(name);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map(({ tap }) => tap.close()));
  }

  async #tap(at: Connecting, url: string): Promise<Peer> {
    const { service, server, name } = at;
    const tap = await openTap(addressOf(service, new URL(url)), () => this.#read(at), this.#options.pressure);
    this.#open.push({ name, service, tap });
    this.#options.trace.tell({ type: 'peer', peer: name, service, ...(server ? { server } : {}) });
    return { tap, url: through(service, url, tap.port) };
  }

  #read(at: Connecting): Reader {
    const { service, server, name, protocol } = at;
    const { trace, story, endpoints } = this.#options;
    const connection = ++this.#connections;
    // A restart of a service is none of an own server's.
    const restartable = server ?? serverOf(service, endpoints).name;
    this.#servers.set(connection, restartable);
    this.#tellConnection('opened', at, connection);
    const emit = (frame: Frame): void => this.#frame(at, connection, frame);
    const own = server ? { server } : {};
    let since = 0;
    const reader: Reader = {
      conversation: this.#converse(protocol, { emit }),
      fault: (from, error) => {
        const statement = { code: 'UNDECODABLE', values: { from, fault: messageOf(error) } } as const;
        trace.tell({ type: 'note', peer: name, service, ...own, statement });
        story.unread(service, connection, from);
      },
      ending: () => {
        since = trace.last;
      },
      closed: (by) => {
        const phase = this.ending ? 'closing' : 'open';
        const sighting = { seq: trace.number(), at: trace.now(), peer: name, service, ...own, phase } as const;
        // A server that ended it itself knew before the tap did.
        story.closed(sighting, connection, by, by === 'server' ? 0 : since);
        this.#tellConnection('closed', at, connection);
        this.#servers.delete(connection);
        this.#restarts.get(restartable)?.gone(connection);
      },
    };
    return this.#restarts.get(restartable)?.reader(reader) ?? reader;
  }

  #tellConnection(state: 'opened' | 'closed', { service, server, name: peer }: Connecting, connection: number): void {
    const phase = this.ending ? 'closing' : 'open';
    const own = server ? { server } : {};
    this.#options.trace.tell({ type: 'connection', state, peer, service, ...own, connection, phase });
  }

  #converse(protocol: string, options: Converse): Conversation {
    const carry = (inner: string, handshake: Handshake): Conversation | undefined =>
      this.#protocols.has(inner) ? this.#converse(inner, { emit: options.emit, handshake }) : undefined;
    return this.#protocols.get(protocol)!.converse({ ...options, carry });
  }

  #frame({ service, server, name: peer }: Connecting, connection: number, frame: Frame): void {
    const own = server ? { server } : {};
    const { trace, story, tellFrames, watch } = this.#options;
    this.frames++;
    const seq = trace.number();
    const at = trace.now();
    learnSecretsOf(frame);
    watch(service, frame, connection);
    if (tellFrames !== 'no') {
      const { protocol, from, phase, name, sizeBytes } = frame;
      const { summary, fields, secret } = this.#protocols.get(protocol)!.describe(frame);
      const withBytes = tellFrames === 'with bytes';
      const bytes = !withBytes
        ? {}
        : secret
          ? ({ bytesWithheld: true } as const)
          : { bytes: frame.raw.toString('hex', 0, SHOWN_BYTES) };
      trace.tell(
        {
          type: 'frame',
          protocol,
          service,
          ...own,
          peer,
          connection,
          from,
          phase,
          name,
          summary,
          sizeBytes,
          fields,
          ...bytes,
        },
        seq,
        at,
      );
    }
    story.frame({ seq, at, peer, service, ...own, phase: frame.phase, isCleanup: this.ending, connection, frame });
  }
}

function loadProtocol(name: string): Promise<Protocol> {
  return loadNamed<Protocol>(new URL(`${name}/`, PROTOCOLS), 'index', name);
}

/** The same URL as it was written, but through the tap: plain, on loopback. */
function through(service: Service, url: string, port: number): string {
  const [, credentials = '', rest] = /^\w+:\/\/([^/?#]*@)?[^/?#]*(.*)$/s.exec(url)!;
  return `${schemeOf(service, false)}${credentials}${authorityOf('127.0.0.1', port)}${rest}`;
}
