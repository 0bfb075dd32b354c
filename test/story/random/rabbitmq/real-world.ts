/** A real RabbitMQ as the place where a program is played: real sockets, real taps, and a story that is told of it. */
import net from 'node:net';
import { WebSocket } from 'ws';
import type { Endpoint } from '../../../../src/backends/backend.ts';
import type { Account, TraceEvent } from '../../../../src/core/events.ts';
import type { Service } from '../../../../src/core/services.ts';
import { systemClock } from '../../../../src/core/time/clock.ts';
import { serverOf } from '../../../../src/lab/servers/server-identity.ts';
import { Peers } from '../../../../src/lab/wire/peers.ts';
import { Trace } from '../../../../src/lab/wire/trace.ts';
import amqp from '../../../../src/protocols/amqp/index.ts';
import type { Frame } from '../../../../src/protocols/protocol.ts';
import stomp from '../../../../src/protocols/stomp/index.ts';
import { loadServices } from '../../../../src/services/service.ts';
import type { Fate } from '../../../../src/story/ledger/index.ts';
import { Story } from '../../../../src/story/story.ts';
import type { World } from './play.ts';
import type { Unit, Wire } from './wire.ts';

export class RealWorld implements World {
  readonly isElsewhere = true;
  readonly events: TraceEvent[] = [];
  readonly fates = new Map<string, Fate>();
  readonly #trace = new Trace(systemClock, (event) => this.events.push(event));
  #story!: Story;
  #peers!: Peers;

  static async of(endpoints: ReadonlyMap<Service, Endpoint>): Promise<RealWorld> {
    const world = new RealWorld();
    const services = await loadServices([...endpoints.keys()]);
    const protocols = new Set([...services.values()].flatMap((service) => service.protocols));
    const trace = world.#trace;
    world.#story = await Story.begin({
      protocols,
      serverOf: (service) => serverOf(service, endpoints),
      tell: (event) => trace.pass(event),
      number: () => trace.number(),
      settled: (id, fate) => world.fates.set(id, fate),
    });
    const options = { endpoints, services, trace, story: world.#story, tellFrames: 'yes', watch: () => {} } as const;
    world.#peers = new Peers(options);
    await world.#peers.load(protocols);
    return world;
  }

  async connect(service: 'rabbitmq' | 'stomp', peer: string): Promise<Wire> {
    const url = await this.#peers.url(service, peer);
    return service === 'rabbitmq' ? SocketWire.dial(url) : WebSocketWire.dial(url);
  }

  async wait(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Starting a real server again takes longer than a program may: it goes on without. */
  async restart(): Promise<void> {}

  /** Ends the story; every client must be gone. */
  async end(): Promise<Account> {
    await this.#peers.close();
    const at = { seq: this.#trace.number(), at: this.#trace.now() };
    return this.#story.end(at).account;
  }
}

abstract class RealWire implements Wire {
  readonly #heard: Frame[] = [];
  isClosed = false;

  get isBusy(): boolean {
    return this.#heard.length > 0;
  }

  protected readonly keep = (frame: Frame): void => {
    this.#heard.push(frame);
  };

  abstract write(unit: Unit): void;
  abstract hangUp(): void;

  async read(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  hear(): Frame[] {
    return this.#heard.splice(0);
  }

  async end(): Promise<void> {
    this.hangUp();
    while (!this.isClosed) await new Promise((resolve) => setImmediate(resolve));
  }

  async notice(): Promise<void> {}
}

class SocketWire extends RealWire {
  readonly #socket: net.Socket;

  private constructor(socket: net.Socket) {
    super();
    this.#socket = socket;
    const conversation = amqp.converse({ emit: this.keep });
    socket.on('data', (bytes: Buffer) => conversation.push('server', bytes));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static async dial(url: string): Promise<SocketWire> {
    const { hostname, port } = new URL(url);
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new SocketWire(socket);
  }

  write({ bytes }: Unit): void {
    if (!this.isClosed) this.#socket.write(bytes);
  }

  hangUp(): void {
    this.#socket.destroy();
  }
}

class WebSocketWire extends RealWire {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    const conversation = stomp.converse({ emit: this.keep });
    socket.on('message', (data: Buffer) => conversation.push('server', data));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static async dial(url: string): Promise<WebSocketWire> {
    const { host, pathname } = new URL(url);
    const socket = new WebSocket(`ws://${host}${pathname}`, ['v12.stomp', 'v11.stomp', 'v10.stomp']);
    const wire = new WebSocketWire(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return wire;
  }

  write({ bytes }: Unit): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(bytes.toString());
  }

  hangUp(): void {
    this.#socket.terminate();
  }
}
