/** The peers of a run: each reaches its service through a tap of its own, and what passes is read into the trace. */

import { setImmediate } from 'node:timers/promises';
import type { Endpoint } from '../../backends/backend.ts';
import { loadNamed } from '../../core/catalogue.ts';
import { obtain } from '../../core/collections/maps.ts';
import { present } from '../../core/collections/present.ts';
import { messageOf } from '../../core/errors.ts';
import type { Ender, Phase, Side } from '../../core/events.ts';
import { SERVICE_TITLES, type Service } from '../../core/services.ts';
import { printable } from '../../core/text/printable.ts';
import { within } from '../../core/time/patience.ts';
import type { Pressure } from '../../core/time/pressure.ts';
import { addressOf, authorityOf, schemeOf } from '../../core/urls.ts';
import type { Conversation, Converse, Frame, Handshake, Protocol } from '../../protocols/protocol.ts';
import { loadService, type ServiceDefinition } from '../../services/service.ts';
import type { Sighting } from '../../story/ledger/index.ts';
import type { Story } from '../../story/story.ts';
import type { Conditions } from '../../tap/line.ts';
import { type Link, openTap, type ProxyOptions, type Reader, type Tap, type Traffic } from '../../tap/tap.ts';
import { Restart } from '../servers/_restart.ts';
import { serverOf } from '../servers/server-identity.ts';
import type { OwnServer } from '../web-server.ts';
import { learnSecretsOf } from './secrets-of.ts';
import type { Trace } from './trace.ts';

const PROTOCOLS = new URL('../../protocols/', import.meta.url);

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
  /** Whether the process may end while taps are open. */
  readonly background?: boolean;
}

/** Who connects to what. */
interface Connecting {
  readonly service: Service;
  /** The scenario's own server, where it is one. */
  readonly server?: string;
  readonly name: string;
  /** Spoken from the first byte. */
  readonly protocol: string;
  /** Its connections may be of several peers: each is called what it calls itself. */
  readonly introduced?: boolean;
  /** Where its tap listens; a free port where none is named. */
  readonly port?: number | undefined;
}

/** When the last frame of each side was read, in ms of the run; 0 where there was none. */
type HeardAt = { [side in Frame['from']]: number };

/** What went over a peer's connections, and when each side was heard last. */
export interface PeerTraffic extends Traffic {
  fromClientAt: number;
  fromServerAt: number;
}

/** One connection of a peer. */
interface Connected extends Connecting {
  readonly heardAt: HeardAt;
  /** What the peer is called. */
  name: string;
  readonly connection: number;
  readonly link: Link;
  isTold: boolean;
  /** Who said goodbye first. */
  goodbye?: Side;
}

/** Those who connect through one tap. */
interface Tapped {
  readonly name: string;
  readonly service: Service;
  readonly tap: Tap;
  readonly heardAt: HeardAt;
}

interface Peer {
  readonly tap: Tap;
  readonly url: string;
}

/** How long clients may take to notice that their server was restarted, in ms. */
const NOTICE_MS = 3_000;

/** The longest name that a connection gives itself, in characters. */
const LONGEST_NAME = 60;
/** How many bytes of a frame the bytes layer shows. */
const SHOWN_BYTES = 256;

export class Peers {
  readonly #options: PeersOptions;
  readonly #protocols = new Map<string, Protocol>();
  /** Keyed by service and name: the same person may speak with two services. */
  readonly #peers = new Map<string, Promise<Peer>>();
  readonly #open: Tapped[] = [];
  /** Frames seen so far. */
  frames = 0;
  /** Set when the scenario is over: connections that end from here on belong to the cleanup. */
  ending = false;
  #connections = 0;
  /** Every connection that is open. */
  readonly #connected = new Map<number, Connected>();
  /** How connections of a peer are to be, those that are there and those that come. */
  readonly #conditions = new Map<string, Conditions>();
  /** Peers that were told, by service and name. */
  readonly #told = new Set<string>();
  /** Servers that are down: those of services by name, own ones by number. */
  readonly #away = new Set<string | number>();
  /** Servers that are being restarted. */
  readonly #restarts = new Map<string, Restart>();

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  async load(protocols: Iterable<string>): Promise<void> {
    for (const name of protocols)
      this.#protocols.set(name, await loadNamed<Protocol>(new URL(`${name}/`, PROTOCOLS), 'index', name));
  }

