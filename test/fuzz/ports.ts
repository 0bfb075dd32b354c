/** Clients of the embedded servers: through memory, and for a share of the inputs through TCP. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import type { Service } from '../../src/core/services.ts';
import { encodeMethod, FrameReader, PROTOCOL_HEADER } from '../../src/protocols/amqp/index.ts';
import { encodeCommand } from '../../src/protocols/resp/index.ts';
import { embedServers } from '../../src/servers/embedded.ts';
import { createEngine } from '../../src/servers/redis/create.ts';
import type { PortlessServer } from '../../src/servers/server.ts';
import { amqp, type Grammar, http, resp, stomp, websocket } from './grammar.ts';
import { Mutator } from './mutate.ts';
import { recorded } from './sessions.ts';
import type { Target } from './target.ts';

interface Port {
  readonly service: Service;
  readonly grammar: Grammar;
  /** How many units of a session come before its work can begin. */
  readonly opening: number;
  /** What a client says that is served, and what shows that it is. */
  readonly greeting: Buffer | string;
  readonly answer: RegExp;
  /** Listens to a server, and says what a client has to say to that before it goes on. */
  readonly attend?: (client: Duplex) => void;
}

const REQUEST = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';
const PORTS: Readonly<Record<string, Port>> = {
  rabbitmq: {
    service: 'rabbitmq',
    grammar: amqp,
    opening: 5,
    greeting: PROTOCOL_HEADER,
    answer: /RabbitMQ/,
    attend: reopenChannels,
  },
  redis: {
    service: 'redis',
    grammar: resp(createEngine().commands),
    opening: 0,
    greeting: encodeCommand(['PING']),
    answer: /PONG|NOAUTH|MISCONF|OOM|BUSY/,
  },
  stomp: { service: 'stomp', grammar: stomp, opening: 1, greeting: 'CONNECT\n\n\0', answer: /^CONNECTED/ },
  'stomp in WebSocket': {
    service: 'stomp',
    grammar: websocket(stomp),
    opening: 2,
    greeting: REQUEST,
    answer: /^HTTP\/1.1 404/,
  },
  ws: { service: 'ws', grammar: websocket(http), opening: 1, greeting: REQUEST, answer: /^HTTP\/1.1 426/ },
  http: { service: 'http', grammar: http, opening: 0, greeting: REQUEST, answer: /^HTTP\/1.1 200/ },
};

/** So many inputs share one server; then a new one comes, so that what they left does not slow the next ones down. */
const INPUTS_PER_SERVER = 2048;
/** So many clients of a server say something in turn. */
const CLIENTS = 8;
/** A client begins anew with such a share of the inputs, where it was not turned away before. */
const FRESH = 0.08;
/** One of so many servers is reached through TCP. */
const TCP_EVERY = 12;
/** A server that lets a client wait for a turn has so many turns before the next inputs come. */
const TURNS = 200;

interface Client {
  readonly stream: Duplex;
  /** The server's end. */
  far: (Duplex & { readonly bytesRead?: number }) | undefined;
  sent: number;
}

export function loadPorts(): Promise<Target[]> {
  return Promise.all(Object.entries(PORTS).map(([name, port]) => portTarget(name, port)));
}

async function portTarget(
  name: string,
  { service, grammar, opening, greeting, answer, attend }: Port,
): Promise<Target> {
  const seeds = seedsOf(name, service);
  const mutator = new Mutator(grammar, seeds, opening);
  const openings = seeds.map((seed) => Buffer.concat(grammar.cut(seed).slice(0, opening)));
  let servers = 0;
  let ground = await Ground.open(service, false);
  let clients: (Client | undefined)[] = [];
  let tried = 0;

  const begin = (): Client => {
    const client = ground.connect();
    client.stream.on('error', () => {}).resume();
    attend?.(client.stream);
    return client;
  };
  const say = (client: Client, chunk: Buffer) => {
    if (!client.stream.writable) return;
    client.stream.write(chunk);
    client.sent += chunk.length;
  };
  const leave = ({ stream }: Client) => void (tried % 2 === 0 ? stream.end() : stream.destroy());
  const settled = async () => {
    for (let turns = 0; turns < TURNS; turns++) {
      await new Promise(setImmediate);
      if (!clients.some((client) => client && isUnderway(client))) break;
    }
  };
  return {
    name: `port: ${name}`,
    batch: 256,
    input: (random) => {
      const fresh = random.chance(FRESH);
      const chunks = fresh ? mutator.session(random) : mutator.more(random);
      return { fresh, chunks: chunks.map((chunk) => ['client', chunk] as const) };
    },
    run({ fresh, chunks }) {
      const place = tried++ % CLIENTS;
      let client = clients[place];
      if (client && (fresh || !client.stream.writable)) {
        leave(client);
        client = undefined;
      }
      if (!client) {
        client = begin();
        clients[place] = client;
        if (!fresh) say(client, openings[tried % openings.length] ?? Buffer.alloc(0));
      }
      for (const [, chunk] of chunks) say(client, chunk);
      return place === CLIENTS - 1 ? settled() : undefined;
    },
    async check() {
      await settled();
      await serves(ground, service, greeting, answer);
      if (tried < INPUTS_PER_SERVER) return false;
      tried = 0;
      for (const client of clients) client?.stream.destroy();
      clients = [];
      await ground.close();
      ground = await Ground.open(service, ++servers % TCP_EVERY === 1);
      return true;
    },
    close: () => ground.close(),
  };
}