  /**
   * The URL by which a peer reaches a service. With `introduced`, several may use it: each connection is called what its
   * client calls it, and `name` where it says nothing. With `port`, that is where its tap listens.
   */
  async url(service: Service, name: string, introduced = false, port?: number): Promise<string> {
    const { endpoints, services } = this.#options;
    const endpoint = endpoints.get(service);
    const spoken = services.get(service)?.protocols;
    if (!endpoint || !spoken) throw new Error(`the scenario uses ${service} but does not list it under needs`);
    const { url } = endpoint;
    const at = { service, name, protocol: spoken[0], introduced, port };
    return (
      await obtain(this.#peers, `${service} ${name}`, () => this.#tap(at, url, serverOf(service, endpoints).name))
    ).url;
  }

  /** The URL by which a peer reaches a web server of the scenario's own. */
  async ownUrl({ number, name: server, url }: OwnServer, name: string): Promise<string> {
    const at = { service: 'http', server, name, protocol: 'http' } as const;
    const tapped = await obtain(this.#peers, `${number} ${name}`, async () => {
      const { protocols } = await loadService('http');
      await this.load(protocols);
      await this.#options.story.load(protocols);
      return this.#tap(at, url, number);
    });
    return tapped.url;
  }

  /** From here on whoever wants to reach that server is refused. */
  ownStops({ number }: OwnServer): void {
    this.#away.add(number);
  }

  /** The bytes of every connection of that peer so far, or of all peers. */
  traffic(name?: string): PeerTraffic {
    const none = { connections: 0, openConnections: 0, fromClientBytes: 0, fromServerBytes: 0 };
    const total: PeerTraffic = { ...none, fromClientAt: 0, fromServerAt: 0 };
    for (const peer of this.#open) {
      if (name !== undefined && peer.name !== name) continue;
      total.connections += peer.tap.traffic.connections;
      total.openConnections += peer.tap.traffic.openConnections;
      total.fromClientBytes += peer.tap.traffic.fromClientBytes;
      total.fromServerBytes += peer.tap.traffic.fromServerBytes;
      total.fromClientAt = Math.max(total.fromClientAt, peer.heardAt.client);
      total.fromServerAt = Math.max(total.fromServerAt, peer.heardAt.server);
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

  /** Cuts the peer's connections; resolves when they have ended and were told, and their clients know it. */
  async cut(name: string): Promise<void> {
    const peers = [...this.#connected.values()].filter((peer) => peer.name === name);
    for (const { link } of peers) link.cut();
    while (peers.some(({ connection }) => this.#connected.has(connection))) await setImmediate();
    await clientsRead();
  }

  /** Makes the ways of a peer slow, or blocks them, until they are told to be as they were. */
  condition(name: string, conditions: Conditions): void {
    this.#conditions.set(name, conditions);
    for (const peer of this.#connected.values()) if (peer.name === name) peer.link.conditions = conditions;
  }

  /** Whether something that came in is being handed on. */
  get isBusy(): boolean {
    return [...this.#connected.values()].some(({ link }) => link.isBusy);
  }

  /** Whether something that came in is held back. */
  get isHolding(): boolean {
    return [...this.#connected.values()].some(({ link }) => link.isHolding);
  }

  /** The ports of all taps. */
  get ports(): readonly number[] {
    return this.#open.map(({ tap }) => tap.port);
  }

  /** The names of the peers that were told so far. */
  get names(): readonly string[] {
    return [...new Set([...this.#told].map((told) => told.slice(told.indexOf(' ') + 1)))];
  }

  /** Restarts a server by `act`, and lets the story know when. */
  async restart(service: Service, act: () => Promise<void>): Promise<void> {
    const { trace, story, endpoints } = this.#options;
    const { name } = serverOf(service, endpoints);
    const old = [...this.#connected.values()].flatMap((one) => (this.#serverOf(one) === name ? one.connection : []));
    const restart = new Restart(old, () =>
      story.restarted({ seq: trace.number(), at: trace.now(), peer: '', service, phase: 'open' }),
    );
    this.#restarts.set(name, restart);
    story.restarting(service);
    try {
      this.#away.add(name);
      await act().finally(() => this.#away.delete(name));
      await within(NOTICE_MS, restart.oldAreGone).catch(() => {});
      restart.tell();
    } finally {
      restart.release();
      this.#restarts.delete(name);
    }
  }

  /** Ends the connections with a service whose server answers nobody, and takes no others; their clients know it then. */
  async leave(service: Service): Promise<void> {
    await Promise.all(this.#open.filter((one) => one.service === service).map(({ tap }) => tap.close()));
    await clientsRead();
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map(({ tap }) => tap.close()));
  }

  async #tap(at: Connecting, url: string, server: string | number): Promise<Peer> {
    const { service, name, introduced, port } = at;
    const { pressure, background } = this.#options;
    const options: ProxyOptions = { pressure, background, port, isAway: () => this.#away.has(server) };
    const heardAt = { client: 0, server: 0 };
    const tap = await openTap(addressOf(service, new URL(url)), (link) => this.#read(at, link, heardAt), options);
    this.#open.push({ name, service, tap, heardAt });
    if (!introduced) this.#tellPeer(at);
    return { tap, url: through(service, url, tap.port) };
  }

  #tellPeer({ name, service, server }: Connecting): void {
    const key = `${service} ${name}`;
    if (server === undefined && this.#told.has(key)) return;
    this.#told.add(key);
    this.#options.trace.tell({ type: 'peer', peer: name, service, ...(server ? { server } : {}) });
  }

  /** The name of the server that a peer speaks with. A restart of a service is none of an own server's. */
  #serverOf({ service, server }: Connecting): string {
    return server ?? serverOf(service, this.#options.endpoints).name;
  }

  #read(connecting: Connecting, link: Link, heardAt: HeardAt): Reader {
    const at: Connected = { ...connecting, connection: ++this.#connections, link, isTold: false, heardAt };
    const { service, server, protocol, connection } = at;
    const { trace, story } = this.#options;
    const restart = this.#restarts.get(this.#serverOf(at));
    this.#connected.set(connection, at);
    this.#applyConditions(at);
    if (!at.introduced) this.#tellOpened(at);
    const emit = (frame: Frame): void => this.#frame(at, frame);
    const own = server ? { server } : {};
    let since = 0;
    const sighting = (): Sighting => {
      const phase = this.ending ? 'closing' : 'open';
      return { seq: trace.number(), at: trace.now(), peer: at.name, service, ...own, phase };
    };
    const reader: Reader = {
      conversation: this.#converse(protocol, { emit }),
      fault: (from, error) => {
        this.#tellOpened(at);
        const statement = { code: 'UNDECODABLE', values: { from, fault: messageOf(error) } } as const;
        trace.tell({ type: 'note', peer: at.name, service, ...own, statement });
        story.unread(service, connection, from);
      },
      unreachable: (error) => {
        this.#tellOpened(at);
        const { code = messageOf(error) }: NodeJS.ErrnoException = error;
        const values = { server: server ?? SERVICE_TITLES[service], fault: code };
        const { peer, phase } = sighting();
        trace.tell({ type: 'note', peer, service, ...own, phase, statement: { code: 'UNREACHABLE', values } });
      },
      ending: () => {
        since = trace.last;
      },
      ended: (by) => story.ended(sighting(), connection, by),
      closed: (by) => {
        this.#tellOpened(at);
        // A server that ended it itself knew before the tap did.
        story.closed(sighting(), connection, by, by === 'server' ? 0 : since);
        // Whoever says goodbye ends it, whichever side hangs up first then.
        this.#tellConnection('closed', at, at.goodbye ?? by);
        this.#connected.delete(connection);
        this.#restarts.get(this.#serverOf(at))?.gone(connection);
      },
    };
    return restart?.reader(reader) ?? reader;
  }

  /** A connection may introduce itself in its handshake, and again later. */
  #listenForName(at: Connected, frame: Frame): void {
    const said = frame.from === 'client' ? this.#options.services.get(at.service)?.introduction?.(frame) : undefined;
    const name = said === undefined ? '' : printable(said).trim().slice(0, LONGEST_NAME);
    if (name !== '') {
      at.name = name;
      this.#applyConditions(at);
    }
    if (name !== '' || frame.phase !== 'opening') this.#tellOpened(at);
  }

  #applyConditions({ name, link }: Connected): void {
    const conditions = this.#conditions.get(name);
    if (conditions) link.conditions = conditions;
  }

  #tellOpened(at: Connected): void {
    if (at.introduced) this.#tellPeer(at);
    if (!at.isTold) this.#tellConnection('opened', at);
    at.isTold = true;
  }

  #tellConnection(state: 'opened' | 'closed', at: Connected, by?: Ender): void {
    const { service, server, name: peer, connection } = at;
    const phase = this.ending ? 'closing' : 'open';
    const more = { ...(server ? { server } : {}), ...(by ? { by } : {}) };
    this.#options.trace.tell({ type: 'connection', state, peer, service, connection, phase, ...more });
  }

  #converse(protocol: string, options: Converse): Conversation {
    const carry = (inner: string, handshake: Handshake): Conversation | undefined =>
      this.#protocols.has(inner) ? this.#converse(inner, { emit: options.emit, handshake }) : undefined;
    return present(this.#protocols.get(protocol)).converse({ ...options, carry });
  }

  #frame(at: Connected, frame: Frame): void {
    if (at.introduced) this.#listenForName(at, frame);
    const { service, server, name: peer, connection } = at;
    const { trace, story, tellFrames, watch } = this.#options;
    this.frames++;
    const seq = trace.number();
    const now = trace.now();
    at.heardAt[frame.from] = now;
    learnSecretsOf(frame);
    watch(service, frame, connection);
    if (tellFrames !== 'no') {
      const own = server ? { server } : {};
      const { protocol, from, phase, name, sizeBytes } = frame;
      const seen = { protocol, from, phase, name, sizeBytes };
      const { summary, fields, secret } = present(this.#protocols.get(protocol)).describe(frame);
      const told = secret ? { bytesWithheld: true as const } : { bytes: frame.raw.toString('hex', 0, SHOWN_BYTES) };
      const bytes = tellFrames === 'with bytes' ? told : {};
      trace.tell({ type: 'frame', service, ...own, peer, connection, ...seen, summary, fields, ...bytes }, seq, now);
    }
    story.frame({ seq, at: now, peer, service, server, phase: this.#phaseOf(at, frame), connection, frame });
  }

  /** The first goodbye ends the connection, and is told when it is said; what follows it belongs to the handshake. */
  #phaseOf(at: Connected, { phase, from }: Frame): Phase {
    const isFirst = phase === 'closing' && at.goodbye === undefined;
    if (isFirst) at.goodbye = from;
    return isFirst && !this.ending ? 'open' : phase;
  }
}

/** What was reset at the tap is read by its client in the next turn. */
async function clientsRead(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** The same URL as it was written, but through the tap: plain, on loopback. */
function through(service: Service, url: string, port: number): string {
  const [, credentials = '', rest] = present(/^\w+:\/\/([^/?#]*@)?[^/?#]*(.*)$/s.exec(url));
  return `${schemeOf(service, false)}${credentials}${authorityOf('127.0.0.1', port)}${rest}`;
}