/** Whether something that a client said is still on its way. */
function isUnderway({ stream, far, sent }: Client): boolean {
  if (!stream.writable || far?.destroyed) return false;
  return far === undefined || (far.bytesRead !== undefined && far.bytesRead < sent);
}

/** A server, and the way to it. */
class Ground {
  readonly #server: PortlessServer;
  readonly #service: Service;
  readonly #listener: Server | undefined;
  readonly #byPort = new Map<number, Client>();

  private constructor(server: PortlessServer, service: Service, tcp: boolean) {
    this.#server = server;
    this.#service = service;
    if (!tcp) return;
    this.#listener = createServer({ noDelay: true, allowHalfOpen: service === 'http' }, (socket) => {
      const client = this.#byPort.get(socket.remotePort ?? 0);
      if (client) client.far = socket;
      server.accept(service, socket);
    }).listen(0, '127.0.0.1');
  }

  static async open(service: Service, tcp: boolean): Promise<Ground> {
    const ground = new Ground(await openServer(service), service, tcp);
    if (ground.#listener) await once(ground.#listener, 'listening');
    return ground;
  }

  connect(): Client {
    if (this.#listener) {
      const stream: Socket = connect((this.#listener.address() as AddressInfo).port, '127.0.0.1');
      const client: Client = { stream, far: undefined, sent: 0 };
      let port = 0;
      stream.once('connect', () => {
        port = stream.localPort ?? 0;
        this.#byPort.set(port, client);
      });
      stream.once('close', () => this.#byPort.delete(port));
      return client;
    }
    const [stream, far] = duplexPair();
    this.#server.accept(this.#service, far);
    stream.once('close', () => far.destroy());
    far.once('close', () => stream.destroy());
    return { stream, far, sent: 0 };
  }

  async close(): Promise<void> {
    await this.#server.close();
    await new Promise<void>((closed) => (this.#listener ? this.#listener.close(() => closed()) : closed()));
  }
}

/** A server of its own; Redis with limits that one input can't take minutes to reach. */
async function openServer(service: Service): Promise<PortlessServer> {
  if (service !== 'redis') return embedServers({ services: [service] });
  const engine = createEngine();
  Object.assign(engine.settings, { busyReplyThreshold: 5, protoMaxBulkLen: 1024 ** 2, maxmemory: 64 * 1024 ** 2 });
  return { accept: (_service, stream) => engine.accept(stream), close: async () => engine.close() };
}

async function serves(ground: Ground, service: Service, greeting: Buffer | string, answer: RegExp): Promise<void> {
  const { stream } = ground.connect();
  stream.write(greeting);
  let text = '';
  let late: NodeJS.Timeout | undefined;
  const served = new Promise<void>((resolve, reject) => {
    late = setTimeout(
      () => reject(new Error(`a client of ${service} was not served, but told ${JSON.stringify(text)}`)),
      20_000,
    );
    stream
      .on('error', () => {})
      .on('data', (part) => {
        text += part;
        if (answer.test(text)) resolve();
      });
  });
  try {
    await served;
  } finally {
    clearTimeout(late);
    stream.destroy();
  }
}

const CHANNEL_CLOSE = (20 << 16) | 40;

/** Opens a channel again that the server has closed, or all that follows would be for nobody. Reads every frame. */
function reopenChannels(client: Duplex): void {
  const reader = new FrameReader(
    {
      frame(type, channel, bytes, start) {
        if (type !== 1 || bytes.readUInt32BE(start) !== CHANNEL_CLOSE || !client.writable) return;
        client.write(encodeMethod(channel, 'channel.close-ok'));
        client.write(encodeMethod(channel, 'channel.open'));
      },
      protocolHeader() {},
      body() {},
      bodyEnd() {},
    },
    { header: 'may', frameMax: 0 },
  );
  client.on('data', (chunk: Buffer) => reader.push(chunk));
}

/** STOMP sessions were recorded inside of WebSocket: the frames of plain ones are what was in there. */
function seedsOf(name: string, service: Service): Buffer[] {
  if (name !== 'stomp') return recorded(service, 'client');
  return [
    Buffer.from(
      'CONNECT\naccept-version:1.2\nhost:/\n\n\0SUBSCRIBE\nid:1\ndestination:/queue/f\nack:client\n\n\0SEND\ndestination:/queue/f\nreceipt:1\n\nbody\0BEGIN\ntransaction:t\n\n\0SEND\ndestination:/topic/a.b\ntransaction:t\n\nx\0COMMIT\ntransaction:t\n\n\0ACK\nid:T_1@@x@@1\n\n\0UNSUBSCRIBE\nid:1\n\n\0DISCONNECT\nreceipt:2\n\n\0',
    ),
  ];
}
